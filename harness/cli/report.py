"""`bakeoff report` and `bakeoff memo`: the pages, written again from the records."""

from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.options import HERE, Folder, RunName, Runs, runs_of
from harness.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("report")(report)
    app.command("memo")(memo)


def report(
    run: RunName,
    folder: Folder = HERE,
    runs: Runs = None,
    redact_content: Annotated[
        bool, typer.Option("--redact-content", help="Hashes in the place of questions, answers and media.")
    ] = False,
) -> None:
    """Write report.html: one file that opens offline."""
    from harness import pipeline
    from harness.store import folders

    path = folders.find(run, runs_of(folder, runs))
    pipeline.catch_up(path, folder)
    screen.say(str(pipeline.report(path, redact_content=redact_content)))


def memo(
    run: RunName,
    folder: Folder = HERE,
    runs: Runs = None,
    format_: Annotated[str, typer.Option("--format", metavar="md", help="Markdown.")] = "md",
) -> None:
    """Write memo.md: the selection memo that someone can sign."""
    from harness import pipeline
    from harness.store import folders

    if format_ != "md":
        raise UsageError(f"the memo is written as md, not {format_!r}")
    path = folders.find(run, runs_of(folder, runs))
    pipeline.catch_up(path, folder)
    screen.say(str(pipeline.memo(path)))
