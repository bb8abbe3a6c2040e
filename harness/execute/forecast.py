"""What a plan would cost and could show, before any spend."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from harness.core.calls import Call
from harness.core.candidates import Candidate
from harness.core.runs import Bakeoff, Plan
from harness.execute.affordable import unaffordable
from harness.execute.budget import is_billed, worst_attempt, worst_by_model
from harness.execute.prompts import PromptError
from harness.execute.warmup import warm_ups

ASSUMED_SD = 0.5
"""Standard deviation of paired score differences before anything is measured: the table of methodology.md 2.9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRow:
    """One candidate in one slot."""

    candidate: str
    slot: str
    calls: int
    worst_case_usd: Decimal | None
    """None: not known."""
    unpriced: tuple[str, ...]
    """Of whom: the models whose price is not known, of a cascade those of its stages."""
    unbounded: str | None
    """Why the worst case is not known although prices are: what a stage's question would be after longest answers."""
    machine: bool
    """Self-hosted: costs the machine's time and no dollars a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The smallest true difference in quality that n paired samples show with 80 % power at 5 %."""

    n: int
    difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Calls, dollars and power of a plan."""

    rows: tuple[ForecastRow, ...]
    warm_up_calls: Mapping[str, int]
    """Remote candidate → calls before its answers are timed."""
    warm_up_usd: Decimal | None
    """Their worst case; None where a price is not known."""
    instrument_calls: Mapping[str, int]
    oracle_calls: int
    """Most answers of cascades with one stage replaced: as if every one were bad and only the last gold mended it."""
    oracle_usd: Decimal | None
    """Their worst case; None where a price is not known."""
    worst_case_usd: Decimal | None
    """Over all answers, warm-up calls and answers with one stage replaced; None where a price is not known."""
    smallest_difference: Mapping[str, Power]
    warnings: tuple[str, ...]


def forecast(bakeoff: Bakeoff, plan: Plan) -> Forecast:
    """Sum `plan` up, sent by one process. Dollars are upper bounds: every answer as long as it may be, no cache."""
    slots = {(suite.name, task.name): suite.slot_of(task) for suite in bakeoff.suites for task in suite.tasks}
    counts = Counter((call.candidate, slots[call.suite, call.task]) for call in plan.calls)
    rows = tuple(
        _row(
            bakeoff.candidate(name),
            slot,
            [c for c in plan.calls if (c.candidate, slots[c.suite, c.task]) == (name, slot)],
        )
        for name, slot in sorted(counts, key=lambda pair: (pair[1], pair[0]))
    )
    warm = warm_ups(bakeoff, plan.calls)
    warm_up_usd = _sum(worst_attempt(call, bakeoff.candidate(call.candidate)) for call in warm)
    oracle_calls, oracle_usd = _oracle(bakeoff, plan)
    paid = [row.worst_case_usd for row in rows if not row.machine]
    samples = {
        slot: sum(len(task.loaded) for s in bakeoff.suites for task in s.tasks if slots[s.name, task.name] == slot)
        for slot in sorted({row.slot for row in rows})
    }
    worst_case_usd = _sum([*paid, warm_up_usd, oracle_usd])
    return Forecast(
        rows=rows,
        instrument_calls=plan.instrument_calls,
        oracle_calls=oracle_calls,
        oracle_usd=oracle_usd,
        warm_up_calls=Counter(call.candidate for call in warm),
        warm_up_usd=warm_up_usd,
        worst_case_usd=worst_case_usd,
        smallest_difference={slot: Power(n=n, difference=_smallest_difference(n)) for slot, n in samples.items()},
        warnings=(*_unprovable(bakeoff, samples), *_unaffordable(bakeoff, plan, worst_case_usd)),
    )


def _oracle(bakeoff: Bakeoff, plan: Plan) -> tuple[int, Decimal | None]:
    """Return the most answers with one stage replaced that may follow, and the most dollars of them."""
    if not bakeoff.settings.attribute_failures:
        return 0, Decimal(0)
    from harness.execute.oracle import most_calls, most_usd  # which knows how cascades run, and takes a while to load

    return most_calls(bakeoff, plan.calls), most_usd(bakeoff, plan.calls)


def _row(candidate: Candidate, slot: str, calls: list[Call]) -> ForecastRow:
    machine = not any(is_billed(model) for model in candidate.models)
    worst: list[tuple[str, Decimal | None]] = []
    unbounded: str | None = None
    for call in calls:
        try:
            worst += worst_by_model(call, candidate).items()
        except PromptError as error:
            unbounded = str(error)
            worst += [(model.name, None) for model in candidate.models if is_billed(model) and model.prices is None]
    return ForecastRow(
        candidate=candidate.name,
        slot=slot,
        calls=len(calls),
        worst_case_usd=None if machine or unbounded else _sum(usd for _, usd in worst),
        unpriced=tuple(sorted({name for name, usd in worst if usd is None})),
        unbounded=None if machine else unbounded,
        machine=machine,
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where one of them is not known."""
    known = list(amounts)
    return None if None in known else sum((amount for amount in known if amount is not None), Decimal(0))


def _smallest_difference(n: int) -> float:
    """(z_{α/2} + z_β)·sd/√n (methodology.md 2.9), α 0.05, power 0.8."""
    z = NormalDist().inv_cdf
    return (z(0.975) + z(0.8)) * ASSUMED_SD / math.sqrt(n)


def _unprovable(bakeoff: Bakeoff, samples: Mapping[str, int]) -> Iterator[str]:
    """Name the percentile gates that stay unproven even if every sample passes: p^n must fall below 0.05."""
    for slot, n in samples.items():
        for gate in bakeoff.rules[slot].gates:
            percentile = re.search(r"_p(\d\d)(?:_|$)", gate.metric)
            if percentile is None:
                continue
            needed = math.ceil(math.log(0.05) / math.log(int(percentile[1]) / 100))
            if n < needed:
                yield f"{slot}: a bound on {gate.metric} needs {needed} samples, there are {n}: the gate stays unproven"


def _unaffordable(bakeoff: Bakeoff, plan: Plan, worst_case_usd: Decimal | None) -> Iterator[str]:
    """Say which budgets buy nothing, or else that the run's own may end it early."""
    usd = bakeoff.settings.budget_usd
    nothing = unaffordable(bakeoff, plan.calls)
    yield from (problem.message for problem in nothing)
    if not nothing and usd is not None and worst_case_usd is not None and worst_case_usd > usd:
        yield f"the worst case, ${worst_case_usd:.4f}, passes the budget of ${usd:f}: the run may stop before its end"
