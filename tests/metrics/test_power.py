"""Power and sample size against statsmodels and scipy."""

import math
from typing import Any

import pytest

from harness.metrics.power import items_needed, mcnemar_detectable, power_of
from harness.metrics.stats import detectable
from tests.oracles import oracle

MDE = oracle("stats_mde")


@pytest.mark.parametrize("case", MDE["miller_sample_size"], ids=lambda case: f"{case['n']:.0f}")
def test_items_with_repetitions_equal_millers_formula(case: dict[str, Any]) -> None:
    found = items_needed(
        case["delta"], between=case["omega2"], within=(case["sA2"], case["sB2"]), trials=(case["K"], case["K"])
    )
    assert found == pytest.approx(case["n"], rel=1e-9)


@pytest.mark.parametrize("case", MDE["required_n"], ids=lambda case: str(case["n"]))
def test_items_equal_the_oracle_and_have_the_power_that_was_asked(case: dict[str, float]) -> None:
    assert math.ceil(items_needed(case["delta"], between=case["sd"] ** 2)) == case["n"]
    exact = case["n_t"]
    assert power_of(case["delta"], case["sd"] / math.sqrt(exact), exact - 1) == pytest.approx(0.8, abs=1e-8)


@pytest.mark.parametrize("row", MDE["table"], ids=lambda row: f"n={row['n']}")
def test_the_smallest_difference_of_a_t_test_has_its_power(row: dict[str, float]) -> None:
    n, difference = row["n"], row["ttest_mde_sd_1(statsmodels)"]
    found = power_of(difference, 1 / math.sqrt(n), n - 1)
    assert found == pytest.approx(0.8, abs=1e-4), "its solver stopped as near as that"
    for name, variance in (("unpaired_p0.8", 2 * 0.16), ("paired_rho0.5_p0.8", 0.16)):
        assert detectable(math.sqrt(variance / n)) == pytest.approx(row[name], abs=1e-8)


@pytest.mark.parametrize("case", MDE["mcnemar_mde"], ids=lambda case: "{n},{discordant_rate}".format(**case))
def test_the_smallest_difference_of_two_shares_equals_the_oracle(case: dict[str, float]) -> None:
    expected = case["mde"]
    found = mcnemar_detectable(int(case["n"]), case["discordant_rate"])
    assert found == (expected if expected is None else pytest.approx(expected, abs=1e-8))


def test_clusters_ask_for_more_items_and_a_sample_with_them_shows_the_difference() -> None:
    plain, clustered = (items_needed(0.05, between=0.09, design_effect=effect) for effect in (1.0, 1.68))
    assert clustered == pytest.approx(1.68 * plain)
    assert detectable(0.3 / math.sqrt(plain)) == pytest.approx(0.05)


def test_the_repetitions_of_each_are_their_own() -> None:
    """(z + z)^2 (0.1 + 0.2 / 2 + 0.4 / 8) / 0.1^2"""
    found = items_needed(0.1, between=0.1, within=(0.2, 0.4), trials=(2, 8))
    assert found == pytest.approx(2.801585218**2 * 0.25 / 0.01, rel=1e-8)


def test_no_difference_is_found_as_often_as_the_error_of_the_first_kind() -> None:
    assert power_of(0.0, 1.0, 30) == pytest.approx(0.05)
