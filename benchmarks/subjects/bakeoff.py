"""Bakeoff over the wire, through its pipeline: load, plan, start or resume, run, score."""

import argparse
import json
import time
from pathlib import Path

from benchmarks.process import children_cpu_s
from benchmarks.subjects.watch import Watch
from harness import pipeline
from harness.core.calls import Role
from harness.store.ledger import Ledger


def bake(folder: Path, runs: Path) -> dict[str, object]:
    """Run the bake-off of `folder`; CPU is that from the first call to the end of scoring."""
    bakeoff = pipeline.load(folder)
    planned = pipeline.plan(bakeoff)
    path = pipeline.start(bakeoff, planned, selection=pipeline.Selection(), runs=runs)
    watch = Watch()
    result = pipeline.run(bakeoff, path, folder=folder, progress=watch)
    assert result.outputs == len(planned.calls), (result.counts, result.notices)
    pipeline.score(bakeoff, path)
    return {
        "cpu_s": time.process_time() - watch.begun,
        "children_cpu_s": children_cpu_s() - watch.begun_children,
        "memory": watch.memory.points,
        "run": str(path),
        "bytes": sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
        **marks(path),
    }


def marks(path: Path) -> dict[str, object]:
    """Return what the run at `path` says of each request: its first token on the wire, at LiteLLM, and its validity."""
    found: dict[str, dict[str, float | None]] = {"ttft_ms": {}, "client_ttft_ms": {}}
    distrusted = 0
    with Ledger.open(path, write=False) as ledger:
        for record in ledger.records(Role.ANSWER):
            name = record.attempts[-1].request_id or ""
            found["ttft_ms"][name] = record.marks.ttft_ms
            found["client_ttft_ms"][name] = record.marks.client_ttft_ms
            distrusted += not record.marks.valid
    return {**found, "distrusted": distrusted}


def resume(folder: Path, path: Path) -> dict[str, object]:
    """Go on with a finished run, and say how long that took."""
    begun = time.monotonic()
    bakeoff, _ = pipeline.reload(path, folder)
    pipeline.plan(bakeoff)
    pipeline.run(bakeoff, path, folder=folder, progress=Watch())
    return {"wall_s": time.monotonic() - begun}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the bake-off")
    parser.add_argument("runs", type=Path, help="where its run is made")
    parser.add_argument("--resume", type=Path, help="a finished run to go on with instead")
    options = parser.parse_args()
    done = resume(options.folder, options.resume) if options.resume else bake(options.folder, options.runs)
    print(json.dumps(done))


if __name__ == "__main__":
    main()
