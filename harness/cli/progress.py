"""How a run looks while it goes: bars on a terminal, plain lines elsewhere."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from harness.cli.manner import MANNER, counted, in_language, is_told, listed, tell
from harness.core.calls import Failure, Record, Role
from harness.report.visible import visible

PLAIN_EVERY_S = 15.0
"""Without a terminal: one line of progress in this many seconds."""
BILLED_NOWHERE = ("machine", "stages", "stages_estimated", "imported")
"""Sources of a cost that is on nobody's bill, or on that of the call's own stages."""
ALL = ""
"""The bar of all candidates together."""


class Bars:
    """Shows phases, finished records and notes on stderr; one bar a candidate, and one of all."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._manner = MANNER.get()
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[counted]}", markup=False),
            TextColumn("{task.fields[more]}", markup=False),
            console=self._console,
            disable=self._manner.quiet or not self._console.is_terminal,
        )
        self._clock = clock
        self._tasks: dict[str, TaskID] = {}
        self._totals: Mapping[str, int] = {}
        self._done: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._spent: dict[str, Decimal] = {}
        self._phase = ""
        self._begun = self._last_line = clock()
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
        self._phase, self._totals = _named(name), totals
        self._begun = self._clock()
        self._done.clear()
        self._failed.clear()
        for task in self._tasks.values():
            self._bars.remove_task(task)
        together = {ALL: sum(totals.values())} if len(totals) > 1 else {}
        self._tasks = {
            candidate: self._bars.add_task(
                visible(tell("progress.bar", phase=self._phase, candidate=candidate or tell("progress.all"))),
                total=total,
                counted=self._counted(candidate),
                more=self._more(candidate),
            )
            for candidate, total in {**totals, **together}.items()
        }
        calls, candidates = counted(sum(totals.values()), "call"), counted(len(totals), "candidate")
        self.note(tell("progress.phase", phase=self._phase, calls=calls, candidates=candidates))

    def finished(self, record: Record) -> None:
        """Count a record that is safely stored; warm-up calls and stages are none of those that a bar counts."""
        name = record.call.candidate
        if record.cost_usd is not None and record.cost_source not in BILLED_NOWHERE:
            for of in (name, ALL):
                self._spent[of] = self._spent.get(of, Decimal(0)) + record.cost_usd
        if record.call.role in (Role.WARMUP, Role.STAGE):
            return
        for of in (name, ALL):
            (self._failed if isinstance(record.outcome, Failure) else self._done)[of] += 1
            if of in self._tasks:
                self._bars.update(
                    self._tasks[of],
                    completed=self._ended(of),
                    counted=self._counted(of),
                    more=self._more(of),
                )
        if self._bars.disable and self._clock() - self._last_line >= PLAIN_EVERY_S:
            self._last_line = self._clock()
            counts = [tell("progress.of", candidate=name, count=self._counted(name)) for name in self._totals]
            self.note(tell("progress.line", phase=self._phase, counts=listed(counts), more=self._more(ALL)))

    def note(self, text: str) -> None:
        """Say one line above the bars."""
        self.said.add(text)
        if not self._manner.quiet:
            self._console.print(visible(in_language(text)), soft_wrap=True)

    def detail(self, text: str) -> None:
        """Say one line for whoever wants to know everything."""
        if self._manner.verbose:
            self.note(text)

    def _ended(self, name: str) -> int:
        return self._done[name] + self._failed[name]

    def _total(self, name: str) -> int:
        return self._totals[name] if name else sum(self._totals.values())

    def _counted(self, name: str) -> str:
        """Return `12/40 done`, and how many failed beside those."""
        key = "progress.failed" if self._failed[name] else "progress.done"
        return tell(key, done=self._done[name], of=self._total(name), failed=self._failed[name])

    def _more(self, name: str) -> str:
        """Return what was spent, and how long it will take at the pace so far."""
        spent, ended = self._spent.get(name, Decimal(0)), self._ended(name)
        said = [tell("progress.spent", usd=f"{spent:.4f}")]
        left = self._total(name) - ended
        if ended and left:
            said.append(tell("progress.left", time=_time((self._clock() - self._begun) / ended * left)))
        return listed(said)


def _named(phase: str) -> str:
    return tell(f"phase.{phase}") if is_told(f"phase.{phase}") else phase


def _time(seconds: float) -> str:
    """Return `40 s`, `12 min`, `3.5 h`: nobody knows it better."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
