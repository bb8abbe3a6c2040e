"""The value function and the weights."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.rules import Criterion, Scale
from harness.decide import values
from harness.decide.weights import direct, rank_order, swing
from tests.oracles import oracle


def criterion(
    worst: float, ideal: float, scale: Scale = Scale.LINEAR, points: tuple[tuple[float, float], ...] = ()
) -> Criterion:
    return Criterion(name="c", metric="m", worst=worst, ideal=ideal, weight=1, scale=scale, points=points)


RISING = criterion(0.5, 0.9)
FALLING = criterion(3000, 200, Scale.LOG)
STEPS = criterion(0, 0, Scale.PIECEWISE, ((0, 1.0), (100, 0.8), (1000, 0.0)))


@pytest.mark.parametrize(
    ("by", "x", "expected"),
    [
        pytest.param(RISING, 0.7, 0.5, id="half way up"),
        pytest.param(RISING, 0.2, 0.0, id="below the worst"),
        pytest.param(RISING, 1.0, 1.0, id="beyond the ideal"),
        pytest.param(FALLING, math.sqrt(3000 * 200), 0.5, id="half way on a log scale"),
        pytest.param(FALLING, math.inf, 0.0, id="a timeout"),
        pytest.param(FALLING, 0.0, 1.0, id="nothing on a log scale is beyond the ideal"),
        pytest.param(criterion(1, 100, Scale.LOG), 0.0, 0.0, id="nothing on a rising log scale"),
        pytest.param(STEPS, 50, 0.9, id="between points"),
        pytest.param(STEPS, 5000, 0.0, id="after the last point"),
        pytest.param(STEPS, math.inf, 0.0, id="a timeout after the last point"),
        pytest.param(RISING, None, None, id="not measured"),
        pytest.param(RISING, math.nan, None, id="not a number"),
    ],
)
def test_values(by: Criterion, x: float | None, expected: float | None) -> None:
    values.check(by)
    assert values.value(by, x) == (None if expected is None else pytest.approx(expected))


def test_not_measured_stays_so_in_arrays() -> None:
    np.testing.assert_array_equal(values.values(RISING, np.array([[0.9, np.nan]])), [[1.0, np.nan]])


@pytest.mark.parametrize(
    ("by", "message"),
    [
        pytest.param(criterion(0.5, 0.5), "must differ", id="equal anchors"),
        pytest.param(criterion(0, 10, Scale.LOG), "above 0", id="log from 0"),
        pytest.param(criterion(10, 0, Scale.LOG), "above 0", id="free is no ideal on a log scale"),
        pytest.param(criterion(math.inf, 1), "finite", id="infinite anchor"),
        pytest.param(criterion(0, 0, Scale.PIECEWISE), "two points", id="no points"),
        pytest.param(criterion(0, 0, Scale.PIECEWISE, ((1, 0), (1, 1))), "ascending", id="points out of order"),
        pytest.param(criterion(0, 0, Scale.PIECEWISE, ((1, 0), (2, 7))), r"\[0, 1\]", id="points out of range"),
    ],
)
def test_criteria_that_give_no_values_are_refused(by: Criterion, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        values.check(by)


def test_less_than_nothing_has_no_logarithm() -> None:
    with pytest.raises(ValueError, match="cannot take -1"):
        values.value(FALLING, -1.0)


@given(
    worst=st.floats(0.01, 1e6), ideal=st.floats(0.01, 1e6), x=st.floats(0, allow_infinity=True),
    scale=st.sampled_from([Scale.LINEAR, Scale.LOG]),
)  # fmt: skip
def test_a_value_lies_in_0_1_and_the_anchors_are_its_ends(worst: float, ideal: float, x: float, scale: Scale) -> None:
    by = criterion(worst, ideal, scale)
    if worst == ideal or (scale is Scale.LOG and math.log(worst) == math.log(ideal)):
        return
    found = values.value(by, x)
    assert found is not None
    assert 0.0 <= found <= 1.0
    assert (values.value(by, worst), values.value(by, ideal)) == (0.0, 1.0)


@pytest.mark.parametrize("weigh", [direct, swing])
def test_points_become_the_oracles_weights(weigh: Callable[[list[float]], tuple[float, ...]]) -> None:
    expected = oracle("mcda_weights")["results"]["swing"]
    assert weigh(expected["points"]) == pytest.approx(expected["weights"], abs=1e-8)


@pytest.mark.parametrize("n", range(2, 9))
def test_weights_of_an_order_equal_the_oracle(n: int) -> None:
    expected = oracle("mcda_weights")["results"][f"roc_formula_n{n}"]["weights"]
    assert rank_order(n) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("points", [[], [90, 40], [100, 120], [100, -1], [100, math.nan]])
def test_swings_start_from_100(points: list[float]) -> None:
    with pytest.raises(ValueError, match=r"100|negative"):
        swing(points)


def test_an_order_of_nothing_has_no_weights() -> None:
    with pytest.raises(ValueError, match="no criterion"):
        rank_order(0)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (RISING, 1), (FALLING, -1), (STEPS, -1),
        (criterion(0, 0, Scale.PIECEWISE, ((0, 0.0), (1, 0.5), (2, 0.5))), 1),
        (criterion(0, 0, Scale.PIECEWISE, ((0, 0.0), (1, 1.0), (2, 0.0))), 0),
        (criterion(0, 0, Scale.PIECEWISE, ((0, 0.5), (1, 0.5))), 0),
    ],
)  # fmt: skip
def test_which_way_is_better(by: Criterion, expected: int) -> None:
    assert values.direction(by) == expected


@pytest.mark.parametrize("points", [[], [0, 0], [1, -1], [math.nan, 1], [math.inf, 1]])
def test_weights_without_meaning_are_refused(points: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        direct(points)
