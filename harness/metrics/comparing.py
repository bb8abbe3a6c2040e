"""Two runs of one candidate as two candidates of one run, so that they are compared item by item."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from harness.core.comparison import Comparison, SampleChange
from harness.metrics.estimates import estimates
from harness.metrics.paired import differences
from harness.metrics.stats import holm
from harness.metrics.tables import observe

BEFORE, AFTER = "before", "now"
SHOWN = ("quality", "ttfo_p50_ms", "ttfa_p50_ms", "total_p50_ms", "usd_per_1k_requests", "coverage")
"""Metrics that are told of both runs, where a slot has them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frames:
    """A run as `store.frames` makes it."""

    run: str
    calls: pd.DataFrame
    scores: pd.DataFrame


def compare(
    before: Frames, after: Frames, *, slot: str, candidates: tuple[str, str], seed: int = 0
) -> Comparison | None:
    """Compare a candidate on the samples that both runs asked it; `candidates`: its name before and after.

    None where the runs share no sample of it.
    """
    parts = [_of(frames, slot, name, side) for frames, name, side in
             ((before, candidates[0], BEFORE), (after, candidates[1], AFTER))]  # fmt: skip
    calls = pd.concat([part.calls for part in parts], ignore_index=True)
    if calls["candidate"].nunique() < 2:
        return None
    observations = observe(calls, pd.concat([part.scores for part in parts], ignore_index=True), slot=slot)
    if observations.n == 0:
        return None
    (quality,) = differences(observations, AFTER)
    told = estimates(observations, seed=seed)
    was, now = ({e.metric: e for e in told[side]} for side in (BEFORE, AFTER))
    values = observations.quality[[observations.candidates.index(side) for side in (BEFORE, AFTER)]]
    changed = np.flatnonzero(~np.isnan(values).any(axis=0) & (values[0] != values[1]))
    changes = [
        SampleChange(sample=observations.items[i], before=float(values[0, i]), after=float(values[1, i]))
        for i in changed
    ]
    changes.sort(key=lambda change: change.after - change.before)
    return Comparison(
        slot=slot,
        candidate=candidates[1],
        before=before.run,
        after=after.run,
        quality=quality,
        estimates={metric: (was[metric], now[metric]) for metric in SHOWN if metric in was and metric in now},
        worse=tuple(change for change in changes if change.after < change.before),
        better=tuple(change for change in reversed(changes) if change.after > change.before),
    )


def corrected(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Return all comparisons, p-values Holm-corrected over them, regressions first, then the larger losses."""
    tested = [i for i, it in enumerate(comparisons) if it.quality.p_value is not None]
    fixed = list(comparisons)
    for i, p in zip(tested, holm(np.array([comparisons[i].quality.p_value for i in tested], dtype=float)), strict=True):
        fixed[i] = replace(fixed[i], quality=replace(fixed[i].quality, p_holm=float(p)))
    return tuple(sorted(fixed, key=lambda it: (not it.regressed, _loss(it))))


def _loss(it: Comparison) -> float:
    value = it.quality.difference.value
    return 0.0 if value is None else value


def _of(frames: Frames, slot: str, candidate: str, side: str) -> Frames:
    """Return the calls and scores of one candidate under the name of its side; keys are those of this side alone."""
    calls = frames.calls[(frames.calls["slot"] == slot) & (frames.calls["candidate"] == candidate)].copy()
    scores = frames.scores[frames.scores["key"].isin(calls["key"])].copy()
    calls["candidate"] = side
    for table in (calls, scores):
        table["key"] = side + "/" + table["key"].astype(str)
    return Frames(run=frames.run, calls=calls, scores=scores)
