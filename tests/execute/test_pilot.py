"""A pilot asks the first samples of each task, and foretells the others from them."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from scipy import stats

from harness.core.calls import Attempt, Call, Failure, Fault, Marks, Output, Record, Role, Usage
from harness.core.candidates import Candidate, Stage
from harness.core.forecast import NOTHING, Range
from harness.core.rules import DecisionRule
from harness.core.runs import Bakeoff
from harness.execute.cascade import part_of
from harness.execute.forecast import NOBODY, amounts
from harness.execute.pilot import learnt, pilot_keys
from harness.execute.plan import plan
from tests.execute.bakeoffs import STARTED, bakeoff, embedded, remote, text_suite


def ruled(planned: Bakeoff) -> Bakeoff:
    return replace(planned, rules={"text": DecisionRule(slot="text", gates=(), criteria=())})


def record(call: Call, *, usd: str | None, seconds: float, usage: Usage | None = None) -> Record:
    attempt = Attempt(number=1, started=STARTED, duration_ms=1000 * seconds, outcome="ok", http_status=200)
    return Record(
        call=call, outcome=Output(text="4"), attempts=(attempt,), marks=Marks(total_ms=900 * seconds),
        usage=usage or Usage(input_tokens=8, cached_tokens=2, output_tokens=3, source="provider"),
        cost_usd=None if usd is None else Decimal(usd), cost_source="provider", finished=STARTED,
    )  # fmt: skip


def predicted(seen: list[float], planned: int) -> Range:
    mean, rest = sum(seen) / len(seen), planned - len(seen)
    s = math.sqrt(sum((x - mean) ** 2 for x in seen) / (len(seen) - 1))
    half = stats.t.ppf(0.975, len(seen) - 1) * s * math.sqrt(rest**2 / len(seen) + rest)
    return Range(low=sum(seen) + max(0, rest * mean - half), expected=mean * planned, high=mean * planned + half)


def close(found: Range | None, wanted: Range) -> bool:
    return found is not None and all(
        getattr(found, end) == pytest.approx(getattr(wanted, end)) for end in ("low", "expected", "high")
    )


def test_the_first_samples_of_each_task_are_asked_of_everybody_once() -> None:
    planned = bakeoff(remote("a"), remote("b"), suites=[text_suite(9), replace(text_suite(9), name="more")], epochs=2)
    calls = plan(planned).calls
    chosen = [call for call in calls if call.key in pilot_keys(calls, 3)]
    places = {(call.suite, call.sample) for call in chosen}
    assert len(places) == 2 * 3
    assert len(chosen) == 2 * 2 * 3
    assert {call.epoch for call in chosen} == {0}
    assert pilot_keys(calls, 99) == {call.key for call in calls if call.epoch == 0}


def test_what_came_foretells_dollars_seconds_and_tokens() -> None:
    planned = ruled(bakeoff(remote("a"), suites=[text_suite(20)]))
    whole = plan(planned)
    first = whole.calls[:3]
    answers = [
        record(call, usd=usd, seconds=took)
        for call, usd, took in zip(first, ("0.10", "0.20", "0.60"), (1.0, 2.0, 6.0), strict=True)
    ]
    known = learnt(planned, whole, samples=3, answers=answers, stages=(), readings=())
    (likely,) = known.answered.values()
    assert close(likely.usd, predicted([0.10, 0.20, 0.60], 20))
    assert close(likely.seconds, predicted([1.0, 2.0, 6.0], 20))
    assert likely.input_tokens == Range(low=200, expected=200, high=200)
    assert likely.output_tokens == Range(low=60, expected=60, high=60)
    assert likely.machine_usd == NOTHING
    said, before = amounts(planned, whole, known), amounts(planned, whole, NOBODY)
    assert (said.pilot, before.pilot) == (3, 0)
    assert said.calls == before.calls == Range(low=20, expected=20, high=20)
    assert close(said.usd, predicted([0.10, 0.20, 0.60], 20))


def test_what_was_lost_costs_what_it_cost_and_an_answer_without_a_price_is_not_known() -> None:
    planned = ruled(bakeoff(remote("a"), suites=[text_suite(4)]))
    whole = plan(planned)
    good, lost = record(whole.calls[0], usd="0.5", seconds=1), record(whole.calls[1], usd=None, seconds=3)
    lost = replace(lost, outcome=Failure(fault=Fault.INFRA, kind="timeout", message="late"), usage=Usage())
    (likely,) = learnt(planned, whole, samples=2, answers=[good, lost], stages=(), readings=()).answered.values()
    assert close(likely.usd, predicted([0.5, 0.0], 4))
    assert close(likely.seconds, predicted([1.0, 3.0], 4))
    unpriced = [good, record(whole.calls[1], usd=None, seconds=3)]
    (likely,) = learnt(planned, whole, samples=2, answers=unpriced, stages=(), readings=()).answered.values()
    assert likely.usd is None


def test_a_cascade_is_paid_by_its_stages_to_whom_each_belongs() -> None:
    here, there = embedded("smollm2-135m"), remote("there")
    stages = (
        Stage(name="here", candidate=here, input="{{ input }}"),
        Stage(name="there", candidate=there, input="{{ stages.here.text }}"),
    )
    both = Candidate(name="both", model="cascade/both", modalities=frozenset({"text"}), stages=stages)
    planned = ruled(bakeoff(both, suites=[text_suite(6)]))
    whole = plan(planned)
    answers, parts = [], []
    for call, own, billed in zip(whole.calls[:2], ("0.01", "0.03"), ("1", "2"), strict=True):
        first = record(part_of(call, stages[0], both, []), usd=own, seconds=1)
        second = record(part_of(call, stages[1], both, [first]), usd=billed, seconds=1)
        answer = replace(record(call, usd=str(Decimal(own) + Decimal(billed)), seconds=0), marks=Marks(total_ms=2000))
        answers.append(replace(answer, attempts=()))
        parts += [first, second]
    assert {part.call.role for part in parts} == {Role.STAGE}
    (likely,) = learnt(planned, whole, samples=2, answers=answers, stages=parts, readings=()).answered.values()
    assert close(likely.usd, predicted([1.0, 2.0], 6))
    assert close(likely.machine_usd, predicted([0.01, 0.03], 6))
    assert close(likely.seconds, predicted([2.0, 2.0], 6))
