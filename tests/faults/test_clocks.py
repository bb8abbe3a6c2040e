"""Row 30: a clock that is set, or a machine that slept, spoils no duration in silence."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clients import send as sending
from harness.clients.marks import marks
from harness.clients.reply import Content
from harness.clients.tap import Chunk, Exchange, Wire
from harness.store.frames import calls_frame
from harness.store.ledger import Ledger
from tests.clients.trip import wire_of
from tests.faults.trial import ending


def wall(jump_s: float) -> Iterator[float]:
    """A wall clock that is set by so much after its first reading."""
    yield time.time()
    while True:
        yield time.time() + jump_s


@pytest.mark.parametrize(("drift_s", "valid"), [(0.0, True), (0.9, True), (1.1, False), (3600.0, False)])
def test_marks_are_trusted_while_the_clocks_agree_within_a_second(drift_s: float, valid: bool) -> None:
    exchange = Exchange(host="example", sent=0.0, chunks=[Chunk(0.5, 10, 0.0)], clock_drift_s=drift_s)
    assert marks(wire_of(limit=10, exchanges=[exchange]), Content(first=9, answer=9, last=9)).valid is valid


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("jump_s", [-3600.0, 7200.0])
def test_a_latency_during_which_the_clock_was_set_is_not_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    def wire(**options: object) -> Wire:
        clock = wall(jump_s)
        return replace(Wire(**options), wall=lambda: next(clock))  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "Wire", wire)
    end = ending(tmp_path, "in process", "stream", [])
    assert end.attempts == ["ok"], "the answer is one whatever the clock says"
    assert end.record.marks.total_ms is not None
    assert 0 <= end.record.marks.total_ms < 20_000, "durations are of the monotonic clock"
    assert not end.record.marks.valid
    with Ledger.open(tmp_path, write=False) as ledger:
        assert calls_frame(ledger)["total_ms"].isna().all()
