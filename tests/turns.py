"""Where several processes share the tests, nothing runs beside one that must be alone: what it measures stays true."""

import fcntl
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ALONE = ("alone", "engines")
"""Marks of tests that have the machine to themselves; engines take all cores."""


def is_alone(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ALONE)


class Turns:
    """One of the processes. They meet on a floor that is shared, or one test's own.

    Whoever steps on it comes through the door, and whoever waits in the door lets nobody else pass: so a test that must
    be alone waits for one test of each process, and not for ever. The kernel keeps both locks, and lets go of them when
    a process dies.
    """

    def __init__(self, *, door: Path, floor: Path) -> None:
        self._door, self._floor = os.open(door, os.O_RDONLY), os.open(floor, os.O_RDONLY)

    @contextmanager
    def turn(self, *, alone: bool) -> Iterator[None]:
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._floor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._floor, fcntl.LOCK_UN)

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Files with tests that must be alone come last: until then no process waits for another.

        Those of the uppermost folder, the longest, come first, so that no process is left with one in the end.
        """
        lonely = {item.path for item in items if is_alone(item)}
        items.sort(key=lambda item: (item.path in lonely, len(item.path.parts)))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        with self.turn(alone=is_alone(item)):
            return (yield)

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        os.close(self._door)
        os.close(self._floor)
