"""Bakeoff beside its peers: CPU, wall time, memory and disk of whole runs, in the same rounds."""

import statistics
from collections.abc import Callable, Sequence

from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row, ratios
from benchmarks.peers import subjects
from benchmarks.peers.install import install
from benchmarks.peers.subjects import TOOLS, Finished

FEW = 20
"""Samples of the runs that tell start-up from what a sample costs."""


def measure(bench: Bench) -> Sequence[Row]:
    install(bench.say)

    def runs(tool: str, samples: int) -> Callable[[], Finished]:
        return lambda: subjects.run(tool, bench.new_folder(), samples)

    done = bench.interleaved({
        **{f"{tool}, {FEW}": runs(tool, FEW) for tool in TOOLS},
        **{tool: runs(tool, bench.samples) for tool in TOOLS},
    })  # fmt: skip

    def figures(of: Callable[[Finished], float], suffix: str = "") -> dict[str, list[float]]:
        return {tool: [of(finished) for finished in done[tool + suffix]] for tool in TOOLS}

    all_in = figures(lambda it: it.cost.cpu_s * 1000 / bench.samples)
    startup = figures(lambda it: it.cost.cpu_s, f", {FEW}")
    more = bench.samples - FEW
    each = {
        tool: [(large - small) * 1000 / more for large, small in zip(
            [it.cost.cpu_s for it in done[tool]], startup[tool], strict=True)]
        for tool in TOOLS
    }  # fmt: skip
    memory = figures(lambda it: it.cost.peak_bytes / 1e6)
    small_memory = figures(lambda it: it.cost.peak_bytes / 1e6, f", {FEW}")
    slope = {
        tool: [(a - b) * 1000 / more for a, b in zip(memory[tool], small_memory[tool], strict=True)] for tool in TOOLS
    }
    peers = [tool for tool in TOOLS if tool != "Bakeoff"]
    least = {"inspect_ai": 4.0, "promptfoo": 1.6}

    def row(key: str, what: str, unit: str, of: dict[str, list[float]]) -> Row:
        beside = {peer: statistics.median(of[peer]) for peer in peers}
        return Row(key=key, what=what, unit=unit, values=of["Bakeoff"], beside=beside)

    return [
        *(Row(key=f"peer-{peer}", what=f"CPU a sample of {peer} ÷ that of Bakeoff", unit="×",
              values=ratios(all_in[peer], all_in["Bakeoff"]), goal=Goal(least=least[peer])) for peer in peers),
        *(Row(key=f"peer-{peer}-each", what=f"the same for one more sample of {peer}: start-up not counted", unit="×",
              values=ratios(each[peer], each["Bakeoff"])) for peer in peers),
        row("peer-cpu", f"CPU a sample of a whole run of {bench.samples:,}", "ms", all_in),
        row("peer-each", "CPU of one more sample, start-up not counted", "ms", each),
        row("peer-startup", f"CPU of a run of {FEW} samples", "s", startup),
        row("peer-wall", "wall time of the whole run", "s", figures(lambda it: it.cost.wall_s)),
        row("peer-memory", "peak resident memory", "MB", memory),
        row("peer-slope", "peak resident memory of one more sample", "kB", slope),
        row("peer-disk", "disk a sample", "kB", figures(lambda it: it.disk_bytes / 1000 / bench.samples)),
    ]  # fmt: skip
