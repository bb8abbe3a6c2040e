"""`bakeoff fetch` and the runs that fetch: under which terms is said before anything is downloaded."""

import io
import sys
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError, PathDistribution

import pytest

from harness.local.catalog import ENGINES
from tests.cli.conftest import Desk

GEMMA = ENGINES["gemma3-270m"]
TERMS = "Gemma Terms of Use, which restrict some uses: https://ai.google.dev/gemma/terms."


@pytest.fixture
def bare(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A machine with the runtimes of Gemma and without its weights; its installer says what it is told to install."""

    def version(name: str) -> Distribution:
        if name in GEMMA.runtimes:
            return PathDistribution(desk.folder)
        raise PackageNotFoundError(name)

    def installer(_: Sequence[str]) -> int:
        print("INSTALLING", file=sys.stderr)
        return 1

    desk.write("METADATA", "Version: 1\n")
    desk.write("providers.yaml", "model_list: [{model_name: own, litellm_params: {model: local/gemma3-270m}}]\n")
    monkeypatch.setattr("harness.local.fetch.distribution", version)
    monkeypatch.setattr("harness.local.fetch._run", installer)
    monkeypatch.setattr("harness.cli.screen.is_terminal", lambda: False)
    return desk


@pytest.mark.parametrize("verb", [["fetch", "gemma3-270m"], ["run"]], ids=" ".join)
@pytest.mark.parametrize("more", [[], ["--quiet"]], ids=" ".join)
def test_terms_are_said_before_anything_is_downloaded(bare: Desk, verb: list[str], more: list[str]) -> None:
    err = bare.bakeoff(*verb, *more, code=2).err
    assert 0 < err.index(TERMS) < err.index("INSTALLING")
    assert "使用条款" in bare.bakeoff(*verb, *more, "--lang", "zh", code=2).err


ACCEPTED = ["\n", "y\n", " Yes \n", "y"]
REFUSED = ["", "no\n", "N\n", "No.\n", "nope\n", "quit\n", "不接受\n", "不同意\n", "不要\n"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("said", [*ACCEPTED, *REFUSED], ids=repr)
def test_whoever_sits_there_may_refuse_them(
    bare: Desk, monkeypatch: pytest.MonkeyPatch, said: str, language: str
) -> None:
    monkeypatch.setattr("harness.cli.screen.is_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    err = bare.bakeoff("fetch", "gemma3-270m", "--lang", language, code=2).err
    assert "https://ai.google.dev/gemma/terms" in err
    assert ("INSTALLING" in err) == (said in ACCEPTED)
    assert ("the terms were not accepted" in err or "没有接受" in err) == (said in REFUSED)


def test_in_chinese_they_are_accepted_in_chinese(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.cli.screen.is_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("接受\n"))
    assert "INSTALLING" in bare.bakeoff("fetch", "gemma3-270m", "--lang", "zh", code=2).err


def test_a_check_says_them_too_and_who_has_none_says_none(bare: Desk) -> None:
    assert TERMS in bare.bakeoff("check").out
    assert "INSTALLING" in (err := bare.bakeoff("fetch", "smollm2-135m", code=2).err)
    assert "erms" not in err
