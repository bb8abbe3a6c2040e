"""What the charts of one slot draw: points with intervals, and the latency of every call, unrounded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.calls import Fault
from harness.core.estimates import Estimate
from harness.metrics.stats import Floats
from harness.report.phrases import Phrase
from harness.report.slots import SlotEvidence
from harness.report.standing import HEADLINE_LATENCIES, Tag, tag
from harness.store.records import Records

CURVE_POINTS = 400
"""Of one latency curve; longer ones are thinned to evenly spaced ranks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One candidate in quality × cost."""

    tag: Tag
    cost: Estimate
    quality: Estimate
    dominated: bool
    """Another is at least as good and at most as dear, and better in one of the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    points: tuple[Point, ...]
    left_out: tuple[str, ...]
    """Candidates whose quality or cost was not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Share of calls that were as fast: ends below 1 where calls timed out."""

    tag: Tag
    ms: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    metric: Phrase
    curves: tuple[Curve, ...]


def scatter(of: SlotEvidence) -> Scatter:
    """Return quality × cost of the candidates that have both."""
    measured, left_out = [], []
    for name in of.candidates:
        cost, quality = of.estimate(name, "usd_per_1k_requests"), of.estimate(name, "quality")
        if cost is not None and quality is not None and _finite(cost) and _finite(quality):
            measured.append((name, cost, quality))
        else:
            left_out.append(name)
    places = [(cost.value or 0.0, quality.value or 0.0) for _, cost, quality in measured]
    return Scatter(
        points=tuple(
            Point(tag=tag(of, name), cost=cost, quality=quality, dominated=_dominated(place, places))
            for (name, cost, quality), place in zip(measured, places, strict=True)
        ),
        left_out=tuple(left_out),
    )


def _finite(estimate: Estimate) -> bool:
    return estimate.value is not None and math.isfinite(estimate.value)


def _dominated(place: tuple[float, float], places: Sequence[tuple[float, float]]) -> bool:
    cost, quality = place
    return any(c <= cost and q >= quality and (c, q) != place for c, q in places)


def curves(of: SlotEvidence) -> tuple[Curves, ...]:
    """Return the distribution of the first token or audio, then of the whole answer, over the calls."""
    kinds = [metric.partition("_")[0] for metric in HEADLINE_LATENCIES]
    drawn = []
    for kind in kinds:
        found = tuple(c for name in of.candidates if (c := _curve(of, name, f"{kind}_ms")) is not None)
        if found:
            drawn.append(Curves(metric=Phrase(key=f"axis.{kind}"), curves=found))
    first, total = drawn[:-1][:1], drawn[-1:]
    return tuple(first + total)


def _curve(of: SlotEvidence, name: str, mark: str) -> Curve | None:
    times = _times(of.answers_of(name), mark)
    n, finite = len(times), np.sort(times[np.isfinite(times)])
    if not len(finite):
        return None
    step = max(1, math.ceil(len(finite) / CURVE_POINTS))
    ranks = sorted({*range(0, len(finite), step), len(finite) - 1})
    return Curve(
        tag=tag(of, name),
        ms=tuple(finite[ranks].tolist()),
        share=tuple((rank + 1) / n for rank in ranks),
    )


def _times(records: Records, mark: str) -> Floats:
    """Return the latencies that percentiles count: a timeout is infinite, the candidate's own failure took its time.

    Left out is what was not measured: another failure, or marks that cannot be trusted.
    """
    times = records.floats(mark)
    lost = records.has("fault", Fault.INFRA) | records.has("fault", Fault.HARNESS)
    times[lost | (records.floats("marks_valid") != 1)] = np.nan
    times[lost & records.has("kind", "timeout")] = np.inf
    measured: Floats = times[~np.isnan(times)]
    return measured
