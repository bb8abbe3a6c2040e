"""Run folders: made, found and discarded as a whole; files in them replaced as a whole."""

import itertools
import os
import shutil
from pathlib import Path

from harness.core.suggest import nearest
from harness.errors import UsageError
from harness.store.ledger import DATABASE, Ledger


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


def find(name: str, runs: Path) -> Path:
    """Return the folder of the run that `name` means: a path, a name below `runs`, or `latest`."""
    known = sorted((path.parent for path in runs.glob(f"*/{DATABASE}")), key=_last_written)
    if name == "latest" and known:
        return known[-1]
    for path in (Path(name), runs / name):
        if (path / DATABASE).is_file():
            return path
    best = nearest(Path(name).name, [path.name for path in known])
    raise UsageError(
        f"there is no run {name!r} here or in {runs}",
        hint=f"did you mean '{best}'?" if best else f"a run is a folder with a {DATABASE}; `latest` is the newest",
    )


def discard(folder: Path) -> bool:
    """Remove a run of which nothing was ever sent, all but its engines' logs; return whether it was one."""
    with Ledger.open(folder, write=False) as ledger:
        if ledger.query("SELECT 1 FROM call LIMIT 1").fetchone() is not None:
            return False
    for path in folder.iterdir():
        if path.name != "logs":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not any(path.is_file() for path in folder.rglob("*")):
        shutil.rmtree(folder)
    return True


def replace_text(path: Path, text: str) -> None:
    """Replace the file as a whole, so that a reader never sees half of it."""
    half = path.with_suffix(path.suffix + ".tmp")
    half.write_text(text, encoding="utf-8")
    os.replace(half, path)


def _last_written(folder: Path) -> float:
    return (folder / DATABASE).stat().st_mtime
