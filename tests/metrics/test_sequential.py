"""Looking at every item without fooling oneself."""

import math
from collections import Counter

import numpy as np
import pytest

from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations
from harness.metrics.paired import at_every_look
from harness.metrics.sequential import confidence_sequence, dropped_at, tuned
from harness.metrics.stats import Floats
from harness.metrics.tables import observe
from tests.metrics.frames import scored


def test_rho_equals_the_methodology() -> None:
    assert [tuned(200), tuned(400)] == pytest.approx([25.2, 50.4], abs=0.05)


def test_bounds_are_those_of_the_formula() -> None:
    d = np.random.default_rng(0).normal(0.1, 0.3, 60)
    band, rho = confidence_sequence(d, rho=25.2), 25.2
    for t in (20, 41, 60):
        half = d[:t].std(ddof=1) * math.sqrt((t + rho) * math.log((t + rho) / (rho * 0.05**2))) / t
        assert (band.low[t - 1], band.high[t - 1]) == pytest.approx((d[:t].mean() - half, d[:t].mean() + half))
    assert np.isinf(band.low[:19]).all()
    assert np.isinf(band.high[:19]).all()


def test_who_is_far_behind_is_dropped_early_and_equals_are_not() -> None:
    rng = np.random.default_rng(2)
    behind = rng.normal([-0.2, -0.1, 0.0], 0.35, (400, 3))
    far, near, equal = dropped_at(behind, rho=tuned(200))
    assert far is not None
    assert near is not None
    assert 20 <= far < near
    assert equal is None
    assert dropped_at(behind[:10], rho=tuned(200)) == (None, None, None)


def test_nobody_to_drop() -> None:
    assert dropped_at(np.zeros((50, 0)), rho=25.0) == ()


def test_a_paired_difference_is_bounded_by_the_sequence_of_its_items() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.random(60), rng.random(60)
    pair = at_every_look(observe(*scored({"a": a, "b": b}).tables(), slot="text"), "a", "b", samples=200, alpha=0.02)
    band = confidence_sequence(a - b, rho=tuned(100, alpha=0.02), alpha=0.02)
    found = pair.difference.value, pair.difference.low, pair.difference.high
    assert found == pytest.approx(((a - b).mean(), band.low[-1], band.high[-1]))
    assert pair.p_holm is None


def varying() -> Floats:
    return np.clip(np.random.default_rng(8).normal(0.2, 0.3, 60), -1, 1)


@pytest.mark.parametrize("d", [varying(), np.full(60, 0.07)], ids=["varying", "no two items differ"])
def test_the_p_value_at_every_look_is_the_least_alpha_whose_bounds_leave_0_out(d: Floats) -> None:
    frames = scored({"a": np.maximum(d, 0), "b": np.maximum(-d, 0)})
    seen, rho = observe(*frames.tables(), slot="text"), tuned(30)
    p = at_every_look(seen, "a", "b", samples=60, alpha=0.05).p_value or 0.0
    assert 1e-9 < p < 0.05
    for alpha, leaves_0_out in ((p * 1.001, True), (p * 0.999, False)):
        half = confidence_sequence(d, rho=rho, alpha=alpha).high[-1] - d.mean()
        assert (d.mean() > (half if d.std() > 1e-9 else 1 - alpha ** (1 / 60))) is np.bool_(leaves_0_out)
    assert at_every_look(seen, "a", "a", samples=60, alpha=0.05).p_value == 1.0


def test_below_the_burn_in_and_where_a_task_shows_no_spread_there_are_no_bounds() -> None:
    few = scored({"a": [1.0, 0.0] * 9, "b": [0.0, 1.0] * 9})
    lonely = scored({"a": [1.0, 0.0] * 30, "b": [0.0, 1.0] * 30})
    for name in ("a", "b"):
        lonely.add(name, "alone", 1.0, task="other")
    for frames in (few, lonely):
        difference = at_every_look(observe(*frames.tables(), slot="text"), "a", "b", samples=60, alpha=0.05).difference
        assert (difference.low, difference.high) == (None, None)


def test_tasks_count_as_they_weigh_and_a_small_one_is_not_sure() -> None:
    rng = np.random.default_rng(4)
    frames = scored({"a": rng.random(200), "b": rng.random(200)})
    for i in range(4):
        for name, score in (("a", 1.0), ("b", float(i % 2))):
            frames.add(name, f"x{i}", score, task="small")
    difference = at_every_look(observe(*frames.tables(), slot="text"), "a", "b", samples=204, alpha=0.05).difference
    assert difference.low is None, "half of the quality rests on four samples"


def test_an_equal_difference_everywhere_leaves_room_for_what_was_not_seen() -> None:
    frames = scored({"a": [1.0] * 30, "b": [0.0] * 30})
    difference = at_every_look(observe(*frames.tables(), slot="text"), "a", "b", samples=60, alpha=0.05).difference
    assert difference.low == pytest.approx(0.05 ** (1 / 30))


def test_bounds_with_a_share_of_the_error_hold_at_as_many_looks() -> None:
    rng, looks, size = np.random.default_rng(5), 5, 20
    wrong: Counter[tuple[str, float]] = Counter()
    for _ in range(200):
        quality, total_ms = rng.random(looks * size) < 0.7, rng.exponential(100.0, looks * size)
        for share in (1.0, 1 / looks):
            missed = set()
            for n in range(size, looks * size + 1, size):
                known = {e.metric: e for e in estimates(one(quality[:n] * 1.0, total_ms[:n]), share=share)["a"]}
                for metric, truth in (("quality", 0.7), ("total_p50_ms", 100 * math.log(2))):
                    low, high = known[metric].low, known[metric].high
                    assert low is not None
                    assert high is not None
                    missed |= set() if low <= truth <= high else {metric}
            wrong.update((metric, share) for metric in missed)
    for metric in ("quality", "total_p50_ms"):
        assert wrong[metric, 1 / looks] <= 0.05 * 200
        assert wrong[metric, 1.0] > 0.05 * 200, "an interval for one look is wrong at some look more often"


def one(quality: Floats, total_ms: Floats) -> Observations:
    n = len(quality)
    return Observations(
        slot="text", candidates=("a",), tasks=("s/t",), task_weight=np.ones(1), stratum=np.zeros(n, np.int64),
        cluster=np.arange(n), quality=quality[None], asked=np.ones((1, n)), scored=np.ones((1, n)), ratios={},
        timings={"total_ms": total_ms[None, :, None]}, dropped=0,
    )  # fmt: skip
