"""Statistics against statsmodels, choix and HdrHistogram, at least 200 samples each; `make references` asks again."""

import numpy as np
import pytest

from harness.metrics import stats
from harness.metrics.bradley_terry import connected, strengths, strengths_by_place
from harness.metrics.power import power_of
from tests.metrics.test_stats import spread_of_mean
from tests.references.fixture import load

REFERENCE = load("inference")
NEAR = 1e-8


def test_every_reference_answered_200_times() -> None:
    counts = {name: len(cases) for name, cases in REFERENCE.items() if isinstance(cases, list)}
    assert len(counts) == 8
    assert min(counts.values()) >= 200
    assert sum(case["power"] is not None for case in REFERENCE["power"]) >= 200


def test_clustered_means_equal_statsmodels() -> None:
    for case in REFERENCE["clustered"]:
        value, error = float(np.mean(case["x"])), spread_of_mean(case["x"], case["cluster"])
        interval = stats.t_interval(value, error, tail=0.025)
        assert error.se == pytest.approx(case["cr1"], abs=NEAR)
        assert spread_of_mean(case["x"], case["cluster"], corrected=False).se == pytest.approx(case["cr0"], abs=NEAR)
        assert [interval.low, interval.high] == pytest.approx(case["interval"], abs=1e-7)
        assert stats.t_test(value, error) == pytest.approx(case["p"], abs=NEAR)


def test_proportions_equal_statsmodels() -> None:
    for case in REFERENCE["proportion"]:
        wilson = stats.wilson(case["k"], case["n"])
        exact = stats.clopper_pearson(case["k"], case["n"], tail=0.025)
        assert [wilson.low, wilson.high] == pytest.approx(case["wilson"], abs=NEAR)
        assert [exact.low, exact.high] == pytest.approx(case["exact"], abs=NEAR)


def test_p_values_of_discordant_pairs_and_of_several_tests_equal_statsmodels() -> None:
    for case in REFERENCE["discordant"]:
        assert stats.mcnemar_mid_p(case["b"], case["c"]) == pytest.approx(case["mid_p"], abs=NEAR)
    for case in REFERENCE["multiplicity"]:
        assert stats.holm(np.array(case["p"])) == pytest.approx(case["holm"], abs=NEAR)


def test_power_equals_statsmodels() -> None:
    for case in REFERENCE["power"]:
        found = power_of(case["effect"], 1 / case["n"] ** 0.5, case["n"] - 1)
        assert found == pytest.approx(1.0 if case["power"] is None else case["power"], abs=NEAR)


def test_strengths_equal_choix_with_and_without_a_prior() -> None:
    alone = 0
    for case in REFERENCE["judgments"]:
        wins = np.array(case["wins"], dtype=float)
        assert strengths(wins, prior=0.1).theta == pytest.approx(case["with_prior"], abs=1e-5)
        if connected(wins):
            alone += 1
            assert strengths(wins).theta == pytest.approx(case["alone"], abs=1e-6)
    assert alone >= 200


def test_what_coming_first_is_worth_equals_statsmodels() -> None:
    for case in REFERENCE["places"]:
        first, second, first_won, second_won = np.array(case["votes"]).T
        found = strengths_by_place(first, second, first_won.astype(float), second_won.astype(float), len(case["theta"]))
        assert found.first == pytest.approx(case["first"], abs=1e-6)
        assert found.first_se == pytest.approx(case["first_se"], abs=1e-6)
        assert found.theta - found.theta[0] == pytest.approx(case["theta"], abs=1e-6)


def test_stalls_equal_hdrhistogram_to_three_digits() -> None:
    for case in REFERENCE["stalls"]:
        corrected = np.sort(stats.unhidden(np.array(case["latencies"], dtype=float), case["interval"]))
        assert len(corrected) == case["n"]
        for q, at_most in case["at_most"].items():
            rank = max(1, int(float(q) / 100 * len(corrected) + 0.5))
            assert corrected[rank - 1] == pytest.approx(at_most, rel=1e-3)
