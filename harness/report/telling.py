"""Each sample with what came of it, the telling ones first: where candidates disagree, then bad ones, then errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

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

    @property
    def answered(self) -> int:
        """How many candidates have answered."""
        return len(self.answers) - self.answers.count(-1)

    @property
    def interest(self) -> Interest:
        if self.spread >= DIFFERENT_FROM:
            return Interest.DIFFERENT
        if self.bad:
            return Interest.BAD
        return Interest.ERROR if self.lost else Interest.PLAIN

    @property
    def place(self) -> tuple[str, str, str]:
        """Suite, task and sample."""
        return self.asked.suite, self.asked.task, self.asked.sample.id

    @property
    def where(self) -> tuple[str, str, str, str]:
        """The part of an id that names it."""
        return (*self.place, str(self.epoch))


def told(of: SlotEvidence) -> tuple[Case, ...]:
    """Return every sample that somebody answered, the telling ones first."""
    return tuple(sorted(_cases(of), key=lambda case: (case.interest, -case.spread, -case.bad)))


def _cases(of: SlotEvidence) -> Iterator[Case]:
    tasks = {(task.suite, task.name): task for task in of.tasks}
    places = of.grid.tolist()
    for i, asked in enumerate(of.samples):
        task = tasks[asked.suite, asked.task]
        for epoch in range(of.epochs):
            answers = tuple(places[i][epoch])
            values = tuple([None if at < 0 else of.values[at] for at in answers])
            answered, scored = len(answers) - answers.count(-1), [value for value in values if value is not None]
            if answered:
                yield Case(
                    asked=asked,
                    task=task,
                    epoch=epoch,
                    answers=answers,
                    values=values,
                    bad=sum([value < BAD_BELOW for value in scored]),
                    lost=answered - len(scored),
                    spread=max(scored) - min(scored) if scored else 0.0,
                )
