"""Goal 3: the reported time to the first token or sound minus the server's truth: loaded, over TLS, disturbed, live."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import certificate, sessions, streams
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row, percentile
from benchmarks.neighbours import busy
from benchmarks.streams import SPOKEN, Streams

SAMPLES = {64: 600, 256: 1_000}
"""In flight → samples: the first of each connection does not count, and a 99th percentile needs hundreds of others."""
LIVE = 100
"""Live sessions of a round."""


def measure(bench: Bench) -> Sequence[Row]:
    pem = certificate.make(bench.folder)

    def bakeoff(in_flight: int, certificate: Path | None = None) -> Streams:
        samples = _samples(bench, in_flight)
        return streams.bakeoff(bench, samples=samples, in_flight=in_flight, pace=SPOKEN, certificate=certificate)

    def disturbed() -> Streams:
        with busy():
            return bakeoff(64)

    def bare(name: str, in_flight: int) -> Callable[[], Streams]:
        return lambda: streams.bare(name, samples=_samples(bench, in_flight), in_flight=in_flight, pace=SPOKEN)

    done = bench.interleaved({
        "64": lambda: bakeoff(64),
        "256": lambda: bakeoff(256),
        "TLS": lambda: bakeoff(64, certificate=pem),
        "neighbours": disturbed,
        **{f"{name}, {in_flight}": bare(name, in_flight) for in_flight in SAMPLES for name in streams.BARE},
    })  # fmt: skip
    live = bench.interleaved({"live sessions": lambda: sessions.bakeoff(bench, samples=min(LIVE, bench.samples))})
    beside = {str(n): {name: done[f"{name}, {n}"] for name in streams.BARE} for n in SAMPLES}
    return [
        *_rows("64", "64 in flight", done["64"], 1.0, 5.0, beside["64"], 64),
        *_rows("256", "256 in flight", done["256"], 2.0, 10.0, beside["256"], 256),
        *_rows("tls", "64 in flight over TLS", done["TLS"], 3.0, None, {}, 64),
        *_rows("busy", "64 in flight, two busy neighbours", done["neighbours"], 2.0, 10.0, {}, 64),
        Row(key="bias-live-mean", what="live sessions, one at a time, time to first audio: mean", unit="ms",
            values=[statistics.fmean(it.bias_ms) for it in live["live sessions"]], goal=Goal(most=5.0)),
        Row(key="bias-live-distrusted", what="live sessions: marks that Bakeoff calls invalid and does not rank",
            unit="%", values=[it.distrusted * 100 for it in live["live sessions"]]),
    ]  # fmt: skip


def _samples(bench: Bench, in_flight: int) -> int:
    return min(SAMPLES[in_flight], bench.samples + in_flight)


def _rows(
    key: str, where: str, ours: Sequence[Streams], mean: float, p99: float | None,
    others: Mapping[str, Sequence[Streams]], in_flight: int,
) -> list[Row]:  # fmt: skip
    def beside(of: Callable[[Sequence[float]], float]) -> dict[str, float]:
        shown = {name: statistics.median(of(it.bias_ms) for it in rounds) for name, rounds in others.items()}
        return {"where LiteLLM hands over": statistics.median(of(it.client_bias_ms) for it in ours), **shown}

    def tail(values: Sequence[float]) -> float:
        return percentile(values, 0.99)

    return [
        Row(key=f"bias-{key}-mean", what=f"{where}: mean", unit="ms", beside=beside(statistics.fmean),
            values=[statistics.fmean(it.bias_ms) for it in ours], goal=Goal(most=mean)),
        Row(key=f"bias-{key}-p99", what=f"{where}: 99th percentile", unit="ms", beside=beside(tail),
            values=[tail(it.bias_ms) for it in ours], goal=None if p99 is None else Goal(most=p99)),
        Row(key=f"bias-{key}-distrusted", what=f"{where}: marks that Bakeoff calls invalid and does not rank", unit="%",
            values=[it.distrusted * 100 for it in ours]),
        Row(key=f"bias-{key}-connections", what=f"{where}: connections opened", unit="",
            values=[it.connections for it in ours], goal=Goal(most=in_flight + 8)),
        Row(key=f"bias-{key}-tap", what=f"{where}: CPU of the tap process a stream", unit="ms",
            values=[it.children_cpu_ms for it in ours]),
    ]  # fmt: skip
