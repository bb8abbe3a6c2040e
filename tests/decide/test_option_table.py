"""Tables of options: the published example as a table, intervals, unknown cells, and who never reorders whom."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.decision import Decision, GateStatus, VerdictKind
from harness.core.option_table import Cell, OptionTable, Priority, Rice
from harness.core.rules import Criterion, DecisionRule, Elicitation, Gate, Profile, Thresholds, Weighing
from harness.decide.option_table import decide_table, priorities
from tests.decide.cases import EXAMPLE, worked_rule
from tests.oracles import oracle

MODELS: list[str] = EXAMPLE["inputs"]["models"]
MATRIX = dict(zip(MODELS, EXAMPLE["inputs"]["matrix"], strict=True))
REACH = Criterion(name="reach", metric="reach", worst=0, ideal=10, weight=1)
EFFORT = Criterion(name="effort", metric="effort", worst=10, ideal=0, weight=1)


def worked(options: list[str]) -> Decision:
    rule = worked_rule()
    cells = tuple(tuple(Cell(value=x) for x in MATRIX[name]) for name in options)
    metrics = tuple(criterion.metric for criterion in rule.criteria)
    return decided(OptionTable(name="t.csv", rule=rule, options=tuple(options), metrics=metrics, cells=cells))


def decided(table: OptionTable, *, draws: int = 10_000) -> Decision:
    return decide_table(table, draws=draws, seed=0)


def table(cells: dict[str, tuple[Any, Any]], **rule: Any) -> OptionTable:
    """Return a table of reach and effort; a cell is a number, None, (low, high) or (low, value, high)."""
    return OptionTable(
        name="t.csv",
        rule=DecisionRule(slot="t", criteria=(REACH, EFFORT), **{"gates": (), **rule}),
        options=tuple(cells),
        metrics=("reach", "effort"),
        cells=tuple(tuple(map(cell, row)) for row in cells.values()),
    )


def cell(written: Any) -> Cell:
    match written:
        case (low, high):
            return Cell(low=low, high=high)
        case (low, value, high):
            return Cell(low=low, value=value, high=high)
    return Cell(value=written)


def test_the_published_example_is_decided_as_published() -> None:
    decision = worked(MODELS)
    expected = oracle("mcda_sensitivity")["results"]
    assert [(line.candidate, line.rank) for line in decision.ranking] == [
        ("D", 1), ("C", 2), ("B", 3), ("E", 4), ("A", 5),
    ]  # fmt: skip
    assert [line.score for line in decision.ranking] == pytest.approx(
        [0.6208352325, 0.6135854568, 0.550366532, 0.5161234554, 0.4916335688], abs=1e-8
    )
    b1 = expected["dirichlet_concentration_50"]["b1"]
    assert [line.p_best for line in decision.ranking] == pytest.approx([b1[n] for n in "DCBEA"], abs=0.015)
    assert [line.low for line in decision.ranking] == [line.high for line in decision.ranking], "nothing is uncertain"
    verdict = decision.verdict
    assert (verdict.kind, verdict.winner, verdict.flip_to) == (VerdictKind.LEAN, "D", "C")
    assert verdict.smallest_flip == pytest.approx(0.0304322655, abs=1e-8)
    assert not [c for c in verdict.caveats if "samples" in c or "answers" in c], "nothing was sampled or answered"


@pytest.mark.parametrize("dropped", MODELS)
def test_dropping_an_option_never_reorders_the_others(dropped: str) -> None:
    everyone = [line.candidate for line in worked(MODELS).ranking if line.candidate != dropped]
    assert [line.candidate for line in worked([m for m in MODELS if m != dropped]).ranking] == everyone


NUMBERS = st.integers(0, 10)
CELLS = st.one_of(NUMBERS, st.none(), st.tuples(NUMBERS, NUMBERS).map(lambda ends: tuple(sorted(ends))))
TABLES = st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=5)


@settings(deadline=None, max_examples=25)
@given(rows=TABLES, extra=st.tuples(CELLS, CELLS))
def test_adding_an_option_changes_no_score_of_another(rows: list[Any], extra: Any) -> None:
    before = {f"o{i}": row for i, row in enumerate(rows)}
    without, more = (decided(table(it), draws=50) for it in (before, {"new": extra, **before}))
    scores = {line.candidate: line.score for line in more.ranking}
    assert {line.candidate: line.score for line in without.ranking} == {name: scores[name] for name in before}
    order = [line.candidate for line in more.ranking if line.candidate != "new"]
    assert order == [line.candidate for line in without.ranking]


def test_an_interval_is_drawn_and_its_middle_counts_where_no_value_is_given() -> None:
    decision = decided(table({"a": ((0, 8), 5), "b": ((0, 2, 10), 5)}))
    a, b = (next(line for line in decision.ranking if line.candidate == name) for name in "ab")
    assert (a.score, b.score) == (pytest.approx(0.45), pytest.approx(0.35))
    assert (a.low, a.high) == (pytest.approx(0.26, abs=0.01), pytest.approx(0.64, abs=0.01))
    # triangular: quantiles √(0.025 · 10 · 2) and 10 - √(0.025 · 10 · 8) of the way
    ends = np.array([np.sqrt(0.5), 10 - np.sqrt(2)]) / 20 + 0.25
    assert (b.low, b.high) == (pytest.approx(ends[0], abs=0.01), pytest.approx(ends[1], abs=0.01))


def test_what_is_not_known_may_be_worth_anything_and_counts_nothing() -> None:
    decision = decided(table({"a": (None, 0), "b": (6, 5)}))
    assert [(line.candidate, line.score) for line in decision.ranking] == [
        ("b", pytest.approx(0.55)), ("a", pytest.approx(0.5)),
    ]  # fmt: skip
    unknown = decision.ranking[1]
    assert (unknown.low, unknown.high) == (0.5, 1.0)
    assert decision.ranking[0].p_best == pytest.approx(0.1, abs=0.05)
    assert "reach is not known of a: it counts 0." in decision.verdict.caveats


def test_gates_are_judged_by_the_ends_of_intervals() -> None:
    gates = (Gate(metric="effort", max=5),)
    decision = decided(
        table({"sure": (1, 4), "maybe": (2, (4, 5, 6)), "never": (9, (6, 8)), "unknown": (3, None)}, gates=gates)
    )
    status = {line.candidate: line.gates[0].status for line in decision.ranking}
    assert status == {
        "sure": GateStatus.PASS, "maybe": GateStatus.UNPROVEN, "never": GateStatus.FAIL, "unknown": GateStatus.UNPROVEN,
    }  # fmt: skip
    said = {line.candidate: line.gates[0].reason for line in decision.ranking}
    assert said == {
        "sure": "effort is 4; effort ≤ 5 is asked",
        "maybe": "effort is 5, at worst 6; effort ≤ 5 is asked",
        "never": "effort is 7, at best 6; effort ≤ 5 is asked",
        "unknown": "effort is not known; effort ≤ 5 is asked",
    }
    assert decision.ranking[-1].candidate == "never"
    assert decision.ranking[-1].rank is None


def test_a_sure_lead_is_clear_without_a_sample() -> None:
    assert decided(table({"a": (9, 1), "b": (2, 8)})).verdict.kind is VerdictKind.CLEAR


def test_near_ties_and_what_intervals_do_not_tell_apart_are_said_without_costs_and_samples() -> None:
    near = decided(table({"a": (5, 5), "b": (5.1, 5)})).verdict
    assert near.sentence.startswith("b ranks first; a is within its margin.")
    spread = Criterion(name="reach", metric="reach", worst=0, ideal=10, weight=99)
    rule = DecisionRule(slot="t", gates=(), criteria=(spread, EFFORT), thresholds=Thresholds(clear_p_best=0.5))
    wide = table({"a": ((5.5, 9.5), 5), "b": ((3, 7), 5)})
    told = decided(replace(wide, rule=rule)).verdict
    assert told.sentence.startswith("a ranks first, but the intervals do not tell it from b.")


def test_the_names_of_columns_mean_nothing() -> None:
    """`quality`, `coverage` and costs are words of runs; in a table they are columns like any other."""
    criteria = tuple(
        Criterion(name=name, metric=name, worst=1, ideal=10, weight=1)
        for name in ("quality", "coverage", "usd_per_1k_requests")
    )
    cells = {"a": (1, 0, 9), "b": (None, 1, 1)}
    decision = decided(
        OptionTable(
            name="t.csv", rule=DecisionRule(slot="t", gates=(), criteria=criteria), options=tuple(cells),
            metrics=tuple(criterion.metric for criterion in criteria),
            cells=tuple(tuple(map(cell, row)) for row in cells.values()),
        )
    )  # fmt: skip
    assert decision.verdict.winner == "a"
    assert decision.incomplete == ()
    assert not [c for c in decision.verdict.caveats if "answers" in c]


def test_profiles_are_side_by_side() -> None:
    def profile(name: str, *weights: float) -> Profile:
        return Profile(name=name, weights=weights, weighing=Weighing(method=Elicitation.POINTS))

    cells: dict[str, tuple[Any, Any]] = {"far": (10, 10), "cheap": (0, 0), "middle": (7, 3)}
    decision = decided(table(cells, profiles=(profile("users", 1.0, 0.0), profile("payer", 0.0, 1.0))))
    assert decision.views is not None
    assert {view.profile: view.leader for view in decision.views.views} == {"users": "far", "payer": "cheap"}
    assert decision.views.least_regret == "middle"
    assert decision.views.candidates == tuple(line.candidate for line in decision.ranking)
    assert decided(table(cells)).views is None


NEAR = {"dear": (8.0, 5.0), "cheap": (7.9, 4.95), "bad": (1.0, 9.0)}


def test_of_near_ties_the_one_that_costs_least_is_recommended_where_a_column_says_what_they_cost() -> None:
    wobbly = {name: ((reach - 1, reach, reach + 1), effort) for name, (reach, effort) in NEAR.items()}
    without, by_effort = (decided(table(wobbly, cost=column)).verdict for column in (None, "effort"))
    assert (without.kind, by_effort.kind) == (VerdictKind.TOSS_UP, VerdictKind.TOSS_UP)
    assert (without.leader, without.winner) == ("dear", "dear"), "nobody knows what they cost"
    assert (by_effort.leader, by_effort.winner) == ("dear", "cheap")
    assert "cheap is within its margin and costs 1% less" in by_effort.sentence


def rices(cells: dict[str, tuple[Any, Any]], **columns: str) -> list[Priority]:
    rice = Rice(**{"reach": "reach", "impact": "reach", "effort": "effort", **columns})
    return list(priorities(replace(table(cells), rice=rice), draws=10_000, seed=0))


def test_rice_is_the_product_over_effort_and_what_is_not_known_stands_last() -> None:
    found = rices({"a": (2.0, 4.0), "b": (None, 1.0), "c": (3.0, 2.0), "d": ((1, 5), 3.0)}, confidence="effort")
    assert [(it.option, it.rice) for it in found] == [("c", 9.0), ("d", 9.0), ("a", 4.0), ("b", None)]
    assert [(it.low, it.high) for it in found if it.option in "ac"] == [(9.0, 9.0), (4.0, 4.0)]
    assert (found[-1].low, found[-1].high) == (None, None)
    assert priorities(table({"a": (2.0, 4.0)}), draws=9, seed=0) == (), "nobody has asked"


def test_the_interval_of_rice_is_that_of_its_columns() -> None:
    """Uniform effort from 1 to 5: 95 % of 1 / effort lies between 1 / 4.9 and 1 / 1.1."""
    (found,) = rices({"a": (1.0, (1, 5))})
    assert [found.low, found.rice, found.high] == pytest.approx([1 / 4.9, 1 / 3, 1 / 1.1], rel=0.02)
