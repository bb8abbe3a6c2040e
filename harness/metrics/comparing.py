"""Two runs of one candidate as two candidates of one run, so that they are compared item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from harness.core.comparison import SURE, Comparison, SampleChange
from harness.core.estimates import Estimate
from harness.core.stopping import Stop, StopRule
from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations
from harness.metrics.paired import FEW_CLUSTERS, at_every_look, differences
from harness.metrics.resample import resample
from harness.metrics.stats import TWO_SIDED, Bools, Floats, holm
from harness.metrics.tables import observe

BEFORE, AFTER = "before", "now"
SHOWN = ("quality", "ttfo_p50_ms", "ttfa_p50_ms", "total_p50_ms", "usd_per_1k_requests", "coverage")
"""Metrics that are told of both runs, where a slot has them."""
DRAWS = 2_000
"""Resamples behind the interval of a ratio."""


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
    resolution_ms: float = 0.0
    """Latencies that are nearer to each other were not told apart."""
    circumstances: Mapping[str, str] = field(default_factory=dict)
    """Under what it was measured: `machine`, `in_flight`."""
    prices: Mapping[str, str] = field(default_factory=dict)
    """Candidate → a hash of what is charged for it."""

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
    observations = _shared(observe(calls, pd.concat([part.scores for part in parts], ignore_index=True), slot=slot))
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
    resolution_ms = max(before.resolution_ms, after.resolution_ms)
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
        ratios={} if stopped else _ratios(observations, was, now, resolution_ms=resolution_ms, seed=seed),
        differs=_differs(before, after, candidates),
        worse=tuple(change for change in changes if change.after < change.before),
        better=tuple(change for change in reversed(changes) if change.after > change.before),
        stopped=stopped,
    )


def _shared(of: Observations) -> Observations:
    """Return them without the times and costs of items that one side lacks: else each would be of other questions."""

    def lacking(values: Floats) -> Bools:
        found: Bools = np.any(np.all(np.isnan(values).reshape(2, of.n, -1), axis=2), axis=0)
        return found

    return replace(
        of,
        timings={name: np.where(lacking(it)[:, None], np.nan, it) for name, it in of.timings.items()},
        ratios={
            name: replace(it, numerator=np.where(lacking(it.numerator), np.nan, it.numerator)) if name in SHOWN else it
            for name, it in of.ratios.items()
        },
    )


def _ratios(
    observations: Observations, was: Mapping[str, Estimate], now: Mapping[str, Estimate], *,
    resolution_ms: float, seed: int,
) -> Mapping[str, Estimate]:  # fmt: skip
    """Return the ratios of time and money with the interval of the paired bootstrap (methodology.md 3).

    No bounds where fewer than ten clusters were drawn from, where one of both has none or is an upper bound itself, and
    where two latencies are nearer than could be told apart.
    """
    ends = {
        metric: (was[metric].value, now[metric].value)
        for metric in SHOWN
        if metric in was and metric in now and metric not in ("quality", "coverage")
    }
    known = {m: b / a for m, (a, b) in ends.items() if a and b and np.isfinite(a) and np.isfinite(b)}
    if not known:
        return {}
    sides = [observations.candidates.index(side) for side in (BEFORE, AFTER)]
    draws = resample(observations, list(known), draws=DRAWS, seed=seed)[:, sides]
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = draws[:, 1] / draws[:, 0]
    enough = int(observations.clusters.sum()) >= FEW_CLUSTERS
    found = {}
    for m, (metric, ratio) in enumerate(known.items()):
        low, high = np.quantile(drawn[:, m], (TWO_SIDED, 1 - TWO_SIDED)).tolist()
        a, b = was[metric], now[metric]
        seen = None not in (a.low, b.low) and np.isfinite([low, high]).all()
        near = metric.endswith("_ms") and abs((b.value or 0.0) - (a.value or 0.0)) < resolution_ms
        measured = not (a.bounded or b.bounded)
        told = enough and seen and measured and not near
        found[metric] = Estimate(
            metric=metric, value=ratio, low=low if told else None, high=high if told else None,
            n=min(a.n, b.n), coverage=min(a.coverage, b.coverage),
            note="nearer than could be told apart" if near else "now / before, paired bootstrap",
        )  # fmt: skip
    return found


def _differs(before: Frames, after: Frames, candidates: tuple[str, str]) -> tuple[str, ...]:
    """Return what was another one besides the candidate."""
    names = before.circumstances.keys() & after.circumstances.keys()
    charged = [of.prices.get(name) for of, name in zip((before, after), candidates, strict=True)]
    return (
        *(name for name in sorted(names) if before.circumstances[name] != after.circumstances[name]),
        *(["prices"] if charged[0] != charged[1] else []),
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
