"""What every test shares: English is spoken; in CI, a skipped test is a failed run; processes take turns."""

import os

import pytest

from tests.turns import Turns


def pytest_configure(config: pytest.Config) -> None:
    os.environ["BAKEOFF_LANG"] = "en"
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = config.rootpath
        config.pluginmanager.register(Turns(door=root / "pyproject.toml", floor=root / "Makefile"), "turns")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Nothing may be skipped in CI: what was not run there has not been shown to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
