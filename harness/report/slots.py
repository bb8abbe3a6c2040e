"""The part of the evidence that one slot's decision rests on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from harness.core.calls import Failure, Fault, Output, Record, Role
from harness.core.candidates import Candidate
from harness.core.decision import Decision
from harness.core.estimates import Estimate
from harness.core.manifest import Manifest
from harness.core.stopping import Stopped
from harness.report.evidence import AskedSample, AskedTask, Evidence, Judgement, candidates_of, tasks_of


class Place(NamedTuple):
    """Where an answer belongs; a tuple, since a large run looks up hundreds of thousands."""

    candidate: str
    suite: str
    task: str
    sample: str
    epoch: int


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
    answers: Mapping[Place, Record]
    by_candidate: Mapping[str, tuple[Record, ...]]
    """The answers of each, in the order of the samples."""
    judgements: Mapping[str, Mapping[str, Judgement]]
    """Key of an answer → scorer → judgement."""
    readings: Mapping[str, tuple[Record, ...]]
    """Key of an answer → instrument records."""
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

    def answers_of(self, candidate: str) -> tuple[Record, ...]:
        """Return the candidate's answer records in the order of the samples."""
        return self.by_candidate.get(candidate, ())

    def estimate(self, candidate: str, metric: str) -> Estimate | None:
        """Return the decision's estimate, if it has one."""
        found = (e for e in self.decision.estimates.get(candidate, ()) if e.metric == metric)
        return next(found, None)

    def value(self, record: Record, task: AskedTask) -> float | None:
        """Return the primary score: 0 for the candidate's own failure, None where it could not be judged."""
        if isinstance(record.outcome, Failure):
            return 0.0 if record.outcome.fault is Fault.CANDIDATE else None
        judgement = self.judgements.get(record.call.key, {}).get(task.primary)
        return None if judgement is None else judgement.value


def slot_evidence(evidence: Evidence, decision: Decision) -> SlotEvidence:
    """Select what belongs to the decision's slot."""
    slot = decision.slot
    tasks = tuple(task for task in tasks_of(evidence.manifest) if task.slot == slot)
    of_slot = {(task.suite, task.name) for task in tasks}
    samples = tuple(asked for asked in evidence.samples if (asked.suite, asked.task) in of_slot)
    records = [r for r in evidence.records.get(Role.ANSWER, ()) if (r.call.suite, r.call.task) in of_slot]
    waiting = [c for c in evidence.pending if c.role is Role.ANSWER and (c.suite, c.task) in of_slot]
    keys = {record.call.key for record in records}
    oracles: dict[str, tuple[Record, ...]] = {}
    for record in evidence.records.get(Role.ORACLE, ()):
        if record.call.measures in keys:
            key = str(record.call.measures)
            oracles[key] = (*oracles.get(key, ()), record)
    stages: dict[str, tuple[Record, ...]] = {}
    for record in evidence.records.get(Role.STAGE, ()):
        if record.call.part_of in keys:
            key = str(record.call.part_of)
            stages[key] = (*stages.get(key, ()), record)
    judged = keys | {record.call.key for found in oracles.values() for record in found}
    configured = candidates_of(evidence.manifest)
    candidates = _candidates(decision, records)
    order = {(a.suite, a.task, a.sample.id): i for i, a in enumerate(samples)}
    records.sort(key=lambda r: (order.get((r.call.suite, r.call.task, r.call.sample), len(order)), r.call.epoch))
    answers = {_place(record): record for record in records}
    by_candidate: dict[str, list[Record]] = {}
    for record in answers.values():
        by_candidate.setdefault(record.call.candidate, []).append(record)
    judgements: dict[str, dict[str, Judgement]] = {}
    for judgement in evidence.judgements:
        if judgement.key in judged:
            judgements.setdefault(judgement.key, {})[judgement.scorer] = judgement
    readings: dict[str, tuple[Record, ...]] = {}
    for record in evidence.records.get(Role.INSTRUMENT, ()):
        if record.call.measures in keys and isinstance(record.outcome, Output):
            key = str(record.call.measures)
            readings[key] = (*readings.get(key, ()), record)
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
        by_candidate={name: tuple(own) for name, own in by_candidate.items()},
        judgements=judgements,
        readings=readings,
        stages=stages,
        oracles=oracles,
        pending=Counter(call.candidate for call in waiting),
        epochs=max((record.call.epoch for record in records), default=0) + 1,
    )


def _candidates(decision: Decision, records: list[Record]) -> tuple[str, ...]:
    ranked = [line.candidate for line in decision.ranking]
    answered = sorted({record.call.candidate for record in records})
    return tuple(dict.fromkeys([*ranked, *decision.matrix.candidates, *decision.estimates, *answered]))


def _place(record: Record) -> Place:
    call = record.call
    return Place(call.candidate, call.suite, call.task, call.sample, call.epoch)
