"""Runs that are killed, interrupted and told to go: nothing committed is sent again, nothing is lost."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.core.calls import ChatRequest, Role
from harness.store.ledger import Ledger
from tests.execute.victim import IN_FLIGHT, SAMPLES

PLANNED = 2 * SAMPLES
MOST_IN_FLIGHT = IN_FLIGHT + 1
"""The remote ones and one in the exclusive lane."""


@contextmanager
def victim(folder: Path, delay_s: float, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.execute.victim", str(folder), str(delay_s), *options]
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            process.kill()


def sent(folder: Path) -> list[str]:
    log = folder / "sent.log"
    return log.read_text().splitlines() if log.exists() else []


def await_sent(folder: Path, lines: int) -> None:
    end = time.monotonic() + 60
    while len(sent(folder)) < lines:
        assert time.monotonic() < end, f"only {sent(folder)} came"
        time.sleep(0.002)


def committed(folder: Path) -> set[str]:
    shown = set()
    with Ledger.open(folder, write=False) as ledger:
        for record in ledger.records():
            assert isinstance(record.call.request, ChatRequest)
            shown.add(f"{record.call.candidate} {record.call.request.messages[-1]['content']}")
    return shown


def test_kill_9_loses_only_calls_in_flight(tmp_path: Path) -> None:
    rng = random.Random(4711)
    kills = 5
    for _ in range(kills):
        before, known = len(sent(tmp_path)), committed(tmp_path) if sent(tmp_path) else set()
        with victim(tmp_path, 0.02) as process:
            await_sent(tmp_path, before + rng.randint(3, 20))
            process.send_signal(signal.SIGKILL)
        assert not known & set(sent(tmp_path)[before:]), "a committed call was sent again"
    before, known = len(sent(tmp_path)), committed(tmp_path)
    assert 0 < len(known) < PLANNED
    with Ledger.open(tmp_path, write=False) as ledger:
        assert len(ledger.uncertain()) <= MOST_IN_FLIGHT
        assert len(known) + len(ledger.pending(Role.ANSWER)) == PLANNED
    with victim(tmp_path, 0) as process:
        assert process.wait(60) == 0
    assert not known & set(sent(tmp_path)[before:])
    assert len(committed(tmp_path)) == PLANNED
    assert len(sent(tmp_path)) <= PLANNED + kills * MOST_IN_FLIGHT
    with victim(tmp_path, 0) as process:
        assert process.wait(60) == 0
    assert len(sent(tmp_path)) <= PLANNED + kills * MOST_IN_FLIGHT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda s: s.name)
def test_the_first_signal_lets_calls_finish(tmp_path: Path, number: signal.Signals) -> None:
    with victim(tmp_path, 0.5) as process:
        await_sent(tmp_path, MOST_IN_FLIGHT)
        process.send_signal(number)
        assert process.wait(20) == 130
    assert len(sent(tmp_path)) == MOST_IN_FLIGHT
    assert committed(tmp_path) == set(sent(tmp_path))


def test_the_second_signal_drops_them_and_they_are_pending(tmp_path: Path) -> None:
    with victim(tmp_path, 600) as process:
        await_sent(tmp_path, MOST_IN_FLIGHT)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert committed(tmp_path) == set()
    with Ledger.open(tmp_path, write=False) as ledger:
        assert len(ledger.pending(Role.ANSWER)) == PLANNED
        assert ledger.uncertain() == []


def test_the_third_signal_is_the_systems_own(tmp_path: Path) -> None:
    with victim(tmp_path, 600, "stubborn") as process:
        await_sent(tmp_path, MOST_IN_FLIGHT)
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
    with Ledger.open(tmp_path, write=False) as ledger:
        assert len(ledger.uncertain()) == MOST_IN_FLIGHT
