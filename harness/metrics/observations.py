"""What one slot's candidates did on the samples that all of them were asked, as arrays.

Shapes: C candidates, n items, H tasks, E epochs. An item is one sample of one task; NaN is not measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.core.decision import Independent
from harness.core.estimates import Bounded
from harness.metrics.stats import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """A metric that is a percentile of a timing."""

    timing: str
    q: float


PERCENTILES: Mapping[str, Percentile] = {
    f"{mark}_p{q}_ms": Percentile(timing=f"{mark}_ms", q=q / 100)
    for mark in ("ttft", "ttfo", "ttfa", "total", "gap", "stall")
    for q in (50, 95, 99)
} | {
    **{f"rtf_p{q}": Percentile(timing="rtf", q=q / 100) for q in (50, 95, 99)},
    "chars_per_s_p50": Percentile(timing="chars_per_s", q=0.5),
}
"""Every percentile metric by name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """A metric that is a sum over a sum; a mean has denominators of one."""

    numerator: Floats
    """[C, n]; NaN where the item says nothing."""
    denominator: Floats
    """[C, n]"""
    applies: Bools
    """[n]: the items that the metric is about."""
    floor: float = 0.0
    """The least possible value."""
    ceiling: float = float("inf")
    fraction: bool = False
    """A share of something: where nothing varies, its interval is Wilson's."""
    note: str = "mean"
    fewest: int = 1
    """Items below which it is not shown."""
    bounded: tuple[Bounded | None, ...] = ()
    """[C]: of a cost, how much of it is an upper bound."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blend:
    """A metric that is a weighted mean of ratios, as macro-F1 is of the F1 of each class."""

    ratios: tuple[Ratio, ...]
    """Each over the items of one task."""
    weight: tuple[float, ...]
    """Of each ratio; sums to 1."""
    note: str
    fraction: bool = True
    """A share of something, as in `Ratio`; else any amount from 0 up."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observations:
    """Everything that a slot's metrics are made of."""

    slot: str
    candidates: tuple[str, ...]
    """C names, in alphabetical order."""
    tasks: tuple[str, ...]
    """H names, `suite/task`: the strata."""
    task_weight: Floats
    """[H], sums to 1: suites weigh equally, and tasks within a suite."""
    stratum: Ints
    """[n]: index into `tasks`, ascending."""
    cluster: Ints
    """[n]: the unit that was sampled at random; numbered from 0 task by task, never shared by two."""
    quality: Floats
    """[C, n]: mean over epochs of the primary score; the candidate's own failure is 0, a lost answer NaN."""
    asked: Floats
    """[C, n]: answers planned."""
    scored: Floats
    """[C, n]: answers with a primary score."""
    ratios: Mapping[str, Ratio]
    timings: Mapping[str, Floats]
    """[C, n, E]; a timeout is infinite. Only timings that the slot has."""
    dropped: int
    """Items left out because some candidate was not asked."""
    items: tuple[str, ...] = ()
    """n names, `suite/task/sample`."""
    blends: Mapping[str, Blend] = field(default_factory=dict)

    @property
    def clusters(self) -> Ints:
        """How many clusters each task has, [H]; they are numbered task by task."""
        _, first = np.unique(self.cluster, return_index=True)
        return np.bincount(self.stratum[first], minlength=len(self.tasks))

    @property
    def clusters_judged(self) -> Ints:
        """In how many clusters of each task each candidate has a quality, [C, H]."""
        _, first = np.unique(self.cluster, return_index=True)
        home, found = self.stratum[first], []
        for row in self.quality:
            seen = np.bincount(self.cluster, ~np.isnan(row), minlength=len(home)) > 0
            found.append(np.bincount(home, seen, minlength=len(self.tasks)))
        return np.array(found, dtype=np.int64).reshape(len(self.candidates), len(self.tasks))

    def independent(self, among: Sequence[str]) -> Independent:
        """Return how many items that each of `among`, or of all where none is named, has a quality of are independent.

        Whoever has none at all is passed over.
        """
        rows = [c for c, name in enumerate(self.candidates) if name in among or not among]
        known = ~np.isnan(self.quality[rows])
        compared = np.flatnonzero(known[known.any(axis=1)].all(axis=0)) if known.any() else np.zeros(0, dtype=np.int64)
        of = self.cluster[compared]
        several = [cluster for cluster, size in zip(*np.unique(of, return_counts=True), strict=True) if size > 1]
        return Independent(
            samples=len(compared),
            clusters=len(np.unique(of)),
            sharing=int(np.isin(of, several).sum()),
            alike=tuple(self.items[item] for item in compared[of == several[0]][:2]) if several and self.items else (),
        )

    @property
    def answered(self) -> int:
        """Number of items of which every candidate has every answer, and each is judged."""
        return int((self.scored >= self.asked).all(axis=0).sum())

    @property
    def n(self) -> int:
        """Number of items compared."""
        return len(self.stratum)
