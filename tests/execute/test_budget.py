"""The budget: what is sent can never pass the ceiling, and what a call cost is never too little."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.core.calls import Fault, Usage
from harness.core.candidates import Candidate
from harness.core.runs import RunSettings
from harness.errors import BudgetStop, UsageError
from harness.execute.budget import Budget, Ceiling, ceilings, record_cost, refuse_unpriced, worst_attempt
from harness.execute.plan import plan
from tests.execute.bakeoffs import answered, bakeoff, embedded, failed, remote

ONE = Decimal(1)


DAY = date(2026, 7, 10)


def ceiling(usd: Decimal, *, spent: Decimal = Decimal(0), of: str = "", day: date | None = None) -> Ceiling:
    """One over everybody, or over the candidates that `of` spells."""
    candidates = frozenset(of) if of else None
    return Ceiling(name=f"the budget of ${usd}", usd=usd, spent=spent, hint="more", candidates=candidates, day=day)


def budget(*ceilings: Ceiling, today: Callable[[], date] = lambda: DAY) -> Budget:
    return Budget(ceilings, today=today)


def test_the_ceiling_counts_what_is_spent_and_what_is_held() -> None:
    async def story() -> None:
        over = ceiling(Decimal(10), spent=Decimal(7))
        under = budget(over)
        await under.hold("a", Decimal(2), holding=Decimal(0))
        await under.hold("a", ONE, holding=Decimal(2))  # exactly the ceiling
        with pytest.raises(BudgetStop, match=r"\$1: with \$7 spent and \$3 in flight .* budget of \$10") as caught:
            await under.hold("a", ONE, holding=Decimal(3))
        assert caught.value.candidates is None
        await under.settle("a", Decimal(2), Decimal("0.5"))
        await under.hold("a", ONE, holding=ONE)
        assert (over.spent, over.held) == (Decimal("7.5"), Decimal(2))

    asyncio.run(story())


def test_a_ceiling_over_some_stops_only_them() -> None:
    async def story() -> None:
        run, some = ceiling(Decimal(10)), ceiling(Decimal(2), of="ab")
        under = budget(run, some)
        await under.hold("a", ONE, holding=Decimal(0))
        await under.settle("a", ONE, ONE)
        await under.hold("b", ONE, holding=Decimal(0))
        await under.settle("b", ONE, ONE)
        with pytest.raises(BudgetStop, match=r"with \$2 spent .* budget of \$2") as caught:
            await under.hold("b", ONE, holding=Decimal(0))
        assert caught.value.candidates == {"a", "b"}
        await under.hold("c", Decimal(8), holding=Decimal(0))
        assert (run.spent, run.held, some.spent, some.held) == (2, 8, 2, 0)

    asyncio.run(story())


def test_a_call_waits_under_each_of_its_ceilings_and_those_who_only_wait_do_not_wait_for_each_other() -> None:
    async def story() -> None:
        run, some = ceiling(Decimal(6)), ceiling(Decimal(2), of="a")
        under = budget(run, some)
        await under.hold("a", Decimal(2), holding=Decimal(0))
        await under.hold("b", Decimal(4), holding=Decimal(0))
        fresh = asyncio.create_task(under.hold("a", ONE, holding=Decimal(0)))
        await asyncio.sleep(0.01)
        assert not fresh.done()  # what the first one holds may come back
        retried = asyncio.create_task(under.hold("a", ONE, holding=Decimal(2)))
        with pytest.raises(BudgetStop) as caught:
            await asyncio.wait_for(retried, 5)
        assert caught.value.candidates == {"a"}  # the other one holds nothing of it, whatever it gives back
        await under.settle("a", Decimal(2), Decimal(0))
        assert not fresh.done()
        await asyncio.wait_for(fresh, 5)
        assert (run.held, some.held) == (5, 1)

    asyncio.run(story())


def test_a_new_day_begins_with_nothing_spent_and_with_what_is_in_flight() -> None:
    async def story() -> None:
        days = [DAY]
        day, run = ceiling(Decimal(5), day=DAY), ceiling(Decimal(50))
        under = budget(day, run, today=lambda: days[-1])
        await under.hold("a", Decimal(3), holding=Decimal(0))
        await under.settle("a", Decimal(3), Decimal(3))
        await under.hold("a", Decimal(2), holding=Decimal(0))
        days.append(DAY + timedelta(days=1))
        await under.hold("a", Decimal(3), holding=Decimal(0))
        assert (day.spent, day.held) == (0, 5)
        await under.settle("a", Decimal(2), Decimal(2))
        with pytest.raises(BudgetStop):
            await under.hold("a", ONE, holding=Decimal(3))
        days.append(DAY + timedelta(days=2))
        await under.settle("a", Decimal(3), ONE)
        assert (day.spent, day.held, run.spent) == (1, 0, 6)

    asyncio.run(story())


def test_requests_without_a_price_are_counted_and_those_that_cost_nothing_come_back() -> None:
    under = Budget(today=lambda: DAY, max_requests=5)
    under.count_requests_of(frozenset("ab"), {"a": 2, "c": 9})
    under.count_requests_of(frozenset("ab"), {"a": 2})  # known already
    for name in "abccc":
        under.count_request(name)
    under.uncount_request("a")
    under.uncount_request("c")
    under.count_request("a")
    under.count_request("a")
    with pytest.raises(BudgetStop, match=r"after 5 requests .* ceiling of 5 requests") as caught:
        under.count_request("b")
    assert caught.value.candidates == {"a", "b"}
    under.count_request("c")


def test_ceilings_know_what_was_spent_before_and_by_whom() -> None:
    candidates = {
        "a": remote("a"), "b": remote("b"), "o": remote("o", model="other/o"), "local": embedded("local"),
        "mine": remote("mine", machine=embedded("x").machine),
    }  # fmt: skip
    found = ceilings(
        RunSettings(budget_usd=Decimal(9), budget_usd_per_day=Decimal(8), budgets_usd={"acme": Decimal(7)}),
        candidates,
        spent={"a": ONE, "b": ONE, "o": Decimal(4), "gone": Decimal("0.5")},
        spent_today=Decimal(3),
        today=DAY,
    )
    assert [(c.name, c.spent, c.candidates, c.day) for c in found] == [
        ("the budget of $9", Decimal("6.5"), None, None),
        ("the budget of $8 per day", Decimal(3), None, DAY),
        ("the budget of $7 for acme", Decimal("2.5"), {"a", "b"}, None),
    ]
    assert list(ceilings(RunSettings(), candidates, spent={}, spent_today=ONE, today=DAY)) == []


def test_a_call_waits_for_the_worst_cases_of_others_and_stops_when_none_is_left() -> None:
    async def story() -> None:
        under = budget(ceiling(Decimal(2)))
        await under.hold("a", Decimal(2), holding=Decimal(0))
        waiting = asyncio.create_task(under.hold("a", ONE, holding=Decimal(0)))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await under.settle("a", Decimal(2), ONE)
        await waiting
        last = asyncio.create_task(under.hold("a", ONE, holding=Decimal(0)))
        await under.settle("a", ONE, ONE)
        with pytest.raises(BudgetStop):
            await last

    asyncio.run(story())


def test_a_retry_waits_for_what_others_hold_until_all_who_hold_something_wait() -> None:
    async def story() -> None:
        over = ceiling(Decimal(6))
        under = budget(over)
        for _ in range(3):
            await under.hold("a", Decimal(2), holding=Decimal(0))
        first, second = (asyncio.create_task(under.hold("a", Decimal(2), holding=Decimal(2))) for _ in range(2))
        fresh = asyncio.create_task(under.hold("a", ONE, holding=Decimal(0)))
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in (first, second, fresh))  # the third is under way
        await under.settle("a", Decimal(2), Decimal(0))
        await first
        with pytest.raises(BudgetStop):
            await asyncio.wait_for(
                under.hold("a", Decimal(2), holding=Decimal(4)), 1
            )  # the second waits, and nobody else
        assert not second.done()
        await under.settle("a", Decimal(4), Decimal(2))
        await second
        assert not fresh.done()
        await under.settle("a", Decimal(4), Decimal(2))
        await fresh
        assert (over.spent, over.held) == (4, 1)

    asyncio.run(story())


def test_what_is_free_always_passes() -> None:
    over = ceiling(Decimal(0), spent=Decimal(5))
    asyncio.run(budget(over).hold("a", Decimal(0), holding=Decimal(0)))
    assert (over.spent, over.held) == (Decimal(5), Decimal(0))


def test_without_a_ceiling_anything_passes() -> None:
    asyncio.run(budget().hold("a", Decimal(99), holding=Decimal(0)))
    with pytest.raises(BudgetStop):  # the same with one
        asyncio.run(budget(ceiling(Decimal(99), spent=Decimal(5))).hold("a", Decimal(99), holding=Decimal(0)))


@pytest.mark.parametrize("seed", range(5))
def test_random_traffic_never_passes_a_ceiling(seed: int) -> None:
    rng = random.Random(seed)
    run, some, day = ceiling(Decimal(20)), ceiling(Decimal(5), of="a"), ceiling(Decimal(30), day=DAY)
    under = budget(run, some, day)

    async def trip() -> None:
        worst, name = Decimal(rng.randint(1, 300)) / 100, rng.choice("ab")
        held = Decimal(0)
        for _ in range(rng.randint(1, 3)):
            try:
                await under.hold(name, worst, holding=held)
            except BudgetStop:
                break
            held += worst
            assert all(c.spent + c.held <= c.usd for c in (run, some, day))
            for _ in range(rng.randint(0, 20)):  # turns of the loop, not time: the order is the seed's
                await asyncio.sleep(0)
        await under.settle(name, held, held * rng.randint(0, 100) / 100)

    async def story() -> None:
        await asyncio.wait_for(asyncio.gather(*(trip() for _ in range(200))), 30)

    asyncio.run(story())
    assert (run.held, some.held, run.waiting, some.waiting) == (0, 0, 0, 0)
    assert 10 < run.spent <= 20
    assert 2 < some.spent <= 5


@pytest.mark.parametrize(
    ("candidate", "refused"),
    [
        pytest.param(remote("a"), False, id="priced"),
        pytest.param(remote("a", usd=None), True, id="no price"),
        pytest.param(embedded("a"), False, id="a machine"),
        pytest.param(replace(embedded("a"), machine=None), False, id="embedded without a price"),
    ],
)
def test_no_price_no_budget(candidate: Candidate, refused: bool) -> None:
    planned = bakeoff(candidate, budget_usd=ONE)
    calls = plan(planned).calls
    refuse_unpriced(replace(planned, settings=replace(planned.settings, budget_usd=None)), calls)
    if not refused:
        refuse_unpriced(planned, calls)
        return
    with pytest.raises(UsageError, match="'a' has no price") as caught:
        refuse_unpriced(planned, calls)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        pytest.param({"budget_usd_per_day": ONE}, True, id="per day"),
        pytest.param({"budgets_usd": {"acme": ONE}}, True, id="its provider's"),
        pytest.param({"budgets_usd": {"other": ONE}}, False, id="another provider's"),
        pytest.param({"budget_usd": ONE, "max_unpriced_calls": 3}, False, id="requests are bounded"),
        pytest.param({}, False, id="no budget"),
    ],
)
def test_whose_budget_could_not_hold_without_a_price(settings: dict[str, Any], refused: bool) -> None:
    planned = bakeoff(remote("a", usd=None), **settings)
    calls = plan(planned).calls
    if not refused:
        refuse_unpriced(planned, calls)
        return
    with pytest.raises(UsageError, match="'a' has no price"):
        refuse_unpriced(planned, calls)


def test_an_instrument_without_a_price_is_refused_before_the_answers() -> None:
    planned = bakeoff(remote("a"), instruments={"mos": remote("m", usd=None)}, budget_usd=ONE)
    with pytest.raises(UsageError, match="'m' has no price"):
        refuse_unpriced(planned, plan(planned).calls)


PRICED = remote("a", usd="0.01")
WORST = Decimal("0.5")
METERED = Usage(input_tokens=10, output_tokens=10, source="provider")
SUSPECT = Usage(output_tokens=10, source="suspect")


def tried(answer: Answer, *, doubtful: int = 0, refused: int = 0) -> Answer:
    (last,) = answer.attempts
    extra = [replace(last, outcome="timeout", may_be_billed=True)] * doubtful
    extra += [replace(last, outcome="rate_limit", http_status=429)] * refused
    return replace(answer, attempts=(*extra, last))


@pytest.mark.parametrize(
    ("answer", "candidate", "expected"),
    [
        pytest.param(answered(usage=METERED), PRICED, ("0.20", "provider"), id="metered"),
        pytest.param(tried(answered(usage=METERED), doubtful=2), PRICED, ("1.20", "estimated"), id="doubtful attempts"),
        pytest.param(answered(usage=Usage(busy_seconds=1)), PRICED, ("0.5", "estimated"), id="nobody told the usage"),
        pytest.param(answered(usage=SUSPECT), PRICED, ("0.5", "estimated"), id="a usage that cannot be true"),
        pytest.param(
            tried(answered(usage=SUSPECT), refused=1), PRICED, ("0.5", "estimated"), id="refused, then cannot be true"
        ),
        pytest.param(failed("credentials"), PRICED, ("0", "measured"), id="refused is free"),
        pytest.param(failed("timeout", may_be_billed=True), PRICED, ("0.5", "estimated"), id="timeout may be billed"),
        pytest.param(failed("empty", fault=Fault.CANDIDATE), PRICED, ("0", "measured"), id="failed, not billed"),
        pytest.param(
            tried(answered(), doubtful=1), remote("a", usd=None), (None, "unpriced"), id="no price, no estimate"
        ),
        pytest.param(tried(answered(), doubtful=1), embedded("a"), ("0.0005", "machine"), id="a machine's time"),
    ],
)
def test_what_a_call_cost(answer: Answer, candidate: Candidate, expected: tuple[Any, str]) -> None:
    worst = None if candidate.prices is None else WORST
    usd, source = record_cost(answer, candidate, Decimal(0) if candidate.is_local else worst)
    assert (usd, source) == (None if expected[0] is None else Decimal(expected[0]), expected[1])


def test_the_worst_case_of_one_attempt() -> None:
    call = plan(bakeoff(remote("a", usd="0.01"))).calls[0]
    worst = worst_attempt(call, remote("a", usd="0.01"))
    assert worst is not None
    assert worst > Decimal("0.1")  # ten tokens of answer and a prompt
    assert worst_attempt(call, remote("a", usd=None)) is None
    assert worst_attempt(call, embedded("a")) == 0
