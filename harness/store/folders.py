"""Run folders: made, found and discarded as a whole; files in them replaced as a whole."""

import itertools
import os
import shlex
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from harness.core.suggest import nearest
from harness.core.wording import worded
from harness.errors import BakeoffError, StoreError, UsageError
from harness.store.ledger import DATABASE, Ledger
from harness.store.lock import holder
from harness.store.schema import connect

LATEST = "latest"
"""Means the newest run."""


def create(runs: Path, name: str) -> Path:
    """Create and return `runs/name`, with a number behind it where two runs start in the same second."""
    runs.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        path = runs / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
            break
        except FileExistsError:
            continue
    return path


def find(name: str, runs: Path, *, written: bool = False) -> Path:
    """Return the folder of the run that `name` means: a path, a name below `runs`, or `latest`.

    That is the newest which has sent something and which no process writes at the moment, where there is one; with
    `written`, the newest of all.
    """
    known = sorted((path.parent for path in runs.glob(f"*/{DATABASE}")), key=_last_written)
    if name == LATEST and known:
        return next((run for run in reversed(known) if written or _has_settled(run)), known[-1])
    for path in (Path(name), runs / name):
        if (path / DATABASE).is_file():
            return path
    if name == LATEST:
        raise UsageError(
            worded("there is no run in {runs} yet", runs=runs),
            hint=worded("bakeoff run makes one; bakeoff demo does without a key"),
        )
    best = nearest(Path(name).name, [path.name for path in known])
    raise UsageError(
        worded("there is no run {name!r} here or in {runs}", name=name, runs=runs),
        hint=worded("did you mean '{name}'?", name=best)
        if best
        else worded("a run is a folder with a {file}; `latest` is the newest", file=DATABASE),
    )


def resume_command(run: Path, folder: Path) -> str:
    """Return the command that goes on with `run`, whose bakeoff.yaml lies in `folder`; it can be pasted."""
    where = "" if folder.resolve() == Path.cwd() else f"-C {shlex.quote(str(folder))} "
    return f"bakeoff run {where}--resume {shlex.quote(str(run))}"


def spent_since(runs: Path, moment: datetime) -> Decimal:
    """Return the dollars that the runs below `runs` may have been billed since `moment`, which is UTC; never too few.

    What calls cost has the date of their end; what they may have cost that were lost or are tried again has none, and
    counts where its run was written since. StoreError where such a run cannot be read.
    """
    spent = Decimal(0)
    for path in runs.glob(f"*/{DATABASE}"):
        if _last_written(path.parent) < moment.timestamp():
            continue
        try:
            with Ledger.open(path.parent, write=False) as ledger:
                spent += ledger.spent(since=moment.isoformat())
        except BakeoffError as error:
            raise StoreError(
                worded(
                    "what {run} has spent today is not known, so a budget per day could not hold: {error}",
                    run=path.parent,
                    error=error,
                ),
                hint=worded("move it out of {runs}, or run without run.budget_usd_per_day", runs=runs),
            ) from error
    return spent


def discard(folder: Path) -> bool:
    """Remove a run of which nothing was ever sent, all but its engines' logs; return whether it was one."""
    if _has_sent(folder):
        return False
    for path in folder.iterdir():
        if path.name != "logs":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not any(path.is_file() for path in folder.rglob("*")):
        shutil.rmtree(folder)
    return True


def replace_text(path: Path, text: str) -> None:
    """Replace the file as a whole, so that a reader never sees half of it."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Replace the file as a whole; so do texts."""
    half = path.with_suffix(path.suffix + ".tmp")
    half.write_bytes(content)
    os.replace(half, path)


def _has_settled(folder: Path) -> bool:
    """Whether something came of it that stays: a run is made before it is locked, and sends a while after that."""
    try:
        return holder(folder) is None and _has_sent(folder)
    except BakeoffError:
        return True  # who reads it will say what is wrong with it


def _has_sent(folder: Path) -> bool:
    """Whether a call has a row; asked of the file as it is, since who only looks for a run does not migrate it."""
    try:
        with closing(connect(folder / DATABASE, write=False)) as connection:
            return connection.execute("SELECT 1 FROM call LIMIT 1").fetchone() is not None
    except sqlite3.Error as error:
        raise StoreError(worded("{path} cannot be used: {error}", path=folder / DATABASE, error=error)) from error


def _last_written(folder: Path) -> float:
    """When its database was; what was committed last may still stand in the log beside it."""
    log = folder / f"{DATABASE}-wal"
    written = (folder / DATABASE).stat().st_mtime
    return max(written, log.stat().st_mtime) if log.exists() and log.stat().st_size else written
