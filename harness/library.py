"""Bakeoff for programs and notebooks: run a bake-off, load a run, ask it for decisions and tables."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.calls import Record
from harness.core.estimates import Estimate
from harness.core.usual import RUNS_FOLDER
from harness.errors import BakeoffError, UsageError

if TYPE_CHECKING:
    from pandas import DataFrame

    from harness.core.decision import Decision
    from harness.pipeline import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run's folder, and what can be asked of it for nothing."""

    folder: Path
    exit_code: int | None = None
    """What `bakeoff run` would have ended with; None: it was loaded, not run."""

    @property
    def decisions(self) -> "tuple[Decision, ...]":
        """One decision a slot, as they were last made; UsageError where there is none yet."""
        from harness.store import decision_file

        return decision_file.decisions(self.folder)

    def decide(
        self, *, weights: Mapping[str, float] | None = None, allow_incomplete: bool = False
    ) -> "tuple[Decision, ...]":
        """Decide again, with other `weights` (`quality` or `slot:quality` → weight), and write decision.json."""
        from harness import pipeline

        return pipeline.decide(self.folder, weights=weights, allow_incomplete=allow_incomplete)

    def estimate(self, candidate: str, metric: str = "quality", *, slot: str | None = None) -> Estimate:
        """Return what was measured of a candidate; `slot` may be left out where the run has one.

        UsageError, with what there is, where nothing has that name.
        """
        decision = self._slot(slot)
        found = decision.estimates.get(candidate)
        if found is None:
            raise UsageError(f"no candidate {candidate!r} in {decision.slot}: {', '.join(decision.estimates)}")
        by_metric = {estimate.metric: estimate for estimate in found}
        if metric not in by_metric:
            raise UsageError(f"{candidate} has no metric {metric!r}: {', '.join(by_metric)}")
        return by_metric[metric]

    def report(self) -> Path:
        """Write report.html and return its path."""
        from harness import pipeline

        return pipeline.report(self.folder)

    def to_pandas(self) -> "DataFrame":
        """Return one row a planned answer, in plan order: the columns of `harness.store.frames.COLUMNS`, then a column
        `score NAME` for each scorer. Milliseconds, seconds, dollars; NaN is not measured."""
        from harness.store.frames import calls_frame, scores_frame
        from harness.store.ledger import Ledger

        with Ledger.open(self.folder, write=False) as ledger, ledger.snapshot():
            calls, scores = calls_frame(ledger), scores_frame(ledger)
        wide = scores.pivot(index="key", columns="scorer", values="value").add_prefix("score ")
        return calls.join(wide, on="key")

    def _slot(self, name: str | None) -> "Decision":
        decisions = {decision.slot: decision for decision in self.decisions}
        if name is None and len(decisions) == 1:
            return next(iter(decisions.values()))
        if name not in decisions:
            asked = "name a slot" if name is None else f"no slot {name!r}"
            raise UsageError(f"{asked}: {', '.join(decisions)}")
        return decisions[name]

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from harness.report.closing import closing_html

        return "".join(map(closing_html, self.decisions))


def load(run: str | Path = "latest", *, folder: str | Path = ".", runs: str | Path | None = None) -> Run:
    """Return a run by its folder, its name in `runs`, or `latest`: the newest, also one that is not over yet.

    UsageError where there is none. `runs` is by default the folder `reports` of the bake-off's `folder`.
    """
    from harness.store import folders

    return Run(folder=folders.find(str(run), _runs(Path(folder), runs), written=True))


def run(
    folder: str | Path = ".",
    *,
    suites: Sequence[str] = (),
    candidates: Sequence[str] = (),
    limit: int | None = None,
    budget_usd: Decimal | float | None = None,
    allow_code_execution: bool = False,
    allow_incomplete: bool = False,
    runs: str | Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    on_begin: Callable[[Callable[[], None]], None] = lambda _: None,
) -> Run:
    """Do what `bakeoff run` does in `folder`, and return the run; with nothing answered it has no decisions.

    `say` is told what is passed over and what goes wrong, a sentence each; `on_begin` is given what interrupts the run,
    from any thread, as Ctrl-C does: the first time it drains. An interrupted run has the exit code 130, and
    `bakeoff run --resume` goes on with it. Inside the event loop of a notebook the run has a thread of its own.

    UsageError, with every problem, or CredentialsError where it cannot begin: nothing was sent then. Weights
    of embedded models are not fetched here: the error names the command that does.
    """
    from harness.pipeline import Selection

    selection = Selection(
        suites=tuple(suites), candidates=tuple(candidates), limit=limit, allow_code_execution=allow_code_execution,
        budget_usd=None if budget_usd is None else Decimal(str(budget_usd)),
    )  # fmt: skip
    work = partial(
        _run, Path(folder), selection, allow_incomplete=allow_incomplete, runs=_runs(Path(folder), runs), say=say
    )
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work(on_begin=on_begin)
    return _beside(work, on_begin)


async def arun(folder: str | Path = ".", **choices: Any) -> Run:
    """Do what `run` does, with its arguments but `on_begin`, while the event loop goes on; cancelled, it drains."""
    brake = _Brake()
    running = asyncio.ensure_future(asyncio.to_thread(run, folder, **choices, on_begin=brake.begun))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        brake.pull()
        await asyncio.wait({running})
        raise


def _run(
    folder: Path, selection: "Selection", *, allow_incomplete: bool, runs: Path, say: Callable[[str], None],
    on_begin: Callable[[Callable[[], None]], None],
) -> Run:  # fmt: skip
    from harness import pipeline
    from harness.store import folders

    bakeoff = pipeline.load(folder, suites=selection.suites, candidates=selection.candidates, limit=selection.limit)
    bakeoff = pipeline.bounded(bakeoff, selection)
    planned = pipeline.plan(bakeoff)
    for notice in pipeline.notices(bakeoff, planned):
        say(notice)
    path = pipeline.begin(bakeoff, planned, selection=selection, runs=runs)
    try:
        result = pipeline.run(bakeoff, path, folder=folder, progress=_Sentences(say), on_begin=on_begin)
    except BakeoffError:
        folders.discard(path)  # of a run that sent nothing, nothing is left
        raise
    decided = pipeline.is_decidable(result)
    decisions = pipeline.conclude(bakeoff, path, allow_incomplete=allow_incomplete) if decided else ()
    for sentence in (*result.notices, *(problem.message for problem in result.problems)):
        say(sentence)
    return Run(folder=path, exit_code=pipeline.exit_code(result, decisions))


class _Sentences:
    """A watcher that passes on what is worth a sentence."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.note = say

    def phase(self, name: str, totals: Mapping[str, int]) -> None:
        """Phases are not told."""

    def finished(self, record: Record) -> None:
        """Nor are calls."""

    def detail(self, text: str) -> None:
        """Nor are attempts."""


class _Brake:
    """Interrupts a run in another thread, also one that has not begun yet."""

    def __init__(self) -> None:
        self._interrupt: Callable[[], None] | None = None
        self._pulled = False

    def begun(self, interrupt: Callable[[], None]) -> None:
        """Take what interrupts the run, now that it has begun."""
        self._interrupt = interrupt
        if self._pulled:
            interrupt()

    def pull(self) -> None:
        self._pulled = True
        if self._interrupt is not None:
            self._interrupt()


def _beside(work: Callable[..., Run], on_begin: Callable[[Callable[[], None]], None]) -> Run:
    """Do `work` in a thread, which may have an event loop of its own; Ctrl-C here interrupts it there."""
    brake = _Brake()

    def begun(interrupt: Callable[[], None]) -> None:
        on_begin(interrupt)
        brake.begun(interrupt)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work, on_begin=begun)
        while True:
            try:
                return running.result()
            except KeyboardInterrupt:
                brake.pull()


def _runs(folder: Path, runs: str | Path | None) -> Path:
    return folder / RUNS_FOLDER if runs is None else Path(runs)
