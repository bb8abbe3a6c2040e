"""Makes the examples again: with `--run` from new runs of embedded models, else from the records that lie here."""

import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from harness import pipeline
from harness.errors import NO_CANDIDATE_PASSES
from harness.report.words import WORDS

HERE = Path(__file__).parent
NAMES = ("clear", "toss-up")


def main(arguments: list[str]) -> None:
    again, chosen = "--run" in arguments, [name for name in arguments if name in NAMES]
    for name in chosen or NAMES:
        folder = HERE / name
        if again:
            run(folder)
        pipeline.decide(folder)
        for left in (*folder.glob("run.db.bak-*"), *folder.glob("run.lock")):  # where it was brought up to date
            left.unlink()
        pipeline.report(folder)
        traffic = pipeline.planned_traffic(folder)
        for language in WORDS:
            print(pipeline.memo(folder, language=language, volumes=pipeline.volumes(traffic), traffic=traffic))


def run(folder: Path) -> None:
    """Run the bake-off in `folder` and put its records there, as one file."""
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "harness.cli", "run", "-C", str(folder), "--runs", runs]
        done = subprocess.run(command, check=False)
        if done.returncode not in (0, NO_CANDIDATE_PASSES):
            raise SystemExit(done.returncode)
        (made,) = Path(runs).iterdir()
        (folder / "run.db").unlink(missing_ok=True)
        with closing(sqlite3.connect(made / "run.db")) as db:
            db.execute("VACUUM INTO ?", (str(folder / "run.db"),))


if __name__ == "__main__":
    main(sys.argv[1:])
