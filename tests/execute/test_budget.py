"""The budget: what is sent can never pass the ceiling, and what a call cost is never too little."""

import asyncio
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.core.calls import Fault, Usage
from harness.core.candidates import Candidate
from harness.errors import BudgetStop, UsageError
from harness.execute.budget import Budget, record_cost, refuse_unpriced, worst_attempt
from harness.execute.plan import plan
from tests.execute.bakeoffs import answered, bakeoff, embedded, failed, remote

ONE = Decimal(1)


def test_the_ceiling_counts_what_is_spent_and_what_is_held() -> None:
    async def story() -> None:
        budget = Budget(Decimal(10), spent=Decimal(7))
        await budget.hold(Decimal(2), holding=Decimal(0))
        await budget.hold(ONE, holding=Decimal(2))  # exactly the ceiling
        with pytest.raises(BudgetStop, match=r"\$1: with \$7 spent and \$3 in flight .* budget of \$10"):
            await budget.hold(ONE, holding=Decimal(3))
        await budget.settle(Decimal(2), Decimal("0.5"))
        await budget.hold(ONE, holding=ONE)
        assert (budget.spent, budget.held) == (Decimal("7.5"), Decimal(2))

    asyncio.run(story())


def test_a_call_waits_for_the_worst_cases_of_others_and_stops_when_none_is_left() -> None:
    async def story() -> None:
        budget = Budget(Decimal(2), spent=Decimal(0))
        await budget.hold(Decimal(2), holding=Decimal(0))
        waiting = asyncio.create_task(budget.hold(ONE, holding=Decimal(0)))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await budget.settle(Decimal(2), ONE)
        await waiting
        last = asyncio.create_task(budget.hold(ONE, holding=Decimal(0)))
        await budget.settle(ONE, ONE)
        with pytest.raises(BudgetStop):
            await last

    asyncio.run(story())


def test_a_retry_waits_for_what_others_hold_until_all_who_hold_something_wait() -> None:
    async def story() -> None:
        budget = Budget(Decimal(6), spent=Decimal(0))
        for _ in range(3):
            await budget.hold(Decimal(2), holding=Decimal(0))
        first, second = (asyncio.create_task(budget.hold(Decimal(2), holding=Decimal(2))) for _ in range(2))
        fresh = asyncio.create_task(budget.hold(ONE, holding=Decimal(0)))
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in (first, second, fresh))  # the third is under way
        await budget.settle(Decimal(2), Decimal(0))
        await first
        with pytest.raises(BudgetStop):
            await asyncio.wait_for(budget.hold(Decimal(2), holding=Decimal(4)), 1)  # the second waits, and nobody else
        assert not second.done()
        await budget.settle(Decimal(4), Decimal(2))
        await second
        assert not fresh.done()
        await budget.settle(Decimal(4), Decimal(2))
        await fresh
        assert (budget.spent, budget.held) == (4, 1)

    asyncio.run(story())


@pytest.mark.parametrize("ceiling", [None, Decimal(0)], ids=["no ceiling", "nothing to spend"])
def test_what_is_free_always_passes(ceiling: Decimal | None) -> None:
    budget = Budget(ceiling, spent=Decimal(5))
    asyncio.run(budget.hold(Decimal(0), holding=Decimal(0)))
    assert (budget.spent, budget.held) == (Decimal(5), Decimal(0))


def test_without_a_ceiling_anything_passes() -> None:
    asyncio.run(Budget(None, spent=Decimal(5)).hold(Decimal(99), holding=Decimal(0)))
    with pytest.raises(BudgetStop):  # the same with one
        asyncio.run(Budget(Decimal(99), spent=Decimal(5)).hold(Decimal(99), holding=Decimal(0)))


@pytest.mark.parametrize("seed", range(5))
def test_random_traffic_never_passes_the_ceiling(seed: int) -> None:
    rng = random.Random(seed)
    budget = Budget(Decimal(20), spent=Decimal(0))

    async def trip() -> None:
        worst = Decimal(rng.randint(1, 300)) / 100
        held = Decimal(0)
        for _ in range(rng.randint(1, 3)):
            try:
                await budget.hold(worst, holding=held)
            except BudgetStop:
                break
            held += worst
            assert budget.ceiling is not None
            assert budget.spent + budget.held <= budget.ceiling
            await asyncio.sleep(rng.random() / 1000)
        await budget.settle(held, held * rng.randint(0, 100) / 100)

    async def story() -> None:
        await asyncio.wait_for(asyncio.gather(*(trip() for _ in range(200))), 30)

    asyncio.run(story())
    assert budget.held == 0
    assert 10 < budget.spent <= 20


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
