"""Simulated runs whose truth is known: do intervals hold it, and do looks alarm falsely?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.estimates import Estimate
from harness.metrics.bca import bca
from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations, Ratio
from harness.metrics.paired import at_every_look, differences
from harness.metrics.resample import resample
from harness.metrics.sequential import BURN_IN, confidence_sequence, tuned
from harness.metrics.stats import TWO_SIDED, Floats, Interval, Ints, z

Rng = np.random.Generator
ITEMS, BLOCK = 400, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One simulated run after the other."""

    what: str
    run: Callable[[Rng], bool]
    """Whether it came to what is counted: the interval held the truth, or the alarm was false."""
    exact: bool = False
    """Its bounds are wrong at most as often as they say, and may be so more seldom."""

    def share(self, runs: int, *, seed: int = 7) -> float:
        """Return in what share of so many runs it did."""
        rng = np.random.default_rng(seed)
        return float(np.mean([self.run(rng) for _ in range(runs)]))


def observed(
    quality: Floats, *, cluster: Ints | None = None, size: Sequence[int] = (), timing: Floats | None = None,
    usd: Floats | None = None,
) -> Observations:  # fmt: skip
    """Return what candidates `a`, `b`, ... did, by `quality` [C, n] on tasks of so many items that all weigh the same.

    `timing` [C, n, E] and `usd` [C, n] are of the same items.
    """
    n = quality.shape[1]
    size = size or [n]
    every = np.ones(n, np.bool_)
    good = Ratio(numerator=quality if usd is None else usd, denominator=quality, applies=every)
    return Observations(
        slot="text", candidates=tuple("abcdef"[: len(quality)]), tasks=tuple(f"s/{h}" for h in range(len(size))),
        task_weight=np.full(len(size), 1 / len(size)), stratum=np.repeat(np.arange(len(size)), size),
        cluster=np.arange(n) if cluster is None else cluster, quality=quality, asked=np.ones(quality.shape),
        scored=np.ones(quality.shape), ratios={} if usd is None else {"usd_per_good_answer": good},
        timings={} if timing is None else {"total_ms": timing}, dropped=0,
    )  # fmt: skip


def _estimate(of: Observations, metric: str, *, seed: int = 0) -> Estimate:
    return next(it for it in estimates(of, seed=seed, draws=500)["a"] if it.metric == metric)


def _holds(of: Estimate | Interval, truth: float) -> bool:
    return of.low is not None and of.high is not None and of.low <= truth <= of.high


def _clustered_pair(rng: Rng, groups: int) -> Observations:
    """Two candidates, 0.1 apart, on clusters of unequal size whose items are hard, and tell them apart, alike."""
    cluster = np.repeat(np.arange(groups), rng.integers(1, 6, groups))
    hard, apart = rng.normal(0.5, 0.2, groups)[cluster], rng.normal(0.1, 0.2, groups)[cluster]
    noise = rng.normal(0, 0.2, (2, len(cluster)))
    return observed(np.stack([hard + apart + noise[0], hard + noise[1]]), cluster=cluster)


def _difference(rng: Rng) -> bool:
    return _holds(differences(_clustered_pair(rng, 30), "a")[0].difference, 0.1)


def _drawn_difference(rng: Rng) -> bool:
    draws = resample(_clustered_pair(rng, 60), ["quality"], draws=1000, seed=int(rng.integers(2**31)))[:, :, 0]
    low, high = np.quantile(draws[:, 0] - draws[:, 1], (TWO_SIDED, 1 - TWO_SIDED)).tolist()
    return bool(low <= 0.1 <= high)


def _right_answers(rng: Rng) -> bool:
    p = float(rng.uniform(0.5, 0.98))
    return _holds(_estimate(observed(_right(rng, p, 80)), "quality"), p)


def _gate(rng: Rng) -> bool:
    p = float(rng.uniform(0.5, 0.98))
    bound = _estimate(observed(_right(rng, p, 80)), "quality").low_one_sided
    return bound is not None and bound <= p


def _several_tasks(rng: Rng) -> bool:
    size, p = [20, 40, 80], rng.uniform(0.5, 0.95, 3)
    return _holds(_estimate(observed(_right(rng, np.repeat(p, size), 140), size=size), "quality"), float(p.mean()))


def _unequal_tasks(rng: Rng) -> bool:
    size = [12, 60]
    scores = rng.normal(np.repeat([0.7, 0.3], size), np.repeat([0.1, 0.2], size))
    return _holds(_estimate(observed(scores[None], size=size), "quality"), 0.5)


def _right(rng: Rng, p: float | Floats, n: int) -> Floats:
    return (rng.random((1, n)) < p).astype(float)


def _percentile(q: int) -> Callable[[Rng], bool]:
    def run(rng: Rng) -> bool:
        timing = rng.lognormal(6, 0.6, (1, 300, 1))
        return _holds(
            _estimate(observed(np.ones((1, 300)), timing=timing), f"total_p{q}_ms"), np.exp(6 + 0.6 * z(1 - q / 100))
        )

    return run


def _repeated(rng: Rng) -> bool:
    timing = rng.lognormal(6, 0.5, (1, 150, 1)) * rng.lognormal(0, 0.3, (1, 150, 2))
    of = observed(np.ones((1, 150)), timing=timing)
    return _holds(_estimate(of, "total_p50_ms", seed=int(rng.integers(2**31))), float(np.exp(6)))


def _good_answer(rng: Rng) -> bool:
    """What 80 requests cost, the wrong ones more than the right ones, by how many were right."""
    right = _right(rng, 0.7, 80)
    usd = rng.gamma(4.0, 0.25, (1, 80)) * np.where(right, 0.01, 0.02)
    return _holds(_estimate(observed(right, usd=usd), "usd_per_good_answer"), (0.7 * 0.01 + 0.3 * 0.02) / 0.7)


def _bca(rng: Rng) -> bool:
    x = rng.gamma(4.0, 0.25, 120)
    draws = x[rng.integers(0, 120, (500, 120))].mean(axis=1)
    return _holds(bca(float(x.mean()), draws, (x.sum() - x) / 119), 1.0)


INTERVALS: Mapping[str, Simulation] = {
    "difference": Simulation(run=_difference, what="a paired difference over 30 clusters of 1 to 5: t with CR1"),
    "drawn": Simulation(run=_drawn_difference, what="the same over 60 clusters: joint cluster bootstrap"),
    "share": Simulation(run=_right_answers, what="a share of 80 right answers, truth 0.5 to 0.98: Wilson"),
    "gate": Simulation(run=_gate, what="the lower bound of that share, for a gate: Clopper-Pearson", exact=True),
    "tasks": Simulation(run=_several_tasks, what="a mean of shares of 20, 40 and 80: Wilson, effective trials"),
    "unequal": Simulation(run=_unequal_tasks, what="tasks of 12 and 60 that spread unequally: t, Satterthwaite"),
    "p50": Simulation(run=_percentile(50), what="p50 of 300 latencies: order statistics"),
    "p95": Simulation(run=_percentile(95), what="p95 of 300 latencies: order statistics"),
    "repeated": Simulation(run=_repeated, what="p50 of 150 samples asked twice: cluster bootstrap"),
    "good": Simulation(run=_good_answer, what="cost per good answer of 80 requests: t of a ratio"),
    "bca": Simulation(run=_bca, what="the mean of 120 skewed costs: BCa (library only)"),
}  # fmt: skip
"""Each counts how often an interval holds the truth."""


def _equal(rng: Rng, draw: str) -> Floats:
    if draw == "scores":
        return rng.normal(0, 0.35, ITEMS)
    return rng.choice([-1.0, 0.0, 1.0], ITEMS, p=[0.15, 0.7, 0.15])


def _sequence(draw: str) -> Callable[[Rng], bool]:
    def run(rng: Rng) -> bool:
        band = confidence_sequence(_equal(rng, draw), rho=tuned(ITEMS // 2))
        return bool((band.low > 0).any() or (band.high < 0).any())

    return run


def _naive(draw: str) -> Callable[[Rng], bool]:
    """Look as often with the interval of a single look."""

    def run(rng: Rng) -> bool:
        d, t = _equal(rng, draw), np.arange(1, ITEMS + 1)
        mean = d.cumsum() / t
        se = np.sqrt(np.maximum((d**2).cumsum() / t - mean**2, 1e-12) / t)
        return bool((np.abs(mean) > z(TWO_SIDED) * se)[BURN_IN - 1 :].any())

    return run


def _stopped(rng: Rng) -> bool:
    """A candidate that is as good as the leader, looked at after each block of the run."""
    right = (rng.random((2, ITEMS)) < 0.7).astype(float)
    for t in range(BLOCK, ITEMS + 1, BLOCK):
        found = at_every_look(observed(right[:, :t]), "a", "b", samples=ITEMS, alpha=0.05).difference
        if found.low is not None and found.high is not None and not found.low <= 0 <= found.high:
            return True
    return False


ALARMS: Mapping[str, Simulation] = {
    "scores": Simulation(run=_sequence("scores"), what=f"scores of equals, a look after each of {ITEMS}"),
    "answers": Simulation(run=_sequence("answers"), what=f"answers of equals, a look after each of {ITEMS}"),
    "blocks": Simulation(run=_stopped, what=f"answers of equals in a run, a look after each {BLOCK} of {ITEMS}"),
}  # fmt: skip
"""Each counts how often two equals are told apart at any look, which 5% of runs may be."""
NAIVE = {draw: Simulation(run=_naive(draw), what="intervals for a single look") for draw in ("scores", "answers")}
"""What the first two would be without care."""
