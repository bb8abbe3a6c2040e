"""Points → weights that sum to 1."""

import math
from collections.abc import Sequence


def direct(points: Sequence[float]) -> tuple[float, ...]:
    """Return `points` over their sum; ValueError where one is negative or none is positive."""
    if not all(math.isfinite(p) and p >= 0 for p in points):
        raise ValueError(f"weights must be finite and not negative: {list(points)}")
    total = math.fsum(points)
    if total <= 0:
        raise ValueError("at least one weight must be above 0")
    return tuple(p / total for p in points)
