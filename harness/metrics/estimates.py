"""Every metric of a slot as an Estimate: value, intervals, n, coverage and how it was made."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from harness.core.estimates import Estimate
from harness.metrics.observations import PERCENTILES, Blend, Observations, Percentile, Ratio
from harness.metrics.resample import resample
from harness.metrics.stats import (
    NO_SPREAD,
    ONE_SIDED,
    TWO_SIDED,
    Floats,
    Interval,
    Ints,
    Spread,
    clopper_pearson,
    effective_trials,
    order_interval,
    order_ranks,
    percentile,
    spread,
    t_interval,
    wilson,
)

FEW_CLUSTERS = 40
"""Below, a clustered standard error is rough (methodology.md 2.1)."""
PERCENTILE_DRAWS = 2_000
"""Resamples behind the interval of a percentile whose measurements are not independent."""
LEAST_DIVISOR = 1e-9
"""Below, a sum of scores is 0: a quotient by it would be no number."""
UNBOUNDED = Interval(low=None, high=None)
UNSUPPORTED = "not supported"
"""How a note begins where n is too small for the value; decide/ reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tails:
    """How much is left outside at each end."""

    two_sided: float
    one_sided: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    two_sided: Interval
    one_sided: Interval
    how: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Mean:
    """A mean in linearised form, over the m items that have a value."""

    value: float
    trials: bool
    """Every item is a success or a failure."""
    residuals: Floats
    """[m]; their sum varies as the mean does."""
    weight: Floats
    """[H]: what share of the mean each stratum has."""
    stratum: Ints
    cluster: Ints
    tails: _Tails


def estimates(
    observations: Observations,
    *,
    seed: int = 0,
    draws: int = PERCENTILE_DRAWS,
    only: Collection[str] | None = None,
    share: float = 1.0,
) -> Mapping[str, tuple[Estimate, ...]]:
    """Return candidate → one Estimate for each metric that the slot has, the same metrics in the same order for all.

    Besides quality and coverage these are the metrics of `only`; None: all.

    `seed` and `draws` serve the percentiles whose measurements are clustered or repeated: their intervals are
    resampled; without draws they are NaN, for those who ask for values alone. `share`: how much of the usual 5% of
    error the bounds may have. With 1 / L they hold at L looks together (Bonferroni), also where a look may end the
    measuring; nothing is resampled then, since rare draws say little of so small a tail.
    """

    def wanted(name: str) -> bool:
        return only is None or name in only

    tails = _Tails(two_sided=share * TWO_SIDED, one_sided=share * ONE_SIDED)
    names = [name for name, it in PERCENTILES.items() if it.timing in observations.timings and wanted(name)]
    resampled = _resampled_percentiles(observations, names, seed, draws) if share == 1.0 else {}
    return {
        candidate: (
            _quality(observations, c, tails),
            _coverage(observations, c),
            *(_percentile(observations, c, name, resampled.get(name), tails) for name in names),
            *(_ratio(observations, c, name, it, tails) for name, it in observations.ratios.items() if wanted(name)),
            *(_blend(observations, c, name, it, tails) for name, it in observations.blends.items() if wanted(name)),
        )
        for c, candidate in enumerate(observations.candidates)
    }


def _quality(observations: Observations, c: int, tails: _Tails) -> Estimate:
    values = observations.quality[c]
    seen = ~np.isnan(values)
    stratum, weight = observations.stratum[seen], observations.task_weight
    size = np.bincount(stratum, minlength=len(weight))
    n, coverage = int(seen.sum()), _answered(observations, c)
    empty = [task for task, count in zip(observations.tasks, size, strict=True) if count == 0]
    if n == 0 or empty:
        return _unmeasured("quality", n, coverage, f"no scored sample in {', '.join(empty) or observations.slot}")
    means = np.bincount(stratum, values[seen]) / size
    mean = _Mean(
        value=float(weight @ means),
        trials=bool(np.isin(values[seen], (0.0, 1.0)).all()),
        residuals=(weight / size)[stratum] * (values[seen] - means[stratum]),
        weight=weight,
        stratum=stratum,
        cluster=observations.cluster[seen],
        tails=tails,
    )
    how = "mean" if len(weight) == 1 else f"mean over suites of the mean over tasks ({len(weight)} tasks)"
    return _estimate("quality", mean.value, _fraction_bounds(mean, 1.0), n, coverage, how)


def _coverage(observations: Observations, c: int) -> Estimate:
    value = _answered(observations, c)
    fact = Interval(low=value, high=value)
    bounds = _Bounds(two_sided=fact, one_sided=fact, how="a fact of the run")
    return _estimate("coverage", value, bounds, observations.n, value, "answers with a score / answers planned")


def _ratio(observations: Observations, c: int, name: str, ratio: Ratio, tails: _Tails) -> Estimate:
    seen = ~np.isnan(ratio.numerator[c]) & ~np.isnan(ratio.denominator[c])
    top, bottom = ratio.numerator[c, seen], ratio.denominator[c, seen]
    n = int(seen.sum())
    coverage = n / max(1, int(ratio.applies.sum()))
    if n == 0 or bottom.sum() < LEAST_DIVISOR:
        return _unmeasured(name, n, coverage, "not measured" if n == 0 else f"{ratio.note}: the divisor is 0")
    if n < ratio.fewest:
        return _unmeasured(name, n, coverage, f"{UNSUPPORTED}: {n} events, fewer than {ratio.fewest}")
    value = float(top.sum() / bottom.sum())
    mean = _Mean(
        value=value,
        trials=bool(np.isin(top, (0.0, 1.0)).all() and (bottom == 1.0).all()),
        residuals=(top - value * bottom) / bottom.sum(),
        weight=np.bincount(observations.stratum[seen], minlength=len(observations.tasks)) / n,
        stratum=observations.stratum[seen],
        cluster=observations.cluster[seen],
        tails=tails,
    )
    bounds = _fraction_bounds(mean, ratio.ceiling) if ratio.fraction else _t_bounds(mean, ratio.floor, ratio.ceiling)
    return replace(
        _estimate(name, value, bounds, n, coverage, ratio.note), bounded=ratio.bounded[c] if ratio.bounded else None
    )


def _blend(observations: Observations, c: int, name: str, blend: Blend, tails: _Tails) -> Estimate:
    """Return a weighted mean of ratios, its error by the linear part of each (the delta method)."""
    value, weights = 0.0, np.zeros(len(observations.tasks))
    residuals, seen = np.zeros(observations.n), np.zeros(observations.n, np.bool_)
    asked = sum(int(applies.sum()) for applies in {id(r.applies): r.applies for r in blend.ratios}.values())
    for ratio, weight in zip(blend.ratios, blend.weight, strict=True):
        known = ~np.isnan(ratio.numerator[c])
        top, bottom = ratio.numerator[c, known], ratio.denominator[c, known]
        if bottom.sum() < LEAST_DIVISOR:
            return _unmeasured(name, int(seen.sum()), int(seen.sum()) / asked, "a class has no scored sample")
        share = float(top.sum() / bottom.sum())
        value += weight * share
        residuals[known] += weight * (top - share * bottom) / bottom.sum()
        weights[observations.stratum[known][0]] += weight
        seen |= known
    mean = _Mean(
        value=value,
        trials=False,
        residuals=residuals[seen],
        weight=weights,
        stratum=observations.stratum[seen],
        cluster=observations.cluster[seen],
        tails=tails,
    )
    n = int(seen.sum())
    if blend.fraction:
        bounds = _fraction_bounds(mean, 1.0)
    elif spread(mean.residuals, mean.stratum, mean.cluster).lonely:
        bounds = _Bounds(two_sided=UNBOUNDED, one_sided=UNBOUNDED, how="a task with one sample supports no interval")
    else:
        bounds = _t_bounds(mean, 0.0, float("inf"))
    return _estimate(name, value, bounds, n, n / asked, blend.note)


def _fraction_bounds(mean: _Mean, ceiling: float) -> _Bounds:
    """Return the bounds of a share; where t would fail, those of as many independent trials as the sample is worth.

    Wilson for display and Clopper-Pearson for gates, on counts when the items are independent successes or failures of
    one task, on effective counts (Korn and Graubard 1998) when they are of several tasks or when nothing varies.
    """
    error = spread(mean.residuals, mean.stratum, mean.cluster)
    n = len(mean.residuals)
    trials = mean.trials and error.clusters == n
    if trials and np.count_nonzero(mean.weight) == 1:
        return _trial_bounds(mean, n, n, "Wilson; gates Clopper-Pearson")
    if error.se <= NO_SPREAD or error.lonely:
        clusters = np.bincount(_first_strata(mean), minlength=len(mean.weight))
        effective = 1.0 / float((mean.weight**2 / np.maximum(clusters, 1)).sum())
        return _trial_bounds(mean, effective, effective, f"Wilson, {effective:.0f} effective clusters")
    if trials:
        tails = mean.tails.two_sided, mean.tails.one_sided
        two, one = (effective_trials(mean.value, error, tail=tail) for tail in tails)
        return _trial_bounds(mean, two, one, f"Wilson, {two:.0f} effective trials; gates Clopper-Pearson")
    return _t_bounds(mean, 0.0, ceiling)


def _trial_bounds(mean: _Mean, two_sided: float, one_sided: float, how: str) -> _Bounds:
    value = min(mean.value, 1.0)
    return _Bounds(
        two_sided=wilson(value * two_sided, two_sided, tail=mean.tails.two_sided),
        one_sided=clopper_pearson(value * one_sided, one_sided, tail=mean.tails.one_sided),
        how=how,
    )


def _first_strata(mean: _Mean) -> Ints:
    """Return the stratum of each cluster."""
    _, first = np.unique(mean.cluster, return_index=True)
    return mean.stratum[first]


def _t_bounds(mean: _Mean, floor: float, ceiling: float) -> _Bounds:
    error = spread(mean.residuals, mean.stratum, mean.cluster)
    return _Bounds(
        two_sided=t_interval(mean.value, error, tail=mean.tails.two_sided, floor=floor, ceiling=ceiling),
        one_sided=t_interval(mean.value, error, tail=mean.tails.one_sided, floor=floor, ceiling=ceiling),
        how=_t_note(error),
    )


def _t_note(error: Spread) -> str:
    if error.clusters < 2:
        return "no interval from one cluster"
    few = ", too few to be sure of it" if error.clusters < FEW_CLUSTERS else ""
    return f"t with CR1, {error.clusters} clusters{few}"


def _percentile(observations: Observations, c: int, name: str, draws: Floats | None, tails: _Tails) -> Estimate:
    """Return a percentile over all measured answers; the tail's value only where n supports its interval."""
    metric = PERCENTILES[name]
    timing = observations.timings[metric.timing][c]
    measured = ~np.isnan(timing)
    ordered, n = np.sort(timing[measured]), int(measured.sum())
    coverage = n / max(1.0, float(observations.asked[c].sum()))
    if n == 0:
        return _unmeasured(name, 0, coverage, "not measured")
    units = _independent_units(observations, measured)
    ends = tails.two_sided, tails.one_sided
    if draws is None:
        two, one = (_ordered_interval(ordered, metric, units, tail=tail) for tail in ends)
        how = "order statistics"
    else:
        two, one = (_drawn_interval(draws[:, c], metric, units, tail=tail) for tail in ends)
        how = f"cluster bootstrap, {units} clusters"
    supported = two.low is not None and two.high is not None
    if metric.q > 0.5 and not supported:
        bounds = _Bounds(two_sided=UNBOUNDED, one_sided=one, how="")
        return _estimate(name, None, bounds, n, coverage, f"{UNSUPPORTED}: p{100 * metric.q:.0f} (n={n})")
    bounds = _Bounds(two_sided=two, one_sided=one, how=how if supported else f"no interval (n={n})")
    return _estimate(name, percentile(ordered, metric.q), bounds, n, coverage, "percentile of linear type 7")


def _independent_units(observations: Observations, measured: Floats) -> int:
    """Return how many clusters the measured answers, [n, E], come from."""
    return len(np.unique(observations.cluster[measured.any(axis=1)]))


def _resampled_percentiles(observations: Observations, names: list[str], seed: int, count: int) -> dict[str, Floats]:
    """Return draws [B, C] for the percentiles whose answers are not independent of each other."""
    clustered = len(np.unique(observations.cluster)) < observations.n
    dependent = [name for name in names if clustered or observations.timings[PERCENTILES[name].timing].shape[2] > 1]
    if not dependent:
        return {}
    draws = resample(observations, dependent, draws=count, seed=seed)
    return {name: draws[:, :, i] for i, name in enumerate(dependent)}


def _ordered_interval(ordered: Floats, metric: Percentile, units: int, *, tail: float) -> Interval:
    """Return the interval of order statistics; of dependent values, those at the same shares of as many units."""
    if units == len(ordered):
        return order_interval(ordered, metric.q, tail=tail)
    ranks, n = order_ranks(units, metric.q, tail=tail), len(ordered)
    return Interval(
        low=None if ranks.lower is None else float(ordered[math.floor((ranks.lower - 1) * n / units)]),
        high=None if ranks.upper is None else float(ordered[math.ceil(ranks.upper * n / units) - 1]),
    )


def _drawn_interval(draws: Floats, metric: Percentile, units: int, *, tail: float) -> Interval:
    """Return the percentile interval of the draws, with the bounds that as many independent values would support."""
    ordered, ranks = np.sort(draws[~np.isnan(draws)]), order_ranks(units, metric.q, tail=tail)
    low, high = (percentile(ordered, q) if len(ordered) else math.nan for q in (tail, 1 - tail))
    return Interval(low=None if ranks.lower is None else low, high=None if ranks.upper is None else high)


def _answered(observations: Observations, c: int) -> float:
    """Return the share of the planned answers that have a score."""
    return float(observations.scored[c].sum() / max(1.0, observations.asked[c].sum()))


def _unmeasured(metric: str, n: int, coverage: float, why: str) -> Estimate:
    return Estimate(metric=metric, value=None, low=None, high=None, n=n, coverage=coverage, note=why)


def _estimate(metric: str, value: float | None, bounds: _Bounds, n: int, coverage: float, how: str) -> Estimate:
    return Estimate(
        metric=metric,
        value=value,
        low=bounds.two_sided.low,
        high=bounds.two_sided.high,
        n=n,
        coverage=coverage,
        low_one_sided=bounds.one_sided.low,
        high_one_sided=bounds.one_sided.high,
        note="; ".join(part for part in (how, bounds.how) if part),
    )
