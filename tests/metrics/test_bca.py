"""Corrected bootstrap intervals against scipy and arch."""

from statistics import NormalDist

import numpy as np
import pytest

from harness.metrics.bca import acceleration, bca
from harness.metrics.stats import Interval
from tests.oracles import oracle

PAIRED = oracle("stats_paired_clustered")
D = np.array(PAIRED["inputs"]["score_A"]) - np.array(PAIRED["inputs"]["score_B"])


def means(x: np.ndarray, draws: int, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    counts = np.random.default_rng(seed).multinomial(len(x), np.full(len(x), 1 / len(x)), draws)
    return np.asarray(counts @ x / len(x))


def without_each(x: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray((x.sum() - x) / (len(x) - 1))


def test_acceleration_equals_the_oracle() -> None:
    expected = PAIRED["results"]["bca_acceleration"]["value"]
    assert acceleration(without_each(D)) == pytest.approx(expected, abs=1e-8)


def test_intervals_equal_scipys_and_archs_of_many_more_draws() -> None:
    found = bca(float(D.mean()), means(D, 100_000, 0), without_each(D))
    for name in ("bootstrap_diff_BCa", "bootstrap_diff_BCa_arch"):
        expected = PAIRED["results"][name]
        assert [found.low, found.high] == pytest.approx(expected["ci"], abs=2 * expected["tol"])


def test_a_skewed_sample_moves_both_bounds_to_the_long_side() -> None:
    x = np.random.default_rng(3).lognormal(0, 1, 60)
    draws = means(x, 20_000, 4)
    found = bca(float(x.mean()), draws, without_each(x))
    low, high = np.quantile(draws, (0.025, 0.975))
    assert found.low is not None
    assert found.high is not None
    assert found.low > low
    assert found.high > high


def test_a_value_that_most_draws_are_below_has_its_bounds_moved_up() -> None:
    """z0 is the normal quantile of their share: without skewness the bounds are at Phi(2 z0 -+ 1.96)."""
    normal, draws = NormalDist(), np.linspace(0.0, 1.0, 10_001)
    found, z0 = bca(0.7, draws, np.array([0.1, 0.2, 0.3])), normal.inv_cdf(0.7)
    expected = [normal.cdf(2 * z0 + reach) for reach in (-1.959964, 1.959964)]
    assert [found.low, found.high] == pytest.approx(expected, abs=2e-4)


def test_what_does_not_vary_has_no_bounds() -> None:
    assert bca(0.5, np.full(100, 0.5), np.full(9, 0.5)) == Interval(low=None, high=None)


def test_a_value_outside_all_draws_still_has_bounds_among_them() -> None:
    draws = np.linspace(0, 1, 101)
    found = bca(9.0, draws, np.array([0.1, 0.2, 0.4]))
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.high <= 1
