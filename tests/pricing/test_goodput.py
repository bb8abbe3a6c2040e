"""Goodput counts what is whole in time, and pays for everything."""

from dataclasses import replace

import pytest

from harness.core.calls import Attempt, Failure, Fault, Marks, Output, Record, Usage
from harness.execute.plan import plan
from harness.pricing.goodput import goodput
from tests.execute.bakeoffs import STARTED, bakeoff, remote

(CALL, *_) = plan(bakeoff(remote("a"))).calls


def record(total_ms: float | None, busy_s: float | None) -> Record:
    return Record(
        call=CALL, outcome=Output(text="4"), marks=Marks(total_ms=total_ms), usage=Usage(busy_seconds=busy_s),
        attempts=(Attempt(number=1, started=STARTED, duration_ms=1.0, outcome="ok"),),
        cost_usd=None, cost_source="unpriced", finished=STARTED,
    )  # fmt: skip


def test_what_is_late_untimed_or_lost_takes_the_machine_all_the_same() -> None:
    good, late, untimed = record(900, 0.5), record(1100, 1.0), record(None, 0.25)
    lost = replace(record(100, 0.25), outcome=Failure(fault=Fault.INFRA, kind="cut", message="cut"))
    doubtful = replace(record(100, 1.0), marks=Marks(total_ms=100, valid=False))
    assert goodput([good, good, late, untimed, lost, doubtful], within_ms=1000) == pytest.approx(2 / 3.5)
    assert goodput([good, late], within_ms=float("inf")) == pytest.approx(2 / 1.5)


def test_who_has_no_machine_or_no_good_answer_has_no_goodput() -> None:
    assert goodput([record(900, None)], within_ms=1000) is None
    assert goodput([record(1100, 1.0)], within_ms=1000) is None
    assert goodput([], within_ms=1000) is None
