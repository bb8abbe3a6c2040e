"""Each sample with what came of it, the telling ones first: where candidates disagree, then bad ones, then errors."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from harness.core.scores import BAD_BELOW
from harness.report.evidence import AskedSample, AskedTask
from harness.report.slots import SlotEvidence

DIFFERENT_FROM = 0.25
"""Candidates disagree on a sample where their primary scores lie so far apart."""


class Interest(IntEnum):
    """Why a reader would open a sample; the smaller, the sooner it is shown."""

    DIFFERENT = 0
    BAD = 1
    ERROR = 2
    PLAIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One sample at one epoch with its answers by candidate."""

    at: int
    """The sample's place among those of the slot."""
    asked: AskedSample
    task: AskedTask
    epoch: int
    answers: tuple[int, ...]
    """The place of each candidate's answer among the slot's, -1 for none."""
    values: tuple[float | None, ...]
    """Primary scores; None: no answer, or none that could be judged."""
    bad: int
    """How many candidates were bad."""
    lost: int
    """How many answers have no score."""
    spread: float
    interest: Interest

    @property
    def answered(self) -> int:
        """How many candidates have answered."""
        return len(self.answers) - self.answers.count(-1)

    @property
    def where(self) -> tuple[str, str, str, str]:
        """The part of an id that names it."""
        return self.asked.suite, self.asked.task, self.asked.sample.id, str(self.epoch)


def told(of: SlotEvidence) -> tuple[Case, ...]:
    """Return every sample that somebody answered, the telling ones first."""
    shape = len(of.samples) * of.epochs, len(of.candidates)
    answers, values = of.grid.reshape(shape), of.worth.reshape(shape)
    scored, answered = ~np.isnan(values), (answers >= 0).sum(axis=1)
    bad, lost = (values < BAD_BELOW).sum(axis=1), answered - scored.sum(axis=1)
    highest = np.where(scored, values, -np.inf).max(axis=1, initial=-np.inf)
    lowest = np.where(scored, values, np.inf).min(axis=1, initial=np.inf)
    spread = np.where(scored.any(axis=1), highest - lowest, 0.0)
    why = [spread >= DIFFERENT_FROM, bad > 0, lost > 0]
    interest = np.select(why, [Interest.DIFFERENT, Interest.BAD, Interest.ERROR], Interest.PLAIN)
    order = np.lexsort((-bad, -spread, interest))
    order = order[answered[order] > 0]
    tasks = {(task.suite, task.name): task for task in of.tasks}
    columns = (*divmod(order, of.epochs), *(it[order] for it in (answers, values, bad, lost, spread, interest)))
    return tuple(
        Case(
            at=at,
            asked=(asked := of.samples[at]),
            task=tasks[asked.suite, asked.task],
            epoch=epoch,
            answers=tuple(answers),
            values=tuple([None if value != value else value for value in values]),
            bad=bad,
            lost=lost,
            spread=spread,
            interest=Interest(interest),
        )
        for at, epoch, answers, values, bad, lost, spread, interest in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )
