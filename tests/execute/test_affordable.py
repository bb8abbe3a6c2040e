"""A budget that buys nothing is told with its place before anything is sent; one that buys something is not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from harness.core.candidates import Candidate, Stage
from harness.core.runs import Bakeoff
from harness.errors import Place
from harness.execute.affordable import unaffordable
from harness.execute.budget import worst_attempt
from harness.execute.plan import plan
from tests.execute.bakeoffs import bakeoff, embedded, remote

CHEAP, DEAR = remote("a", usd="0.01"), remote("b", model="other/b", usd="0.02")
WHERE = Place(file="bakeoff.yaml", line=3, column=7)


def said(of: Bakeoff) -> list[str]:
    places = {"run/budget_usd": WHERE, "run/budgets_usd/acme": WHERE}
    return [
        f"{problem.code} {problem.line}: {problem.message}"
        for problem in unaffordable(replace(of, places=places), plan(of).calls)
    ]


def worst(candidate: Candidate) -> Decimal:
    (call, *_) = plan(bakeoff(candidate)).calls
    amount = worst_attempt(call, candidate)
    assert amount is not None
    return amount


CENT = Decimal("0.01")
LEAST = f"the cheapest call may cost ${worst(CHEAP)}"


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        pytest.param({}, [], id="no budget"),
        pytest.param({"budget_usd": worst(CHEAP)}, [], id="just one call"),
        pytest.param(
            {"budget_usd": worst(CHEAP) - CENT},
            [f"E224 3: the budget of ${worst(CHEAP) - CENT} buys 0 of 8 calls: {LEAST}"],
            id="none",
        ),
        pytest.param(
            {"budget_usd": Decimal(9), "budgets_usd": {"acme": Decimal(0), "other": Decimal(9)}},
            [f"E224 3: the budget of $0 for acme buys 0 of 4 calls: {LEAST}"],
            id="none of one provider",
        ),
        pytest.param(
            {"budget_usd_per_day": CENT},
            [f"E224 None: the budget of ${CENT} per day buys 0 of 8 calls: {LEAST}"],
            id="none in a day",
        ),
    ],
)
def test_a_budget_that_buys_nothing(settings: dict[str, object], problems: list[str]) -> None:
    assert said(bakeoff(CHEAP, DEAR, **settings)) == problems


def test_what_costs_no_dollars_needs_no_budget() -> None:
    assert said(bakeoff(embedded("e"), budget_usd=Decimal(0))) == []


def test_what_has_no_price_is_bounded_otherwise() -> None:
    assert said(bakeoff(remote("a", usd=None), budget_usd=CENT, max_unpriced_calls=3)) == []


def test_a_cascade_is_sent_stage_by_stage() -> None:
    stages = tuple(Stage(name=it.name, candidate=it, input="{{ input }}") for it in (CHEAP, remote("z", usd="0.01")))
    both = Candidate(name="c", model="cascade/c", modalities=frozenset({"text"}), stages=stages)
    assert said(bakeoff(both, budget_usd=worst(CHEAP))) == []
    assert len(said(bakeoff(both, budget_usd=worst(CHEAP) / 2))) == 1
