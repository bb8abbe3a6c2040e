"""Runs that are killed, interrupted and told to go: nothing committed is sent again, nothing is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.core.calls import Call, Role
from harness.core.requests import ChatRequest
from harness.store.ledger import Ledger
from tests.execute.victim import IN_FLIGHT, SAMPLES

pytestmark = pytest.mark.alone

KILLS = int(os.environ.get("BAKEOFF_KILLS", "10"))
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


PATIENCE_S = 240
"""A process may take a minute to load on a machine that does other things; one that has ended is not waited for."""


def await_sent(folder: Path, lines: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while len(sent(folder)) < lines:
        assert process.poll() is None, f"it ended with {process.returncode} when {len(sent(folder))} were sent"
        assert time.monotonic() < end, f"only {sent(folder)} came"
        time.sleep(0.002)


def shown(call: Call) -> str:
    """Return the line that the victim logs when it sends `call`."""
    assert isinstance(call.request, ChatRequest)
    return f"{call.candidate} {call.request.messages[-1]['content']}"


def committed(folder: Path) -> set[str]:
    with Ledger.open(folder, write=False) as ledger:
        return {shown(record.call) for record in ledger.records()}


@pytest.mark.timeout(900)
def test_kill_9_loses_only_calls_in_flight(tmp_path: Path) -> None:
    """Kill run after run, `BAKEOFF_KILLS` times in all; each starts anew where the one before has finished."""
    rng = random.Random(4711)
    left, number = KILLS, 0
    while left > 0:
        number += 1
        left -= kill_until_finished(tmp_path / str(number), rng, left)


def kill_until_finished(folder: Path, rng: random.Random, most: int) -> int:
    """Kill one run at random moments, at most `most` times, then let it finish; return how often it was killed."""
    kills, doubtful = 0, 0
    while kills < most and len(sent(folder)) < PLANNED - 25:
        before, known = len(sent(folder)), committed(folder) if sent(folder) else set()
        with victim(folder, 0.02) as process:
            await_sent(folder, before + rng.randint(1, 20), process)
            time.sleep(rng.random() * 0.02)
            process.send_signal(signal.SIGKILL)
        kills += 1
        assert not known & set(sent(folder)[before:]), "a committed call was sent again"
        assert known <= committed(folder), "a committed call was lost"
        with Ledger.open(folder, write=False) as ledger:
            uncertain = {shown(call) for call in ledger.uncertain()}
            assert len(committed(folder)) + len(ledger.pending(Role.ANSWER)) == PLANNED
        assert len(uncertain) <= MOST_IN_FLIGHT
        assert set(sent(folder)) <= committed(folder) | uncertain, "what may have been billed is not told"
        doubtful += len(uncertain)
    before, known = len(sent(folder)), committed(folder)
    with victim(folder, 0) as process:
        assert process.wait(PATIENCE_S) == 0
    assert not known & set(sent(folder)[before:])
    assert len(committed(folder)) == PLANNED
    assert PLANNED <= len(sent(folder)) <= PLANNED + doubtful <= PLANNED + kills * MOST_IN_FLIGHT
    with victim(folder, 0) as process:
        assert process.wait(PATIENCE_S) == 0
    assert len(sent(folder)) <= PLANNED + doubtful, "a finished run was asked again"
    return kills


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda s: s.name)
def test_the_first_signal_lets_calls_finish(tmp_path: Path, number: signal.Signals) -> None:
    with victim(tmp_path, 0.5) as process:
        await_sent(tmp_path, MOST_IN_FLIGHT, process)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 130
    assert len(sent(tmp_path)) == MOST_IN_FLIGHT
    assert committed(tmp_path) == set(sent(tmp_path))


def test_the_second_signal_drops_them_and_they_are_pending(tmp_path: Path) -> None:
    with victim(tmp_path, 600) as process:
        await_sent(tmp_path, MOST_IN_FLIGHT, process)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
    assert committed(tmp_path) == set()
    with Ledger.open(tmp_path, write=False) as ledger:
        assert len(ledger.pending(Role.ANSWER)) == PLANNED
        assert ledger.uncertain() == []


def test_the_third_signal_is_the_systems_own(tmp_path: Path) -> None:
    with victim(tmp_path, 600, "stubborn") as process:
        await_sent(tmp_path, MOST_IN_FLIGHT, process)
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == -signal.SIGTERM
    with Ledger.open(tmp_path, write=False) as ledger:
        assert len(ledger.uncertain()) == MOST_IN_FLIGHT
