"""Two runs of one candidate as two candidates of one run, so that they are compared item by item."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from harness.core.comparison import SURE, Comparison, SampleChange
from harness.core.stopping import Stop, StopRule
from harness.metrics.estimates import estimates
from harness.metrics.paired import at_every_look, differences
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
    stops: tuple[Stop, ...] = ()
    """Candidates that were asked no more, since they had lost."""
    rule: StopRule = field(default_factory=StopRule)
    """By which they were stopped."""

    def stop(self, slot: str, candidate: str) -> Stop | None:
        """Return how a candidate was stopped early; None: it was asked everything."""
        return next((stop for stop in self.stops if (stop.slot, stop.candidate) == (slot, candidate)), None)


def compare(
    before: Frames, after: Frames, *, slot: str, candidates: tuple[str, str], seed: int = 0
) -> Comparison | None:
    """Compare a candidate on the samples that both runs asked it; `candidates`: its name before and after.

    None where the runs share no sample of it. Where one of them stopped it early, how many samples there are depends on
    how it did: then the bounds are those that hold at every look.
    """
    parts = [_of(frames, slot, name, side) for frames, name, side in
             ((before, candidates[0], BEFORE), (after, candidates[1], AFTER))]  # fmt: skip
    calls = pd.concat([part.calls for part in parts], ignore_index=True)
    if calls["candidate"].nunique() < 2:
        return None
    observations = observe(calls, pd.concat([part.scores for part in parts], ignore_index=True), slot=slot)
    if observations.n == 0:
        return None
    stops = [frames.stop(slot, name) for frames, name in zip((before, after), candidates, strict=True)]
    stopped = {frames.run: stop for frames, stop in zip((before, after), stops, strict=True) if stop is not None}
    if stopped:
        planned = min(stop.planned for stop in stopped.values())
        quality = at_every_look(observations, AFTER, BEFORE, samples=planned, alpha=SURE)
    else:
        (quality,) = differences(observations, AFTER)
    looks = [
        1 if stop is None else of.rule.looks(stop.planned) for of, stop in zip((before, after), stops, strict=True)
    ]
    told = {n: estimates(observations, seed=seed, share=1 / n) for n in set(looks)}
    was, now = ({e.metric: e for e in told[n][side]} for n, side in zip(looks, (BEFORE, AFTER), strict=True))
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
        stopped=stopped,
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
