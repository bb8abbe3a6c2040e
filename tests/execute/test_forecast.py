from dataclasses import replace
from decimal import Decimal

from harness.core.candidates import Candidate
from harness.core.rules import DecisionRule
from harness.core.runs import Bakeoff
from harness.execute.forecast import Forecast, forecast
from harness.execute.plan import plan
from harness.pricing.worst import worst_case
from tests.execute.bakeoffs import bakeoff, embedded, remote


def ruled(*candidates: Candidate, warm_up: int | None) -> Bakeoff:
    planned = bakeoff(*candidates, warm_up=warm_up)
    return replace(planned, rules={"text": DecisionRule(slot="text", gates=(), criteria=())})


def of(*candidates: Candidate, warm_up: int | None) -> Forecast:
    planned = ruled(*candidates, warm_up=warm_up)
    return forecast(planned, plan(planned))


def test_warm_up_calls_are_shown_and_paid_for() -> None:
    cold, warm = (of(remote("a", usd="0.01"), embedded("c"), warm_up=n) for n in (0, 3))
    assert (cold.warm_up_calls, cold.warm_up_usd) == ({}, 0)
    assert warm.warm_up_calls == {"a": 3}
    assert warm.warm_up_usd is not None
    assert warm.warm_up_usd > Decimal("0.3")  # three times ten tokens of answer, and what is asked
    assert cold.worst_case_usd is not None
    assert warm.worst_case_usd == cold.worst_case_usd + warm.warm_up_usd


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    unknown = of(remote("a", usd=None), remote("b"), warm_up=1)
    assert (unknown.warm_up_usd, unknown.worst_case_usd) == (None, None)


def test_the_sum_is_that_of_every_answer() -> None:
    planned = ruled(remote("a", usd="0.01"), warm_up=0)
    calls = plan(planned).calls
    bounds = [worst_case(call.request, planned.candidate("a")) for call in calls]
    (row,) = forecast(planned, plan(planned)).rows
    assert (row.calls, row.worst_case_usd) == (4, sum(bound for bound in bounds if bound is not None))
