"""Statistics against libraries' numbers."""

import ast
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.metrics import stats
from tests.oracles import oracle

PAIRED = oracle("stats_paired_clustered")
LATENCY = oracle("latency_percentiles")
MDE = oracle("stats_mde")
TOLERANCE = 1e-8


def sample(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    a, b = (np.array(PAIRED["inputs"][key]) for key in ("score_A", "score_B"))
    return {"A": a, "B": b, "diff": a - b}[name]


def spread_of_mean(x: Any, cluster: Any, *, corrected: bool = True) -> stats.Spread:
    x = np.asarray(x, dtype=float)
    return stats.spread((x - x.mean()) / len(x), np.zeros(len(x), np.int64), np.asarray(cluster), corrected=corrected)


@pytest.mark.parametrize("name", ["A", "B", "diff"])
def test_clustered_standard_errors_equal_statsmodels(name: str) -> None:
    expected, x, cluster = PAIRED["results"][f"cluster_{name}"], sample(name), PAIRED["inputs"]["cluster"]
    error = spread_of_mean(x, cluster)
    interval = stats.t_interval(float(x.mean()), error, tail=0.025)
    assert error.se == pytest.approx(expected["se_cluster_CR1"], abs=TOLERANCE)
    assert error.df == pytest.approx(expected["t_df"])
    assert spread_of_mean(x, cluster, corrected=False).se == pytest.approx(expected["se_cluster_CR0"], abs=TOLERANCE)
    assert spread_of_mean(x, np.arange(len(x))).se == pytest.approx(expected["se_naive"], abs=TOLERANCE)
    assert [interval.low, interval.high] == pytest.approx(expected["ci95_t_G_minus_1"], abs=TOLERANCE)
    assert stats.t_test(float(x.mean()), error) == pytest.approx(expected["p_value"], abs=TOLERANCE)


@pytest.mark.parametrize("case", oracle("stats_passk")["results"], ids=lambda case: "{n},{c},{k}".format(**case))
def test_chances_of_repeated_answers_equal_the_hypergeometric(case: dict[str, float]) -> None:
    trials, passed, k = np.array([case["n"], 1.0]), np.array([case["c"], 1.0]), int(case["k"])
    for chance, name in ((stats.pass_at_k, "pass_at_k"), (stats.pass_all_k, "pass_hat_k")):
        found = chance(trials, passed, k)
        assert found[0] == pytest.approx(case[name], abs=TOLERANCE)
        assert np.isnan(found[1]) == (k > 1), "one try says nothing of several"


def test_unclustered_paired_t_equals_scipy() -> None:
    expected, x = PAIRED["results"]["paired_t"], sample("diff")
    error = spread_of_mean(x, np.arange(len(x)))
    interval = stats.t_interval(float(x.mean()), error, tail=0.025)
    assert [interval.low, interval.high] == pytest.approx(expected["ci"], abs=TOLERANCE)
    assert stats.t_test(float(x.mean()), error) == pytest.approx(expected["p"], abs=TOLERANCE)


def test_clustering_reverses_the_conclusion_of_the_example() -> None:
    x = sample("diff")
    naive = stats.t_test(float(x.mean()), spread_of_mean(x, np.arange(len(x))))
    clustered = stats.t_test(float(x.mean()), spread_of_mean(x, PAIRED["inputs"]["cluster"]))
    assert naive < 0.05 < clustered


def test_strata_add_their_variances_and_their_degrees_by_satterthwaite() -> None:
    x = np.array([0.0, 1.0, 1.0, 0.2, 0.4, 0.3, 0.9])
    stratum = np.array([0, 0, 0, 1, 1, 1, 1])
    a, b = spread_of_mean(x[:3], range(3)), spread_of_mean(x[3:], range(4))
    means, size = np.array([x[:3].mean(), x[3:].mean()]), np.array([3, 4])
    error = stats.spread((0.5 / size)[stratum] * (x - means[stratum]), stratum, np.arange(7))
    parts = a.se**2 / 4, b.se**2 / 4
    assert error.se == pytest.approx(math.sqrt(sum(parts)))
    assert error.df == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 3))


def test_a_single_cluster_supports_no_interval() -> None:
    error = spread_of_mean([0.1, 0.9], [7, 7])
    assert error.lonely
    assert stats.t_interval(0.5, error, tail=0.025) == stats.Interval(low=None, high=None)


def test_sign_flips_are_exact_for_few_clusters() -> None:
    totals = np.bincount(PAIRED["inputs"]["cluster"], sample("diff"))
    assert stats.sign_flip_p(totals) == PAIRED["results"]["cluster_signflip_exact_p"]["value"]


def test_sign_flips_of_many_clusters_are_drawn_and_close_to_t() -> None:
    rng = np.random.default_rng(0)
    totals = rng.normal(0.3, 1.0, 60)
    expected = stats.t_test(float(totals.mean()), spread_of_mean(totals, np.arange(60)))
    assert stats.sign_flip_p(totals, rng=rng) == pytest.approx(expected, abs=0.01)
    with pytest.raises(ValueError, match="rng"):
        stats.sign_flip_p(totals)
    assert stats.sign_flip_p(np.ones(60), rng=rng, flips=999) == 1 / 1000, "the observed signs are one of them"


@pytest.mark.parametrize("case", oracle("stats_proportions")["results"], ids=lambda c: f"{c['k']}/{c['n']}")
def test_proportions_equal_scipy_and_statsmodels(case: dict[str, Any]) -> None:
    wilson = stats.wilson(case["k"], case["n"])
    exact = stats.clopper_pearson(case["k"], case["n"], tail=0.025)
    assert [wilson.low, wilson.high] == pytest.approx(case["wilson"], abs=TOLERANCE)
    assert [exact.low, exact.high] == pytest.approx(case["clopper_pearson"], abs=TOLERANCE)
    bound = stats.clopper_pearson(case["k"], case["n"]).low
    assert bound == pytest.approx(case["one_sided_lower95_cp"], abs=TOLERANCE)


def test_effective_trials_are_fewer_where_few_clusters_say_how_sure_they_are() -> None:
    """Korn and Graubard 1998: p (1 - p) / se^2, times the square of the normal quantile over that of t."""
    error = stats.Spread(se=0.05, df=4.0, clusters=5, lonely=False)
    assert stats.effective_trials(0.8, error, tail=0.025) == pytest.approx(64 * (1.959964 / 2.776445) ** 2, rel=1e-6)


def test_rule_of_three() -> None:
    assert stats.clopper_pearson(0, 300).high == pytest.approx(0.00993608, abs=1e-8)


@given(n=st.floats(1, 1e6), share=st.floats(0, 1), tail=st.sampled_from([0.025, 0.05]))
def test_intervals_of_a_proportion_lie_in_0_1_and_hold_it(n: float, share: float, tail: float) -> None:
    for interval in (stats.wilson(share * n, n, tail=tail), stats.clopper_pearson(share * n, n, tail=tail)):
        assert interval.low is not None
        assert interval.high is not None
        assert 0.0 <= interval.low <= share + 1e-9
        assert share - 1e-9 <= interval.high <= 1.0


@pytest.mark.parametrize("table", oracle("stats_mcnemar_holm")["mcnemar"])
def test_mcnemar_equals_statsmodels(table: str) -> None:
    (_, b), (c, _) = ast.literal_eval(table)
    assert stats.mcnemar_mid_p(b, c) == pytest.approx(
        oracle("stats_mcnemar_holm")["mcnemar"][table]["midp"], abs=TOLERANCE
    )


@pytest.mark.parametrize("table", oracle("stats_mcnemar_holm")["mcnemar"])
def test_the_interval_of_two_shares_has_walds_standard_error(table: str) -> None:
    ((a, b), (c, d)), expected = ast.literal_eval(table), oracle("stats_mcnemar_holm")["mcnemar"][table]
    centre, half = expected["diff_b_minus_c_over_n"], stats.z(0.025) * expected["wald_se"]
    found = stats.mcnemar_interval(b, c, a + b + c + d)
    assert [found.low, found.high] == pytest.approx([centre - half, centre + half], abs=TOLERANCE)


def test_a_stall_counts_as_often_as_an_open_loop_had_met_it() -> None:
    expected, latencies = oracle("latency_coordinated_omission"), np.array([10.0] * 99 + [10_000.0])
    corrected = stats.unhidden(latencies, 100.0)
    assert [len(latencies), len(corrected)] == expected["n"]
    for name, values in (("uncorrected", latencies), ("corrected", corrected)):
        for q, at_most in expected[name].items():
            rank = max(1, int(float(q) / 100 * len(values) + 0.5))  # HdrHistogram's, to three digits
            assert np.sort(values)[rank - 1] == pytest.approx(at_most, rel=1e-3)


def test_a_stall_without_an_end_stays_one_and_no_interval_hides_nothing() -> None:
    assert stats.unhidden(np.array([1.0, math.inf]), 2.0).tolist() == [1.0, math.inf]
    with pytest.raises(ValueError, match="above 0"):
        stats.unhidden(np.array([1.0]), 0.0)


@pytest.mark.parametrize(("b", "c", "p"), [(0, 0, 1.0), (0, 1, 0.5), (20_000, 20_400, 0.0466)])
def test_mcnemar_at_the_ends(b: int, c: int, p: float) -> None:
    assert stats.mcnemar_mid_p(b, c) == stats.mcnemar_mid_p(c, b) == pytest.approx(p, abs=1e-3)


def test_holm_equals_statsmodels_in_any_order() -> None:
    expected = oracle("stats_mcnemar_holm")
    p, adjusted = np.array(expected["pvals"]), np.array(expected["multipletests"]["holm"]["adj"])
    shuffled = np.random.default_rng(1).permutation(len(p))
    assert stats.holm(p) == pytest.approx(adjusted)
    assert stats.holm(p[shuffled]) == pytest.approx(adjusted[shuffled])
    assert len(stats.holm(np.array([]))) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_nor_reorders(p: list[float]) -> None:
    adjusted = stats.holm(np.array(p))
    assert (adjusted >= np.array(p) - 1e-15).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


@pytest.mark.parametrize("q", LATENCY["results"])
def test_percentiles_equal_numpy_and_quantile_test(q: str) -> None:
    expected, ordered = LATENCY["results"][q], np.array(LATENCY["inputs"]["latency_ms"])
    interval = stats.order_interval(ordered, float(q), tail=0.025)
    assert stats.percentile(ordered, float(q)) == pytest.approx(expected["linear7"], abs=TOLERANCE)
    assert [interval.low, interval.high] == expected["order_ci"]


@pytest.mark.parametrize("q", LATENCY["min_n_two_sided95"])
def test_the_least_n_that_supports_a_percentile(q: str) -> None:
    two, one = LATENCY["min_n_two_sided95"][q], LATENCY["min_n_for_one_sided_upper95"][q]
    assert None not in (ranks := stats.order_ranks(two, float(q), tail=0.025), ranks.upper, ranks.lower)
    assert stats.order_ranks(two - 1, float(q), tail=0.025).upper is None
    assert stats.order_ranks(one, float(q), tail=0.05).upper == one
    assert stats.order_ranks(one - 1, float(q), tail=0.05).upper is None


@pytest.mark.parametrize(
    ("ordered", "q", "expected"),
    [
        pytest.param([1, 2, math.inf], 0.5, 2, id="inf above"),
        pytest.param([1, math.inf, math.inf], 0.5, math.inf, id="inf is the median"),
        pytest.param([1, math.inf], 0.5, math.inf, id="half way to inf"),
        pytest.param([math.inf] * 3, 0.95, math.inf, id="all inf"),
        pytest.param([5], 0.99, 5, id="one"),
    ],
)
def test_timeouts_are_infinite_in_percentiles(ordered: list[float], q: float, expected: float) -> None:
    assert stats.percentile(np.array(ordered, dtype=float), q) == expected


@pytest.mark.parametrize("row", MDE["table"], ids=lambda row: f"n={row['n']}")
def test_detectable_difference(row: dict[str, float]) -> None:
    for sd in (0.1, 0.2, 0.3, 0.4, 0.5):
        assert stats.detectable(sd / math.sqrt(row["n"])) == pytest.approx(row[f"sd_diff_{sd}"], abs=TOLERANCE)
    half = stats.z(0.025) * math.sqrt(0.16 / row["n"])
    assert half == pytest.approx(row["single_prop_p0.8_halfwidth95"], abs=TOLERANCE)
