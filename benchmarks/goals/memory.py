"""Goal 4: memory and disk a sample, and whether a sample costs more through LiteLLM when there are many."""

from collections.abc import Sequence

from benchmarks import streams
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row
from benchmarks.streams import Streams

IN_FLIGHT = 64


def measure(bench: Bench) -> Sequence[Row]:
    def bakeoff(samples: int) -> Streams:
        bench.say(f"  {samples:,} samples through LiteLLM")
        return streams.bakeoff(bench, samples=samples, in_flight=IN_FLIGHT)

    # one long run instead of rounds: it takes minutes, and a slope does not drift with the machine
    few, many = bakeoff(bench.samples), bakeoff(bench.many)
    bench.say("  the bare LiteLLM loop")
    litellm = streams.bare("bare LiteLLM", samples=bench.many // 4, in_flight=IN_FLIGHT)
    return [
        Row(key="memory", what=f"growth of resident memory a sample, {bench.many:,} samples, all processes", unit="kB",
            values=[many.slope_bytes / 1000], goal=Goal(most=4.0), beside={"bare LiteLLM": litellm.slope_bytes / 1000}),
        Row(key="disk", what=f"disk a sample, {bench.many:,} samples", unit="kB", values=[many.disk_bytes / 1000],
            goal=Goal(most=1.5), beside={f"{bench.samples:,} samples": few.disk_bytes / 1000}),
        Row(key="long-cpu", unit="×", what=f"CPU a sample through LiteLLM, {bench.many:,} ÷ {bench.samples:,} samples",
            values=[(many.cpu_ms + many.children_cpu_ms) / (few.cpu_ms + few.children_cpu_ms)], goal=Goal(most=1.1)),
    ]  # fmt: skip
