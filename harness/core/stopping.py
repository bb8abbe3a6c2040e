"""Early stopping: the rule that is fixed before a run, and the stops that it led to (methodology.md 2.10)."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When a candidate that has lost for certain is asked no more; fixed before the first call."""

    alpha: float = 0.05
    """The most chance, over all looks together, that the best candidate of a slot is stopped."""
    block: int = 20
    """Samples between two looks; more where there would be more than `most_looks`."""
    most_looks: int = 50
    burn_in: int = 20
    """Fewer independent samples than these stop nobody."""

    def block_of(self, samples: int) -> int:
        """Return how many samples of a slot that has `samples` lie between two looks."""
        return max(self.block, math.ceil(samples / self.most_looks))

    def looks(self, samples: int) -> int:
        """Return in how many blocks a slot's samples are asked."""
        return math.ceil(samples / self.block_of(samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One candidate that lost for certain, as it was decided: kept in the manifest and never taken back."""

    slot: str
    candidate: str
    block: int
    """After which block of the slot's samples, counted from 1."""
    samples: int
    """In those blocks."""
    planned: int
    """Samples of the slot."""
    behind: str | None = None
    """Whom it cannot overtake any more; None: it fails a gate."""
    by: float | None = None
    """The least lead of that candidate in score, bounded at every look."""
    gate: str | None = None
    """The gate that it fails, as it is written."""
    bound: float | None = None
    """The best that its measure of the gate can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A stop with what it saved."""

    stop: Stop
    calls: int
    """Answers that were planned and not asked for."""
    usd: float | None
    """What they would have cost if they had cost as much as those that came; None: that is not known."""
