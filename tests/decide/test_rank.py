"""Agreement of rankings, against scipy."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from harness.decide.rank import kendall


def test_tau_equals_scipy_with_and_without_ties() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b = rng.integers(0, 5, 6).tolist(), rng.random(6).tolist()
        assert kendall(a, b) == pytest.approx(kendalltau(a, b).statistic)


@pytest.mark.parametrize(
    ("a", "b", "tau"),
    [
        pytest.param([3, 2, 1], [0.9, 0.8, 0.1], 1.0, id="the same order"),
        pytest.param([3, 2, 1], [1, 2, 3], -1.0, id="the other way round"),
        pytest.param([1, 1, 1], [1, 2, 3], None, id="nobody told apart"),
        pytest.param([1], [1], None, id="one alone"),
        pytest.param([], [], None, id="nobody"),
    ],
)
def test_tau(a: list[float], b: list[float], tau: float | None) -> None:
    assert kendall(a, b) == (tau if tau is None else pytest.approx(tau))
