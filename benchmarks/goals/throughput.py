"""Goal 2: samples a second and CPU a sample through LiteLLM, beside the bare loop; two workers beside one."""

import statistics
from collections.abc import Sequence

from benchmarks import streams
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row, ratios
from benchmarks.streams import Streams

IN_FLIGHT = 64


def measure(bench: Bench) -> Sequence[Row]:
    def bakeoff(workers: int = 1) -> Streams:
        return streams.bakeoff(bench, samples=bench.samples, in_flight=IN_FLIGHT, workers=workers)

    done = bench.interleaved({
        "bare LiteLLM": lambda: streams.bare("bare LiteLLM", samples=bench.samples, in_flight=IN_FLIGHT),
        "Bakeoff": bakeoff,
        "Bakeoff, two workers": lambda: bakeoff(workers=2),
        "raw aiohttp": lambda: streams.bare("raw aiohttp", samples=bench.samples, in_flight=IN_FLIGHT),
    })  # fmt: skip
    ours, two, litellm = done["Bakeoff"], done["Bakeoff, two workers"], done["bare LiteLLM"]
    beside = ("bare LiteLLM", "raw aiohttp")

    def per_s(of: Sequence[Streams]) -> list[float]:
        return [it.per_s for it in of]

    def cpu_ms(of: Sequence[Streams]) -> list[float]:
        return [it.cpu_ms + it.children_cpu_ms for it in of]

    return [
        Row(key="throughput", what="samples a second ÷ those of the bare LiteLLM loop", unit="×",
            values=ratios(per_s(ours), per_s(litellm)), goal=Goal(least=0.85)),
        Row(key="workers", what="samples a second of two workers ÷ those of one", unit="×",
            values=ratios(per_s(two), per_s(ours)), goal=Goal(least=1.7)),
        Row(key="per-s", what="samples a second", unit="/s", values=per_s(ours),
            beside={name: statistics.median(per_s(done[name])) for name in ("Bakeoff, two workers", *beside)}),
        Row(key="cpu", what="CPU a sample, all processes", unit="ms", values=cpu_ms(ours),
            beside={name: statistics.median(cpu_ms(done[name])) for name in ("Bakeoff, two workers", *beside)}),
        Row(key="cpu-ratio", what="CPU a sample ÷ that of the bare LiteLLM loop", unit="×",
            values=ratios(cpu_ms(ours), cpu_ms(litellm))),
        Row(key="cpu-tap", what="of it: the tap process", unit="ms", values=[it.children_cpu_ms for it in ours]),
        Row(key="connections", what=f"connections opened, {IN_FLIGHT} in flight", unit="",
            values=[it.connections for it in ours], goal=Goal(most=IN_FLIGHT + 8),
            beside={name: statistics.median(it.connections for it in done[name]) for name in beside}),
    ]  # fmt: skip
