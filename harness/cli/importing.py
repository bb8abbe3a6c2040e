"""`bakeoff import`: what another tool has measured, as a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE, AsJson, Folder, Runs, command, runs_of

if TYPE_CHECKING:
    from harness.importers.files import Given


def register(app: typer.Typer) -> None:
    app.command("import")(import_)


def import_(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Logs or folders of them; NAME=PATH says what its candidate is called."),
    ],
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="The run's folder.", show_default="a new one")
    ] = None,
    primary: Annotated[
        str | None,
        typer.Option("--primary", metavar="SCORER", help="Whose value is the quality.", show_default="the tool's main"),
    ] = None,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Make a run of the logs of promptfoo, inspect_ai, lm_eval or EvalScope, to be decided and reported."""
    from harness import pipeline

    done = pipeline.import_logs(
        [_given(path) for path in paths], into=into, runs=runs_of(folder, runs), folder=folder, primary=primary
    )
    if as_json:
        screen.document(done)
        return
    for notice in done.notices:
        screen.note(tell("note", text=notice))
    counts = [
        counted(len(done.candidates), "candidate"),
        counted(done.samples, "sample"),
        counted(done.answers, "answer"),
        tell("import.scored", n=done.scored),
        *([tell("import.lost", n=done.lost)] if done.lost else []),
    ]
    screen.say(tell("import.done", run=done.run, counts=listed(counts), measured=listed(done.measured)))
    screen.next_step(tell("next", command=command("report", done.run, folder=folder)))


def _given(text: str) -> "Given":
    """Read `PATH` or `NAME=PATH`; what is there as it is written is a path."""
    from harness.importers.files import Given
    from harness.importers.values import name

    called, sign, path = text.partition("=")
    if not sign or not called or Path(text).exists():
        return Given(path=Path(text))
    return Given(path=Path(path), candidate=name(called))
