"""Plan, run, score, decide, report: each verb as a short story; wires the parts, holds no logic of its own."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.canonical import Json, from_json, to_json
from harness.core.decision import Decision, DecisionRule, VerdictKind
from harness.core.runs import Bakeoff, Plan
from harness.errors import NO_CANDIDATE_PASSES, PRECEDENCE, UsageError

if TYPE_CHECKING:
    from harness.execute.forecast import Forecast
    from harness.execute.progress import Progress
    from harness.execute.runner import RunResult
    from harness.local.catalog import Engine

DRAWS = 10_000
"""Resamples behind intervals and P(best)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of the configuration a run takes; stored with it, so that a resumed run takes the same."""

    suites: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    limit: int | None = None
    shipped: bool = False
    """The configuration is the one that comes with Bakeoff, not that of a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What scoring did."""

    scored: int
    unscored: int
    missing_readings: int


# -- plan ----------------------------------------------------------------------------------------------------------


def load(
    folder: Path, *, suites: Sequence[str] = (), candidates: Sequence[str] = (), limit: int | None = None
) -> Bakeoff:
    """Read the bake-off of `folder`; UsageError carries every problem found, CredentialsError every missing key."""
    from harness.config.environment import read
    from harness.config.load import load as load_config
    from harness.config.paths import shipped

    return load_config(
        folder, env=read(folder), suites=suites, candidates=candidates, limit=limit, shipped=shipped()
    )


def load_shipped(*, limit: int | None = None) -> Bakeoff:
    """Read the bake-off that comes with Bakeoff."""
    from harness.config.paths import shipped

    return load(shipped(), limit=limit)


def with_budget(bakeoff: Bakeoff, usd: Decimal) -> Bakeoff:
    """Return `bakeoff` with another ceiling."""
    return replace(bakeoff, settings=replace(bakeoff.settings, budget_usd=usd))


def plan(bakeoff: Bakeoff) -> Plan:
    """Expand the bake-off into its calls."""
    from harness.execute.plan import plan as plan_calls

    return plan_calls(bakeoff)


def forecast(bakeoff: Bakeoff) -> "Forecast":
    """Say what a run would cost and could show."""
    from harness.execute.forecast import forecast as sum_up

    return sum_up(bakeoff, plan(bakeoff))


# -- run -----------------------------------------------------------------------------------------------------------


def start(bakeoff: Bakeoff, *, selection: Selection, runs: Path) -> Path:
    """Create the run's folder with its manifest and plan; nothing is sent yet."""
    from harness.execute.manifest import manifest
    from harness.store.ledger import Ledger, StoredSample

    planned = plan(bakeoff)
    now = datetime.now(UTC)
    path = _new_folder(runs, f"{bakeoff.name}-{now:%Y%m%d-%H%M%S}")
    samples = [
        StoredSample(suite=suite.name, task=task.name, sample=sample)
        for suite in bakeoff.suites
        for task in suite.tasks
        for sample in task.loaded
    ]
    document = manifest(bakeoff, run_id=path.name, started=now.isoformat(timespec="seconds"), selection=to_json(selection))
    Ledger.create(path, document, samples, planned.calls).close()
    return path


def reload(run_folder: Path, folder: Path) -> tuple[Bakeoff, Selection]:
    """Load the configuration that `run_folder` was started from; UsageError where it no longer asks the same."""
    from harness.execute.manifest import changes
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger:
        stored = ledger.manifest()
    selection = from_json(Selection, stored.selection)
    if selection.shipped:
        bakeoff = load_shipped(limit=selection.limit)
    else:
        bakeoff = load(folder, suites=selection.suites, candidates=selection.candidates, limit=selection.limit)
    if changed := changes(stored, bakeoff):
        raise UsageError(
            f"the configuration asks something else than run {stored.run_id} did: {'; '.join(changed)}",
            hint="start a new run, or put back what was changed",
        )
    return bakeoff, selection


def run(bakeoff: Bakeoff, run_folder: Path, *, progress: "Progress") -> "RunResult":
    """Send every call of the run that has no final word yet: answers first, then the instruments."""
    raise NotImplementedError
