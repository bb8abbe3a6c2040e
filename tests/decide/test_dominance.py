"""Who is no worse in anything and better in something."""

from typing import Any

import numpy as np
import pytest

from harness.decide.dominance import dominates, p_dominated, proven
from tests.decide.test_methods import SIGN, X

F = np.array([0.80, 1300, 4, 0.96, 0.98, 70])
NAN, INF = float("nan"), float("inf")


def test_of_the_worked_example_only_f_is_dominated() -> None:
    found = dominates(np.vstack([X, F]) * SIGN)
    assert found.any(axis=0).tolist() == [False] * 5 + [True]
    assert not found[5].any()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param([1, 1], [1, 0], True, id="better in one"),
        pytest.param([1, 1], [1, 1], False, id="equals"),
        pytest.param([1, 0], [0, 1], False, id="a trade"),
        pytest.param([1, NAN], [0, 0], False, id="what is not measured may be worse"),
        pytest.param([1, 1], [0, NAN], False, id="or better"),
        pytest.param([1, -INF], [0, -INF], True, id="both never end"),
    ],
)
def test_dominance(a: Any, b: Any, expected: bool) -> None:
    assert bool(dominates(np.array([a, b]))[0, 1]) is expected


def test_the_chance_of_being_dominated_is_the_share_of_draws() -> None:
    draws = np.array([[[1.0, 1.0], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]], [[0.0, 0.0], [0.5, 0.5]], [[1, 1], [1, 1]]])
    assert p_dominated(draws).tolist() == [0.25, 0.25]


@pytest.mark.parametrize(
    ("gap", "margin", "expected"),
    [
        pytest.param([0.3, 0.0], [0.02, 0.2], True, id="ahead in one, no worse than the margin in the other"),
        pytest.param([0.3, 0.0], [0.02, 0.02], False, id="may be worse than that"),
        pytest.param([0.0, 0.0], [0.2, 0.2], False, id="ahead in nothing"),
    ],
)
def test_dominance_is_proven_by_paired_intervals(gap: Any, margin: Any, expected: bool) -> None:
    rng = np.random.default_rng(0)
    shared, own = rng.normal(0, 1, (4000, 1, 1)), rng.normal(0, 0.05, (4000, 2, 2))
    found = proven(shared + own + np.array([gap, [0.0, 0.0]]), np.array(margin))
    assert found.tolist() == [[False, expected], [False, False]]


def test_equal_infinities_prove_nothing() -> None:
    assert not proven(np.full((10, 2, 1), -INF), np.zeros(1)).any()
