"""The reported time to the first audio minus the server's truth: voices, and chat that answers aloud.

Requests come one by one, so that the server, which is one process in Python, stamps each when it arrives.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks import process
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row, percentile

KINDS = {"speech": "voices", "chat": "chat that answers in sound"}
NUMBER, EVERY_S = 200, 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One subject's marks against the truth."""

    bias_ms: Sequence[float]
    distrusted: float
    """Share of the marks that Bakeoff itself calls invalid."""


def measure(bench: Bench) -> Sequence[Row]:
    done = bench.interleaved({kind: partial(_listen, bench, kind) for kind in KINDS})
    return [row for kind, name in KINDS.items() for row in _rows(kind, name, done[kind])]


def _listen(bench: Bench, kind: str) -> Heard:
    """Ask the fake provider, a process of its own: 200 ms to the first audio, then a piece each 20 ms."""
    log = bench.new_folder() / "truth.jsonl"
    command = [sys.executable, "-m", "tests.fake_provider", "--first-s", "0.2", "--gap-s", "0.02", "--log", str(log)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        marks = process.subject("audio", url, kind, "--number", NUMBER, "--every-s", EVERY_S)
    finally:
        server.terminate()
        server.wait()
    truth = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        served = json.loads(line)
        first = min((write["at"] for write in served["writes"] if write["note"] == "audio"), default=None)
        if first is not None:
            truth[served["model"]] = (first - served["received"]) * 1000
    return Heard(
        bias_ms=[mark - truth[name] for name, mark in marks.items() if mark is not None],
        distrusted=sum(mark is None for mark in marks.values()) / NUMBER,
    )


def _rows(kind: str, name: str, rounds: Sequence[Heard]) -> list[Row]:
    return [
        Row(key=f"audio-{kind}-mean", what=f"{name}: mean", unit="ms", goal=Goal(most=5.0),
            values=[statistics.fmean(it.bias_ms) for it in rounds]),
        Row(key=f"audio-{kind}-p99", what=f"{name}: 99th percentile", unit="ms",
            values=[percentile(it.bias_ms, 0.99) for it in rounds]),
        Row(key=f"audio-{kind}-distrusted", what=f"{name}: marks that Bakeoff calls invalid and does not rank",
            unit="%", values=[it.distrusted * 100 for it in rounds]),
    ]  # fmt: skip
