"""`bakeoff run`: what it says, what it leaves behind, how it ends."""

from pathlib import Path

import pytest

from harness.core.calls import Fault
from harness.errors import UsageError
from tests.cli.conftest import BAKEOFF, Desk
from tests.execute.bakeoffs import failed


def test_failures_of_the_candidates_own_are_judged_and_decided(desk: Desk) -> None:
    desk.client.script = lambda *_: failed("refused", fault=Fault.CANDIDATE)
    done = desk.bakeoff("run", code=None)
    assert "Report:" in done.out
    assert (desk.runs[0] / "decision.json").is_file()


def test_a_refused_run_leaves_nothing_that_could_be_the_latest(desk: Desk) -> None:
    desk.candidate("three", more="")
    done = desk.bakeoff("run", "--budget", "1", code=2)
    assert "nothing was sent" in done.err
    assert desk.runs == []


def test_an_engine_that_does_not_start_leaves_only_its_log(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(folder: Path) -> None:
        (folder / "logs").mkdir()
        (folder / "logs" / "engine.log").write_text("why")
        raise UsageError("the engine does not start")

    monkeypatch.setattr("harness.pipeline.run", lambda bakeoff, path, **_: start(path))  # noqa: ARG005
    desk.bakeoff("run", code=2)
    assert [path.name for path in desk.runs[0].rglob("*") if path.is_file()] == ["engine.log"]
    assert "there is no run 'latest'" in desk.bakeoff("report", "latest", code=2).err


def test_what_stops_a_run_later_claims_not_that_nothing_was_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness import pipeline

    real = pipeline.run

    def run(*arguments: object, **options: object) -> object:
        real(*arguments, **options)  # type: ignore[arg-type]
        raise UsageError("an instrument has no price")

    monkeypatch.setattr(pipeline, "run", run)
    done = desk.bakeoff("run", code=2)
    assert "an instrument has no price" in done.err
    assert "nothing was sent" not in done.err
    (path,) = desk.runs
    assert f"Go on with: bakeoff run --resume {path.relative_to(desk.folder)}" in done.err


def test_the_command_that_goes_on_names_the_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.client.script = lambda *_: failed("reset")
    elsewhere = desk.folder.parent / "else where"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    done = desk.bakeoff("run", "-C", "../desk", "--runs", "../desk/reports", code=4)
    (path,) = desk.runs
    assert f"bakeoff run -C ../desk --resume ../desk/reports/{path.name}\n" in done.err


def test_a_second_name_of_a_model_is_mentioned(desk: Desk) -> None:
    desk.candidate("again", model="one")
    said = "'again' is left out: it is one under another name: same model, parameters and address (faq/faq)"
    for verb in ("check", "plan"):
        assert said in desk.bakeoff(verb).err
    assert said in desk.bakeoff("run", code=None).err
    assert {name for name, _ in desk.client.sent} == {"one", "two"}


def test_a_listed_second_name_is_refused(desk: Desk) -> None:
    desk.candidate("again", model="one")
    desk.write("bakeoff.yaml", f"{BAKEOFF}candidates: [one, again]\n")
    assert "error[E207]: 'again' is 'one' under another name" in desk.bakeoff("check", code=2).err
