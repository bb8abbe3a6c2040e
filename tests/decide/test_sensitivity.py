"""What changes the winner, against the oracle."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from harness.core.decision import DecisionMatrix
from harness.core.rules import Combine, Criterion, Scale
from harness.decide.matrix import matrix
from harness.decide.rank import first
from harness.decide.sensitivity import breakeven, crossovers, flips, leaders_without, leave_one_out, saturated
from tests.decide.cases import QUALITY, estimate
from tests.oracles import oracle

ORACLE = oracle("mcda_sensitivity")
NAMES, CRITERIA = ORACLE["inputs"]["models"], ORACLE["inputs"]["criteria"]
WEIGHTS = np.array(ORACLE["inputs"]["weights"])
ORDER = [3, 2, 1, 4, 0]
"""Rows of the value matrix, best first."""
VALUES = np.array(ORACLE["inputs"]["value_matrix"])[ORDER]
BEST_FIRST = [NAMES[i] for i in ORDER]


@pytest.mark.parametrize(
    "expected", ORACLE["results"]["one_at_a_time_crossovers"]["values"], ids=lambda case: case["criterion"]
)
def test_crossovers_equal_brentq(expected: dict[str, Any]) -> None:
    found = [c for c in crossovers(VALUES, WEIGHTS, BEST_FIRST, CRITERIA) if c.criterion == expected["criterion"]]
    segments, now = expected["winner_segments"], expected["current"]
    assert [c.weight for c in found] == pytest.approx([s["lo"] for s in segments[1:]], abs=1e-8)
    assert {c.now for c in found} == {now}
    for crossover, before, after in zip(found, segments[:-1], segments[1:], strict=True):
        assert crossover.winner == (after if crossover.weight >= now else before)["winner"]


def test_smallest_flips_equal_the_linear_programme() -> None:
    expected = ORACLE["results"]["min_L1_weight_change_to_flip"]["values"]
    found = {BEST_FIRST[flip.challenger]: flip for flip in flips(VALUES, WEIGHTS)}
    assert {name: flip.l1 for name, flip in found.items()} == pytest.approx(
        {case["challenger"]: case["min_L1"] for case in expected}, abs=1e-8
    )
    assert [flip.l1 for flip in flips(VALUES, WEIGHTS)] == sorted(flip.l1 for flip in found.values())
    for challenger, flip in found.items():
        changed = VALUES @ np.array(flip.weights)
        assert changed[BEST_FIRST.index(challenger)] == pytest.approx(changed[0], abs=1e-8)
        assert sum(flip.weights) == pytest.approx(1)


def test_leaving_one_criterion_out_equals_the_oracle() -> None:
    expected = ORACLE["results"]["leave_one_criterion_out"]["values"]
    found = leave_one_out(VALUES, WEIGHTS)
    assert [BEST_FIRST[lead] for lead in found if lead is not None] == [case["order"][0] for case in expected]


def test_nobody_can_dethrone_who_is_better_in_everything() -> None:
    values, weights = np.array([[0.9, 0.8], [0.1, 0.2]]), np.array([0.5, 0.5])
    assert flips(values, weights) == ()
    assert crossovers(values, weights, "ab", "xy") == ()
    assert leave_one_out(values, weights) == (0, 0)


def test_equals_need_no_change_and_the_first_keeps_the_lead() -> None:
    values, weights = np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([0.3, 0.7])
    assert [flip.l1 for flip in flips(values, weights)] == [0.0]
    assert crossovers(values, weights, "ab", "xy") == ()
    assert leave_one_out(values, weights) == (0, 0)


def test_three_lines_through_one_point_are_one_crossover() -> None:
    values = np.array([[1.0, 0.0], [0.7, 0.3], [0.5, 0.5], [0.0, 1.0]])
    found = crossovers(values, np.array([0.6, 0.4]), "abcd", "xy")
    assert [(c.criterion, c.winner, pytest.approx(c.weight)) for c in found] == [("x", "d", 0.5), ("y", "d", 0.5)]


def test_a_criterion_with_all_the_weight_has_no_proportions_to_keep() -> None:
    values, weights = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([1.0, 0.0])
    assert {c.criterion for c in crossovers(values, weights, "ab", "xy")} == {"y"}
    assert leave_one_out(values, weights) == (None, 0)


def test_the_winner_at_any_weight_is_that_of_the_crossovers() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        values, weights = rng.random((4, 3)), rng.dirichlet([2, 2, 2])
        values = values[np.argsort(-(values @ weights))]
        found = [c for c in crossovers(values, weights, "abcd", "xyz") if c.criterion == "x"]
        for moved in rng.random(20):
            others = weights[1:] / weights[1:].sum() * (1 - moved)
            lead = "abcd"[first((values @ np.array([moved, *others])).tolist())]
            passed = [c for c in found if min(c.now, moved) < c.weight < max(c.now, moved)]
            expected = max(passed, key=lambda c: abs(c.weight - c.now)).winner if passed else "a"
            assert lead == expected


def test_who_leads_when_a_suite_is_left_out() -> None:
    def without(a: float | None, b: float) -> Any:
        return matrix("ab", (QUALITY,), {"a": (estimate("quality", a),), "b": (estimate("quality", b),)})

    tables = {
        "easy": without(0.9, 0.5),
        "hard": without(0.4, 0.5),
        "tied": without(0.5, 0.5),
        "all": without(None, 0.5),
    }
    assert leaders_without(tables, "ab") == {"easy": "a", "hard": "b", "tied": "a"}
    assert leaders_without(tables, "ba")["tied"] == "b", "who leads the whole keeps the lead in a tie"
    assert leaders_without(tables, "") == {}


@pytest.mark.parametrize("combine", [None, Combine.GEOMETRIC])
def test_at_the_breakeven_another_is_level_and_a_little_beyond_it_leads(combine: Combine | None) -> None:
    measured = {"a": {"quality": 0.9, "cost": 1.0, "step": 2.0}, "b": {"quality": 0.7, "cost": 0.8, "step": 2.0}}
    criteria = (
        Criterion(name="quality", metric="quality", worst=0.0, ideal=1.0, weight=60),
        Criterion(name="cost", metric="cost", worst=10, ideal=0.1, weight=35, scale=Scale.LOG),
        Criterion(
            name="step", metric="step", worst=0, ideal=0, weight=5, scale=Scale.PIECEWISE, points=((0, 0), (4, 1))
        ),
    )

    def lead(**changed: float) -> float:
        table = tabled({**measured, "a": measured["a"] | changed}, criteria, combine)
        return table.scores[0] - table.scores[1]

    table = tabled(measured, criteria, combine)
    quality, cost, step = (breakeven(table, 0, 1, j) for j in range(3))
    assert quality is not None
    assert cost is not None
    assert lead(quality=quality) == pytest.approx(0, abs=1e-12)
    assert lead(cost=cost) == pytest.approx(0, abs=1e-12)
    assert 0.7 < quality < 0.9
    assert cost > 1.0
    assert lead(cost=1.01 * cost) < 0
    assert step is None, "several measurements may be worth the same"


def test_there_is_no_breakeven_where_the_worst_would_still_lead() -> None:
    measured = {"a": {"quality": 0.9, "cost": 1.0}, "b": {"quality": 0.1, "cost": 0.8}}
    criteria = (
        Criterion(name="quality", metric="quality", worst=0.0, ideal=1.0, weight=95),
        Criterion(name="cost", metric="cost", worst=10, ideal=0.1, weight=5, scale=Scale.LOG),
    )
    assert breakeven(tabled(measured, criteria), 0, 1, 1) is None


def tabled(
    measured: Mapping[str, Mapping[str, float]], criteria: Sequence[Criterion], combine: Combine | None = None
) -> DecisionMatrix:
    found = {name: [estimate(metric, x) for metric, x in of.items()] for name, of in measured.items()}
    return matrix(tuple(measured), tuple(criteria), found, combine=combine)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param([0.2, 0.4, 1.0], (), id="one of three"),
        pytest.param([0.0, 1.0, 0.5], (0,), id="two of three"),
        pytest.param([1.0, 1.0, 0.5, 0.4], (0,), id="half"),
        pytest.param([1.0, 0.5], (), id="one of two, whom it tells from the other"),
        pytest.param([1.0, None, None], (), id="one alone says nothing"),
        pytest.param([1.0, 0.5, 0.4, None], (), id="of those measured"),
    ],
)
def test_anchors_that_do_not_discriminate(column: list[float | None], expected: tuple[int, ...]) -> None:
    assert saturated([[v] for v in column]) == expected
