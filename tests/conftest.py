"""What every test shares: in CI, a skipped test is a failed run."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Nothing may be skipped in CI: what was not run there has not been shown to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
