"""A watcher of runs that prints nothing, and remembers what a run has cost since its first call was due."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.process import children_cpu_s
from benchmarks.subjects.crowd import Memory
from harness.core.calls import Record


@dataclass(slots=True, kw_only=True)
class Watch:
    """See `execute.progress.Progress`."""

    memory: Memory = field(default_factory=lambda: Memory(every=1))
    begun: float = 0.0
    begun_children: float = 0.0

    def phase(self, name: str, totals: Mapping[str, int]) -> None:  # noqa: ARG002
        """Everything is loaded, and the first call goes out next."""
        self.memory = Memory.of(sum(totals.values()))
        self.begun, self.begun_children = time.process_time(), children_cpu_s()

    def finished(self, record: Record) -> None:  # noqa: ARG002
        self.memory.another()

    def note(self, text: str) -> None:
        """Nothing."""

    def detail(self, text: str) -> None:
        """Nothing."""
