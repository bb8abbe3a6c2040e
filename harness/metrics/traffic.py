"""A month's bill with its spread: what a request costs is uncertain, and how many come is more so."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from harness.core.estimates import Estimate
from harness.core.traffic import HALF, Bill, Month, Traffic
from harness.metrics.estimates import estimates
from harness.metrics.observations import Blend, Observations, Ratio
from harness.metrics.resample import resample
from harness.metrics.stats import Floats

COST = "usd_per_request"
MIXED = "usd_per_request_mixed"


def shares(mix: Mapping[str, float], tasks: Collection[str]) -> Mapping[str, float]:
    """Return `suite/task` → its share of all requests, summing to 1; empty where there is no mix.

    A suite's part is spread evenly over its tasks. ValueError names a part of the mix that no task is.
    """
    found = dict.fromkeys(tasks, 0.0)
    for part, weight in mix.items():
        its = [task for task in tasks if part in (task, task.partition("/")[0])]
        if not its:
            raise ValueError(part)
        for task in its:
            found[task] += weight / len(its) / sum(mix.values())
    return found if mix else {}


def bills(
    observations: Observations,
    traffic: Traffic,
    share: Mapping[str, float],
    *,
    draws: int,
    seed: int,
    discounts: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, Bill]:
    """Return candidate → what its requests cost; `share`: that of each task, as `shares` gives it.

    `traffic.requests` are those of this slot. The mean cost of a request is drawn by the joint cluster bootstrap.
    `discounts`: candidate → what a batch spares of its cost, where its prices say so and the traffic does not.
    """
    mixed = _mixed(observations, share)
    drawn = resample(mixed, [MIXED], draws=draws, seed=seed)[:, :, 0]
    measured = estimates(mixed, seed=seed)
    found = {}
    for c, candidate in enumerate(observations.candidates):
        discount = discounts.get(candidate, HALF) if traffic.batch_discount is None else traffic.batch_discount
        scale = 1.0 - traffic.batch_share * discount
        request = _scaled(next(e for e in measured[candidate] if e.metric == MIXED), scale)
        known = drawn[~np.isnan(drawn[:, c]), c] * scale
        if request.value is None or not len(known):
            found[candidate] = Bill(request=request, median=None, p95=None, month=None)
            continue
        told = candidate in discounts or traffic.batch_discount is not None
        costs, weight = _requests(observations, share, c, traffic.batch_share, discount)
        median, p95 = np.quantile(costs, (0.5, 0.95), weights=weight, method="inverted_cdf")
        spread = float(np.sqrt(weight @ (costs - weight @ costs) ** 2))
        month = monthly(known, spread, traffic.requests, cv=traffic.volume_cv, seed=seed)
        found[candidate] = Bill(
            request=request,
            median=float(median),
            p95=float(p95),
            month=replace(month, mean=request.value * traffic.requests),
            batch_discount=discount if traffic.batch_share else None,
            batch_is_assumed=bool(traffic.batch_share) and not told,
        )
    return found


def monthly(costs: Floats, spread: float, requests: float, *, cv: float, seed: int) -> Month:
    """Return a month's bill from draws of the mean cost of a request, [B], and its standard deviation `spread`.

    A month has Poisson(requests · V) requests, V lognormal with mean 1 and coefficient of variation `cv`; its bill is
    the sum of that many costs, normal around their mean for they are many.
    """
    rng = np.random.default_rng((seed, 2))
    sigma = np.sqrt(np.log1p(cv**2))
    volume = requests * rng.lognormal(-(sigma**2) / 2, sigma, len(costs))
    number = rng.poisson(volume) if requests < 1e15 else volume
    drawn = np.maximum(0.0, number * costs + np.sqrt(number) * spread * rng.standard_normal(len(costs)))
    low, median, high = np.quantile(drawn, (0.05, 0.5, 0.95))
    return Month(mean=float(drawn.mean()), low=float(low), median=float(median), high=float(high))


def _mixed(observations: Observations, share: Mapping[str, float]) -> Observations:
    """Return `observations` with the metric MIXED: the cost of a request where the tasks come in these shares."""
    cost = observations.ratios[COST]
    if not share:
        return replace(observations, ratios={**observations.ratios, MIXED: cost})
    weight = _of_slot(observations, share)
    asked = [h for h, part in enumerate(weight) if part > 0]
    blend = Blend(
        ratios=tuple(_of_task(observations, cost, h) for h in asked),
        weight=tuple(weight[asked].tolist()),
        note="cost of a request, tasks weighed by the traffic's mix",
        fraction=False,
    )
    return replace(observations, blends={**observations.blends, MIXED: blend})


def _scaled(estimate: Estimate, scale: float) -> Estimate:
    value, low, high = (None if x is None else x * scale for x in (estimate.value, estimate.low, estimate.high))
    return replace(estimate, metric=COST, value=value, low=low, high=high, low_one_sided=None, high_one_sided=None)


def _requests(
    observations: Observations, share: Mapping[str, float], candidate: int, later: float, discount: float
) -> tuple[Floats, Floats]:
    """Return what requests cost, and what part of the traffic each stands for; the parts sum to 1.

    Each sample's, its epochs averaged, at once and, for the share `later`, in a batch.
    """
    costs = observations.ratios[COST].numerator[candidate]
    known = ~np.isnan(costs)
    costs, home = costs[known], observations.stratum[known]
    weight = np.full(len(costs), 1.0 / len(costs))
    if share:
        weight = _of_slot(observations, share)[home] / np.bincount(home, minlength=len(observations.tasks))[home]
        weight /= weight.sum()
    return (
        np.concatenate([costs, costs * (1.0 - discount)]),
        np.concatenate([weight * (1.0 - later), weight * later]),
    )


def _of_slot(observations: Observations, share: Mapping[str, float]) -> Floats:
    """Return each task's part of the slot's requests, [H]."""
    parts = np.array([share[task] for task in observations.tasks])
    return np.asarray(parts / parts.sum(), dtype=np.float64)


def _of_task(observations: Observations, ratio: Ratio, task: int) -> Ratio:
    mine = observations.stratum == task
    return replace(
        ratio,
        numerator=np.where(mine, ratio.numerator, np.nan),
        denominator=np.where(mine, ratio.denominator, np.nan),
        applies=mine,
        bounded=(),
    )
