"""A number with its uncertainty: no bare mean leaves metrics/."""

from dataclasses import dataclass

GIVEN = "given"
"""The note of a value that somebody stated: it rests on no sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """How much of a cost is an upper bound: so many of the calls behind it brought no usage that could be billed."""

    calls: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A metric's value with its 95% interval."""

    metric: str
    """`quality`, `ttfo_p50_ms`, `usd_per_1k_requests`, ..."""
    value: float | None
    """None: not measured. Infinity: timeouts reach this percentile."""
    low: float | None
    """None: the sample does not support a bound."""
    high: float | None
    n: int
    """Samples behind the value."""
    coverage: float
    """Share of the planned samples that are behind the value, in [0, 1]."""
    low_one_sided: float | None = None
    """One-sided 95% bounds, for gates."""
    high_one_sided: float | None = None
    note: str = ""
    """How it was made: normaliser, macro or micro, kind of interval."""
    bounded: Bounded | None = None
    """Of a cost that is one in part; None: every call behind it was metered."""
