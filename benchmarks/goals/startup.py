"""Goal 5: CPU of the verbs that send nothing, and the wait before the first request."""

import compileall
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import folder, process
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row
from benchmarks.provider import serving
from benchmarks.streams import AT_ONCE
from harness import __file__ as package

BAKEOFF = (sys.executable, "-m", "harness.cli")
VERBS = ("--help", "check", "plan")


def measure(bench: Bench) -> Sequence[Row]:
    compileall.compile_dir(Path(package).parent, quiet=1)  # as an installed package is
    at = folder.write(bench.new_folder(), api_base="http://127.0.0.1:9/v1", samples=100, answer="42")

    def cpu_s(verb: str) -> Callable[[], float]:
        return lambda: process.run([*BAKEOFF, verb], env=folder.KEY, cwd=at).cpu_s

    done = bench.interleaved({
        **{verb: cpu_s(verb) for verb in VERBS},
        "first request": lambda: _first_request_s(bench),
    })  # fmt: skip
    return [
        *(Row(key=f"startup{verb}", what=f"CPU of `bakeoff {verb}`", unit="s", values=done[verb], goal=Goal(most=0.5))
          for verb in VERBS),
        Row(key="first-request", what="from the start of `bakeoff run` to its first request", unit="s",
            values=done["first request"], goal=Goal(most=5.0)),
    ]  # fmt: skip


def _first_request_s(bench: Bench) -> float:
    at = bench.new_folder()
    with serving(AT_ONCE) as provider:
        folder.write(at, api_base=provider.url, samples=5, answer=provider.answer)
        cost = process.run([*BAKEOFF, "run", "--json"], env=folder.KEY, cwd=at, codes=(0, 1))
    return min(served.received for served in provider.served) - cost.begun
