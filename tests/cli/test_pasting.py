"""Commands that are suggested can be pasted, also where a folder's name has spaces."""

import re
import shlex
from pathlib import Path

import pytest

from harness.pipeline import verify
from harness.store import check, decision_file
from harness.store.ledger import DATABASE, Ledger
from harness.store.lock import Lock
from tests.cli.conftest import Desk

SPACED = "my desk; 2"
COMMAND = re.compile(r"bakeoff (?:plan|run|decide|report|score|store|cost|export|verify)\b[^\n]*")


@pytest.fixture
def spaced(ran: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose folder's name has spaces, seen from the folder above."""
    folder = ran.folder.rename(ran.folder.with_name(SPACED))
    monkeypatch.chdir(folder.parent)
    ran.folder = folder
    return ran


def suggested(text: str) -> list[list[str]]:
    """Return the words of each suggested command; ValueError where quotes do not match."""
    found = [re.split("; or | first, |, or |, to measure| in bakeoff.yaml", said)[0] for said in COMMAND.findall(text)]
    return [shlex.split(one, comments=True) for one in found]


@pytest.mark.parametrize(
    "verb",
    [["check"], ["plan"], ["decide"], ["decide", "--weights", "quality=1"], ["score"], ["cost"], ["run"]],
    ids=" ".join,
)
def test_what_a_verb_suggests_works_where_it_was_told(spaced: Desk, verb: list[str]) -> None:
    done = spaced.bakeoff("-C", SPACED, *verb, code=None)
    (command, *_) = suggested(done.out) or suggested(done.err) or [None]
    if verb == ["run"]:
        assert command is None, "a whole run suggests nothing"
        return
    assert command is not None
    again = spaced.bakeoff(*command[1:], code=None)
    assert again.code in (0, 1), again


@pytest.mark.parametrize("lost", ["decision.json", DATABASE])
def test_what_an_error_suggests_names_the_whole_folder(spaced: Desk, lost: str) -> None:
    (run,) = spaced.runs
    said = []
    if lost == DATABASE:
        with (run / lost).open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096)
        said.append(spaced.bakeoff("store", "check", str(run), code=74).out)
        said.append(hint(lambda: check.collect(run)))
    else:
        (run / lost).unlink()
        said += [hint(lambda: verify(run, spaced.folder)), hint(lambda: decision_file.decisions(run))]
        lock = Lock(run)
        said.append(hint(lambda: Lock(run)))
        lock.release()
        said.append(hint(lambda: Ledger.create(run, None, (), ())))  # type: ignore[arg-type]
    for text in said:
        (command,) = suggested(text)
        assert {Path(word) for word in command} & {run}, command


def hint(ask) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of several kinds
        ask()
    return str(getattr(caught.value, "hint", None))
