"""The part of the evidence that one slot's decision rests on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.calls import Fault, Record, Role
from harness.core.candidates import Candidate
from harness.core.decision import Decision
from harness.core.estimates import Estimate
from harness.core.manifest import Manifest
from harness.core.stopping import Stopped
from harness.metrics.stats import Floats, Ints
from harness.report.evidence import AskedSample, AskedTask, Evidence, Judgement, candidates_of, tasks_of
from harness.store.judgements import Judgements
from harness.store.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEvidence:
    """Records, samples and judgements of one slot, indexed."""

    slot: str
    decision: Decision
    manifest: Manifest
    signatures: Mapping[str, str]
    """`suite/task/scorer` → signature of the scorer that judged."""
    tasks: tuple[AskedTask, ...]
    candidates: tuple[str, ...]
    """Best first: the ranking's order, then those that only the records know."""
    colours: Mapping[str, int]
    """Candidate → its colour and symbol, from the order of the configuration: weights never recolour."""
    configured: Mapping[str, Candidate]
    samples: tuple[AskedSample, ...]
    answers: Records
    """In the order of the samples."""
    values: Floats
    """Primary score of each answer: 0 for the candidate's own failure, NaN where it could not be judged."""
    by_candidate: Mapping[str, tuple[Records, Floats]]
    """The answers of each, and what they are worth."""
    grid: Ints
    """[samples, epochs, candidates]: the place of the answer, -1 for none."""
    judgements: Judgements
    """Of the whole run."""
    readings: Mapping[str, tuple[Record, ...]]
    """Key of an answer → instrument records, also of those that failed."""
    stages: Mapping[str, tuple[Record, ...]]
    """Key of a cascade's answer → what its stages said, in the order in which they were asked."""
    oracles: Mapping[str, tuple[tuple[Record, float], ...]]
    """Key of a bad answer → what came when one stage after the other was replaced by gold, and its primary score."""
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

    def values_of(self, candidate: str) -> Floats:
        """Return the primary score of each of `answers_of`."""
        return self.by_candidate[candidate][1]

    @property
    def worth(self) -> Floats:
        """`values` in the shape of `grid`."""
        worth: Floats = np.append(self.values, np.nan)[self.grid]
        return worth

    def estimate(self, candidate: str, metric: str) -> Estimate | None:
        """Return the decision's estimate, if it has one."""
        found = (e for e in self.decision.estimates.get(candidate, ()) if e.metric == metric)
        return next(found, None)

    def looked_at(self, places: Sequence[int]) -> Iterable[tuple[Record, Mapping[str, Judgement]]]:
        """Return the answers at `places`, each with what scorers, by name, have said of it."""
        records = self.answers.pick(np.array(places, dtype=np.int64))
        return zip(records, self.judgements.of_answers(records.ints("number").tolist()), strict=True)


def slot_evidence(evidence: Evidence, decision: Decision) -> SlotEvidence:
    """Select what belongs to the decision's slot."""
    slot = decision.slot
    tasks = tuple(task for task in tasks_of(evidence.manifest) if task.slot == slot)
    of_slot = {(task.suite, task.name): i for i, task in enumerate(tasks)}
    samples = tuple(asked for asked in evidence.samples if (asked.suite, asked.task) in of_slot)
    answered = evidence.of_role(Role.ANSWER)
    order = {(a.suite, a.task, a.sample.id): i for i, a in enumerate(samples)}
    homes = np.array([order.get(home, len(order)) for home in answered.homes], dtype=np.int64)
    task_of = np.array([of_slot.get(home[:2], -1) for home in answered.homes], dtype=np.int64)
    home = answered.ints("home")
    sample, epoch = homes[home], answered.ints("epoch")
    within = np.lexsort((epoch, sample))
    within = within[task_of[home[within]] >= 0]
    answers, sample, epoch = answered.pick(within), sample[within], epoch[within]
    waiting = [c for c in evidence.pending if c.role is Role.ANSWER and (c.suite, c.task) in of_slot]
    candidates = _candidates(decision, answers.counts("candidate"))
    own = {name: np.flatnonzero(answers.has("candidate", name)) for name in candidates}
    values = _values(answers, evidence.judged, tasks, task_of[answers.ints("home")])
    oracles = evidence.of_role(Role.ORACLE)
    judged = _values(oracles, evidence.judged, tasks, task_of[oracles.ints("home")]).tolist()
    worth = dict(zip(oracles.call_keys(), judged, strict=True)) if oracles else {}
    epochs = int(epoch.max(initial=0)) + 1
    grid = np.full((len(samples) + 1, epochs, len(candidates)), -1, dtype=np.int64)
    for c, places in enumerate(own.values()):
        grid[sample[places], epoch[places], c] = places
    configured = candidates_of(evidence.manifest)
    by_configuration = sorted(candidates, key=lambda name: [*configured, name].index(name))
    return SlotEvidence(
        slot=slot,
        decision=decision,
        manifest=evidence.manifest,
        signatures=evidence.signatures,
        tasks=tasks,
        candidates=candidates,
        colours={name: i for i, name in enumerate(by_configuration)},
        configured=configured,
        samples=samples,
        answers=answers,
        values=values,
        by_candidate={name: (answers.pick(places), values[places]) for name, places in own.items()},
        grid=grid[:-1],  # the last row takes what was asked of a sample that is not there
        judgements=evidence.judged,
        readings=_by(evidence.of_role(Role.INSTRUMENT), "measures", answers),
        stages=_by(evidence.of_role(Role.STAGE), "part_of", answers),
        oracles={
            key: tuple((record, worth[record.call.key]) for record in records)
            for key, records in _by(oracles, "measures", answers).items()
        },
        pending=Counter(call.candidate for call in waiting),
        epochs=epochs,
    )


def _by(records: Records, link: str, answers: Records) -> dict[str, tuple[Record, ...]]:
    """Return key of each of `answers` → the records whose `link` names it."""
    found: dict[str, list[Record]] = {}
    for record in records.where(np.isin(records.floats(link), answers.floats("number"))):
        found.setdefault(getattr(record.call, link), []).append(record)
    return {key: tuple(of) for key, of in found.items()}


def _candidates(decision: Decision, answered: Iterable[str]) -> tuple[str, ...]:
    ranked = [line.candidate for line in decision.ranking]
    return tuple(dict.fromkeys([*ranked, *decision.matrix.candidates, *decision.estimates, *sorted(answered)]))


def _values(answers: Records, judgements: Judgements, tasks: Sequence[AskedTask], task_of: Ints) -> Floats:
    """Return the primary score of each answer, 0 for the candidate's own failure, NaN where it could not be judged.

    `task_of`: where each one's task is among `tasks`.
    """
    numbers, values = answers.ints("number"), np.full(len(answers), np.nan)
    for i, task in enumerate(tasks):
        own = task_of == i
        values[own] = judgements.values(task.primary, numbers[own])
    values[answers.known("fault")] = np.nan
    values[answers.has("fault", Fault.CANDIDATE)] = 0.0
    return values
