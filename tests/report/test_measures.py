"""A task's interval follows the rules of the slot's quality (oracles: methodology.md 2.1 and 2.2)."""

import math

import pytest

from harness.report.measures import interval_of_mean


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(17, 20, 0.639581, 0.947631), (20, 20, 0.838875, 1.0), (137, 164, 0.771063, 0.884317), (0, 300, 0.0, 0.012643)],
)
def test_independent_answers_have_wilsons_interval(right: int, n: int, low: float, high: float) -> None:
    interval = interval_of_mean([1.0] * right + [0.0] * (n - right), [str(i) for i in range(n)])
    assert interval.low == pytest.approx(low, abs=1e-6)
    assert interval.high == pytest.approx(high, abs=1e-6)


def test_clusters_widen_it() -> None:
    values = [1.0, 1.0, 1.0, 0.0] * 5
    alone = interval_of_mean(values, [str(i) for i in range(20)])
    grouped = interval_of_mean(sorted(values), [str(i // 4) for i in range(20)])
    assert alone.low is not None
    assert grouped.low is not None
    assert grouped.low < alone.low


def test_partial_scores_have_students_interval() -> None:
    values, half = [0.2, 0.4, 0.6, 0.8], 3.182446305 * math.sqrt(0.2 / 3 / 4)
    interval = interval_of_mean(values, list("abcd"))
    assert interval.low == pytest.approx(max(0.0, 0.5 - half), abs=1e-8)
    assert interval.high == pytest.approx(min(1.0, 0.5 + half), abs=1e-8)


def test_equal_scores_are_as_sure_as_their_clusters() -> None:
    interval = interval_of_mean([0.5] * 20, [str(i // 2) for i in range(20)])
    assert interval.low is not None
    assert interval.high is not None
    assert 0.2 < interval.low < 0.5 < interval.high < 0.8


def test_one_cluster_is_no_certainty() -> None:
    interval = interval_of_mean([0.2, 0.8], ["a", "a"])
    assert interval.low is not None
    assert interval.low < 0.2
