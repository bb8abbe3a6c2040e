"""`bakeoff verify`: are the numbers that someone signs those of the records?"""

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE, UNNAMED, AsJson, Folder, LatestRun, Runs, run_folder
from harness.errors import StoreError

SHOWN = 20
"""Differences on one screen; `--json` has all."""
WRITTEN_FROM_IT = frozenset({"report.html", "memo.md", "memo.zh.md", "memo.docx", "memo.zh.docx"})
"""What is written from decision.json."""


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(run: LatestRun = UNNAMED, folder: Folder = HERE, runs: Runs = None, as_json: AsJson = False) -> None:
    """Derive every number of report, memo and decision.json again from the records; ends with 74 where one differs."""
    from harness import pipeline

    path = run_folder(run, folder, runs)
    parts = pipeline.verify(path, folder)
    differences = [line for part in parts for line in part.differences]
    if as_json:
        screen.document({"run": path.name, "verified": not differences, "parts": parts})
    else:
        for line in differences[:SHOWN]:
            screen.say(line)
        if len(differences) > SHOWN:
            screen.say(tell("verify.more", n=len(differences) - SHOWN))
        counts = listed(
            [tell("verify.count", n=f"{part.compared:,}", what=part.what) for part in parts if part.compared]
        )
        found = {"differences": counted(len(differences), "difference"), "counts": counts}
        screen.say(tell("verify.differs" if differences else "verify.same", **found))
        if {part.what.split()[-1] for part in parts if part.differences} <= WRITTEN_FROM_IT and differences:
            screen.say(tell("verify.stale"))
        for part in parts:
            if part.left_out:
                screen.say(tell("verify.left_out", what=part.left_out))
    if differences:
        raise typer.Exit(StoreError.exit_code)
