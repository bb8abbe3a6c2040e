"""`bakeoff verify`: are the numbers that someone signs those of the records?"""

import typer

from harness.cli import screen
from harness.cli.options import HERE, AsJson, Folder, RunName, Runs, runs_of
from harness.errors import StoreError

SHOWN = 20
"""Differences on one screen; `--json` has all."""


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(run: RunName, folder: Folder = HERE, runs: Runs = None, as_json: AsJson = False) -> None:
    """Derive every number of report, memo and decision.json again from the records; ends with 74 where one differs."""
    from harness import pipeline
    from harness.store import folders

    path = folders.find(run, runs_of(folder, runs))
    parts = pipeline.verify(path, folder)
    differences = [line for part in parts for line in part.differences]
    if as_json:
        screen.document({"run": path.name, "verified": not differences, "parts": parts})
    else:
        for line in differences[:SHOWN]:
            screen.say(line)
        if len(differences) > SHOWN:
            screen.say(f"... and {len(differences) - SHOWN} more; --json has all.")
        counts = ", ".join(f"{part.compared:,} {part.what}" for part in parts if part.compared)
        found = f"{screen.counted(len(differences), 'difference')} in" if differences else "Derived again and the same:"
        screen.say(f"{found} {counts}.")
        for part in parts:
            if part.left_out:
                screen.say(f"Not derived again: {part.left_out}.")
    if differences:
        raise typer.Exit(StoreError.exit_code)
