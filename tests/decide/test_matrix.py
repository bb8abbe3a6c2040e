"""The additive value model and its ranking, against the worked example and its promises."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.rules import Criterion
from harness.decide.matrix import matrix
from harness.decide.rank import ranks
from tests.decide.cases import EXAMPLE, estimate, worked_estimates, worked_rule


def result(method: str) -> Any:
    return next(r["values"] for r in EXAMPLE["results"] if r["method"] == method)


def test_values_and_scores_equal_the_worked_example() -> None:
    table = matrix("ABCDE", worked_rule().criteria, worked_estimates())
    for row, expected in zip(table.values, result("MAVT fixed-anchor value matrix"), strict=True):
        assert row == pytest.approx(expected, abs=1e-8)
    assert table.scores == pytest.approx(result("MAVT fixed-anchor additive score"), abs=1e-8)
    assert ranks(table.scores) == (5, 3, 2, 1, 4)


@pytest.mark.parametrize("dropped", "ABCDE")
def test_dropping_a_candidate_never_reorders_the_others(dropped: str) -> None:
    everyone = matrix("ABCDE", worked_rule().criteria, worked_estimates())
    rest = [name for name in "ABCDE" if name != dropped]
    table = matrix(rest, worked_rule().criteria, worked_estimates())
    scores = dict(zip(everyone.candidates, everyone.scores, strict=True))
    assert table.scores == tuple(scores[name] for name in rest)


CRITERIA = st.lists(
    st.builds(
        Criterion, name=st.just("c"), metric=st.sampled_from("xyz"), worst=st.just(0.0), ideal=st.floats(0.1, 10),
        weight=st.floats(0.01, 100),
    ), min_size=1, max_size=6,
)  # fmt: skip
MEASURED = st.lists(st.one_of(st.none(), st.floats(0, 12)), min_size=3, max_size=3)


@settings(deadline=None)
@given(criteria=CRITERIA, rows=st.lists(MEASURED, min_size=1, max_size=5), factor=st.floats(0.001, 1000))
def test_scores_lie_in_0_1_are_sums_of_contributions_and_know_no_unit_of_weight(
    criteria: list[Criterion], rows: list[list[float | None]], factor: float
) -> None:
    estimates = {str(i): tuple(estimate(m, x) for m, x in zip("xyz", row, strict=True)) for i, row in enumerate(rows)}
    table = matrix(tuple(estimates), criteria, estimates)
    scaled = [
        Criterion(name=c.name, metric=c.metric, worst=c.worst, ideal=c.ideal, weight=c.weight * factor)
        for c in criteria
    ]
    assert sum(table.weights) == pytest.approx(1, abs=1e-12)
    for score, parts in zip(table.scores, table.contributions, strict=True):
        assert 0.0 <= score <= 1.0
        assert score == pytest.approx(sum(parts), abs=1e-12)
    assert matrix(tuple(estimates), scaled, estimates).scores == pytest.approx(table.scores, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(criteria=CRITERIA, rows=st.lists(MEASURED, min_size=2, max_size=5), weak=st.integers(0, 1))
def test_a_candidate_that_comes_or_goes_changes_no_score_of_the_others(
    criteria: list[Criterion], rows: list[list[float | None]], weak: int
) -> None:
    newcomer = [12.0 * (1 - weak)] * 3
    estimates = {
        str(i): tuple(estimate(m, x) for m, x in zip("xyz", row, strict=True))
        for i, row in enumerate([*rows, newcomer])
    }
    everyone, rest = (matrix(tuple(estimates)[:n], criteria, estimates) for n in (len(rows) + 1, len(rows)))
    assert everyone.scores[: len(rows)] == rest.scores


def test_what_is_not_measured_has_no_value_and_counts_nothing() -> None:
    rule = worked_rule()
    estimates = worked_estimates() | {"A": worked_estimates()["A"][:1]}
    table = matrix("A", rule.criteria, estimates)
    assert table.values == ((pytest.approx(0.648), None, None, None, None, None),)
    assert table.raw[0][1].note == "not measured"
    assert table.scores == (pytest.approx(0.35 * 0.648),)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], ()),
        ([0.4], (1,)),
        ([0.9, 0.9, 0.5], (1, 1, 3)),
        ([0.5, 0.9, 0.9 + 1e-10], (3, 1, 1)),
        ([0.3, 0.3, 0.3], (1, 1, 1)),
    ],
)
def test_equals_share_the_best_rank(scores: list[float], expected: tuple[int, ...]) -> None:
    assert ranks(scores) == expected
