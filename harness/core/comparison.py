"""What became of a candidate from one run to another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.decision import PairedDifference
from harness.core.estimates import Estimate
from harness.core.stopping import Stop

SURE = 0.05
"""Largest Holm-corrected p-value of a difference that is called one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChange:
    """A sample whose quality is another one."""

    sample: str
    """`suite/task/sample`"""
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One candidate of one slot, on the samples that both runs asked it."""

    slot: str
    candidate: str
    """Its name after; before it may have had another."""
    before: str
    """Run."""
    after: str
    quality: PairedDifference
    """After minus before, item by item."""
    estimates: Mapping[str, tuple[Estimate, Estimate]]
    """Metric → before, after; on the same samples."""
    ratios: Mapping[str, Estimate]
    """Metric of time or money → after divided by before, on the same samples drawn anew; 1 is no change."""
    differs: tuple[str, ...]
    """What else was another one, of `machine`, `in_flight` and `prices`: a ratio may be due to that."""
    worse: tuple[SampleChange, ...]
    """The most first."""
    better: tuple[SampleChange, ...]
    stopped: Mapping[str, Stop] = field(default_factory=dict)
    """Run in which it was asked no more → how: the samples are those before, and the bounds hold at every look."""

    @property
    def regressed(self) -> bool:
        """Whether the quality has fallen for sure: also among as many comparisons as were made."""
        return self._is_sure and (self.quality.difference.high or 0.0) < 0.0

    @property
    def improved(self) -> bool:
        return self._is_sure and (self.quality.difference.low or 0.0) > 0.0

    @property
    def _is_sure(self) -> bool:
        return self.quality.p_holm is not None and self.quality.p_holm <= SURE
