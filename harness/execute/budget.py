"""The budget: nothing is sent that could pass a ceiling; and what a call did cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.core.calls import Attempt, Call, Output
from harness.core.candidates import Candidate
from harness.core.requests import Request
from harness.core.runs import Bakeoff, RunSettings
from harness.core.wording import worded
from harness.errors import BudgetStop, Problem, UsageError
from harness.execute.prompts import PromptError
from harness.pricing.cost import cost, sent_at, worst_case

if TYPE_CHECKING:
    from harness.clients.retry import Answer


@dataclass(slots=True, kw_only=True)
class Ceiling:
    """The most dollars of a run, of a day or of a provider: spent, and held for what is in flight."""

    name: str
    usd: Decimal
    spent: Decimal
    hint: str
    """How it is raised."""
    setting: tuple[str, ...] = ()
    """Where bakeoff.yaml sets it, as `core.runs.Bakeoff.place` takes it."""
    candidates: frozenset[str] | None = None
    """Whose calls it is over; None: all."""
    day: date | None = None
    """Whose dollars it counts, in UTC; when it is over, the next one begins with nothing spent. None: all days."""
    held: Decimal = Decimal(0)
    waiting: Decimal = Decimal(0)
    """Held by calls that wait for more."""

    def concerns(self, candidate: str) -> bool:
        return self.candidates is None or candidate in self.candidates

    def stop(self, amount: Decimal) -> BudgetStop:
        return BudgetStop(
            worded(
                "the next call may cost ${amount:f}: with ${spent:f} spent and ${held:f} in flight "
                "that could pass {name}",
                amount=amount,
                spent=self.spent,
                held=self.held,
                name=self.name,
            ),
            hint=self.hint,
            candidates=self.candidates,
        )


class Budget:
    """Dollars of a run, under all its ceilings; and requests whose dollars nobody knows, under one of their own."""

    def __init__(
        self, ceilings: Sequence[Ceiling] = (), *, today: Callable[[], date], max_requests: int | None = None
    ) -> None:
        import asyncio  # `check` and `plan` ask about prices, and wait for nothing

        self._ceilings = ceilings
        self._today = today
        self._settled = asyncio.Condition()
        self._max_requests = max_requests
        self._requests = 0
        self._unpriced: frozenset[str] = frozenset()

    async def hold(self, candidate: str, amount: Decimal, *, holding: Decimal) -> None:
        """Set `amount` aside for a call that is `holding` some already; BudgetStop where it could pass a ceiling.

        It waits while others are under way: what they hold is their worst case, and most of it comes back. Where all
        who hold something under the ceiling wait here, nothing would.
        """
        concerned = self._over(candidate)
        async with self._settled:
            for ceiling in concerned:
                ceiling.waiting += holding
            try:
                while passed := [ceiling for ceiling in concerned if self._passes(ceiling, amount)]:
                    for ceiling in passed:
                        if ceiling.held <= ceiling.waiting:
                            raise ceiling.stop(amount)
                    await self._settled.wait()
            finally:
                for ceiling in concerned:
                    ceiling.waiting -= holding
            for ceiling in concerned:
                ceiling.held += amount

    async def settle(self, candidate: str, held: Decimal, spent: Decimal) -> None:
        """Give back what was held and count what was spent."""
        async with self._settled:
            for ceiling in self._over(candidate):
                self._turn(ceiling)
                ceiling.held -= held
                ceiling.spent += spent
            self._settled.notify_all()

    def count_requests_of(self, unpriced: frozenset[str], sent: Mapping[str, int]) -> None:
        """From now on count the requests to these candidates too; `sent`: candidate → those of earlier processes."""
        self._requests += sum(sent.get(name, 0) for name in unpriced - self._unpriced)
        self._unpriced |= unpriced

    def counts_requests_of(self, candidate: str) -> bool:
        return candidate in self._unpriced

    def count_request(self, candidate: str) -> None:
        """Count a request that is about to be sent; BudgetStop where its price is not known and no more may be."""
        if candidate not in self._unpriced:
            return
        if self._max_requests is not None and self._requests >= self._max_requests:
            raise BudgetStop(
                worded(
                    "the next call has no price: after {n} requests that may be billed it would pass the ceiling of "
                    "{most} requests without a price",
                    n=self._requests,
                    most=self._max_requests,
                ),
                hint=worded("resume with --allow-unpriced and a higher --max-calls, or give the candidate prices"),
                candidates=self._unpriced,
            )
        self._requests += 1

    def uncount_request(self, candidate: str) -> None:
        """Take a counted request back that certainly cost nothing."""
        self._requests -= candidate in self._unpriced

    def covers(self, wanted: Sequence[tuple[str, Decimal]]) -> bool:
        """Whether all these requests, each a model and its worst case, could be sent now under every ceiling.

        A cascade's are those of its stages: no ceiling concerns the cascade itself.
        """
        counted = sum(model in self._unpriced for model, _ in wanted)
        if counted and self._max_requests is not None and self._requests + counted > self._max_requests:
            return False
        return not any(
            self._passes(c, sum((worst for model, worst in wanted if c.concerns(model)), Decimal(0)))
            for c in self._ceilings
        )

    def _over(self, candidate: str) -> list[Ceiling]:
        return [ceiling for ceiling in self._ceilings if ceiling.concerns(candidate)]

    def _passes(self, ceiling: Ceiling, amount: Decimal) -> bool:
        self._turn(ceiling)
        return bool(amount) and ceiling.spent + ceiling.held + amount > ceiling.usd

    def _turn(self, ceiling: Ceiling) -> None:
        """Begin a new day; what is in flight is counted in the one in which it ends."""
        if ceiling.day is not None and (today := self._today()) > ceiling.day:
            ceiling.day, ceiling.spent = today, Decimal(0)


def ceilings(
    settings: RunSettings,
    candidates: Mapping[str, Candidate],
    *,
    spent: Mapping[str, Decimal],
    spent_today: Decimal,
    today: date,
) -> Iterator[Ceiling]:
    """Yield the ceilings that the settings set; `spent`: candidate → dollars of this run, over every resume.

    What a candidate cost that is no longer in the configuration counts for each provider: nobody knows whose it was.
    """
    if (usd := settings.budget_usd) is not None:
        yield Ceiling(
            name=f"the budget of ${usd:f}",
            usd=usd,
            spent=sum(spent.values(), Decimal(0)),
            hint=worded("resume with a higher --budget"),
            setting=("run", "budget_usd"),
        )
    if (usd := settings.budget_usd_per_day) is not None:
        yield Ceiling(
            name=f"the budget of ${usd:f} per day",
            usd=usd,
            spent=spent_today,
            hint=worded("resume after midnight UTC, or raise run.budget_usd_per_day"),
            setting=("run", "budget_usd_per_day"),
            day=today,
        )
    for provider, usd in settings.budgets_usd.items():
        billed = {name for name, candidate in candidates.items() if is_billed(candidate)}
        yield Ceiling(
            name=f"the budget of ${usd:f} for {provider}",
            usd=usd,
            spent=sum(
                (
                    dollars
                    for name, dollars in spent.items()
                    if name not in candidates or candidates[name].provider == provider
                ),
                Decimal(0),
            ),
            hint=worded("raise run.budgets_usd and resume"),
            setting=("run", "budgets_usd", provider),
            candidates=frozenset(name for name in billed if candidates[name].provider == provider),
        )


def unpriced(bakeoff: Bakeoff, calls: Sequence[Call]) -> frozenset[str]:
    """Return the candidates of which the worst case of a call, or of its measuring, is not known."""
    if not calls:
        return frozenset()
    unknown = {c.name for c in bakeoff.instruments.values() if is_billed(c) and c.prices is None}
    for call in calls:
        if call.candidate in unknown:
            continue
        candidate = bakeoff.candidate(call.candidate)
        try:
            unknown |= {name for name, amount in worst_by_model(call, candidate).items() if amount is None}
        except PromptError:  # what its stages are asked cannot be said yet: whether they have prices can
            unknown |= {model.name for model in candidate.models if is_billed(model) and model.prices is None}
    return frozenset(unknown)


def refuse_unpriced(bakeoff: Bakeoff, calls: Sequence[Call]) -> None:
    """Raise UsageError where there is a budget that could not hold: for want of a price, and of a ceiling on requests.

    Without a budget nothing is refused: the cost is then "not measured".
    """
    settings = bakeoff.settings
    if settings.max_unpriced_calls is not None or not settings.has_budget:
        return
    over_all = settings.budget_usd is not None or settings.budget_usd_per_day is not None
    refused = [
        name
        for name in sorted(unpriced(bakeoff, calls))
        if over_all or bakeoff.candidate(name).provider in settings.budgets_usd
    ]
    if refused:
        raise UsageError([
            Problem.at(
                bakeoff.place("candidate", name),
                "E222",
                worded("candidate {name!r} has no price, so the budget could not hold", name=name),
                hint=worded("give it prices under model_info in providers.yaml, run without a budget, or bound "
"its requests: --allow-unpriced --max-calls N"),
            )
            for name in refused
        ])  # fmt: skip


def is_billed(candidate: Candidate) -> bool:
    """Whether a call costs dollars; a machine's time is paid for anyway."""
    return candidate.machine is None and not candidate.is_local


def is_free(attempt: Attempt) -> bool:
    """Whether an attempt certainly cost nothing: the provider turned it away, or never had it."""
    return attempt.outcome != "ok" and not attempt.may_be_billed and not _served(attempt)


def worst_attempt(call: Call, candidate: Candidate) -> Decimal | None:
    """Return the most that one attempt can be billed, in dollars; None where nobody knows, 0 where nobody bills.

    Of a cascade: one attempt of each of its stages.
    """
    worst = worst_attempts(call, candidate).values()
    return None if None in worst else sum((amount for amount in worst if amount is not None), Decimal(0))


def worst_attempts(call: Call, candidate: Candidate) -> dict[str, Decimal | None]:
    """Return `worst_attempt` of each model that answers `call`: of the candidate alone, or of its stages."""
    try:
        return worst_by_model(call, candidate)
    except PromptError:  # asked after an answer that is as long as it may be, a stage's question would be too long
        return {model.name: None if is_billed(model) else Decimal(0) for model in candidate.models}


def worst_of(request: Request, model: Candidate) -> Decimal | None:
    """Return `worst_attempt` of one request to one model."""
    return worst_case(request, model) if is_billed(model) else Decimal(0)


def worst_by_model(call: Call, candidate: Candidate) -> dict[str, Decimal | None]:
    """Do as `worst_attempts`; PromptError where a stage's question after the longest answers could not be sent."""
    found: dict[str, Decimal | None] = dict.fromkeys((model.name for model in candidate.models), Decimal(0))
    sent = _largest_requests(call, candidate) if candidate.stages else [(call.request, candidate)]
    for request, model in sent:
        worst, before = worst_of(request, model), found[model.name]
        found[model.name] = None if worst is None or before is None else before + worst
    return found


def _largest_requests(call: Call, cascade: Candidate) -> list[tuple[Request, Candidate]]:
    from harness.execute.cascade import largest_requests  # which knows how cascades run, and takes a while to load

    return list(largest_requests(call, cascade))


def record_cost(answer: "Answer", candidate: Candidate, worst: Decimal | None) -> tuple[Decimal | None, str]:
    """Return what a call cost with all its attempts, and where the number comes from.

    An attempt that may have been billed although it failed, and an answer whose usage nobody reported, count with
    `worst`, the most of one attempt; an attempt that was refused is free. A usage that cannot be true says nothing of
    any attempt that it sums up, so each that the provider served counts so.
    """
    usd, source = cost(answer.usage, candidate, at=sent_at(answer.attempts))
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
