"""The bootstrap: its spread, its pairing, its strata, its speed."""

import time

import numpy as np
import pytest

from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations
from harness.metrics.resample import resample
from harness.metrics.stats import percentile
from harness.metrics.tables import observe
from tests.metrics.frames import INFRA_FAULT, PENDING, TIMEOUT, Frames, scored
from tests.oracles import oracle


def paired_example() -> Observations:
    inputs, frames = oracle("stats_paired_clustered")["inputs"], Frames()
    for name, scores in (("a", inputs["score_A"]), ("b", inputs["score_B"])):
        for i, (score, cluster) in enumerate(zip(scores, inputs["cluster"], strict=True)):
            frames.add(name, f"{i:02}", score, cluster=str(cluster))
    return observe(*frames.tables(), slot="text")


def mixed(*, candidates: int = 3, items: int = 84, tasks: int = 6) -> Observations:
    rng, frames = np.random.default_rng(3), Frames()
    for c in range(candidates):
        for i in range(items):
            frames.add(
                f"c{c}", f"{i:03}", float(rng.random() < 0.7), task=f"t{i % tasks}", cost_usd=rng.random() / 1000,
                ttfo_ms=rng.lognormal(6, 0.5), total_ms=rng.lognormal(7, 0.5), output_tokens=rng.integers(1, 50),
            )  # fmt: skip
    return observe(*frames.tables(), slot="text")


def test_clusters_are_drawn_whole_and_candidates_together() -> None:
    expected = oracle("stats_paired_clustered")["results"]["cluster_bootstrap_diff"]
    draws = resample(paired_example(), ["quality"], draws=40_000, seed=1)[:, :, 0]
    difference = draws[:, 0] - draws[:, 1]
    assert difference.std() == pytest.approx(expected["exact_se"], rel=0.02)
    assert np.quantile(difference, [0.025, 0.975]) == pytest.approx(expected["ci"], abs=0.0015)


def test_a_candidate_that_equals_another_equals_it_in_every_draw() -> None:
    scores = [1, 0, 0.5, 0.25, 1, 1, 0]
    draws = resample(observe(*scored({"a": scores, "b": scores}).tables(), slot="text"), ["quality"], draws=500)
    assert (draws[:, 0] == draws[:, 1]).all()


def test_every_draw_keeps_the_number_of_samples_of_each_task() -> None:
    frames = Frames()
    for i in range(5):
        frames.add("a", str(i), 1, task="easy")
        frames.add("a", str(i), 0, task="hard")
    draws = resample(observe(*frames.tables(), slot="text"), ["quality"], draws=200)
    assert (draws == 0.5).all(), "between-task differences are no sampling error"


def test_suites_weigh_equally_in_every_draw_and_tasks_within_them() -> None:
    frames = Frames()
    for suite, task, score in (("one", "a", 1.0), ("two", "b", 0.0), ("two", "c", 0.5)):
        for i in range(3):
            frames.add("x", f"{i}", score, suite=suite, task=task)
    draws = resample(observe(*frames.tables(), slot="text"), ["quality"], draws=20)
    assert draws.ravel().tolist() == [0.625] * 20  # (1 + (0 + 0.5) / 2) / 2


def test_draws_centre_on_the_estimates_of_all_kinds_of_metrics() -> None:
    seen = mixed()
    names = [
        "quality", "coverage", "ttfo_p50_ms", "total_p50_ms", "usd_per_request", "usd_per_1k_requests",
        "usd_per_good_answer", "output_tokens_mean", "exact_match",
    ]  # fmt: skip
    draws = resample(seen, names, draws=4000)
    for c, found in enumerate(estimates(seen).values()):
        by_name = {e.metric: e for e in found}
        for m, name in enumerate(names):
            column, estimate = draws[:, c, m], by_name[name]
            assert estimate.value is not None
            assert np.median(column) == pytest.approx(estimate.value, rel=0.03)
            if estimate.low != estimate.high:
                half = (float(estimate.high or 0) - float(estimate.low or 0)) / 2
                assert 1.96 * column.std() == pytest.approx(half, rel=0.35), name


def test_a_percentile_of_a_draw_is_numpys_percentile_of_the_drawn_values() -> None:
    frames, values = Frames(), [5.0, 1.0, 4.0, 2.0, float("inf"), 9.0, 3.0]
    for i, value in enumerate(values):
        frames.add("a", str(i), 1, total_ms=value)
    seen = observe(*frames.tables(), slot="text")
    draws = resample(seen, ["total_p50_ms", "total_p95_ms"], draws=300, seed=5)[:, 0]
    drawn = np.random.default_rng(5).integers(0, 7, (300, 7))
    for row, picked in zip(draws, drawn, strict=True):
        ordered = np.sort(np.array(values)[picked])
        assert row.tolist() == [percentile(ordered, 0.5), percentile(ordered, 0.95)]


@pytest.mark.parametrize("q", ["p50", "p95", "p99"])
def test_a_percentile_of_many_values_is_found_near_its_place_as_among_all(
    q: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = mixed(items=900, tasks=1)
    quick = resample(seen, [f"total_{q}_ms"], draws=300, seed=2)
    for sure in (1e9, 0.0):  # always among all, and hardly ever where it is looked for first
        monkeypatch.setattr("harness.metrics.resample.SURE", sure)
        assert (resample(seen, [f"total_{q}_ms"], draws=300, seed=2) == quick).all()


def test_epochs_of_a_sample_are_drawn_together() -> None:
    frames = Frames()
    for sample, value in (("1", 10.0), ("2", 20.0)):
        for epoch in range(50):
            frames.add("a", sample, 1, epoch=epoch, total_ms=value)
    draws = resample(observe(*frames.tables(), slot="text"), ["total_p50_ms"], draws=400)
    assert set(draws.ravel().tolist()) == {10.0, 15.0, 20.0}


def test_adding_a_candidate_changes_no_draw_of_the_others() -> None:
    two = {"a": [1, 0, 1, 1, 0], "b": [0, 0, 1, 0, 1]}
    alone = resample(observe(*scored(two).tables(), slot="text"), ["quality"], draws=100)
    third = resample(observe(*scored(two | {"c": [1] * 5}).tables(), slot="text"), ["quality"], draws=100)
    assert (alone == third[:, :2]).all()


def test_the_seed_is_the_draw() -> None:
    seen = mixed(items=12)
    one, two, other = (resample(seen, ["quality"], draws=50, seed=seed) for seed in (1, 1, 2))
    assert (one == two).all()
    assert (one != other).any()


def test_blocks_do_not_depend_on_the_metrics_asked() -> None:
    seen = mixed(items=30)
    both = resample(seen, ["ttfo_p50_ms", "quality"], draws=300)
    assert (resample(seen, ["quality"], draws=300)[:, :, 0] == both[:, :, 1]).all()


def test_what_was_not_measured_is_nan() -> None:
    frames = scored({"a": [1, 0]}, total_ms=1.0)
    frames.add("b", "0000", None, **INFRA_FAULT)
    frames.add("b", "0001", None, **PENDING)
    seen = observe(*frames.tables(), slot="text")
    draws = resample(seen, ["quality", "total_p50_ms", "usd_per_request", "ttfa_p50_ms", "coverage"], draws=20)
    assert np.isnan(draws[:, 1, :4]).all()
    assert (draws[:, 0, 4] == 1).all()
    assert (draws[:, 1, 4] == 0).all()
    assert np.isnan(draws[:, 0, 3]).all(), "a text slot has no first audio"


def test_timeouts_stay_infinite() -> None:
    frames = Frames()
    frames.add("a", "1", 1, total_ms=5.0)
    for i in range(9):
        frames.add("a", f"late{i}", None, **TIMEOUT)
    draws = resample(observe(*frames.tables(), slot="text"), ["total_p50_ms"], draws=200)
    assert (np.isinf(draws) | (draws == 5.0)).all()
    assert np.isinf(draws).mean() > 0.9


def test_nothing_to_compare_gives_draws_of_nothing() -> None:
    assert resample(observe(*Frames().tables(), slot="text"), ["quality"], draws=7).shape == (7, 0, 1)
    frames = Frames()
    frames.add("a", "1", 1)
    frames.add("b", "2", 1)
    assert np.isnan(resample(observe(*frames.tables(), slot="text"), ["quality"], draws=7)).all()


@pytest.mark.alone
def test_ten_thousand_draws_of_a_demo_take_less_than_three_seconds_of_cpu() -> None:
    seen = mixed()
    names = ["quality", "ttfo_p50_ms", "ttfo_p95_ms", "total_p50_ms", "usd_per_1k_requests", "usd_per_good_answer",
             "output_tokens_mean", "coverage"]  # fmt: skip
    start = time.process_time()
    draws = resample(seen, names)
    assert time.process_time() - start < 3
    assert draws.shape == (10_000, 3, 8)
    assert not np.isnan(draws).any()
