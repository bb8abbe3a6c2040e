"""The pytest plugin: a gate that is proven passes; one that fails, is unproven or misspelt does not."""

import sys
from typing import Any

import pytest

from harness import library
from tests.cli.conftest import Desk

TESTS = """
import pytest

@pytest.mark.bakeoff(candidate="one", metric="quality", min=0.2)
def test_proven(bakeoff_run):
    assert bakeoff_run.estimate("one").n == 4

@pytest.mark.bakeoff(candidate="one", metric="quality", min=0.999)
def test_unproven():
    raise AssertionError("the gate is held first")

@pytest.mark.bakeoff(candidate="one", metric="coverage", max=0.5)
def test_failed(): ...

@pytest.mark.bakeoff(candidate="three", min=0.5)
def test_misnamed(): ...

@pytest.mark.bakeoff(candidate="one", minimum=0.5)
def test_misspelt(): ...

@pytest.mark.bakeoff(run="latest")
def test_made_before(bakeoff_run):
    assert bakeoff_run.decisions
"""


class Heard:
    """A plugin that remembers how each test ended."""

    def __init__(self) -> None:
        self.ended: dict[str, tuple[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.failed:
            self.ended[report.nodeid.rpartition("::")[2]] = (report.outcome, report.longreprtext)


def test_gates_are_held_against_their_bounds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    made: list[library.Run] = []
    run = library.run

    def counted(**chosen: Any) -> library.Run:
        made.append(run(**chosen))
        return made[-1]

    monkeypatch.setattr(library, "run", counted)
    desk.write("test_models.py", TESTS)
    monkeypatch.delitem(sys.modules, "test_models", raising=False)  # of a page of docs/
    heard = Heard()
    known = pytestconfig.pluginmanager.has_plugin("bakeoff")  # not where the checkout is not installed
    alone = ["-c", "/dev/null", "--rootdir", str(desk.folder), "-p", "no:cacheprovider"]
    pytest.main([*alone, *([] if known else ["-p", "harness.pytest_plugin"])], plugins=[heard])
    assert len(made) == 1
    assert {name for name, (outcome, _) in heard.ended.items() if outcome == "passed"} == {
        "test_proven", "test_made_before",
    }  # fmt: skip
    for name, words in {
        "test_unproven": "one, unproven: quality is 1, at worst",
        "test_failed": "one, fail: coverage is 1;",
        "test_misnamed": "no candidate 'three'",
        "test_misspelt": "by name, not",
    }.items():
        assert words in heard.ended[name][1]
