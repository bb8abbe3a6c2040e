"""The sections of the table, one file each: `measure(bench)` returns its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.bench import Bench
from benchmarks.figures import Row
from benchmarks.goals import audio, bias, coverage, memory, own, report, resampling, scale, startup, throughput
from benchmarks.peers import compare, install


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of its own."""

    title: str
    """Sections are shown in the order of their titles."""
    measure: Callable[[Bench], Sequence[Row]]
    versions: tuple[str, ...] = ()
    """Of what else was measured."""
    by_default: bool = True


SECTIONS: Mapping[str, Section] = {
    "own": Section(title="1. Bakeoff's own CPU", measure=own.measure),
    "throughput": Section(title="2. Throughput through LiteLLM", measure=throughput.measure),
    "bias": Section(title="3. Time to the first token against the server's truth", measure=bias.measure),
    "memory": Section(title="4. Memory and disk", measure=memory.measure),
    "startup": Section(title="5. Start-up", measure=startup.measure),
    "scale": Section(title="6. Ten times as many samples", measure=scale.measure),
    "audio": Section(title="8. Time to the first audio against the server's truth", measure=audio.measure),
    "peers": Section(
        title="7. The peers on the same questions",
        measure=compare.measure,
        versions=(install.INSPECT, install.PROMPTFOO),
        by_default=False,
    ),
    "resampling": Section(
        title="9. Resamples and all pairs",
        measure=resampling.measure,
        versions=tuple(f"{name} {version(name)}" for name in ("numpy", "scipy")),
    ),
    "coverage": Section(
        title="9b. What intervals and looks promise",
        measure=coverage.measure,
        versions=tuple(f"{name} {version(name)}" for name in ("numpy", "scipy")),
    ),
    "report": Section(title="9a. The report of a large run", measure=report.measure),
}
"""In the order in which they are measured; the keys are what `make bench ONLY=...` takes."""
