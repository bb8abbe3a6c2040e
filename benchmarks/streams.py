"""Sends questions to the server through one subject, and holds what the subject says against the truth."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import folder, process
from benchmarks.bench import Bench
from benchmarks.provider import Provider, serving
from benchmarks.server import Pace

BARE = {"bare LiteLLM": "litellm_loop", "raw aiohttp": "aiohttp_loop"}
"""Name in the table → module of the clients that are held beside Bakeoff."""

AT_ONCE = Pace()
SPOKEN = Pace(first_s=0.2, gap_s=0.01, chunks=8)
"""200 ms to the first token, then a word each 10 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What came of one subject."""

    cpu_ms: float
    """A sample, of the process that asks, from the first call on: imports are not counted."""
    children_cpu_ms: float
    """A sample, of the processes that it started: the tap, the workers."""
    per_s: float
    connections: int
    bias_ms: Sequence[float]
    """Reported minus true time to the first token, of each request on a connection that had been used before."""
    client_bias_ms: Sequence[float]
    """What Bakeoff's would have been, had it stamped the chunks that LiteLLM hands over."""
    distrusted: float
    """Share of the samples whose marks Bakeoff itself calls invalid."""
    slope_bytes: float
    """Growth of resident memory a sample."""
    disk_bytes: float
    """A sample, of the run's folder before any report."""


def bakeoff(
    bench: Bench,
    *,
    samples: int,
    in_flight: int,
    pace: Pace = AT_ONCE,
    certificate: Path | None = None,
    workers: int = 1,
) -> Streams:
    """Measure Bakeoff."""
    at = bench.new_folder()
    with serving(pace, certificate=certificate) as provider:
        folder.write(
            at, api_base=provider.url, samples=samples, answer=provider.answer, max_in_flight=in_flight, workers=workers
        )
        said = process.subject("bakeoff", at, at / "reports", env={**folder.KEY, **provider.trust})
    return _streams(said, provider, samples)


def bare(name: str, *, samples: int, in_flight: int, pace: Pace = AT_ONCE) -> Streams:
    """Measure one of `BARE`."""
    with serving(pace) as provider:
        said = process.subject(BARE[name], provider.url, "--samples", samples, "--in-flight", in_flight)
    return _streams(said, provider, samples)


def _streams(said: Mapping[str, Any], provider: Provider, samples: int) -> Streams:
    return Streams(
        cpu_ms=said["cpu_s"] / samples * 1000,
        children_cpu_ms=said.get("children_cpu_s", 0.0) / samples * 1000,
        per_s=provider.per_s,
        connections=provider.connections,
        bias_ms=_bias_ms(said["ttft_ms"], provider),
        client_bias_ms=_bias_ms(said.get("client_ttft_ms", {}), provider),
        distrusted=said.get("distrusted", 0) / samples,
        slope_bytes=_slope(said["memory"]),
        disk_bytes=said.get("bytes", 0) / samples,
    )


def _bias_ms(reported: Mapping[str, float | None], provider: Provider) -> list[float]:
    warm = {str(served.id): served for served in provider.served if served.nth > 1}
    return [ms - warm[name].ttft_ms for name, ms in reported.items() if name in warm and ms is not None]


def _slope(points: Sequence[tuple[int, int]]) -> float:
    """Bytes a sample, fitted after the first quarter: caches and pools have filled by then."""
    late = points[len(points) // 4 :]
    if len(late) < 2:
        return 0.0
    return statistics.linear_regression([done for done, _ in late], [size for _, size in late]).slope
