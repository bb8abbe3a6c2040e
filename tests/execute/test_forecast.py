from dataclasses import replace
from decimal import Decimal

import pytest

from harness.core.calls import Output
from harness.core.candidates import Candidate, Stage
from harness.core.forecast import Forecast, Range
from harness.core.rules import DecisionRule
from harness.core.runs import Bakeoff
from harness.core.suites import Sample
from harness.errors import UsageError
from harness.execute.budget import refuse_unpriced
from harness.execute.cascade import part_of, unasked
from harness.execute.forecast import amounts, forecast
from harness.execute.plan import plan
from harness.pricing.worst import worst_case
from tests.execute.bakeoffs import bakeoff, embedded, remote, text_suite, voices


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


@pytest.mark.parametrize(
    ("usd", "says"),
    [
        pytest.param("0.01", "the budget of $0.01 buys 0 of 4 calls: the cheapest call may cost $", id="nothing"),
        pytest.param("0.5", "passes the budget of $0.5: the run may stop before its end", id="not all"),
        pytest.param("50", "", id="all"),
    ],
)
def test_a_plan_says_what_its_budget_buys(usd: str, says: str) -> None:
    planned = ruled(remote("a", usd="0.01"), warm_up=0)
    planned = replace(planned, settings=replace(planned.settings, budget_usd=Decimal(usd)))
    warnings = forecast(planned, plan(planned)).warnings
    assert len(warnings) == bool(says)
    assert says in "".join(warnings)


def two_writers(*, final_usd: str | None) -> Bakeoff:
    """Return a cascade under a budget."""
    draft, final = remote("draft", usd="0.01"), remote("final", usd=final_usd)
    stages = (
        Stage(name="draft", candidate=draft, input="{{ input }}"),
        Stage(name="final", candidate=final, input="Now {{ stages.draft.text }}!"),
    )
    both = Candidate(name="both", model="cascade/both", modalities=frozenset({"text"}), stages=stages)
    planned = ruled(both, warm_up=0)
    return replace(planned, settings=replace(planned.settings, budget_usd=Decimal(9)))


def test_a_cascade_costs_at_most_what_its_stages_do_after_answers_as_long_as_they_may_be() -> None:
    planned = two_writers(final_usd="0.02")
    calls, cascade = plan(planned).calls, planned.candidate("both")
    (row,) = forecast(planned, plan(planned)).rows
    refuse_unpriced(planned, calls)
    assert row.worst_case_usd is not None
    assert (row.unpriced, row.machine) == ((), False)
    draft, final = cascade.stages
    spent = Decimal(0)
    for call in calls:
        wordy = Output(text="antidisestablishment " * 3)  # 63 characters in the ten tokens of an answer
        first = part_of(call, draft, cascade, [])
        second = part_of(call, final, cascade, [unasked(first, wordy)])
        parts = worst_case(first.request, draft.candidate), worst_case(second.request, final.candidate)
        spent += sum(part for part in parts if part is not None)
    assert spent < row.worst_case_usd < 2 * spent


def test_plan_and_budget_agree_on_what_cannot_be_bounded_and_name_it() -> None:
    planned = two_writers(final_usd=None)
    (row,) = forecast(planned, plan(planned)).rows
    assert (row.worst_case_usd, row.unpriced) == (None, ("final",))
    with pytest.raises(UsageError, match="candidate 'final' has no price"):
        refuse_unpriced(planned, plan(planned).calls)


def test_a_stage_whose_question_cannot_be_said_yet_is_not_called_unpriced() -> None:
    planned = two_writers(final_usd="0.02")
    cascade = planned.candidate("both")
    draft, final = cascade.stages
    mistyped = replace(cascade, stages=(draft, replace(final, input="{{ stages.drafft.text }}")))
    refuse_unpriced(replace(planned, candidates=(mistyped,)), plan(planned).calls)


def test_a_question_that_may_grow_too_long_is_not_called_unpriced() -> None:
    planned = two_writers(final_usd="0.02")
    wordy = replace(planned, suites=(text_suite(1, max_tokens=200_000),))
    (row,) = forecast(wordy, plan(wordy)).rows
    assert (row.worst_case_usd, row.unpriced) == (None, ())
    assert row.unbounded == "the rendered text passes 1,000,000 characters"
    unknown = replace(two_writers(final_usd=None), suites=wordy.suites)
    (row,) = forecast(unknown, plan(unknown)).rows
    assert row.unpriced == ("final",)


def with_gold(*, final_usd: str | None, gold: str = "four", attribute: bool = True) -> Bakeoff:
    """Return a cascade that is asked one question, of which it is known what its first stage should say."""
    planned = two_writers(final_usd=final_usd)
    sample = Sample(id="s", input="2+2?", target="4", metadata={"gold": {"draft": gold}})
    settings = replace(planned.settings, attribute_failures=attribute)
    return replace(planned, suites=(text_suite(samples=(sample,)),), settings=settings)


def test_answers_with_a_stage_replaced_are_priced_by_the_stages_that_are_asked_anew() -> None:
    planned = with_gold(final_usd="0.02")
    unasked_for = with_gold(final_usd="0.02", attribute=False)
    found, without = (forecast(it, plan(it)) for it in (planned, unasked_for))
    (call,), cascade = plan(planned).calls, planned.candidate("both")
    draft, final = cascade.stages
    first = unasked(part_of(call, draft, cascade, []), Output(text="four"))
    worst = worst_case(part_of(call, final, cascade, [first]).request, final.candidate)
    assert worst
    assert without.worst_case_usd is not None
    assert (found.oracle_calls, found.oracle_usd) == (2, worst), "gold of the last stage is the answer itself"
    assert found.worst_case_usd == without.worst_case_usd + worst
    assert (without.oracle_calls, without.oracle_usd) == (0, 0)
    wordy = with_gold(final_usd="0.02", gold="four " * 100)
    assert (forecast(wordy, plan(wordy)).oracle_usd or 0) > worst, "gold may be longer than an answer"
    unknown = with_gold(final_usd=None)
    assert forecast(unknown, plan(unknown)).oracle_usd is None


def test_what_is_foreseen_lies_between_nothing_and_the_worst() -> None:
    planned = ruled(remote("a", usd="0.01"), embedded("smollm2-135m"), warm_up=2)
    found = forecast(planned, plan(planned))
    assert found.amounts == amounts(planned, plan(planned))
    assert found.amounts.calls == Range(low=10, expected=10, high=10)  # four questions each, and two to warm up
    usd, machine = found.amounts.usd, found.amounts.machine_usd
    assert usd is not None
    assert machine is not None
    assert 0 < usd.low < usd.expected < usd.high <= float(found.worst_case_usd or 0)
    remote_row, local_row = found.rows
    assert local_row.usd == machine
    assert remote_row.usd is not None
    assert remote_row.usd.expected < usd.expected, "warming up is paid for"
    assert local_row.minutes.expected == pytest.approx(float(machine.expected) / 3.6 * 60)


def test_what_measures_answers_takes_its_time_too() -> None:
    planned = replace(
        voices(embedded("espeak", "tts"), n=3), rules={"tts": DecisionRule(slot="tts", gates=(), criteria=())}
    )
    found, alone = (forecast(it, plan(it)).amounts for it in (planned, replace(planned, instruments={})))
    assert found.calls == Range(low=3, expected=3 + 6, high=3 + 6)
    heard = 6 * 0.07  # seconds of "Say 0.", by Whisper and by the predictor of MOS
    measuring = 3 * (undeclared(heard) + 2.6)
    assert found.minutes.expected - alone.minutes.expected == pytest.approx((measuring + 2 * 3 + 6 * 0.05) / 60)
    assert found.machine_usd is not None
    assert alone.machine_usd is not None
    assert found.machine_usd.expected - alone.machine_usd.expected == pytest.approx(measuring * 3.6 / 3600)


def undeclared(heard_s: float) -> float:
    """An engine called `whisper` is none of ours: what is taken for such a one."""
    return 2.0 + 0.3 * heard_s


def test_minutes_are_those_of_the_limits_where_these_are_longer() -> None:
    quick, slow = (ruled(remote("a", **limit), warm_up=0) for limit in ({}, {"requests_per_minute": 0.5}))
    free, bound = (amounts(it, plan(it)).minutes for it in (quick, slow))
    assert free.high < 6
    assert bound.low > 6, "four requests at one in two minutes: the last goes out after six"
    tokens = ruled(remote("a", tokens_per_minute=10.0), warm_up=0)
    assert amounts(tokens, plan(tokens)).minutes.low > sum(10 for _ in plan(tokens).calls) / 10


def test_models_of_this_machine_answer_one_after_another_and_others_beside_them() -> None:
    alone, twice = (
        amounts(it, plan(it)).minutes
        for it in (
            ruled(embedded("smollm2-135m"), warm_up=0),
            ruled(embedded("smollm2-135m"), embedded("gemma3-270m"), warm_up=0),
        )
    )
    one, _ = forecast(
        ruled(embedded("smollm2-135m"), embedded("gemma3-270m"), warm_up=0),
        plan(ruled(embedded("smollm2-135m"), embedded("gemma3-270m"), warm_up=0)),
    ).rows  # gemma3's
    assert twice.expected - alone.expected == pytest.approx(one.minutes.expected + (3 + 4 * 0.05) / 60)
    beside = ruled(embedded("smollm2-135m"), remote("a"), warm_up=0)
    assert amounts(beside, plan(beside)).minutes.expected == pytest.approx(alone.expected)
