"""The part of the evidence that one slot's decision rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.calls import Failure, Fault, Record, Role
from harness.core.candidates import Candidate
from harness.core.decision import Decision
from harness.core.estimates import Estimate
from harness.core.manifest import Manifest
from harness.core.stopping import Stopped
from harness.metrics.stats import Ints
from harness.report.evidence import AskedSample, AskedTask, Evidence, Judgement, candidates_of, tasks_of
from harness.store.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEvidence:
    """Records, samples and judgements of one slot, indexed."""

    slot: str
    decision: Decision
    manifest: Manifest
    tasks: tuple[AskedTask, ...]
    candidates: tuple[str, ...]
    """Best first: the ranking's order, then those that only the records know."""
    colours: Mapping[str, int]
    """Candidate → its colour and symbol, from the order of the configuration: weights never recolour."""
    configured: Mapping[str, Candidate]
    samples: tuple[AskedSample, ...]
    answers: Records
    """In the order of the samples."""
    values: Sequence[float | None]
    """Primary score of each answer, as `value` says."""
    by_candidate: Mapping[str, tuple[Records, Sequence[float | None]]]
    """The answers of each, and what they are worth."""
    grid: Ints
    """[samples, epochs, candidates]: the place of the answer, -1 for none."""
    judgements: Mapping[str, Mapping[str, Judgement]]
    """Key of an answer → scorer → judgement."""
    readings: Mapping[str, tuple[Record, ...]]
    """Key of an answer → instrument records, also of those that failed."""
    stages: Mapping[str, tuple[Record, ...]]
    """Key of a cascade's answer → what its stages said, in the order in which they were asked."""
    oracles: Mapping[str, tuple[Record, ...]]
    """Key of a bad answer → what came when one stage after the other was replaced by gold."""
    pending: Mapping[str, int]
    """Candidate → planned answers without a final word."""
    epochs: int

    @property
    def stopped(self) -> Mapping[str, Stopped]:
        """Candidate → how it was stopped early."""
        return {it.stop.candidate: it for it in self.decision.stopped}

    def answers_of(self, candidate: str) -> Records:
        """Return the candidate's answer records in the order of the samples."""
        return self.by_candidate[candidate][0]

    def values_of(self, candidate: str) -> Sequence[float | None]:
        """Return the primary score of each of `answers_of`."""
        return self.by_candidate[candidate][1]

    def estimate(self, candidate: str, metric: str) -> Estimate | None:
        """Return the decision's estimate, if it has one."""
        found = (e for e in self.decision.estimates.get(candidate, ()) if e.metric == metric)
        return next(found, None)

    def value(self, record: Record, task: AskedTask) -> float | None:
        """Return the primary score: 0 for the candidate's own failure, None where it could not be judged."""
        fault = record.outcome.fault if isinstance(record.outcome, Failure) else None
        return value_of(fault, self.judgements.get(record.call.key, {}).get(task.primary))


def slot_evidence(evidence: Evidence, decision: Decision) -> SlotEvidence:
    """Select what belongs to the decision's slot."""
    slot = decision.slot
    tasks = tuple(task for task in tasks_of(evidence.manifest) if task.slot == slot)
    of_slot = {(task.suite, task.name) for task in tasks}
    samples = tuple(asked for asked in evidence.samples if (asked.suite, asked.task) in of_slot)
    answered = evidence.of_role(Role.ANSWER)
    homes = list(zip(answered.column("suite"), answered.column("task"), strict=True))
    order = {(a.suite, a.task, a.sample.id): i for i, a in enumerate(samples)}
    of_sample = [order.get((*home, id), len(order)) for home, id in zip(homes, answered.column("sample"), strict=True)]
    epoch = answered.column("epoch")
    within = sorted((i for i, home in enumerate(homes) if home in of_slot), key=lambda i: (of_sample[i], epoch[i]))
    answers = answered.pick(within)
    waiting = [c for c in evidence.pending if c.role is Role.ANSWER and (c.suite, c.task) in of_slot]
    keys = set(answers.column("key"))
    oracles: dict[str, tuple[Record, ...]] = {}
    for record in evidence.of_role(Role.ORACLE):
        if record.call.measures in keys:
            key = str(record.call.measures)
            oracles[key] = (*oracles.get(key, ()), record)
    stages: dict[str, tuple[Record, ...]] = {}
    for record in evidence.of_role(Role.STAGE):
        if record.call.part_of in keys:
            key = str(record.call.part_of)
            stages[key] = (*stages.get(key, ()), record)
    judged = keys | {record.call.key for found in oracles.values() for record in found}
    judgements: dict[str, dict[str, Judgement]] = {}
    for judgement in evidence.judgements:
        if judgement.key in judged:
            judgements.setdefault(judgement.key, {})[judgement.scorer] = judgement
    readings: dict[str, tuple[Record, ...]] = {}
    for record in evidence.of_role(Role.INSTRUMENT):
        if record.call.measures in keys:
            key = str(record.call.measures)
            readings[key] = (*readings.get(key, ()), record)
    configured = candidates_of(evidence.manifest)
    names = answers.column("candidate")
    candidates = _candidates(decision, names)
    own: dict[str, list[int]] = {name: [] for name in candidates}
    for i, name in enumerate(names):
        own[name].append(i)
    values = _values(answers, judgements, tasks)
    epochs = max((epoch[i] for i in within), default=0) + 1
    grid = np.full((len(samples) + 1, epochs, len(candidates)), -1, dtype=np.int64)
    for c, places in enumerate(own.values()):
        grid[[of_sample[within[i]] for i in places], [epoch[within[i]] for i in places], c] = places
    by_configuration = sorted(candidates, key=lambda name: [*configured, name].index(name))
    return SlotEvidence(
        slot=slot,
        decision=decision,
        manifest=evidence.manifest,
        tasks=tasks,
        candidates=candidates,
        colours={name: i for i, name in enumerate(by_configuration)},
        configured=configured,
        samples=samples,
        answers=answers,
        values=values,
        by_candidate={name: (answers.pick(places), [values[i] for i in places]) for name, places in own.items()},
        grid=grid[:-1],  # the last row takes what was asked of a sample that is not there
        judgements=judgements,
        readings=readings,
        stages=stages,
        oracles=oracles,
        pending=Counter(call.candidate for call in waiting),
        epochs=epochs,
    )


def _candidates(decision: Decision, answered: Sequence[str]) -> tuple[str, ...]:
    ranked = [line.candidate for line in decision.ranking]
    return tuple(dict.fromkeys([*ranked, *decision.matrix.candidates, *decision.estimates, *sorted(set(answered))]))


def _values(
    answers: Records, judgements: Mapping[str, Mapping[str, Judgement]], tasks: Sequence[AskedTask]
) -> list[float | None]:
    primary = {(task.suite, task.name): task.primary for task in tasks}
    columns = (answers.column(name) for name in ("key", "suite", "task", "fault"))
    return [
        value_of(fault, judgements.get(key, {}).get(primary[suite, task]))
        for key, suite, task, fault in zip(*columns, strict=True)
    ]


def value_of(fault: str | None, judgement: Judgement | None) -> float | None:
    """Return what an answer is worth: 0 for the candidate's own failure, None where it could not be judged."""
    if fault is not None:
        return 0.0 if fault == Fault.CANDIDATE else None
    return None if judgement is None else judgement.value
