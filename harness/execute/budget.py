"""The budget: nothing is sent that could pass the ceiling; and what a call did cost."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.core.calls import Attempt, Call, Output
from harness.core.candidates import Candidate
from harness.core.runs import Bakeoff
from harness.errors import BudgetStop, Problem, UsageError
from harness.pricing.cost import cost, worst_case

if TYPE_CHECKING:
    from harness.clients.retry import Answer


class Budget:
    """Dollars of one run: spent, held for what is in flight, and the ceiling over both."""

    def __init__(self, ceiling: Decimal | None, *, spent: Decimal) -> None:
        import asyncio  # `check` and `plan` ask about prices, and wait for nothing

        self.ceiling = ceiling
        self.spent = spent
        self.held = Decimal(0)
        self._waiting = Decimal(0)
        """Held by calls that wait for more."""
        self._settled = asyncio.Condition()

    async def hold(self, amount: Decimal, *, holding: Decimal) -> None:
        """Set `amount` aside for a call that is `holding` some already; BudgetStop where it could pass the ceiling.

        It waits while others are under way: what they hold is their worst case, and most of it comes back. Where all
        who hold something wait here, nothing would.
        """
        async with self._settled:
            self._waiting += holding
            try:
                while self._passes(amount):
                    if self.held <= self._waiting:
                        raise BudgetStop(
                            f"the next call may cost ${amount:f}: with ${self.spent:f} spent and ${self.held:f} in"
                            f" flight that could pass the budget of ${self.ceiling:f}",
                            hint="resume with a higher --budget",
                        )
                    await self._settled.wait()
            finally:
                self._waiting -= holding
            self.held += amount

    async def settle(self, held: Decimal, spent: Decimal) -> None:
        """Give back what was held and count what was spent."""
        async with self._settled:
            self.held -= held
            self.spent += spent
            self._settled.notify_all()

    def _passes(self, amount: Decimal) -> bool:
        return self.ceiling is not None and bool(amount) and self.spent + self.held + amount > self.ceiling


def refuse_unpriced(bakeoff: Bakeoff, calls: Sequence[Call]) -> None:
    """Raise UsageError where a budget is set and the worst case of a call, or of its measuring, is not known."""
    if bakeoff.settings.budget_usd is None or not calls:
        return
    unknown = {c.name for c in bakeoff.instruments.values() if is_billed(c) and c.prices is None}
    for call in calls:
        if call.candidate not in unknown:
            candidate = bakeoff.candidate(call.candidate)
            if worst_attempt(call, candidate) is None:
                unknown.add(call.candidate)
    if unknown:
        raise UsageError([
            Problem(
                code="E222",
                message=f"candidate {name!r} has no price, so the budget could not hold",
                hint="give it prices under model_info in providers.yaml, or run without a budget",
            )
            for name in sorted(unknown)
        ])  # fmt: skip


def is_billed(candidate: Candidate) -> bool:
    """Whether a call costs dollars; a machine's time is paid for anyway."""
    return candidate.machine is None and not candidate.is_local


def is_free(attempt: Attempt) -> bool:
    """Whether an attempt certainly cost nothing: the provider turned it away, or never had it."""
    return attempt.outcome != "ok" and not attempt.may_be_billed and not _served(attempt)


def worst_attempt(call: Call, candidate: Candidate) -> Decimal | None:
    """Return the most that one attempt can be billed, in dollars; None where nobody knows, 0 where nobody bills."""
    return worst_case(call.request, candidate) if is_billed(candidate) else Decimal(0)


def record_cost(answer: "Answer", candidate: Candidate, worst: Decimal | None) -> tuple[Decimal | None, str]:
    """Return what a call cost with all its attempts, and where the number comes from.

    An attempt that may have been billed although it failed, and an answer whose usage nobody reported, count with
    `worst`, the most of one attempt; an attempt that was refused is free. A usage that cannot be true says nothing of
    any attempt that it sums up, so each that the provider served counts so.
    """
    usd, source = cost(answer.usage, candidate)
    if worst is None or not is_billed(candidate):
        return usd, source
    suspect = answer.usage.source == "suspect"
    unmetered = answer.usage.source == "none"
    if suspect or unmetered:
        usd, source = Decimal(0), "measured"
    doubtful = sum(attempt.may_be_billed or (suspect and _served(attempt)) for attempt in answer.attempts)
    doubtful += unmetered and isinstance(answer.outcome, Output)
    return (usd, source) if usd is None or not doubtful else (usd + doubtful * worst, "estimated")


def _served(attempt: Attempt) -> bool:
    """Whether the provider began to answer; a refusal has an error status, or none."""
    return attempt.http_status is not None and 200 <= attempt.http_status < 300
