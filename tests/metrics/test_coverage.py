"""Intervals of 95% hold the truth in 93 to 97 of 100 simulated runs; `make bench ONLY=coverage` counts more."""

import numpy as np
import pytest

from benchmarks.simulations import ALARMS, INTERVALS, NAIVE
from harness.metrics.stats import spread, t_interval

RUNS = {"drawn": 400, "repeated": 300, "blocks": 150}
"""Where each run is slow; else there are more."""


@pytest.mark.parametrize("simulated", INTERVALS)
def test_coverage(simulated: str) -> None:
    of = INTERVALS[simulated]
    held = of.share(RUNS.get(simulated, 1000))
    assert (0.945 if of.exact else 0.93) <= held <= (1.0 if of.exact else 0.97)


@pytest.mark.parametrize("simulated", ALARMS)
def test_looking_on_raises_no_more_false_alarms_than_promised(simulated: str) -> None:
    runs = RUNS.get(simulated, 1000)
    assert ALARMS[simulated].share(runs) <= 0.05
    if simulated in NAIVE:
        assert NAIVE[simulated].share(runs) > 0.25, "an interval for one look is wrong at some look in many runs"


def test_without_the_clusters_the_interval_is_too_sure() -> None:
    rng, cluster = np.random.default_rng(7), np.repeat(np.arange(30), 4)
    held = []
    for _ in range(400):
        d = rng.normal(0, 0.3, 30)[cluster] + rng.normal(0, 0.2, 120)
        error = spread((d - d.mean()) / 120, np.zeros(120, np.int64), np.arange(120))
        interval = t_interval(float(d.mean()), error, tail=0.025)
        held.append(interval.low is not None and interval.high is not None and interval.low <= 0 <= interval.high)
    assert np.mean(held) < 0.85
