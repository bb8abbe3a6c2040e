"""Live sessions through Bakeoff, held against what the fake provider of the tests wrote down."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import process
from benchmarks.bench import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What came of one round."""

    bias_ms: Sequence[float]
    """Reported minus true time from the end of the recording to the first audio, of each session but the first."""
    distrusted: float
    """Share of the sessions whose marks Bakeoff itself calls invalid."""


def bakeoff(bench: Bench, *, samples: int) -> Sessions:
    """Measure `samples` sessions, one after the other; the answer begins 200 ms after the recording has ended."""
    log = bench.new_folder() / "truth.jsonl"
    pace = ("--first-s", "0.2", "--gap-s", "0.01", "--chunks", "8")
    command = [sys.executable, "-m", "tests.fake_provider", *pace, "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            said = process.subject("sessions", server.stdout.readline().strip(), "--samples", samples)
        finally:
            server.terminate()
    served = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    truth = [[min(w["at"] for w in it["writes"] if w["note"] == note) for note in ("heard", "audio")] for it in served]
    bias = [ms - (audio - heard) * 1000 for ms, (heard, audio) in zip(said["ttfa_ms"], truth, strict=True)]
    return Sessions(bias_ms=bias[1:], distrusted=said["distrusted"] / samples)
