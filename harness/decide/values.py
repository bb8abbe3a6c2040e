"""Metric → value in [0, 1] by fixed anchors (methodology.md 1.1), so that candidates never enter the normalisation."""

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from harness.core.rules import Criterion, Scale

Floats = npt.NDArray[np.float64]


def check(criterion: Criterion) -> None:
    """Raise ValueError where the anchors or points of `criterion` cannot give values."""
    name = f"criterion {criterion.name!r}"
    if criterion.scale is Scale.PIECEWISE:
        return _check_points(name, criterion.points)
    if not (math.isfinite(criterion.worst) and math.isfinite(criterion.ideal)):
        raise ValueError(f"{name}: worst and ideal must be finite, not {criterion.worst} and {criterion.ideal}")
    if criterion.worst == criterion.ideal:
        raise ValueError(f"{name}: worst and ideal are both {criterion.worst}: they must differ")
    if criterion.scale is Scale.LOG and min(criterion.worst, criterion.ideal) <= 0:
        raise ValueError(f"{name}: a log scale needs worst and ideal above 0, not {criterion.worst}, {criterion.ideal}")
    return None


def value(criterion: Criterion, x: float | None) -> float | None:
    """Return the value of one measurement; None stays None: it is never imputed."""
    return None if x is None or math.isnan(x) else float(values(criterion, np.array([x]))[0])


def values(criterion: Criterion, x: Floats) -> Floats:
    """Return the values of an array of measurements, any shape; NaN stays NaN, infinity is beyond an anchor.

    On a log scale 0 is beyond the anchor on its side, which is the limit; below 0 is a ValueError.
    """
    if criterion.scale is Scale.PIECEWISE:
        metric, worth = zip(*criterion.points, strict=True)
        return np.asarray(np.interp(x, metric, worth), dtype=np.float64)
    worst, ideal = criterion.worst, criterion.ideal
    if criterion.scale is Scale.LOG:
        if bool((x < 0).any()):
            raise ValueError(f"criterion {criterion.name!r}: a log scale cannot take {float(np.nanmin(x))}")
        with np.errstate(divide="ignore"):
            x, worst, ideal = np.log(x), math.log(worst), math.log(ideal)
    with np.errstate(over="ignore"):  # as far beyond an anchor as infinity is
        return np.asarray(np.clip((x - worst) / (ideal - worst), 0.0, 1.0), dtype=np.float64)


def direction(criterion: Criterion) -> int:
    """Return 1 where more is better and -1 where less is; 0 where a piecewise scale goes up and down."""
    if criterion.scale is not Scale.PIECEWISE:
        return 1 if criterion.ideal > criterion.worst else -1
    steps = [b - a for (_, a), (_, b) in pairwise(criterion.points)]
    return int(min(steps) >= 0) - int(max(steps) <= 0)


def _check_points(name: str, points: tuple[tuple[float, float], ...]) -> None:
    metric = [x for x, _ in points]
    if len(points) < 2 or any(b <= a for a, b in pairwise(metric)):
        raise ValueError(f"{name}: a piecewise scale needs at least two points in ascending order of the metric")
    if not all(0.0 <= worth <= 1.0 for _, worth in points):
        raise ValueError(f"{name}: the values of its points must lie in [0, 1]")
