"""Intervals of 95 % hold the truth in 93 to 97 of 100 simulated runs."""

from collections.abc import Iterator

import numpy as np
import pytest

from harness.metrics.bca import bca
from harness.metrics.stats import Interval, order_interval, spread, t_interval, wilson

RUNS = 1500


def clustered(rng: np.random.Generator) -> Iterator[tuple[Interval, float]]:
    """Paired differences in 30 clusters of unequal size, alike within each."""
    cluster = np.repeat(np.arange(30), rng.integers(1, 6, 30))
    n = len(cluster)
    for _ in range(RUNS):
        d = 0.1 + rng.normal(0, 0.2, 30)[cluster] + rng.normal(0, 0.3, n)
        error = spread((d - d.mean()) / n, np.zeros(n, np.int64), cluster)
        yield t_interval(float(d.mean()), error, tail=0.025), 0.1


def stratified(rng: np.random.Generator) -> Iterator[tuple[Interval, float]]:
    """Two tasks of unequal size and spread that weigh the same."""
    size, sd, means = np.array([12, 60]), np.array([0.1, 0.4]), np.array([0.7, 0.3])
    stratum = np.repeat([0, 1], size)
    for _ in range(RUNS):
        x = rng.normal(means[stratum], sd[stratum])
        found = np.bincount(stratum, x) / size
        error = spread((0.5 / size)[stratum] * (x - found[stratum]), stratum, np.arange(72))
        yield t_interval(float(found.mean()), error, tail=0.025), 0.5


def proportions(rng: np.random.Generator) -> Iterator[tuple[Interval, float]]:
    """Shares from one half to nearly all, as the score of a task may be."""
    for p in rng.uniform(0.5, 0.98, RUNS):
        yield wilson(int(rng.binomial(80, p)), 80), float(p)


def percentiles(rng: np.random.Generator) -> Iterator[tuple[Interval, float]]:
    """The 90th percentile of skewed latencies."""
    for _ in range(RUNS):
        yield order_interval(np.sort(rng.exponential(1.0, 300)), 0.9, tail=0.025), float(np.log(10))


def bootstrapped(rng: np.random.Generator) -> Iterator[tuple[Interval, float]]:
    """The mean of 120 skewed costs."""
    for _ in range(RUNS // 2):
        x = rng.gamma(4.0, 0.25, 120)
        draws = x[rng.integers(0, 120, (500, 120))].mean(axis=1)
        yield bca(float(x.mean()), draws, (x.sum() - x) / 119), 1.0


@pytest.mark.parametrize("simulated", [clustered, stratified, proportions, percentiles, bootstrapped])
def test_coverage(simulated) -> None:  # type: ignore[no-untyped-def]
    held = [
        interval.low is not None and interval.high is not None and interval.low <= truth <= interval.high
        for interval, truth in simulated(np.random.default_rng(7))
    ]
    assert 0.93 <= np.mean(held) <= 0.97


def test_without_the_clusters_the_interval_is_too_sure() -> None:
    rng, cluster = np.random.default_rng(7), np.repeat(np.arange(30), 4)
    held = []
    for _ in range(400):
        d = rng.normal(0, 0.3, 30)[cluster] + rng.normal(0, 0.2, 120)
        error = spread((d - d.mean()) / 120, np.zeros(120, np.int64), np.arange(120))
        interval = t_interval(float(d.mean()), error, tail=0.025)
        held.append(interval.low is not None and interval.high is not None and interval.low <= 0 <= interval.high)
    assert np.mean(held) < 0.85
