"""Other schools of decision, against the worked example and other projects' libraries."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.decide import methods
from harness.decide.combining import geometric
from tests.decide.cases import EXAMPLE

INPUTS = EXAMPLE["inputs"]
X, WEIGHTS = np.array(INPUTS["matrix"]), np.array(INPUTS["weights"])
SIGN = np.array(INPUTS["types"], dtype=float)
NOTHING = np.zeros(6)


def example(method: str, produced_by: str = "") -> Any:
    return next(r for r in EXAMPLE["results"] if r["method"] == method and produced_by in r["produced_by"])


Q, P = (np.array(example("PROMETHEE II usual")[key]) for key in "qp")
VALUES = np.array(example("MAVT fixed-anchor value matrix")["values"])


@pytest.mark.parametrize(
    ("method", "scores"),
    [
        ("SAW min-max", methods.simple_additive(X, WEIGHTS, SIGN)),
        ("TOPSIS vector normalisation", methods.topsis(X, WEIGHTS, SIGN)),
        ("WPM prod x^(+-w), normalised to max=1", methods.weighted_product(X, WEIGHTS, SIGN)),
        ("PROMETHEE II usual", methods.promethee(X, WEIGHTS, SIGN, indifferent=NOTHING, strict=NOTHING)),
        ("PROMETHEE II vshape", methods.promethee(X, WEIGHTS, SIGN, indifferent=NOTHING, strict=P)),
        ("PROMETHEE II vshape_2", methods.promethee(X, WEIGHTS, SIGN, indifferent=Q, strict=P)),
    ],
)  # fmt: skip
def test_scores_equal_the_worked_example(method: str, scores: Any) -> None:
    assert scores == pytest.approx(example(method)["values"], abs=1e-8)


def test_the_geometric_mean_of_values_equals_the_worked_example() -> None:
    found = geometric(VALUES, WEIGHTS)
    assert found == pytest.approx([0.360595, 0.514035, 0.588068, 0.538327, 0.492639], abs=1e-6)
    assert geometric(np.array([[1.0, 0.0]]), np.array([0.5, 0.5])) == pytest.approx(0.1)


def test_vikor_equals_the_worked_example() -> None:
    found, expected = methods.vikor(X, WEIGHTS, SIGN), example("VIKOR v=.5", "scikit-criteria")["values"]
    for measured, key in ((found.s, "s_k"), (found.r, "r_k"), (found.q, "q_k")):
        assert measured == pytest.approx(expected[key], abs=1e-8)
    assert [*found.compromise] == expected["compromise_set"]
    assert (found.advantage, found.stable) == (expected["acceptable_advantage"], expected["acceptable_stability"])


@pytest.mark.parametrize(
    ("x", "compromise", "advantage", "stable"),
    [
        pytest.param([[0.5, 0.5]], (0,), True, True, id="one alone"),
        pytest.param([[1.0, 1.0], [0.0, 0.0]], (0,), True, True, id="better in everything"),
        pytest.param([[0.3, 0.7]] * 3, (0, 1, 2), False, True, id="all equal"),
        pytest.param([[0.8, 0.6], [0.75, 0.66], [0, 1], [1, 0]], (1, 0), False, True, id="too near to each other"),
        pytest.param([[0.9, 0.1], [1.0, 0.0], [0.4, 0.3], [0.3, 0.9]], (0, 1), True, False, id="first by neither"),
        pytest.param([[0.9, 0.4], [0.7, 0.5], [0.3, 0.6], [0.1, 0.9]], (1, 0, 2, 3), False, False, id="nor ahead"),
    ],
)
def test_whom_vikor_settles_for(x: Any, compromise: tuple[int, ...], advantage: bool, stable: bool) -> None:
    found = methods.vikor(np.array(x), np.array([0.5, 0.5]), np.ones(2))
    assert (found.compromise, found.advantage, found.stable) == (compromise, advantage, stable)


def test_a_criterion_on_which_all_are_equal_changes_no_order() -> None:
    more = np.column_stack([X, np.full(5, 7.0)])
    weights, sign = np.append(WEIGHTS * 0.8, 0.2), np.append(SIGN, 1.0)
    for score in (methods.simple_additive, methods.topsis, methods.weighted_product, lambda *a: -methods.vikor(*a).q):
        assert (np.argsort(score(more, weights, sign)) == np.argsort(score(X, WEIGHTS, SIGN))).all()


def test_a_weighted_product_takes_no_zero() -> None:
    with pytest.raises(ValueError, match="above 0"):
        methods.weighted_product(np.array([[0.0], [1.0]]), np.ones(1), np.ones(1))


MEASURED = st.lists(st.lists(st.floats(0.01, 100), min_size=3, max_size=3), min_size=1, max_size=6).map(np.array)


@settings(deadline=None, max_examples=40)
@given(x=MEASURED, points=st.lists(st.floats(0.01, 1), min_size=3, max_size=3), factor=st.floats(0.001, 1000))
def test_flows_sum_to_0_and_no_score_knows_a_unit(x: Any, points: list[float], factor: float) -> None:
    weights, sign = np.array(points) / sum(points), np.array([1.0, -1.0, 1.0])
    flows = methods.promethee(x, weights, sign, indifferent=np.full(3, 0.1), strict=np.full(3, 5.0))
    assert flows.sum() == pytest.approx(0, abs=1e-12)
    assert (np.abs(flows) <= 1 + 1e-12).all()
    for score in (methods.simple_additive, methods.topsis, methods.weighted_product):
        found = score(x, weights, sign)
        assert ((found >= 0) & (found <= 1 + 1e-9)).all()
    product = methods.weighted_product(x * [factor, 1, 1], weights, sign)
    assert product == pytest.approx(methods.weighted_product(x, weights, sign))
