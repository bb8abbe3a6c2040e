"""What every test shares: in CI, a skipped test is a failed run; what measures time has the machine to itself."""

import fcntl
import os
from collections.abc import Generator
from pathlib import Path

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Nothing may be skipped in CI: what was not run there has not been shown to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    """Where several processes share the tests, they take turns at those that must be alone."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        config.pluginmanager.register(Turns(config.rootpath), "turns")


def _alone(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("alone", "engines"))


class Turns:
    """Lets the tests of all processes run side by side, but nothing beside one that must be alone.

    The floor is shared, or one test's own. Whoever steps on it comes through the door, and whoever waits in the door
    lets nobody else pass: so a test that must be alone waits for one test of each process, and not for ever. The
    kernel keeps both locks, and lets go of them when a process dies.
    """

    def __init__(self, root: Path) -> None:
        self._door, self._floor = (os.open(root / name, os.O_RDONLY) for name in ("pyproject.toml", "Makefile"))

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Files with tests that must be alone come last: until then no process waits for another."""
        lonely = {item.path for item in items if _alone(item)}
        items.sort(key=lambda item: item.path in lonely)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._floor, fcntl.LOCK_EX if _alone(item) else fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        try:
            return (yield)
        finally:
            fcntl.flock(self._floor, fcntl.LOCK_UN)
