"""Options that several verbs share."""

import shlex
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import completing, screen
from harness.cli.manner import tell
from harness.core.usual import RUNS_FOLDER
from harness.errors import BakeoffError

Folder = Annotated[
    Path, typer.Option("--folder", "-C", help="Folder of bakeoff.yaml.", file_okay=False, show_default="this folder")
]
Runs = Annotated[
    Path | None,
    typer.Option(
        "--runs", help="Folder that holds the runs.", file_okay=False, show_default="reports beside bakeoff.yaml"
    ),
]
RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run's folder or name; `latest` is the newest.", autocompletion=completing.runs
    ),
]
LatestRun = Annotated[
    str,
    typer.Argument(
        metavar="[RUN]", help="A run's folder or name.", show_default="the newest", autocompletion=completing.runs
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="SUITE", help="Only this suite; may be repeated.", autocompletion=completing.suites),
]
Candidates = Annotated[
    str | None,
    typer.Option("--candidates", metavar="A,B", help="Only these candidates.", autocompletion=completing.candidates),
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Only the first N samples a task.")]
AllowCode = Annotated[
    bool,
    typer.Option("--allow-code-execution", help="Run the programs that models write, in a sandbox (bubblewrap)."),
]
AllowIncomplete = Annotated[
    bool, typer.Option("--allow-incomplete", help="Rank although answers are missing; the report says so.")
]

HERE = Path()
UNNAMED = ""
"""Of a run: the newest is meant, and which that is must be said."""


def runs_of(folder: Path, runs: Path | None) -> Path:
    """Return the folder that holds the runs of the bake-off in `folder`."""
    return folder / RUNS_FOLDER if runs is None else runs


def run_folder(run: str, folder: Path, runs: Path | None) -> Path:
    """Return the folder of the run that a verb reads; says which that is where nobody named one or where it is another
    than the newest, and whether it goes on."""
    from harness.store import folders
    from harness.store.lock import holder

    where, named = runs_of(folder, runs), run or folders.LATEST
    found = folders.find(named, where)
    newest = folders.find(named, where, written=True)
    if run == UNNAMED and found == newest:
        screen.note(tell("note", text=tell("latest.unnamed", run=found)))
    if found != newest:
        screen.note(tell("note", text=tell("latest.other", run=found, newest=newest)))
    tell_age(found)
    if found == newest and holder(found) is not None:
        screen.note(tell("note", text=tell("latest.goes_on", run=found)))
    return found


def tell_age(run: Path) -> None:
    """Say that a run of an older Bakeoff is brought up to date, before that is done."""
    from sqlite3 import Error

    from harness.store.ledger import DATABASE
    from harness.store.schema import old_copy

    with suppress(BakeoffError, Error):  # whoever reads it will say what is wrong with it
        if (copy := old_copy(run / DATABASE)) is not None:
            screen.note(tell("note", text=tell("older", run=run, copy=copy.name)))


def command(*words: str | Path, folder: Path = HERE, runs: Path | None = None) -> str:
    """Return `bakeoff` with `words`, of the same folders; it can be pasted."""
    where = [*(() if folder == HERE else ("-C", str(folder))), *(() if runs is None else ("--runs", str(runs)))]
    return shlex.join(["bakeoff", *map(str, words), *where])


def names(text: str | None) -> tuple[str, ...]:
    """Split a comma-separated option."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
