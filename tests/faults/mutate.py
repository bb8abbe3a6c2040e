"""`make mutants`: take out one guard of the matrix after the other, in a copy, and see that a test fails for it.

`python -m tests.faults.mutate [ROW ...]`; ends with 1 where a mutant lives, or where a test fails without one.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]
COPIED = ("harness", "tests", "tasks", "docs", "pyproject.toml", "providers.yaml", "bakeoff.yaml", "Makefile")
TESTS_FAILED = 1
"""pytest's exit code; another means that nothing was tried, as when a mutant does not even import."""


def pytest(folder: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)


def killed(mutation: Mutation, folder: Path) -> bool:
    """Whether the mutation's test fails once its guard is out; the guard is back when this returns."""
    path = folder / mutation.file
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace(mutation.guard, mutation.becomes), encoding="utf-8")
        done = pytest(folder, [mutation.test])
        if done.returncode not in (0, TESTS_FAILED):
            print(done.stdout[-2000:], done.stderr[-2000:])
        return done.returncode == TESTS_FAILED
    finally:
        path.write_text(text, encoding="utf-8")


def main(rows: Sequence[int]) -> int:
    chosen = [mutation for mutation in MUTATIONS if not rows or mutation.row in rows]
    with TemporaryDirectory(prefix="mutants-") as temporary:
        folder = Path(temporary)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
        whole = pytest(folder, sorted({mutation.test for mutation in chosen}))
        if whole.returncode:
            print(f"A test fails although nothing has been taken out.\n{whole.stdout[-3000:]}{whole.stderr[-1000:]}")
            return 1
        lived = 0
        for mutation in chosen:
            begun = time.monotonic()
            dead = killed(mutation, folder)
            lived += not dead
            seconds = time.monotonic() - begun
            verdict = "killed" if dead else "LIVES"
            print(f"{mutation.row:>3}  {verdict:<6}  {seconds:5.1f} s  {mutation.file}: {_line(mutation)}", flush=True)
    print(f"{len(chosen) - lived} of {len(chosen)} mutants were killed.")
    return int(lived > 0)


def _line(mutation: Mutation) -> str:
    return mutation.guard.strip().splitlines()[0][:70]


if __name__ == "__main__":
    sys.exit(main([int(row) for row in sys.argv[1:]]))
