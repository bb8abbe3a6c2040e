"""Room on the disk: set aside before anything is sent, given up once, gone when the run ends."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.core.calls import Output
from harness.core.requests import ChatRequest, Request, SpeechRequest, TranscriptionRequest, VideoRequest
from harness.errors import StoreError
from harness.store.ballast import CHECKPOINT_BYTES, NAME, Ballast, brings, room
from tests.store.nouns import CLIP, call, new_ledger, record

MB = 1_000_000


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A disk whose free bytes the test sets; what is counted is how often it was asked."""
    disk = SimpleNamespace(free=100 * MB, asked=0)

    def statvfs(_: Path) -> SimpleNamespace:
        disk.asked += 1
        return SimpleNamespace(f_bavail=disk.free, f_frsize=1)

    monkeypatch.setattr(os, "statvfs", statvfs)
    return disk


@pytest.mark.parametrize("system", ["linux", "macos"])
def test_the_room_is_really_taken_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    if system == "macos":
        monkeypatch.delattr(os, "posix_fallocate")
    ballast = Ballast(tmp_path)
    ballast.load(3 * MB)
    taken = (tmp_path / NAME).stat()
    assert taken.st_size == 3 * MB
    assert taken.st_blocks * 512 >= 3 * MB  # a file of holes would keep nothing free
    assert ballast.give_up()
    assert not (tmp_path / NAME).exists()
    assert ballast.give_up()  # a second write that failed meanwhile is worth its second try too
    with pytest.raises(StoreError, match="full"):
        ballast.check()


@pytest.mark.parametrize(
    ("request_", "least", "most"),
    [
        pytest.param(ChatRequest(messages=(), max_tokens=16), 0.1 * MB, 0.2 * MB, id="a short answer"),
        pytest.param(ChatRequest(messages=(), max_tokens=100_000), 1.6 * MB, 2 * MB, id="a long answer"),
        pytest.param(SpeechRequest(text="Hi."), 2 * MB, 3 * MB, id="a word"),
        pytest.param(SpeechRequest(text="1" * 1000), 24 * MB, 25 * MB, id="eight minutes of digits"),
        pytest.param(SpeechRequest(text="1" * 100_000), 64 * MB, 70 * MB, id="no clip is larger than the cap"),
        pytest.param(TranscriptionRequest(audio=CLIP), 0.1 * MB, 0.2 * MB, id="a transcript"),
        pytest.param(VideoRequest(prompt="?", seconds=4), 16 * MB, 18 * MB, id="four seconds of film"),
        pytest.param(VideoRequest(prompt="?", seconds=3600), 100 * MB, 106 * MB, id="no film is larger than its cap"),
    ],
)
def test_room_is_kept_for_the_largest_that_may_come(request_: Request, least: float, most: float) -> None:
    one, two = (room([brings(request_)] * 3, in_flight) - CHECKPOINT_BYTES for in_flight in (1, 2))
    assert least <= one <= most
    assert two == 2 * one
    large, small = brings(request_), brings(TranscriptionRequest(audio=CLIP))
    assert room([small, large, small], 1) == room([large], 5) == one + CHECKPOINT_BYTES


def test_a_run_that_has_set_nothing_aside_has_nothing_to_give(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    assert not ballast.give_up()
    ballast.check()


def test_sending_stops_at_the_low_water_mark_and_the_disk_is_asked_every_second(
    tmp_path: Path, disk: SimpleNamespace
) -> None:
    now = [0.0]
    ballast = Ballast(tmp_path, clock=lambda: now[0])
    ballast.load(MB)
    disk.asked, disk.free = 0, MB - 1
    for _ in range(1000):
        ballast.check()
    assert disk.asked == 0
    now[0] = 1.0
    with pytest.raises(StoreError, match=r"nearly full: 1.0 MB are left; nothing more is sent") as caught:
        ballast.check()
    assert (disk.asked, caught.value.exit_code) == (1, 74)
    assert caught.value.hint is not None


def test_without_room_to_begin_nothing_begins(tmp_path: Path, disk: SimpleNamespace) -> None:
    disk.free = MB - 1
    with pytest.raises(StoreError):
        Ballast(tmp_path).load(MB)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_used_again_and_a_closed_one_leaves_nothing(tmp_path: Path) -> None:
    Ballast(tmp_path).load(2 * MB)
    with new_ledger(tmp_path) as ledger:
        ledger.keep_room(MB)
        assert (tmp_path / NAME).stat().st_size == MB
    assert not (tmp_path / NAME).exists()


class Full:
    """SQLite's own bound in the place of a full disk: it is lifted when the ballast is given up."""

    def __init__(self, ledger: Any) -> None:
        self.connection: sqlite3.Connection = ledger._writer._connection
        (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
        self.connection.execute(f"PRAGMA max_page_count = {pages}")
        self.real, ledger._writer._make_room = ledger._writer._make_room, self.make_room

    def make_room(self) -> bool:
        self.connection.execute("PRAGMA max_page_count = 1000000")
        return self.real()


def test_what_is_in_flight_lands_on_a_full_disk_and_nothing_more_is_sent(tmp_path: Path) -> None:
    big = [record(call(f"k{i}"), outcome=Output(text="x" * 50_000)) for i in range(4)]

    async def story() -> None:
        for i in range(4):
            await ledger.intend(f"k{i}", 1, None)
        ledger.keep_room(MB)
        Full(ledger)
        await asyncio.gather(*(ledger.commit(r) for r in big))
        assert ledger.broken is None
        with pytest.raises(StoreError, match="the disk is full") as caught:
            await ledger.intend("k4", 1, None)
        assert caught.value.exit_code == 74

    with new_ledger(tmp_path, *(call(f"k{i}") for i in range(5))) as ledger:
        asyncio.run(story())
        assert list(ledger.records()) == big
        assert ledger.query("SELECT count(*) FROM call").fetchone() == (4,)
