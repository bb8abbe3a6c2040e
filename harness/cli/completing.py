"""What a shell completes: names of runs, suites and candidates, found without loading anything that takes time."""

import re
from collections.abc import Iterable
from pathlib import Path

import typer

from harness.core.usual import RUNS_FOLDER

NAMED = re.compile(r"\bmodel_name:\s*[\"']?([^\s\"',}#*]+)[\"',}\s#]")
INLINE = re.compile(r"^\s*-\s*\{?\s*name:\s*[\"']?([^\"',}#\n]+)", re.MULTILINE)


def runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return `latest` and the names of the runs, the newest first."""
    folder = _given(ctx, "runs") or (_given(ctx, "folder") or Path()) / RUNS_FOLDER
    found = sorted((path.parent for path in folder.glob("*/run.db")), key=lambda run: run.stat().st_mtime)
    return _fitting(["latest", *(run.name for run in reversed(found))] if found else [], incomplete)


def suites(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the suites of bakeoff.yaml, of the folder and of Bakeoff."""
    folder = _given(ctx, "folder") or Path()
    shipped = [path.parent.name for root in (folder, _shipped()) for path in root.glob("tasks/*/suite.py")]
    return _fitting([*INLINE.findall(_text(folder / "bakeoff.yaml")), *sorted(shipped)], incomplete)


def candidates(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the candidates of the folder's providers.yaml, else of Bakeoff's, each after those that are named."""
    folder = _given(ctx, "folder") or Path()
    own = folder / "providers.yaml"
    before, comma, last = incomplete.rpartition(",")
    names = NAMED.findall(_text(own if own.is_file() else _shipped() / "providers.yaml"))
    return [f"{before}{comma}{name}" for name in _fitting(names, last) if name not in before.split(",")]


def _fitting(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in dict.fromkeys(map(str.strip, names)) if name.startswith(incomplete)]


def _given(ctx: typer.Context, name: str) -> Path | None:
    """Return the folder that the command line names, before the verb or after it."""
    both = (of.params.get(name) for of in (ctx, ctx.parent) if of is not None)
    return next((Path(path) for path in both if path is not None and path != Path()), None)


def _shipped() -> Path:
    from harness.config.paths import shipped

    return shipped()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
