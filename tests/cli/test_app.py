"""The command itself: where it works, who interrupts it, who stops reading, which disk fails."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from harness.cli.app import main
from tests.cli.conftest import Desk


def test_the_folder_may_stand_before_the_verb_or_after_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder.parent)
    after = desk.bakeoff("check", "-C", "desk")
    assert desk.bakeoff("-C", "desk", "check") == after
    assert desk.bakeoff("--folder", "nowhere", "check", "--folder", "desk") == after
    assert "there is no nowhere/bakeoff.yaml" in desk.bakeoff("-C", "nowhere", "check", code=2).err
    assert "there is no run in desk/reports yet" in desk.bakeoff("-C", "desk", "store", "gc", "latest", code=2).err
    assert desk.bakeoff("-C", "new", "init").out.startswith("Wrote bakeoff.yaml")
    assert Path("new/bakeoff.yaml").is_file()
    assert "error[E100]: bakeoff fetch works on no folder" in desk.bakeoff("-C", "desk", "fetch", code=2).err
    assert "error[E100]: no verb is given" in desk.bakeoff("-C", "desk", code=2).err


def test_an_interrupt_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in ("load", "inventory"):
        monkeypatch.setattr(f"harness.pipeline.{place}", interrupted)
    for verb in ("check", "plan", "list"):
        done = desk.bakeoff(verb, code=130)
        said = "error: interrupted: what is stored is kept, all else was left undone\n(exit 130)\n"
        assert (done.out, done.err) == ("", said)


def test_a_reader_who_goes_away_hears_nothing_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    with suppress(BrokenPipeError), open(write, "w", encoding="utf-8") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        with pytest.raises(SystemExit) as ended:
            main(["list"])
        assert ended.value.code == 0
        sys.stdout.flush()  # as Python does at its end: what nobody reads is not tried again
    assert desk.read()[1] == ""


def test_a_full_disk_is_no_bug_of_ours(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with suppress(OSError), open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as ended:
            main(["list"])
        assert ended.value.code == 74
        sys.stdout.flush()
    err = desk.read()[1]
    assert "error: what was to be written here: No space left on device\n  fix: free some space" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["init", "bakeoff.yaml/below"], "bakeoff.yaml/below: Not a directory", id="a file in the way"),
        pytest.param(["init", "new", "--force"], "new/bakeoff.yaml: Is a directory", id="a folder in the way"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(desk: Desk, arguments: list[str], said: str) -> None:
    (desk.folder / "new" / "bakeoff.yaml").mkdir(parents=True)
    done = desk.bakeoff(*arguments, code=74)
    assert said in done.err
    assert "bug" not in done.err
