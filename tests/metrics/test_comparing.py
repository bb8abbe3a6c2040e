"""One candidate in two runs, of which one stopped asking it."""

from dataclasses import replace
from typing import Any

import numpy as np

from harness.core.stopping import Stop, StopRule
from harness.metrics.comparing import Frames, compare, corrected
from harness.metrics.stats import Floats
from tests.metrics.frames import scored

RULE = StopRule(block=10)
LOOKS = 12
"""Of ten samples each."""


def run(name: str, scores: list[float], *, stopped: bool = False) -> Frames:
    """Return a run of `a`; one that `stopped` had planned all samples and asked these."""
    calls, judged = scored({"a": scores}).tables()
    of = {"slot": "text", "candidate": "a", "block": len(scores) // 10, "samples": len(scores), "planned": 10 * LOOKS}
    return Frames(run=name, calls=calls, scores=judged, stops=(Stop(**of),) if stopped else (), rule=RULE)  # type: ignore[arg-type]


def test_a_run_that_looked_until_the_candidate_had_lost_shows_no_change_by_that_alone() -> None:
    """Luck ended the asking of the earlier run; the later one is as good as the earlier was in truth."""
    rng, races, early, alarms = np.random.default_rng(3), 120, 0, {True: 0, False: 0}
    for _ in range(races):
        then = rng.random(10 * LOOKS)
        least = next((n for n in range(20, 10 * LOOKS + 1) if then[:n].mean() < 0.5 - 2.1 * 0.29 / n**0.5), None)
        if least is None:
            continue
        early += 1
        for said in alarms:
            pair = run("then", then[:least].tolist(), stopped=said), run("now", [0.5] * least)
            (found,) = corrected([it for it in [compare(*pair, slot="text", candidates=("a", "a"))] if it is not None])
            alarms[said] += found.improved
    assert early >= 8
    assert alarms[False] > 0.6 * early, "an interval for one look takes the luck for a change"
    assert alarms[True] <= 0.025 * races


def timed(name: str, total_ms: Floats, usd: Floats, **more: Any) -> Frames:
    """Return a run of `a` with so many milliseconds and dollars on each sample."""
    frames = scored({"a": [1.0] * len(usd)})
    for row, ms, cost in zip(frames.calls, total_ms, usd, strict=True):
        row |= {"total_ms": ms, "cost_usd": cost}
    calls, judged = frames.tables()
    return Frames(run=name, calls=calls, scores=judged, **more)


def test_time_and_money_are_told_as_ratios_of_the_same_samples() -> None:
    rng = np.random.default_rng(5)
    ms, usd = rng.lognormal(6, 1, 60), rng.lognormal(-6, 1, 60)
    then = timed("then", ms, usd, circumstances={"machine": "x", "in_flight": "4"}, prices={"a": "dear"})
    now = timed("now", 1.3 * ms * rng.lognormal(0, 0.05, 60), usd * rng.lognormal(0, 0.05, 60),
                circumstances={"machine": "x", "in_flight": "16"}, prices={"a": "dear"})  # fmt: skip
    found = compare(then, now, slot="text", candidates=("a", "a"))
    assert found is not None
    assert found.ratios.keys() == {"total_p50_ms", "usd_per_1k_requests"}
    total, cost = found.ratios["total_p50_ms"], found.ratios["usd_per_1k_requests"]
    assert 1.1 < (total.low or 0) < 1.3 < (total.high or 0) < 1.5, "hard samples are slow in both, so it is narrow"
    assert 0.95 < (cost.low or 0) < 1 < (cost.high or 0) < 1.05
    assert found.differs == ("in_flight",)
    few = compare(timed("then", ms[:9], usd[:9]), timed("now", 2 * ms[:9], usd[:9]), slot="text", candidates=("a", "a"))
    blurred = compare(replace(then, resolution_ms=9e9), now, slot="text", candidates=("a", "a"))
    for it in (few, blurred):
        assert it is not None
        assert it.ratios["total_p50_ms"].low is None


def test_a_sample_that_one_run_did_not_time_counts_in_neither() -> None:
    ms = np.sort(np.random.default_rng(6).lognormal(6, 1, 60))
    halved = np.where(np.arange(60) < 30, ms, np.nan)
    found = compare(timed("then", halved, ms), timed("now", ms, ms), slot="text", candidates=("a", "a"))
    assert found is not None
    total = found.ratios["total_p50_ms"]
    assert (total.value, total.low, total.high) == (1.0, 1.0, 1.0)
    assert found.estimates["total_p50_ms"][1].n == 30


def test_a_cost_of_which_only_a_bound_is_known_has_not_changed_for_sure() -> None:
    ms = np.full(60, 100.0)
    then, now = timed("then", ms, ms), timed("now", ms, 3 * ms)
    for run in (now, replace(now, calls=now.calls.assign(cost_source="estimated"))):
        found = compare(then, run, slot="text", candidates=("a", "a"))
        assert found is not None
        assert (found.ratios["usd_per_1k_requests"].low is None) == (run is not now)


def test_what_was_stopped_is_told_with_bounds_that_hold_at_every_look() -> None:
    rng = np.random.default_rng(4)
    then, now = rng.random(40).tolist(), (rng.random(40) / 3).tolist()
    plain = compare(run("then", then), run("now", now), slot="text", candidates=("a", "a"))
    early = compare(run("then", then), run("now", now, stopped=True), slot="text", candidates=("a", "a"))
    assert plain is not None
    assert early is not None
    assert early.stopped["now"].samples == 40
    assert not plain.stopped
    assert early.ratios == {}, "no bounds of a ratio hold at every look"
    assert "holds at every look" in early.quality.difference.note
    (was, at_looks), (_, once) = early.estimates["quality"], plain.estimates["quality"]
    assert was == plain.estimates["quality"][0], "the run that asked everything has its usual interval"
    assert (at_looks.low or 0) < (once.low or 0) < (once.high or 1) < (at_looks.high or 0)
    (found,) = corrected([early])
    assert found.regressed
    assert (found.quality.p_holm or 1) < 0.01
