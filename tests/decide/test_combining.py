"""The score as a weighted geometric mean: the worked example, what changes its winner, and what it does not do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.rules import Combine, Criterion
from harness.decide.combining import gaps
from harness.decide.losing import losses
from harness.decide.matrix import matrix
from tests.decide.cases import EXAMPLE, decided, estimate, worked_estimates, worked_rule

RULE = replace(worked_rule(), combine=Combine.GEOMETRIC)
MEASURED = {
    name: dict(zip(EXAMPLE["inputs"]["criteria"], row, strict=True))
    for name, row in zip(EXAMPLE["inputs"]["models"], EXAMPLE["inputs"]["matrix"], strict=True)
}
A = Criterion(name="a", metric="a", worst=0.0, ideal=1.0, weight=50)
B = Criterion(name="b", metric="b", worst=0.0, ideal=1.0, weight=50)


def test_scores_equal_the_worked_example_and_factors_multiply_to_them() -> None:
    table = matrix("ABCDE", RULE.criteria, worked_estimates(), combine=RULE.combine)
    (expected,) = (it["values"] for it in EXAMPLE["results"] if it["method"].startswith("Geometric MAVT"))
    assert table.scores == pytest.approx(expected, abs=1e-8)
    for score, factors in zip(table.scores, table.contributions, strict=True):
        assert math.prod(factors) == pytest.approx(score, abs=1e-12)
    assert [line.candidate for line in decided(MEASURED, RULE).ranking] == ["C", "D", "B", "E", "A"]


def test_what_is_weak_somewhere_is_not_made_up_for_elsewhere() -> None:
    measured = {"even": {"a": 0.6, "b": 0.6}, "lopsided": {"a": 1.0, "b": 0.25}}
    by = replace(RULE, criteria=(A, B))
    summed = replace(by, combine=None)
    assert [decided(measured, it, noise=0.01).verdict.leader for it in (summed, by)] == ["lopsided", "even"]
    panel = decided(measured, by).firmness.agreement
    assert [(o.method, o.leader) for o in panel.opinions if o.method in ("additive", "geometric")] == [
        ("additive", "lopsided")
    ]


def test_at_a_crossover_the_two_means_are_equal_and_so_they_are_at_the_smallest_flip() -> None:
    found = decided(MEASURED, RULE)
    values, weights = np.array(found.matrix.values, dtype=float), np.array(found.matrix.weights)
    names, criteria = list(found.matrix.candidates), [c.name for c in found.matrix.criteria]

    def leads(at: np.ndarray) -> str:
        return names[int(np.argmax(np.prod(np.maximum(values, 0.01) ** at, axis=1)))]

    assert {it.winner for it in found.crossovers} == set("ABDE")
    for it in found.crossovers:
        j = criteria.index(it.criterion)
        sides = []
        for moved in (it.weight - 1e-6, it.weight + 1e-6):
            at = weights * (1 - moved) / (1 - weights[j])
            at[j] = moved
            sides.append(leads(at))
        assert it.winner == sides[it.weight >= it.now] != sides[it.weight < it.now]
    least = min(found.firmness.flips.values())
    rng = np.random.default_rng(3)
    for _ in range(2000):  # no smaller change of the weights puts another first
        step = rng.normal(size=len(weights)) * weights
        step -= step.mean()
        at = np.maximum(0.0, weights + step * 0.99 * least / np.abs(step).sum())
        if np.abs(at / at.sum() - weights).sum() < least:
            assert leads(at / at.sum()) == "C"


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(st.floats(0, 1.2), st.floats(0, 1.2)), min_size=2, max_size=2))
def test_what_criteria_do_to_a_difference_sums_to_it(rows: list[tuple[float, float]]) -> None:
    measured = {str(i): (estimate("a", a), estimate("b", b)) for i, (a, b) in enumerate(rows)}
    for combine in (None, Combine.GEOMETRIC):
        table = matrix("01", (A, replace(B, weight=20)), measured, combine=combine)
        assert sum(gaps(table, 0, 1)) == pytest.approx(table.scores[0] - table.scores[1], abs=1e-12)


def test_what_is_not_known_counts_as_the_least_and_at_most_as_the_ideal() -> None:
    measured = {"a": {"a": 0.5, "b": None}, "b": {"a": 0.5, "b": 0.5}}
    found = {line.candidate: line for line in decided(measured, replace(RULE, criteria=(A, B))).ranking}
    assert found["a"].score == pytest.approx(math.sqrt(0.5 * 0.01))
    assert found["a"].low == pytest.approx(found["a"].score)
    assert found["a"].high == pytest.approx(math.sqrt(0.5))


def test_a_bound_on_a_cost_may_hide_a_better_mean() -> None:
    cost = Criterion(name="cost", metric="usd_per_1k_requests", worst=10, ideal=0, weight=50)
    measured = {"a": {"a": 0.9, cost.metric: 5.0}, "b": {"a": 0.8, cost.metric: 6.0}}
    found = decided(measured, replace(RULE, criteria=(A, cost)), noise=0.001, bounded=["b"])
    assert "doubt.bounded" in {said.key for said in found.verdict.said}  # √(0.8 · 1) would lead


def test_nobody_is_stopped_whose_best_mean_is_not_below_the_worst_of_the_first() -> None:
    by = replace(RULE, criteria=(A, B))

    def lost(half: float) -> list[str]:
        of = {"first": (estimate("a", 0.9, half), estimate("b", 0.9, half)),
              "last": (estimate("a", 0.9, half), estimate("b", 0.4, half))}  # fmt: skip
        return [loss.candidate for loss in losses(by, tuple(of), of, lambda *_: None)]

    # at ±0.1 the worst of the first is 0.8 and the best of the last √(1.0 · 0.5) = 0.71; at ±0.15 it is 0.75 and 0.74
    assert lost(0.1) == ["last"]
    assert lost(0.15) == []
    (loss,) = losses(by, ("first", "last"), {
        "first": (estimate("a", 0.9, 0.1), estimate("b", 0.9, 0.1)),
        "last": (estimate("a", 0.9, 0.1), estimate("b", 0.4, 0.1)),
    }, lambda *_: None)  # fmt: skip
    assert loss.by == pytest.approx(0.8 - math.sqrt(1.0 * 0.5))
