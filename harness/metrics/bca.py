"""Bootstrap intervals corrected for bias and skewness (BCa, Efron 1987)."""

import numpy as np

from harness.metrics.stats import NO_SPREAD, TWO_SIDED, Floats, Interval


def acceleration(jackknife: Floats) -> float:
    """Return how fast the standard error changes with the value, from the value without each cluster, [G]."""
    off = jackknife.mean() - jackknife
    squares = float((off**2).sum())
    return float((off**3).sum()) / (6 * squares**1.5) if squares > NO_SPREAD**2 else 0.0


def bca(value: float, draws: Floats, jackknife: Floats, *, tail: float = TWO_SIDED) -> Interval:
    """Return the interval of `value` from its bootstrap `draws` [B] and from its value without each cluster, [G].

    No bounds where the draws do not vary: they have not seen how far the value may be off.
    """
    from scipy.special import ndtr, ndtri

    if np.ptp(draws) <= NO_SPREAD:
        return Interval(low=None, high=None)
    half = 0.5 / len(draws)  # a value outside all draws is as biased as these can show
    bias = float(ndtri(np.clip((draws < value).mean(), half, 1 - half)))
    skew = acceleration(jackknife)
    bounds = []
    for reach in (float(ndtri(tail)), -float(ndtri(tail))):
        shifted = bias + reach
        bounds.append(float(np.quantile(draws, ndtr(bias + shifted / (1 - skew * shifted)))))
    return Interval(low=bounds[0], high=bounds[1])
