"""P(best) and score intervals from draws."""

import numpy as np
import pytest

from harness.core.rules import Criterion
from harness.decide.matrix import matrix
from harness.decide.pbest import uncertainty
from tests.decide.cases import COST, QUALITY, drawn, estimate, worked_estimates, worked_rule
from tests.oracles import oracle


@pytest.mark.parametrize("kappa", [20, 50, 100])
def test_p_best_over_weights_equals_the_oracle(kappa: int) -> None:
    rule, estimates = worked_rule(), worked_estimates()
    metrics = [c.metric for c in rule.criteria]
    draws = drawn(estimates, metrics, draws=40_000)
    found = uncertainty(matrix("ABCDE", rule.criteria, estimates), draws, metrics, [True] * 5, kappa=kappa, seed=0)
    expected = oracle("mcda_sensitivity")["results"][f"dirichlet_concentration_{kappa}"]["b1"]
    assert found.p_best == pytest.approx(list(expected.values()), abs=0.01)
    assert found.p_best.sum() == pytest.approx(1)
    assert found.low == pytest.approx(found.high), "the measurements do not vary here"


def test_noise_of_the_measurements_makes_the_interval_of_the_score() -> None:
    estimates = {"a": (estimate("quality", 0.5),)}
    draws = np.random.default_rng(1).normal(0.5, 0.05, (20_000, 1, 1))
    found = uncertainty(matrix("a", [QUALITY], estimates), draws, ["quality"], [True], kappa=50, seed=0)
    assert [found.low[0], found.high[0]] == pytest.approx([0.5 - 0.098, 0.5 + 0.098], abs=0.003)
    assert found.p_best.tolist() == [1.0]


def test_values_are_clipped_at_the_anchors_in_every_draw() -> None:
    estimates = {"a": (estimate("quality", 1.0),)}
    draws = np.random.default_rng(1).normal(1.0, 0.2, (2000, 1, 1))
    found = uncertainty(matrix("a", [QUALITY], estimates), draws, ["quality"], [True], kappa=50, seed=0)
    assert found.scores.max() == 1.0


def test_shared_noise_does_not_blur_who_is_better() -> None:
    estimates = {"a": (estimate("quality", 0.52),), "b": (estimate("quality", 0.5),)}
    shared = np.random.default_rng(1).normal(0, 0.1, (2000, 1, 1))
    draws = np.concatenate([0.52 + shared, 0.5 + shared], axis=1)
    found = uncertainty(matrix("ab", [QUALITY], estimates), draws, ["quality"], [True, True], kappa=50, seed=0)
    assert found.p_best.tolist() == [1.0, 0.0]


def test_equals_share_and_the_excluded_have_no_part() -> None:
    estimates = {name: (estimate("quality", 0.5),) for name in "abc"}
    draws = drawn(estimates, ["quality"])
    table = matrix("abc", [QUALITY], estimates)
    found = uncertainty(table, draws, ["quality"], [True, True, False], kappa=50, seed=0)
    assert found.p_best.tolist() == [0.5, 0.5, 0.0]


def test_what_a_rival_lacks_could_be_anything() -> None:
    estimates = {
        "a": (estimate("quality", 0.7), estimate("usd_per_1k_requests", 1.0)),
        "b": (estimate("quality", 0.8), estimate("usd_per_1k_requests", None)),
    }
    metrics = ["quality", "usd_per_1k_requests"]
    table = matrix("ab", [QUALITY, COST], estimates)
    found = uncertainty(table, drawn(estimates, metrics), metrics, [True, True], kappa=1e6, seed=0)
    # a scores 0.66; b scores 0.64 + 0.2 · v, which passes it from v = 0.1
    assert found.p_best[1] == pytest.approx(0.9, abs=0.02)
    assert [found.low[1], found.high[1]] == pytest.approx([0.64, 0.84])


def test_what_nobody_has_measured_separates_nobody() -> None:
    estimates = {
        name: (estimate("quality", q), estimate("usd_per_1k_requests", None)) for name, q in (("a", 0.7), ("b", 0.69))
    }
    metrics = ["quality", "usd_per_1k_requests"]
    table = matrix("ab", [QUALITY, COST], estimates)
    found = uncertainty(table, drawn(estimates, metrics), metrics, [True, True], kappa=50, seed=0)
    assert found.p_best.tolist() == [1.0, 0.0]


def test_a_draw_that_measured_nothing_leaves_the_point_and_an_unsupported_value_stays_out() -> None:
    estimates = {"a": (estimate("quality", 0.6),), "b": (estimate("quality", None),)}
    draws = np.array([[[np.nan], [0.9]], [[0.6], [0.9]]])
    found = uncertainty(matrix("ab", [QUALITY], estimates), draws, ["quality"], [True, True], kappa=50, seed=0)
    assert found.scores[:, 0].tolist() == [0.6, 0.6]
    assert found.scores[:, 1].tolist() == [0.0, 0.0]


def test_the_seed_is_the_draw_of_weights() -> None:
    rule, estimates = worked_rule(), worked_estimates()
    metrics = [c.metric for c in rule.criteria]
    table, draws = matrix("ABCDE", rule.criteria, estimates), drawn(estimates, metrics, draws=500)
    one, two, other = (
        uncertainty(table, draws, metrics, [True] * 5, kappa=50, seed=seed).p_best.tolist() for seed in (1, 1, 2)
    )
    assert one == two
    assert one != other


def test_weightless_criteria_get_no_weight_in_any_draw() -> None:
    light = Criterion(name="x", metric="x", worst=0, ideal=1, weight=0)
    estimates = {
        "a": (estimate("quality", 0.5), estimate("x", 0.0)),
        "b": (estimate("quality", 0.49), estimate("x", 1.0)),
    }
    table = matrix("ab", [QUALITY, light], estimates)
    found = uncertainty(table, drawn(estimates, ["quality", "x"]), ["quality", "x"], [True, True], kappa=50, seed=0)
    assert found.p_best.tolist() == [1.0, 0.0]
