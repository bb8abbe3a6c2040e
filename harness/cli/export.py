"""`bakeoff export`: a run's answers for a spreadsheet or a program, its decision for a comment or a CI page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.options import HERE, UNNAMED, Folder, LatestRun, Runs, run_folder
from harness.core.wording import worded
from harness.errors import UsageError

BINARY = ("xlsx", "parquet")


def register(app: typer.Typer) -> None:
    app.command("export")(export)


def export(
    run: LatestRun = UNNAMED,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="csv|xlsx|jsonl|parquet|md|junit",
            help="csv, xlsx and parquet: answers, xlsx with the decision; jsonl leaves nothing out; md and junit: the "
            "decision.",
        ),
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
        raise UsageError(
            worded("a run is exported as {formats}, not {format!r}", formats=[*pipeline.EXPORTS], format=format_)
        )
    path = run_folder(run, folder, runs)
    if output == Path("-") and format_ in BINARY:
        raise UsageError(
            worded("{format} is no text that could be printed", format=format_),
            hint=f"-o {pipeline.EXPORTS[format_]}",
        )
    content = pipeline.export(path, format_)
    if output == Path("-"):
        sys.stdout.write(content.decode())
        return
    target = output or path / pipeline.EXPORTS[format_]
    folders.replace_bytes(target, content)
    screen.say(str(target))
