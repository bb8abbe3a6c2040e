"""A measured figure with its goal: one value a round, of which the median counts."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound that a figure must keep."""

    most: float | None = None
    least: float | None = None

    def holds(self, value: float) -> bool:
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    key: str
    """Names the row for the reasons that are kept by hand."""
    what: str
    unit: str
    values: Sequence[float]
    """One for each round."""
    goal: Goal | None = None
    """None: shown for comparison."""
    beside: Mapping[str, float] = field(default_factory=dict)
    """What else was measured in the same rounds, in the same unit unless its name says another: medians."""

    @property
    def value(self) -> float:
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        return None if self.goal is None else self.goal.holds(self.value)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` has made of a row."""
        goal = document["goal"]
        return cls(**{**document, "goal": None if goal is None else Goal(**goal)})


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return the ratio of each round: what drifts in a round drifts in both."""
    return [a / b for a, b in zip(above, below, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of all do not pass."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * share) - 1]
