"""Paired differences between the leader and its challengers."""

import numpy as np
import pytest

from harness.metrics.paired import differences, every_pair
from harness.metrics.stats import holm, mcnemar_mid_p
from harness.metrics.tables import observe
from tests.metrics.frames import INFRA_FAULT, Frames, scored
from tests.oracles import oracle


def test_clustered_differences_equal_the_oracle() -> None:
    inputs, frames = oracle("stats_paired_clustered")["inputs"], Frames()
    for name, scores in (("a", inputs["score_A"]), ("b", inputs["score_B"])):
        for i, (score, cluster) in enumerate(zip(scores, inputs["cluster"], strict=True)):
            frames.add(name, f"{i:02}", score, cluster=str(cluster))
    expected = oracle("stats_paired_clustered")["results"]["cluster_diff"]
    (pair,) = differences(observe(*frames.tables(), slot="text"), "a")
    assert (pair.leader, pair.challenger, pair.metric, pair.difference.n) == ("a", "b", "quality", 40)
    assert pair.difference.value == pytest.approx(expected["mean"], abs=1e-8)
    assert [pair.difference.low, pair.difference.high] == pytest.approx(expected["ci95_t_G_minus_1"], abs=1e-8)
    assert pair.p_value == pytest.approx(expected["p_value"], abs=1e-8)
    assert pair.p_holm == pair.p_value
    assert pair.detectable == pytest.approx(2.801585 * expected["se_cluster_CR1"], abs=1e-6)


def test_few_clusters_have_their_signs_flipped() -> None:
    frames = Frames()
    for i in range(5):
        for j in range(3):
            frames.add("a", f"{i}{j}", 0.9, cluster=str(i))
            frames.add("b", f"{i}{j}", 0.5 + 0.01 * i, cluster=str(i))
    (pair,) = differences(observe(*frames.tables(), slot="text"), "a")
    assert pair.p_value == 2 / 2**5


def test_independent_successes_have_mcnemar() -> None:
    a, b = [1] * 30 + [0] * 5 + [1] * 10, [1] * 30 + [1] * 5 + [0] * 10
    (pair,) = differences(observe(*scored({"a": a, "b": b}).tables(), slot="text"), "b")
    assert pair.p_value == pytest.approx(mcnemar_mid_p(5, 10))
    assert pair.difference.value == pytest.approx(-5 / 45)


def test_only_samples_that_both_have_a_score_of_are_paired() -> None:
    frames = scored({"a": [1, 1, 0, 1], "b": [0, 1, 0]})
    frames.add("b", "0003", None, **INFRA_FAULT)
    (pair,) = differences(observe(*frames.tables(), slot="text"), "a")
    assert (pair.difference.n, pair.difference.coverage) == (3, 0.75)
    assert pair.difference.value == pytest.approx(1 / 3)


def test_a_leader_that_is_known_only_afterwards_is_corrected_for_all_pairs() -> None:
    """The best of five against the worst is no comparison that was named before: any of ten might have been it."""
    rng = np.random.default_rng(2)
    seen = observe(*scored({n: rng.random(40) * (1 - i / 8) for i, n in enumerate("abcde")}).tables(), slot="text")
    leader = "abcde"[int(np.argmax(seen.quality.mean(axis=1)))]
    pairs = differences(seen, leader)
    every = {frozenset((pair.leader, pair.challenger)): pair.p_holm for pair in every_pair(seen, "abcde")}
    assert [pair.challenger for pair in pairs] == sorted(set("abcde") - {leader})
    assert [pair.p_holm for pair in pairs] == [every[frozenset((leader, pair.challenger))] for pair in pairs]
    least = min(pairs, key=lambda pair: pair.p_value or 1.0)
    assert least.p_holm == pytest.approx(10 * (least.p_value or 1.0))


@pytest.mark.parametrize(
    ("a", "b", "low", "high", "p"),
    [
        pytest.param([0.5] * 20, [0.5] * 20, -0.161125, 0.161125, 1.0, id="all ties"),
        pytest.param([0.7] * 20, [0.2] * 20, 0.5 - 0.161125, 0.5 + 0.161125, 2 / 2**20, id="the same difference"),
        pytest.param([1] * 20, [0] * 20, 1 - 0.161125, 1.0, 2**-20, id="always right against always wrong"),
    ],
)
def test_differences_that_do_not_vary_are_still_uncertain(
    a: list[float], b: list[float], low: float, high: float, p: float
) -> None:
    (pair,) = differences(observe(*scored({"a": a, "b": b}).tables(), slot="text"), "a")
    assert [pair.difference.low, pair.difference.high] == pytest.approx([low, high], abs=1e-5)
    assert pair.p_value == pytest.approx(p)


def test_one_cluster_tells_nothing() -> None:
    frames = scored({"a": [1, 1], "b": [0, 1]}, cluster="same")
    (pair,) = differences(observe(*frames.tables(), slot="text"), "a")
    assert (pair.difference.value, pair.difference.low, pair.p_value, pair.p_holm) == (0.5, None, None, None)


def test_a_task_without_a_common_score_leaves_no_difference() -> None:
    frames = scored({"a": [1, 0], "b": [1, 1]})
    frames.add("a", "x", 1, task="u")
    frames.add("b", "x", None, task="u", **INFRA_FAULT)
    (pair,) = differences(observe(*frames.tables(), slot="text"), "a")
    assert (pair.difference.value, pair.difference.n, pair.p_value) == (None, 2, None)


def test_tasks_weigh_as_in_quality() -> None:
    frames = Frames()
    for name, easy, hard in (("a", 1.0, 1.0), ("b", 1.0, 0.0)):
        for i in range(9):
            frames.add(name, f"{i}", easy, task="easy")
        frames.add(name, "1", hard, task="hard")
        frames.add(name, "2", hard, task="hard")
    (pair,) = differences(observe(*frames.tables(), slot="text"), "a")
    assert pair.difference.value == pytest.approx(0.5)


def test_a_single_candidate_has_no_challenger() -> None:
    assert differences(observe(*scored({"a": [1, 0]}).tables(), slot="text"), "a") == ()


def test_every_pair_is_corrected_for_all_of_them() -> None:
    rng = np.random.default_rng(1)
    frames = scored(
        {
            name: np.clip(rng.normal(mean, 0.2, 40), 0, 1)
            for name, mean in zip("abcd", (0.7, 0.6, 0.5, 0.5), strict=True)
        }
    )
    seen = observe(*frames.tables(), slot="text")
    pairs = every_pair(seen, seen.candidates)
    assert [pair.leader + pair.challenger for pair in pairs] == ["ab", "ac", "ad", "bc", "bd", "cd"]
    assert [pair.p_holm for pair in pairs] == holm(np.array([pair.p_value for pair in pairs], dtype=float)).tolist()
    assert [pair.difference for pair in pairs[:3]] == [pair.difference for pair in differences(seen, "a")]


def test_all_pairs_at_once_have_the_wider_bounds_of_bonferroni() -> None:
    """The quantile of t at 0.025 / 3 of three pairs, by scipy; and of two candidates there is no other pair."""
    from scipy import stats

    rng = np.random.default_rng(4)
    scores = {name: rng.random(30) for name in "abc"}
    pairs = differences(observe(*scored(scores).tables(), slot="text"), "a")
    for pair in pairs:
        d = scores["a"] - scores[pair.challenger]
        half = stats.t.ppf(1 - 0.025 / 3, 29) * d.std(ddof=1) / np.sqrt(30)
        assert [pair.low_together, pair.high_together] == pytest.approx([d.mean() - half, d.mean() + half])
    (pair,) = differences(observe(*scored({name: scores[name] for name in "ab"}).tables(), slot="text"), "a")
    assert (pair.low_together, pair.high_together) == (None, None)
