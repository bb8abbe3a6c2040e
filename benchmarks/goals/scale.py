"""Goal 6: ten times as many samples cost the same each, and resuming a finished run costs next to nothing."""

from collections.abc import Sequence

from benchmarks import folder, process
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row, ratios
from benchmarks.goals import own
from benchmarks.goals.own import OwnRun
from benchmarks.provider import serving
from benchmarks.streams import AT_ONCE

SMALL = 20
"""Samples of the run whose resume is all start-up."""


def measure(bench: Bench) -> Sequence[Row]:
    few, many = bench.samples, bench.many
    with serving(AT_ONCE) as provider:  # the candidates' address: what a resume sends would arrive here
        small = own.run(bench, SMALL, api_base=provider.url)
        done = bench.interleaved({
            "few": lambda: own.run(bench, few, api_base=provider.url),
            "many": lambda: own.run(bench, many, api_base=provider.url),
        })  # fmt: skip
        resumed = bench.interleaved({"small": lambda: _resume_s(small), "large": lambda: _resume_s(done["many"][0])})
    growth = [
        (large.resident_bytes - little.resident_bytes) / (many - few)
        for little, large in zip(done["few"], done["many"], strict=True)
    ]
    return [
        Row(key="scale", what=f"own CPU a sample, {many:,} ÷ {few:,} samples", unit="×", goal=Goal(most=1.1),
            values=ratios([it.total_ms for it in done["many"]], [it.total_ms for it in done["few"]])),
        Row(key="own-memory", what="growth of resident memory a sample without LiteLLM, plan and scores included",
            unit="kB", values=[it / 1000 for it in growth], goal=Goal(most=4.0)),
        Row(key="resume-requests", what=f"requests that resuming {bench.rounds} times a finished run has sent", unit="",
            values=[len(provider.served)], goal=Goal(most=0)),
        Row(key="resume", what=f"resume of {many:,} finished samples, beyond one of {SMALL}: reload, plan, run",
            unit="s", values=[a - b for a, b in zip(resumed["large"], resumed["small"], strict=True)],
            goal=Goal(most=1.0)),
    ]  # fmt: skip


def _resume_s(finished: OwnRun) -> float:
    said = process.subject("bakeoff", finished.folder, finished.path.parent, "--resume", finished.path, env=folder.KEY)
    return float(said["wall_s"])
