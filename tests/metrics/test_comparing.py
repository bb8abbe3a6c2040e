"""One candidate in two runs, of which one stopped asking it."""

import numpy as np

from harness.core.stopping import Stop, StopRule
from harness.metrics.comparing import Frames, compare, corrected
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


def test_what_was_stopped_is_told_with_bounds_that_hold_at_every_look() -> None:
    rng = np.random.default_rng(4)
    then, now = rng.random(40).tolist(), (rng.random(40) / 3).tolist()
    plain = compare(run("then", then), run("now", now), slot="text", candidates=("a", "a"))
    early = compare(run("then", then), run("now", now, stopped=True), slot="text", candidates=("a", "a"))
    assert plain is not None
    assert early is not None
    assert early.stopped["now"].samples == 40
    assert not plain.stopped
    assert "holds at every look" in early.quality.difference.note
    (was, at_looks), (_, once) = early.estimates["quality"], plain.estimates["quality"]
    assert was == plain.estimates["quality"][0], "the run that asked everything has its usual interval"
    assert (at_looks.low or 0) < (once.low or 0) < (once.high or 1) < (at_looks.high or 0)
    (found,) = corrected([early])
    assert found.regressed
    assert (found.quality.p_holm or 1) < 0.01
