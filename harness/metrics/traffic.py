"""A month's bill with its spread: what a request costs is uncertain, and how many come is more so."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from harness.core.estimates import Estimate
from harness.core.traffic import Bill, Month, Traffic
from harness.metrics.estimates import estimates
from harness.metrics.observations import Blend, Observations, Ratio
from harness.metrics.resample import resample
from harness.metrics.stats import Floats

COST = "usd_per_request"
MIXED = "usd_per_request_mixed"


def mixed(observations: Observations, mix: Mapping[str, float]) -> Observations:
    """Return `observations` with the metric MIXED: the cost of a request where the tasks are asked in shares of `mix`.

    `mix` takes suites or `suite/task`; a suite's share is spread evenly over its tasks. Empty: every sample counts the
    same, as in COST. ValueError names a part of the mix that no task is.
    """
    cost = observations.ratios[COST]
    if not mix:
        return replace(observations, ratios={**observations.ratios, MIXED: cost})
    weight = _shares(observations, mix)
    asked = [h for h, share in enumerate(weight) if share > 0]
    blend = Blend(
        ratios=tuple(_of_task(observations, cost, h) for h in asked),
        weight=tuple(weight[asked].tolist()),
        note="cost of a request, tasks weighed by the traffic's mix",
        fraction=False,
    )
    return replace(observations, blends={**observations.blends, MIXED: blend})


def bills(observations: Observations, traffic: Traffic, *, draws: int, seed: int) -> dict[str, Bill]:
    """Return candidate → what its requests cost under `traffic`, its mix but for what other slots are asked.

    The mean cost of a request is drawn by the joint paired cluster bootstrap; a batch costs its discount less.
    """
    mix = {part: share for part, share in traffic.mix.items() if any(_is_in(task, part) for task in observations.tasks)}
    observations = mixed(observations, mix)
    scale = 1.0 - traffic.batch_share * traffic.batch_discount
    drawn = resample(observations, [MIXED], draws=draws, seed=seed)[:, :, 0] * scale
    measured = estimates(observations, seed=seed)
    found = {}
    for c, candidate in enumerate(observations.candidates):
        request = _scaled(next(e for e in measured[candidate] if e.metric == MIXED), scale)
        if request.value is None:
            found[candidate] = Bill(request=request, median=None, p95=None, month=None)
            continue
        costs, share = _requests(observations, mix, c)
        costs *= scale
        spread = float(np.sqrt(share @ (costs - share @ costs) ** 2))
        median, p95 = np.quantile(costs, (0.5, 0.95), weights=share, method="inverted_cdf")
        found[candidate] = Bill(
            request=request,
            median=float(median),
            p95=float(p95),
            month=month(drawn[:, c], spread, traffic.requests, cv=traffic.volume_cv, seed=seed),
        )
    return found


def month(costs: Floats, spread: float, requests: float, *, cv: float, seed: int) -> Month:
    """Return a month's bill from draws of the mean cost of a request, [B], and its standard deviation `spread`.

    A month has Poisson(requests · V) requests, V lognormal with mean 1 and coefficient of variation `cv`; its bill is
    the sum of that many costs, normal around their mean for they are many.
    """
    rng = np.random.default_rng((seed, 2))
    sigma = np.sqrt(np.log1p(cv**2))
    volume = requests * rng.lognormal(-(sigma**2) / 2, sigma, len(costs))
    number = rng.poisson(volume) if requests < 1e15 else volume
    bills = np.maximum(0.0, number * costs + np.sqrt(number) * spread * rng.standard_normal(len(costs)))
    low, median, high = np.quantile(bills, (0.05, 0.5, 0.95))
    return Month(mean=float(bills.mean()), low=float(low), median=float(median), high=float(high))


def _scaled(estimate: Estimate, scale: float) -> Estimate:
    value, low, high = (None if x is None else x * scale for x in (estimate.value, estimate.low, estimate.high))
    return replace(estimate, metric=COST, value=value, low=low, high=high, low_one_sided=None, high_one_sided=None)


def _requests(observations: Observations, mix: Mapping[str, float], candidate: int) -> tuple[Floats, Floats]:
    """Return what the candidate's requests cost, [m], and what share of the traffic each stands for; sums to 1."""
    costs = observations.ratios[COST].numerator[candidate]
    known = ~np.isnan(costs)
    home = observations.stratum[known]
    if not mix:
        return costs[known], np.full(int(known.sum()), 1.0 / int(known.sum()))
    share = _shares(observations, mix)[home] / np.bincount(home, minlength=len(observations.tasks))[home]
    return costs[known], share / share.sum()


def _is_in(task: str, part: str) -> bool:
    return part in (task, task.partition("/")[0])


def _shares(observations: Observations, mix: Mapping[str, float]) -> Floats:
    """Return each task's share of the traffic, [H]; ValueError names a part that no task is."""
    share = np.zeros(len(observations.tasks))
    for part, weight in mix.items():
        its = [h for h, task in enumerate(observations.tasks) if _is_in(task, part)]
        if not its:
            raise ValueError(part)
        share[its] += weight / len(its)
    return np.asarray(share / share.sum(), dtype=np.float64)


def _of_task(observations: Observations, ratio: Ratio, task: int) -> Ratio:
    mine = observations.stratum == task
    return replace(
        ratio,
        numerator=np.where(mine, ratio.numerator, np.nan),
        denominator=np.where(mine, ratio.denominator, np.nan),
        applies=mine,
        bounded=(),
    )
