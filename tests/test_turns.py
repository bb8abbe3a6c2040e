"""Processes that share the tests: side by side, but for a test that must be alone."""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.turns import Turns

SOON_S, NEVER_S = 10, 0.1


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Turns]]:
    """Three; each has opened the files by itself, as processes do, so that their locks are apart."""
    for name in ("door", "floor"):
        (tmp_path / name).touch()
    made = [Turns(door=tmp_path / "door", floor=tmp_path / "floor") for _ in range(3)]
    yield made
    for each in made:
        each.pytest_unconfigure()


@contextmanager
def begun(process: Turns, *, alone: bool) -> Iterator[threading.Event]:
    """Begin a test in a thread of its own, and end it with the context; the event says that it is under way."""
    running, over = threading.Event(), threading.Event()

    def test() -> None:
        with process.turn(alone=alone):
            running.set()
            over.wait(SOON_S)

    thread = threading.Thread(target=test)
    thread.start()
    try:
        yield running
    finally:
        over.set()
        thread.join()


def somebody_in(door: Path) -> bool:
    with door.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def await_somebody_in(door: Path) -> None:
    deadline = time.monotonic() + SOON_S
    while not somebody_in(door):
        assert time.monotonic() < deadline, "nobody waits in the door"
        time.sleep(0.01)


def test_others_run_side_by_side(processes: list[Turns]) -> None:
    with begun(processes[0], alone=False) as one, begun(processes[1], alone=False) as other:
        assert one.wait(SOON_S)
        assert other.wait(SOON_S)


@pytest.mark.parametrize("second", [False, True], ids=["beside any", "beside another alone"])
def test_nothing_runs_beside_what_is_alone(processes: list[Turns], second: bool) -> None:
    with ExitStack() as later:
        with begun(processes[0], alone=True) as first:
            assert first.wait(SOON_S)
            waiting = later.enter_context(begun(processes[1], alone=second))
            assert not waiting.wait(NEVER_S)
        assert waiting.wait(SOON_S)


def test_what_waits_to_be_alone_is_not_kept_waiting_by_newcomers(processes: list[Turns], tmp_path: Path) -> None:
    with ExitStack() as later:
        with begun(processes[0], alone=False) as first:
            assert first.wait(SOON_S)
            alone = later.enter_context(begun(processes[1], alone=True))
            await_somebody_in(tmp_path / "door")
            newcomer = later.enter_context(begun(processes[2], alone=False))
            assert not newcomer.wait(NEVER_S)
            assert not alone.is_set()
        assert alone.wait(SOON_S)
