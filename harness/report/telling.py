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
    values = of.worth
    scored = ~np.isnan(values)
    answered, bad = (of.grid >= 0).sum(axis=2), (values < BAD_BELOW).sum(axis=2)
    lost = answered - scored.sum(axis=2)
    highest, lowest = (
        np.where(scored, values, -np.inf).max(axis=2, initial=-np.inf),
        np.where(scored, values, np.inf).min(axis=2, initial=np.inf),
    )
    spread = np.where(scored.any(axis=2), highest - lowest, 0.0)
    why = [spread >= DIFFERENT_FROM, bad > 0, lost > 0]
    interest = np.select(why, [Interest.DIFFERENT, Interest.BAD, Interest.ERROR], Interest.PLAIN)
    order = np.lexsort((-bad.ravel(), -spread.ravel(), interest.ravel()))
    order = order[answered.ravel()[order] > 0]
    tasks = {(task.suite, task.name): task for task in of.tasks}
    columns = (
        *np.unravel_index(order, answered.shape),
        of.grid.reshape(len(spread.ravel()), -1)[order],
        *(table.ravel()[order] for table in (bad, lost, spread, interest)),
    )
    worth = np.where(scored, values.astype(object), np.array(None)).reshape(len(spread.ravel()), -1)[order]
    return tuple(
        Case(
            at=at,
            asked=(asked := of.samples[at]),
            task=tasks[asked.suite, asked.task],
            epoch=epoch,
            answers=tuple(answers),
            values=tuple(worth),
            bad=bad,
            lost=lost,
            spread=spread,
            interest=Interest(interest),
        )
        for at, epoch, answers, bad, lost, spread, interest, worth in zip(
            *(column.tolist() for column in columns), worth.tolist(), strict=True
        )
    )
