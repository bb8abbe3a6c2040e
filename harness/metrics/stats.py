"""Statistics over plain arrays: standard errors, intervals, tests (methodology.md 2 and 3).

Every interval takes `tail`, the probability left outside at each end: 0.025 gives a two-sided 95% interval,
0.05 gives the two one-sided 95% bounds.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TWO_SIDED = 0.025
ONE_SIDED = 0.05
EXACT_FLIPS = 16
"""Up to so many clusters every pattern of signs is enumerated."""
NO_SPREAD = 1e-12
"""Standard errors below are rounding noise of equal values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Two bounds; None where the sample does not support one."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """1-based positions in ascending order; None where `n` is too small for one."""

    lower: int | None
    upper: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The sampling error of a sum of linearised residuals."""

    se: float
    df: float
    """Degrees of freedom for t."""
    clusters: int
    lonely: bool
    """Some stratum has a single cluster, so that its own spread cannot be seen."""


def spread(residuals: Floats, stratum: Ints, cluster: Ints, *, corrected: bool = True) -> Spread:
    """Return the stratified, clustered standard error of `residuals.sum()`; all arguments have shape [n].

    With residuals (x - mean) / n and one stratum this is CR1 (Miller 2024, arXiv 2411.00640, with the factor
    G / (G - 1)), and with clusters of one it is the CLT's standard error; `corrected=False` gives CR0.
    df is Satterthwaite's, which is G - 1 for one stratum. A cluster belongs to one stratum.
    """
    _, first, code = np.unique(cluster, return_index=True, return_inverse=True)
    _, home = np.unique(stratum[first], return_inverse=True)
    total = np.bincount(code, residuals)
    size = np.bincount(home)
    lonely = size == 1
    centre = np.where(lonely, 0.0, np.bincount(home, total) / size)
    squares = np.bincount(home, (total - centre[home]) ** 2)
    df = np.maximum(size - 1, 1)
    parts = squares * np.where(lonely | (not corrected), 1.0, size / df)
    variance = float(parts.sum())
    satterthwaite = variance**2 / float((parts**2 / df).sum()) if variance > NO_SPREAD**2 else float(df.sum())
    return Spread(se=math.sqrt(variance), df=satterthwaite, clusters=len(total), lonely=bool(lonely.any()))


def z(tail: float) -> float:
    """Return the normal quantile that leaves `tail` above it."""
    return NormalDist().inv_cdf(1.0 - tail)


def t(tail: float, df: float) -> float:
    """Return Student's quantile that leaves `tail` above it."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 1.0 - tail))


def t_interval(
    value: float, error: Spread, *, tail: float, floor: float = -math.inf, ceiling: float = math.inf
) -> Interval:
    """Return value ± t · se, clipped to what is possible; no bounds from a single cluster."""
    if error.clusters < 2:
        return Interval(low=None, high=None)
    half = t(tail, error.df) * error.se
    return Interval(low=max(floor, value - half), high=min(ceiling, value + half))


def t_test(value: float, error: Spread) -> float:
    """Return the two-sided p-value of `value` against 0."""
    from scipy.special import stdtr

    return 2.0 * float(stdtr(error.df, -abs(value) / error.se))


def wilson(successes: float, n: float, *, tail: float = TWO_SIDED) -> Interval:
    """Return Wilson's score interval (1927); `n` may be an effective, fractional number of trials."""
    p, q = successes / n, z(tail)
    centre = (p + q * q / (2 * n)) / (1 + q * q / n)
    half = q * math.sqrt(p * (1 - p) / n + q * q / (4 * n * n)) / (1 + q * q / n)
    low = 0.0 if successes <= 0 else max(0.0, centre - half)
    high = 1.0 if successes >= n else min(1.0, centre + half)
    return Interval(low=low, high=high)


def clopper_pearson(successes: float, n: float, *, tail: float = ONE_SIDED) -> Interval:
    """Return the exact binomial bounds; `n` may be effective and fractional (Korn and Graubard 1998)."""
    from scipy.special import betaincinv

    low = float(betaincinv(successes, n - successes + 1, tail)) if successes > 0 else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return Interval(low=low, high=high)


def effective_trials(p: float, error: Spread, *, tail: float) -> float:
    """Return how many independent yes-or-no trials would be as sure of `p` as this sample is (Korn, Graubard 1998)."""
    return p * (1 - p) / error.se**2 * (z(tail) / t(tail, error.df)) ** 2


def mcnemar_mid_p(b: int, c: int) -> float:
    """Return McNemar's mid-p for `b` and `c` discordant pairs (Fagerland et al. 2013)."""
    from scipy.special import bdtr

    n, k = b + c, min(b, c)
    if b == c:
        return 1.0
    below = float(bdtr(k - 1, n, 0.5)) if k > 0 else 0.0
    return min(1.0, float(bdtr(k, n, 0.5)) + below)  # 2 · CDF - PMF


def mcnemar_interval(b: int, c: int, n: int, *, tail: float = TWO_SIDED) -> Interval:
    """Return Wald's interval of (b - c) / n, the difference of two shares of the same `n` items."""
    difference, half = (b - c) / n, z(tail) * math.sqrt(b + c - (b - c) ** 2 / n) / n
    return Interval(low=max(-1.0, difference - half), high=min(1.0, difference + half))


def holm(p: Floats) -> Floats:
    """Return Holm's adjusted p-values, in the order of `p`; shape [m]."""
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    result = np.empty(len(p))
    result[order] = adjusted
    return result


def sign_flip_p(totals: Floats, *, rng: np.random.Generator | None = None, flips: int = 10_000) -> float:
    """Return the two-sided p-value of sum(totals) under random signs of the clusters; shape [G].

    Exact up to 16 clusters; beyond, `flips` random patterns of `rng`, counting the observed one.
    """
    g, slack = len(totals), 1e-12 * float(np.abs(totals).sum())
    observed = abs(float(totals.sum())) - slack
    if g <= EXACT_FLIPS:
        signs = 1.0 - 2.0 * ((np.arange(2**g)[:, None] >> np.arange(g)) & 1)
        return float((np.abs(signs @ totals) >= observed).mean())
    if rng is None:
        raise ValueError(f"{g} clusters are too many to enumerate: give an rng")
    signs = rng.choice((-1.0, 1.0), size=(flips, g))
    return float(1 + (np.abs(signs @ totals) >= observed).sum()) / (flips + 1)


def percentile(ordered: Floats, q: float) -> float:
    """Return numpy's `linear` percentile of ascending values, which may end in infinities; shape [n], n ≥ 1."""
    position = (len(ordered) - 1) * q
    below = math.floor(position)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    share = position - below
    return low if share == 0 or low == high else low + (high - low) * share


def order_ranks(n: int, q: float, *, tail: float) -> Ranks:
    """Return the ranks whose order statistics bound a percentile of `n` independent values, whatever they follow.

    They are BinomPPF(tail; n, q) and BinomPPF(1 - tail; n, q) + 1, as `scipy.stats.quantile_test` has them.
    """
    lower, upper = _binomial_quantile(tail, n, q), _binomial_quantile(1 - tail, n, q) + 1
    return Ranks(lower=lower if lower >= 1 else None, upper=upper if upper <= n else None)


def order_interval(ordered: Floats, q: float, *, tail: float) -> Interval:
    """Return the distribution-free interval of a percentile of ascending values, shape [n]; they may be infinite."""
    ranks = order_ranks(len(ordered), q, tail=tail)
    return Interval(
        low=None if ranks.lower is None else float(ordered[ranks.lower - 1]),
        high=None if ranks.upper is None else float(ordered[ranks.upper - 1]),
    )


def _binomial_quantile(probability: float, n: int, p: float) -> int:
    from scipy.special import bdtr, bdtrik

    k = max(0, math.ceil(bdtrik(probability, n, p)))
    return k - 1 if k > 0 and bdtr(k - 1, n, p) >= probability else k


def unhidden(latencies: Floats, interval: float) -> Floats:
    """Return the latencies with those that a stall kept from being sent: one each `interval`, each that much shorter.

    A closed loop sends nothing while it waits, so that a stall counts once where an open loop had met it many times:
    coordinated omission, corrected as HdrHistogram does. Both in the same unit; `interval` is what was intended. What
    never ended hides more than can be counted and stays one.
    """
    if interval <= 0:
        raise ValueError(f"the intended interval must be above 0, not {interval}")
    stalls = latencies[(latencies > interval) & np.isfinite(latencies)]
    return np.concatenate([latencies, *(np.arange(x - interval, 1e-9 * x, -interval) for x in stalls)])


def pass_at_k(trials: Floats, passed: Floats, k: int) -> Floats:
    """Return the unbiased chance that one of `k` answers passes, 1 − C(n−c, k)/C(n, k); NaN where n < k.

    Chen et al. 2021, arXiv 2107.03374. Of each item `passed` of `trials` answers did; any shape.
    """
    from scipy.special import comb

    return np.where(trials < k, np.nan, 1.0 - comb(trials - passed, k) / np.maximum(1.0, comb(trials, k)))


def pass_all_k(trials: Floats, passed: Floats, k: int) -> Floats:
    """Return the unbiased chance that all of `k` answers pass, C(c, k)/C(n, k), tau-bench's pass^k; NaN where n < k."""
    from scipy.special import comb

    return np.where(trials < k, np.nan, comb(passed, k) / np.maximum(1.0, comb(trials, k)))


def detectable(se: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest true difference that a two-sided test at `alpha` finds with `power`, given its se."""
    return (z(alpha / 2) + z(1 - power)) * se
