"""`bakeoff export`: every answer of a run, for a spreadsheet or a program."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.options import HERE, Folder, RunName, Runs, runs_of
from harness.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("export")(export)


def export(
    run: RunName,
    format_: Annotated[
        str, typer.Option("--format", metavar="csv|jsonl", help="csv opens in Excel; jsonl leaves nothing out.")
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="`-` is stdout.", show_default="in the run's folder"),
    ] = None,
    folder: Folder = HERE,
    runs: Runs = None,
) -> None:
    """Write one row a planned answer: what was asked, what came, what it was worth, also what failed or is pending."""
    from harness import pipeline
    from harness.store import folders

    if format_ not in pipeline.EXPORTS:
        raise UsageError(f"a run is exported as {' or '.join(pipeline.EXPORTS)}, not {format_!r}")
    path = folders.find(run, runs_of(folder, runs))
    text = pipeline.export(path, format_)
    if output == Path("-"):
        sys.stdout.write(text)
        return
    target = output or path / f"answers.{format_}"
    folders.replace_text(target, text)
    screen.say(str(target))
