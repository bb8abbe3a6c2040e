"""Estimates: values, intervals, and what is said where the sample does not carry one."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.estimates import Estimate
from harness.metrics.estimates import estimates
from harness.metrics.tables import observe
from tests.metrics.frames import CANDIDATE_FAULT, INFRA_FAULT, TIMEOUT, Frames, scored
from tests.oracles import oracle


def estimated(frames: Frames, candidate: str = "a") -> dict[str, Estimate]:
    return {e.metric: e for e in estimates(observe(*frames.tables(), slot="text"))[candidate]}


def bounds(estimate: Estimate) -> list[float | None]:
    return [estimate.low, estimate.high]


def one_sided(estimate: Estimate) -> list[float | None]:
    return [estimate.low_one_sided, estimate.high_one_sided]


def timed(values: list[float], **columns: Any) -> Frames:
    frames = Frames()
    for i, value in enumerate(values):
        frames.add("a", f"{i:04}", 1, **{"total_ms": value, **columns})
    return frames


def test_independent_successes_of_one_task_have_wilson_and_clopper_pearson() -> None:
    quality = estimated(scored({"a": [1] * 17 + [0] * 3}))["quality"]
    expected = next(c for c in oracle("stats_proportions")["results"] if (c["k"], c["n"]) == (17, 20))
    assert (quality.value, quality.n, quality.coverage) == (0.85, 20, 1.0)
    assert bounds(quality) == pytest.approx(expected["wilson"], abs=1e-8)
    assert quality.low_one_sided == pytest.approx(expected["one_sided_lower95_cp"], abs=1e-8)
    assert "Wilson" in quality.note


def test_clustered_scores_have_t_with_cr1() -> None:
    inputs, expected = (
        oracle("stats_paired_clustered")["inputs"],
        oracle("stats_paired_clustered")["results"]["cluster_A"],
    )
    frames = Frames()
    for i, (score, cluster) in enumerate(zip(inputs["score_A"], inputs["cluster"], strict=True)):
        frames.add("a", f"{i:02}", score, cluster=str(cluster))
    quality = estimated(frames)["quality"]
    assert quality.value == pytest.approx(expected["mean"])
    assert bounds(quality) == pytest.approx(expected["ci95_t_G_minus_1"], abs=1e-8)
    assert "10 clusters, too few" in quality.note


def test_quality_is_the_mean_over_suites_of_the_mean_over_tasks() -> None:
    frames = Frames()
    for suite, task, scores in [("s", "t", [1, 1, 0, 0]), ("s", "u", [1]), ("r", "v", [0, 0])]:
        for i, score in enumerate(scores):
            frames.add("a", str(i), score, suite=suite, task=task)
    assert estimated(frames)["quality"].value == pytest.approx(((0.5 + 1) / 2 + 0) / 2)


def test_quality_without_a_whole_task_is_not_measured() -> None:
    frames = Frames()
    frames.add("a", "1", 1, task="easy")
    frames.add("a", "1", None, task="hard", **INFRA_FAULT)
    quality = estimated(frames)["quality"]
    assert (quality.value, quality.n, quality.coverage) == (None, 1, 0.5)
    assert "s/hard" in quality.note


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(scored({"a": [1] * 12}), id="all right, one task"),
        pytest.param(scored({"a": [0.5] * 12}), id="all equal"),
        pytest.param(scored({"a": [1] * 12}, cluster="same"), id="one cluster"),
        pytest.param(scored({"a": [1]}), id="one sample"),
    ],
)
def test_what_does_not_vary_is_still_uncertain(frames: Frames) -> None:
    quality = estimated(frames)["quality"]
    assert quality.low is not None
    assert quality.high is not None
    assert quality.high - quality.low > 0.2
    assert 0 <= quality.low <= (quality.value or 0) <= quality.high <= 1


def test_perfect_tasks_are_worth_their_samples_together() -> None:
    frames = Frames()
    for task in ("t", "u"):
        for i in range(10):
            frames.add("a", str(i), 1, task=task)
    expected = next(c for c in oracle("stats_proportions")["results"] if (c["k"], c["n"]) == (20, 20))
    quality = estimated(frames)["quality"]
    assert bounds(quality) == pytest.approx(expected["wilson"], abs=1e-8)
    assert quality.low_one_sided == pytest.approx(expected["one_sided_lower95_cp"], abs=1e-8)


def test_coverage_is_a_fact() -> None:
    frames = scored({"a": [1, 1, 0]})
    frames.add("a", "lost", None, **INFRA_FAULT)
    coverage = estimated(frames)["coverage"]
    assert [coverage.value, *bounds(coverage), *one_sided(coverage)] == [0.75] * 5


def test_all_infra_failures_measure_nothing_and_prove_nothing() -> None:
    frames = Frames()
    for i in range(5):
        frames.add("a", str(i), None, **INFRA_FAULT)
    found = estimated(frames)
    assert found["coverage"].value == 0.0
    assert {found[m].value for m in ("quality", "usd_per_request", "usd_per_good_answer")} == {None}
    assert found["quality"].n == 0


def test_percentiles_equal_the_oracle() -> None:
    data = oracle("latency_percentiles")
    found = estimated(timed(data["inputs"]["latency_ms"]))
    for q in ("0.5", "0.95"):
        estimate = found[f"total_p{float(q) * 100:.0f}_ms"]
        assert estimate.value == pytest.approx(data["results"][q]["linear7"])
        assert bounds(estimate) == data["results"][q]["order_ci"]
    assert found["total_p99_ms"].value is None
    assert bounds(found["total_p99_ms"]) == [None, None]
    assert found["total_p99_ms"].note == "not supported: p99 (n=200)"
    assert found["total_p99_ms"].low_one_sided is not None, "enough to prove that it fails"


@pytest.mark.parametrize(
    ("n", "metric", "has_value", "has_interval", "has_upper_bound"),
    [
        (1, "total_p50_ms", True, False, False),
        (5, "total_p50_ms", True, False, True),
        (6, "total_p50_ms", True, True, True),
        (58, "total_p95_ms", False, False, False),
        (59, "total_p95_ms", False, False, True),
        (71, "total_p95_ms", False, False, True),
        (72, "total_p95_ms", True, True, True),
        (367, "total_p99_ms", False, False, True),
        (368, "total_p99_ms", True, True, True),
    ],
)
def test_a_percentile_needs_enough_samples(
    n: int, metric: str, has_value: bool, has_interval: bool, has_upper_bound: bool
) -> None:
    estimate = estimated(timed([float(i) for i in range(n)]))[metric]
    assert (estimate.value is not None) == has_value
    assert (None not in bounds(estimate)) == has_interval
    assert (estimate.high_one_sided is not None) == has_upper_bound


def test_a_timeout_reaches_the_percentile_it_reaches() -> None:
    frames = timed([100.0] * 9)
    frames.add("a", "late", None, **TIMEOUT)
    median = estimated(frames)["total_p50_ms"]
    assert (median.value, median.n, median.coverage) == (100.0, 10, 1.0)
    for i in range(10):
        frames.add("a", f"late{i}", None, **TIMEOUT)
    assert estimated(frames)["total_p50_ms"].value == math.inf


def test_marks_that_cannot_be_trusted_lower_the_coverage_of_latency_only() -> None:
    frames = timed([100.0] * 8)
    frames.add("a", "lag", 1, total_ms=None, marks_valid=False)
    found = estimated(frames)
    assert (found["total_p50_ms"].n, found["total_p50_ms"].coverage) == (8, pytest.approx(8 / 9))
    assert found["coverage"].value == 1.0


def test_repeated_measurements_of_a_few_samples_do_not_support_a_tail() -> None:
    rng = np.random.default_rng(0)
    frames = Frames()
    for sample in range(30):
        own = rng.lognormal(5, 1)
        for epoch in range(4):
            frames.add("a", str(sample), 1, epoch=epoch, total_ms=own * rng.lognormal(0, 0.05))
    found = estimated(frames)
    independent = estimated(timed([row["total_ms"] for row in frames.calls]))
    assert found["total_p50_ms"].value == pytest.approx(independent["total_p50_ms"].value)
    assert "cluster bootstrap, 30 clusters" in found["total_p50_ms"].note
    assert found["total_p95_ms"].note == "not supported: p95 (n=120)"

    def width(estimate: Estimate) -> float:
        return float(estimate.high or 0) - float(estimate.low or 0)

    assert width(found["total_p50_ms"]) > 1.4 * width(independent["total_p50_ms"])


def test_cost_is_a_mean_with_t_and_a_thousand_times_that() -> None:
    frames = Frames()
    for i, usd in enumerate([0.001, 0.002, 0.003]):
        frames.add("a", str(i), 0.5, cost_usd=usd)
    found = estimated(frames)
    one, thousand, good = (found[f"usd_per_{unit}"] for unit in ("request", "1k_requests", "good_answer"))
    half = 4.302652729911275 * 0.001 / math.sqrt(3)
    assert one.value == pytest.approx(0.002)
    assert bounds(one) == pytest.approx([0.0, 0.002 + half]), "clipped at nothing"
    assert (thousand.value, thousand.high) == pytest.approx((2.0, 2.0 + 1000 * half))
    assert good.value == pytest.approx(0.004)


def test_the_cost_of_no_good_answer_is_not_a_number() -> None:
    good = estimated(scored({"a": [0, 0]}))["usd_per_good_answer"]
    assert good.value is None
    assert "divisor is 0" in good.note


def test_the_rate_of_few_events_is_not_shown() -> None:
    """tau2-bench hides what rests on fewer than ten; the quality of the task, which rests on them too, says its n."""

    def rate(judged: int) -> Estimate:
        frames = Frames()
        for i in range(12):
            frames.add("a", f"{i:02}", 1.0 if i < judged else None, primary="steadiness")
        found = estimated(frames)
        assert (found["quality"].value, found["quality"].n) == (1.0, judged)
        return found["steadiness"]

    assert (rate(10).value, rate(10).n) == (1.0, 10)
    few = rate(9)
    assert (few.value, few.low, few.n, few.coverage) == (None, None, 9, 0.75)
    assert few.note == "not supported: 9 events, fewer than 10"


def test_an_unpriced_answer_makes_the_cost_not_measured() -> None:
    frames = scored({"a": [1, 1]})
    frames.add("a", "x", 1, cost_usd=None, cost_source="unpriced")
    found = estimated(frames)
    assert found["usd_per_1k_requests"].value is None
    assert found["usd_per_1k_requests"].note == "not measured"


def test_wer_is_micro_and_its_interval_is_that_of_a_ratio() -> None:
    frames = Frames()
    counts = [(1, 10), (0, 5), (4, 20), (2, 8)]
    for i, (edits, words) in enumerate(counts):
        detail = {"word_accuracy": {"substitutions": edits, "insertions": 0, "deletions": 0, "words": words}}
        frames.add("a", str(i), 1 - edits / words, primary="word_accuracy", details=detail)
    wer = estimated(frames)["wer"]
    ratio = 7 / 43
    variance = sum((e - ratio * w) ** 2 for e, w in counts) / 43**2 * 4 / 3
    half = 3.182446305284263 * math.sqrt(variance)
    assert wer.value == pytest.approx(ratio)
    assert bounds(wer) == pytest.approx([max(0, ratio - half), ratio + half])
    assert "micro" in wer.note


def test_no_word_wrong_is_not_proof_of_perfection() -> None:
    frames = Frames()
    for i in range(30):
        detail = {"word_accuracy": {"substitutions": 0, "insertions": 0, "deletions": 0, "words": 8}}
        frames.add("a", str(i), 1.0, primary="word_accuracy", details=detail)
    wer = estimated(frames)["wer"]
    assert (wer.value, wer.low) == (0.0, 0.0)
    assert wer.high is not None
    assert 0.05 < wer.high < 0.2


def test_every_candidate_has_the_same_metrics() -> None:
    frames = timed([1.0] * 3, ttfo_ms=1.0)
    for i in range(3):
        frames.add("b", f"{i:04}", None, **INFRA_FAULT)
    found = estimates(observe(*frames.tables(), slot="text"))
    assert [e.metric for e in found["a"]] == [e.metric for e in found["b"]]
    assert {"quality", "coverage", "ttfo_p50_ms", "total_p99_ms", "exact_match"} <= {e.metric for e in found["a"]}
    assert not any(e.metric.startswith(("ttfa", "rtf", "wer")) for e in found["a"])


@settings(max_examples=25, deadline=None)
@given(
    scores=st.lists(st.floats(0, 1), min_size=2, max_size=15), order=st.randoms(use_true_random=False), data=st.data()
)
def test_estimates_do_not_depend_on_the_order_of_items_and_stay_in_range(
    scores: list[float], order: Any, data: st.DataObject
) -> None:
    clusters = data.draw(st.lists(st.sampled_from("xyz"), min_size=len(scores), max_size=len(scores)))
    rows = list(zip(scores, clusters, strict=True))
    first, second = Frames(), Frames()
    for i, (score, cluster) in enumerate(rows):
        first.add("a", f"{i:02}", score, cluster=cluster, total_ms=1000 * score)
    renamed = list(enumerate(rows))
    order.shuffle(renamed)
    for i, (score, cluster) in renamed:
        second.add("a", f"{i:02}", score, cluster=cluster, total_ms=1000 * score)
    one, two = estimated(first), estimated(second)
    assert one == two
    quality = one["quality"]
    assert quality.low is not None
    assert quality.high is not None
    assert 0 <= quality.low <= quality.value + 1e-12 <= quality.high + 2e-12 <= 1 + 3e-12  # type: ignore[operator]


def test_scores_that_add_up_to_a_rounding_are_no_divisor() -> None:
    assert estimated(scored({"a": [0.0, 5e-324]}))["usd_per_good_answer"].value is None


def test_an_empty_answer_of_the_candidate_lowers_quality_not_coverage() -> None:
    frames = scored({"a": [1, 1, 1]})
    frames.add("a", "x", None, **CANDIDATE_FAULT)
    found = estimated(frames)
    assert (found["quality"].value, found["coverage"].value) == (0.75, 1.0)


@pytest.mark.parametrize(
    ("rates", "n", "clusters"),
    [
        pytest.param((0.7,), 60, 60, id="one task"),
        pytest.param((0.9, 0.6, 0.3, 0.8, 0.5, 0.95), 12, 12, id="six tasks of twelve"),
        pytest.param((0.9, 0.95, 0.85, 0.9, 0.9, 0.92), 14, 14, id="six easy tasks"),
        pytest.param((0.6,), 80, 20, id="clustered"),
    ],
)
def test_the_interval_of_quality_covers_the_truth(rates: tuple[float, ...], n: int, clusters: int) -> None:
    rng = np.random.default_rng(0)
    trials, size, frames = 3000, n // clusters, Frames()
    for task in range(len(rates)):
        for i in range(n):
            frames.add("a", f"{i:03}", 1, task=str(task), cluster=f"{i // size:03}")
    one = observe(*frames.tables(), slot="text")
    own = np.concatenate([_chances(rng, rate, (trials, clusters), size) for rate in rates], axis=1)
    # every simulated run is a candidate, so that one pass estimates them all
    runs = replace(
        one,
        candidates=tuple(str(t) for t in range(trials)),
        quality=(rng.random(own.shape) < own).astype(float),
        asked=np.ones(own.shape),
        scored=np.ones(own.shape),
        ratios={},
        timings={},
    )
    truth = sum(rates) / len(rates)
    found = [of[0] for of in estimates(runs).values()]
    covered = sum((e.low or 0) <= truth <= (e.high or 0) for e in found) / trials
    assert 0.93 <= covered <= 0.97


def _chances(rng: np.random.Generator, rate: float, shape: tuple[int, int], size: int) -> Any:
    """Return each item's chance of success: that of the task, or of its cluster where clusters differ."""
    return np.full(shape, rate) if size == 1 else rng.beta(4 * rate, 4 * (1 - rate), shape).repeat(size, axis=1)
