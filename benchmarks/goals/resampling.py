"""Goal 7, its statistics: CPU of the resamples and of all pairs of candidates."""

import time
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row
from harness.metrics.observations import Observations
from harness.metrics.paired import every_pair
from harness.metrics.resample import resample
from harness.metrics.stats import TWO_SIDED

CANDIDATES, DRAWS = 10, 10_000


def measure(bench: Bench) -> Sequence[Row]:
    seen = _observations(bench.many)
    done = bench.interleaved({
        "draws": lambda: _cpu_s(lambda: _intervals(seen)),
        "tests": lambda: _cpu_s(lambda: every_pair(seen, seen.candidates)),
        "latency": lambda: _cpu_s(lambda: resample(seen, ["ttfo_p50_ms"], draws=DRAWS)),
    })  # fmt: skip
    what = f"{bench.many:,} samples × {CANDIDATES} candidates"
    both = [a + b for a, b in zip(done["draws"], done["tests"], strict=True)]
    return [
        Row(key="resampling", what=f"{what}: {DRAWS:,} paired resamples, intervals and tests of all 45 pairs", unit="s",
            values=both, goal=Goal(most=4.0)),
        Row(key="resampling-draws", what="of it: the resamples and the pairs' intervals", unit="s",
            values=done["draws"]),
        Row(key="resampling-tests", what="of it: the pairs' standard errors and corrected p-values", unit="s",
            values=done["tests"]),
        Row(key="resampling-latency", what=f"beside it: {DRAWS:,} resamples of a median latency", unit="s",
            values=done["latency"]),
    ]  # fmt: skip


def _observations(n: int) -> Observations:
    """Return scores and latencies of `n` independent samples in four tasks; no two samples have the same."""
    rng = np.random.default_rng(0)
    difficulty, ability = rng.normal(0, 1, n), np.linspace(0.5, 1.0, CANDIDATES)
    logits = ability[:, None] - difficulty + rng.normal(0, 1, (CANDIDATES, n))
    asked = np.ones((CANDIDATES, n))
    return Observations(
        slot="text",
        candidates=tuple(f"candidate-{c}" for c in range(CANDIDATES)),
        tasks=("a/one", "a/two", "b/one", "c/one"),
        task_weight=np.array([1 / 6, 1 / 6, 1 / 3, 1 / 3]),
        stratum=np.sort(rng.integers(0, 4, n)),
        cluster=np.arange(n),
        quality=1 / (1 + np.exp(-logits)),
        asked=asked,
        scored=asked,
        ratios={},
        timings={"ttfo_ms": rng.lognormal(6, 0.5, (CANDIDATES, n, 1))},
        dropped=0,
    )


def _intervals(seen: Observations) -> None:
    scores = resample(seen, ["quality"], draws=DRAWS)[:, :, 0]
    for a, b in combinations(range(CANDIDATES), 2):
        np.quantile(scores[:, a] - scores[:, b], (TWO_SIDED, 1 - TWO_SIDED))


def _cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU of all threads of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start
