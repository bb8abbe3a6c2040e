"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import completing
from harness.core.usual import RUNS_FOLDER

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


def runs_of(folder: Path, runs: Path | None) -> Path:
    """Return the folder that holds the runs of the bake-off in `folder`."""
    return folder / RUNS_FOLDER if runs is None else runs


def names(text: str | None) -> tuple[str, ...]:
    """Split a comma-separated option."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
