"""How a run looks while it goes: bars on a terminal, plain lines elsewhere."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from harness.cli.screen import counted
from harness.core.calls import Failure, Record, Role
from harness.report.visible import visible

PLAIN_EVERY_S = 15.0
"""Without a terminal: one line of progress in this many seconds."""


class Bars:
    """Shows phases, finished records and notes on stderr; one bar a candidate."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[counted]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._clock = clock
        self._tasks: dict[str, TaskID] = {}
        self._totals: Mapping[str, int] = {}
        self._done: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._phase = ""
        self._last_line = clock()
        self.said: set[str] = set()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def phase(self, name: str, totals: Mapping[str, int]) -> None:
        """Begin a phase with so many calls a candidate."""
        self._phase, self._totals = name, totals
        self._done.clear()
        self._failed.clear()
        for task in self._tasks.values():
            self._bars.remove_task(task)
        self._tasks = {
            candidate: self._bars.add_task(
                visible(f"{name} {candidate}"), total=total, counted=self._counted(candidate)
            )
            for candidate, total in totals.items()
        }
        calls, candidates = counted(sum(totals.values()), "call"), counted(len(totals), "candidate")
        self.note(f"{name}: {calls} of {candidates}")

    def finished(self, record: Record) -> None:
        """Count a record that is safely stored; warm-up calls and stages are none of those that a bar counts."""
        if record.call.role in (Role.WARMUP, Role.STAGE):
            return
        name = record.call.candidate
        (self._failed if isinstance(record.outcome, Failure) else self._done)[name] += 1
        if name in self._tasks:
            ended = self._done[name] + self._failed[name]
            self._bars.update(self._tasks[name], completed=ended, counted=self._counted(name))
        if self._bars.disable and self._clock() - self._last_line >= PLAIN_EVERY_S:
            self._last_line = self._clock()
            self.note(f"{self._phase}: {', '.join(f'{name} {self._counted(name)}' for name in self._totals)}")

    def _counted(self, name: str) -> str:
        """Return `12/40 done`, and how many failed beside those."""
        failed = f" ({self._failed[name]} failed)" if self._failed[name] else ""
        return f"{self._done[name]}/{self._totals[name]} done{failed}"

    def note(self, text: str) -> None:
        """Say one line above the bars."""
        self.said.add(text)
        self._console.print(visible(text), soft_wrap=True)
