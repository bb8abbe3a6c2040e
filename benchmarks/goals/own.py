"""Goal 1: what Bakeoff itself costs a sample, with a client that answers at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import folder, process
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row

NOWHERE = "http://127.0.0.1:9/v1"
STAGES = {
    "plan": "of it: plan",
    "start": "of it: manifest and plan into the ledger",
    "run": "of it: lanes, budget, intents and records",
    "score": "of it: scoring from the ledger and back into it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRun:
    """A finished run whose answers came from no network."""

    folder: Path
    """Of its bakeoff.yaml."""
    path: Path
    """Of the run."""
    cpu_ms: Mapping[str, float]
    """Of each stage, a sample; `load`, which reads the configuration and the samples, is none of `STAGES`."""
    resident_bytes: int
    """By how much resident memory has grown."""

    @property
    def total_ms(self) -> float:
        return sum(self.cpu_ms[stage] for stage in STAGES)


def run(bench: Bench, samples: int, *, api_base: str = NOWHERE) -> OwnRun:
    """Run a bake-off of so many samples without a network."""
    at, small = bench.new_folder(), bench.new_folder()
    for where, count in ((at, samples), (small, 10)):
        folder.write(where, api_base=api_base, samples=count, answer="42", max_in_flight=64)
    said = process.subject("own", at, small, at / "reports", env=folder.KEY)
    return OwnRun(
        folder=at,
        path=Path(said["run"]),
        cpu_ms={stage: cpu_s / samples * 1000 for stage, cpu_s in said["cpu_s"].items()},
        resident_bytes=said["resident"],
    )


def measure(bench: Bench) -> Sequence[Row]:
    rounds = bench.interleaved({"own": lambda: run(bench, bench.samples)})["own"]
    what = f"CPU a sample: plan, schedule, ledger and score, {bench.samples:,} samples, 64 in flight"
    parts = {**STAGES, "load": "beside it: configuration and samples read"}
    return [
        Row(key="own", what=what, unit="ms", values=[it.total_ms for it in rounds], goal=Goal(most=0.5)),
        *(Row(key=f"own-{stage}", what=part, unit="ms", values=[it.cpu_ms[stage] for it in rounds])
          for stage, part in parts.items()),
    ]  # fmt: skip
