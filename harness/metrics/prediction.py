"""The total of many amounts, foretold from a few of them that were drawn at random."""

import math
from collections.abc import Sequence

from harness.core.forecast import Range
from harness.metrics.stats import TWO_SIDED, t

FACTOR = 4.0
"""One amount shows no spread: each of the others may be so much smaller or larger."""


def predicted_total(observed: Sequence[float], planned: int) -> Range:
    """Return the 95% prediction interval of the sum of `planned` amounts, `observed` among them.

    The k that were seen are certain; of the m others the sum is m times their mean, whose error and their own spread
    add up: m · mean ± t · s · √(m²/k + m), never below 0. ValueError where nothing was observed.
    """
    if not observed:
        raise ValueError("nothing was observed")
    k, rest = len(observed), max(0, planned - len(observed))
    seen, mean = math.fsum(observed), math.fsum(observed) / k
    if not rest:
        return Range(low=seen, expected=seen, high=seen)
    if k == 1:
        return Range(low=seen + rest * mean / FACTOR, expected=seen + rest * mean, high=seen + rest * mean * FACTOR)
    variance = math.fsum((amount - mean) ** 2 for amount in observed) / (k - 1)
    half = t(TWO_SIDED, k - 1) * math.sqrt(variance * (rest**2 / k + rest))
    return Range(low=seen + max(0.0, rest * mean - half), expected=seen + rest * mean, high=seen + rest * mean + half)
