"""Looking at every item without fooling oneself."""

import math

import numpy as np
import pytest

from harness.metrics.sequential import confidence_sequence, dropped_at, tuned


def test_rho_equals_the_methodology() -> None:
    assert [tuned(200), tuned(400)] == pytest.approx([25.2, 50.4], abs=0.05)


def test_bounds_are_those_of_the_formula() -> None:
    d = np.random.default_rng(0).normal(0.1, 0.3, 60)
    band, rho = confidence_sequence(d, rho=25.2), 25.2
    for t in (20, 41, 60):
        half = d[:t].std(ddof=1) * math.sqrt((t + rho) * math.log((t + rho) / (rho * 0.05**2))) / t
        assert (band.low[t - 1], band.high[t - 1]) == pytest.approx((d[:t].mean() - half, d[:t].mean() + half))
    assert np.isinf(band.low[:19]).all()
    assert np.isinf(band.high[:19]).all()


@pytest.mark.parametrize("draw", ["normal", "discordant answers"])
def test_looking_at_every_item_raises_no_more_false_alarms_than_promised(draw: str) -> None:
    rng, runs, items = np.random.default_rng(1), 1000, 600
    if draw == "normal":
        d = rng.normal(0, 0.35, (runs, items))
    else:
        d = rng.choice([-1.0, 0.0, 1.0], (runs, items), p=[0.15, 0.7, 0.15])
    bands = [confidence_sequence(each, rho=tuned(200)) for each in d]
    alarms = np.mean([(band.low > 0).any() or (band.high < 0).any() for band in bands])
    t = np.arange(20, items + 1)
    means = d.cumsum(axis=1)[:, 19:] / t
    naive = (np.abs(means) > 1.96 * d.std() / np.sqrt(t)).any(axis=1).mean()
    assert alarms <= 0.05
    assert naive > 0.25, "an interval for one look is wrong at some look in many runs"


def test_who_is_far_behind_is_dropped_early_and_equals_are_not() -> None:
    rng = np.random.default_rng(2)
    behind = rng.normal([-0.2, -0.1, 0.0], 0.35, (400, 3))
    far, near, equal = dropped_at(behind, rho=tuned(200))
    assert far is not None
    assert near is not None
    assert 20 <= far < near
    assert equal is None
    assert dropped_at(behind[:10], rho=tuned(200)) == (None, None, None)


def test_nobody_to_drop() -> None:
    assert dropped_at(np.zeros((50, 0)), rho=25.0) == ()
