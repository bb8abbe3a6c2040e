"""What a plan would cost, take and could show, before any spend."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from harness.core.calls import Call
from harness.core.forecast import Amounts, Forecast, ForecastRow, Power, Range, total, total_known
from harness.core.media import Audio, Image, media_part
from harness.core.requests import (
    ChatRequest,
    ExecutionRequest,
    MosRequest,
    Request,
    SpeechRequest,
    TranscriptionRequest,
)
from harness.core.runs import Bakeoff, Plan
from harness.core.scores import Instrument
from harness.core.suites import Sample
from harness.core.wording import worded
from harness.execute.affordable import unaffordable
from harness.execute.budget import is_billed, worst_attempt, worst_by_model
from harness.execute.duration import Cell, minutes
from harness.execute.likely import SECONDS_PER_CHARACTER, Likely, added, of_calls, of_request
from harness.execute.measurements import MOST_READ
from harness.execute.prompts import PromptError
from harness.execute.speeds import HANDLING_S
from harness.execute.warmup import warm_ups

ASSUMED_SD = 0.5
"""Standard deviation of paired score differences before anything is measured: the table of methodology.md 2.9."""

ANSWER_S = 5.0
"""Length of a spoken answer before one is heard."""
PICTURE = 1024
"""Pixels on a side of one that is made."""
UNSAID = Likely(usd=None, machine_usd=None, seconds=Range(low=0.1, expected=3.0, high=60.0))
"""Of an instrument of which nobody has said what it is asked."""

Place = tuple[str, str, str]
"""Candidate, suite and task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a pilot has measured; what it lacks is taken from what is declared (execute/likely.py)."""

    samples: int
    """Of each task, that were asked; 0: there was no pilot."""
    answered: Mapping[Place, Likely]
    """What all answers of a candidate to a task will take."""
    measured: Mapping[str, Likely]
    """Instrument → what all its calls will."""


NOBODY = Known(samples=0, answered={}, measured={})


def forecast(bakeoff: Bakeoff, plan: Plan, known: Known = NOBODY) -> Forecast:
    """Sum `plan` up, sent by one process. The worst case takes every answer as long as it may be, and no cache."""
    cells, warm = _cells(bakeoff, plan, known), warm_ups(bakeoff, plan.calls)
    rows = tuple(
        _row(name, slot, [cell for cell in cells if (cell.candidate.name, cell.slot) == (name, slot)])
        for name, slot in sorted({(cell.candidate.name, cell.slot) for cell in cells}, key=lambda pair: pair[::-1])
    )
    warm_up_usd = _sum(worst_attempt(call, bakeoff.candidate(call.candidate)) for call in warm)
    oracle_calls, oracle_usd = _oracle(bakeoff, plan)
    paid = [row.worst_case_usd for row in rows if not row.machine]
    samples: Counter[str] = Counter()
    sent = {(call.suite, call.task) for call in plan.calls}
    for suite in bakeoff.suites:
        for task in suite.tasks:
            samples[suite.slot_of(task)] += len(task.loaded) if (suite.name, task.name) in sent else 0
    asked = {slot: samples[slot] for slot in sorted({row.slot for row in rows})}
    worst_case_usd = _sum([*paid, warm_up_usd, oracle_usd])
    return Forecast(
        rows=rows,
        amounts=_amounts(bakeoff, plan, known, cells, warm),
        instrument_calls=plan.instrument_calls,
        oracle_calls=oracle_calls,
        oracle_usd=oracle_usd,
        warm_up_calls=Counter(call.candidate for call in warm),
        warm_up_usd=warm_up_usd,
        worst_case_usd=worst_case_usd,
        smallest_difference={slot: Power(n=n, difference=_smallest_difference(n)) for slot, n in asked.items()},
        warnings=(*_unprovable(bakeoff, asked), *_unaffordable(bakeoff, plan, worst_case_usd)),
    )


def amounts(bakeoff: Bakeoff, plan: Plan, known: Known = NOBODY) -> Amounts:
    """Return what `forecast` says of the run as a whole; the worst case, for which every call is looked at, is none."""
    return _amounts(bakeoff, plan, known, _cells(bakeoff, plan, known), warm_ups(bakeoff, plan.calls))


def _amounts(bakeoff: Bakeoff, plan: Plan, known: Known, cells: Sequence[Cell], warm: Sequence[Call]) -> Amounts:
    warming = {
        name: of_calls(calls, bakeoff.candidate(name), {}).times(len(calls)) for name, calls in _by_candidate(warm)
    }
    measuring = _measuring(bakeoff, plan, known.measured)
    oracle_calls, oracle_usd = _oracle(bakeoff, plan)
    each = max((cell.all.seconds.high / len(cell.calls) for cell in cells if cell.candidate.stages), default=0.0)
    every = added([*(cell.all for cell in cells), *warming.values(), *measuring.values()])
    most_more = None if oracle_usd is None else Range(low=0.0, expected=0.0, high=float(oracle_usd))
    sent, instruments = len(plan.calls) + len(warm), sum(plan.instrument_calls.values())
    took = {
        name: total([one.seconds, HANDLING_S.times(plan.instrument_calls[name])]) for name, one in measuring.items()
    }
    return Amounts(
        pilot=known.samples,
        calls=Range(low=sent, expected=sent + instruments, high=sent + instruments + oracle_calls),
        usd=total_known([every.usd, most_more]),
        machine_usd=every.machine_usd,
        minutes=minutes(
            bakeoff,
            cells,
            {name: one.seconds for name, one in warming.items()},
            took,
            Range(low=0.0, expected=0.0, high=each * oracle_calls),
            processes=2 if known.samples else 1,
        ),
    )


def by_place(calls: Iterable[Call]) -> dict[Place, list[Call]]:
    """Sort calls by who answers which task."""
    found: dict[Place, list[Call]] = {}
    for call in calls:
        found.setdefault((call.candidate, call.suite, call.task), []).append(call)
    return found


def _by_candidate(calls: Iterable[Call]) -> Iterator[tuple[str, list[Call]]]:
    found: dict[str, list[Call]] = {}
    for call in calls:
        found.setdefault(call.candidate, []).append(call)
    yield from found.items()


def _cells(bakeoff: Bakeoff, plan: Plan, known: Known) -> list[Cell]:
    slots = {(suite.name, task.name): suite.slot_of(task) for suite in bakeoff.suites for task in suite.tasks}
    samples: dict[tuple[str, str, str], Sample] = {
        (suite.name, task.name, sample.id): sample
        for suite in bakeoff.suites
        for task in suite.tasks
        for sample in task.loaded
    }
    cells = []
    for (name, suite, task), calls in by_place(plan.calls).items():
        candidate, measured = bakeoff.candidate(name), known.answered.get((name, suite, task))
        cells.append(
            Cell(
                candidate=candidate,
                slot=slots[suite, task],
                calls=tuple(calls),
                all=of_calls(calls, candidate, samples).times(len(calls)) if measured is None else measured,
            )
        )
    return cells


def _measuring(bakeoff: Bakeoff, plan: Plan, measured: Mapping[str, Likely]) -> dict[str, Likely]:
    """Return instrument → what all its calls will take where every answer arrives."""
    needs = {need.name: need for s in bakeoff.suites for t in s.tasks for scorer in t.scorers for need in scorer.needs}
    texts = [len(call.request.text) for call in plan.calls if isinstance(call.request, SpeechRequest)]
    heard_s = SECONDS_PER_CHARACTER.expected * sum(texts) / len(texts) if texts else ANSWER_S
    found = {}
    for name, count in plan.instrument_calls.items():
        if name in measured:
            found[name] = measured[name]
        elif name in bakeoff.instruments and name in needs:
            asked = _about(needs[name], heard_s)
            found[name] = (UNSAID if asked is None else of_request(asked, bakeoff.instruments[name])).times(count)
    return found


def _about(instrument: Instrument, heard_s: float) -> Request | None:
    """Return a request like those that will measure answers; None where nothing is known of them."""
    clip = Audio(sha256="", mime="audio/wav", seconds=heard_s, sample_rate=16_000, size=0)
    match instrument.modality:
        case "transcription":
            return TranscriptionRequest(audio=clip)
        case "mos":
            return MosRequest(audio=clip)
        case "execution":
            return ExecutionRequest(program="", entry_point="", check="")
        case "vision" | "shapes":
            picture = Image(sha256="", mime="image/png", width=PICTURE, height=PICTURE, size=0)
            return ChatRequest(messages=({"role": "user", "content": [media_part(picture)]},), max_tokens=MOST_READ)
    return None


def _oracle(bakeoff: Bakeoff, plan: Plan) -> tuple[int, Decimal | None]:
    """Return the most answers with one stage replaced that may follow, and the most dollars of them."""
    if not bakeoff.settings.attribute_failures:
        return 0, Decimal(0)
    from harness.execute.oracle import most_calls, most_usd  # which knows how cascades run, and takes a while to load

    return most_calls(bakeoff, plan.calls), most_usd(bakeoff, plan.calls)


def _row(name: str, slot: str, cells: Sequence[Cell]) -> ForecastRow:
    candidate, calls = cells[0].candidate, [call for cell in cells for call in cell.calls]
    machine = not any(is_billed(model) for model in candidate.models)
    worst: list[tuple[str, Decimal | None]] = []
    unbounded: str | None = None
    for call in calls:
        try:
            worst += worst_by_model(call, candidate).items()
        except PromptError as error:
            unbounded = str(error)
            worst += [(model.name, None) for model in candidate.models if is_billed(model) and model.prices is None]
    every = added(cell.all for cell in cells)
    worst_case_usd = None if machine or unbounded else _sum(usd for _, usd in worst)
    return ForecastRow(
        candidate=name,
        slot=slot,
        calls=len(calls),
        input_tokens=every.input_tokens,
        output_tokens=every.output_tokens,
        usd=total_known([every.usd, every.machine_usd]),
        minutes=every.seconds.times(1 / 60),
        worst_case_usd=worst_case_usd,
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
                yield worded(
                    "{slot}: a bound on {metric} needs {needed} samples, there are {n}: the gate stays unproven",
                    slot=slot,
                    metric=gate.metric,
                    needed=needed,
                    n=n,
                )


def _unaffordable(bakeoff: Bakeoff, plan: Plan, worst_case_usd: Decimal | None) -> Iterator[str]:
    """Say which budgets buy nothing, or else that the run's own may end it early."""
    usd = bakeoff.settings.budget_usd
    nothing = unaffordable(bakeoff, plan.calls)
    yield from (problem.message for problem in nothing)
    if not nothing and usd is not None and worst_case_usd is not None and worst_case_usd > usd:
        yield worded(
            "the worst case, ${worst:.4f}, passes the budget of ${usd:f}: the run may stop before its end",
            worst=worst_case_usd,
            usd=usd,
        )
