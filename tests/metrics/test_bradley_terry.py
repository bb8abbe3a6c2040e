"""Strengths from pairwise judgments against choix and statsmodels."""

import numpy as np
import pytest

from harness.metrics.bradley_terry import by_prompt, connected, strengths, strengths_by_place
from tests.oracles import oracle

ORACLE = oracle("stats_bradley_terry")
WINS = np.array(ORACLE["inputs"]["wins"], dtype=float)
PLACES = np.array(ORACLE["inputs"]["position_data_first_second_wf_ws"])


def test_strengths_equal_choix_and_statsmodels() -> None:
    found, expected = strengths(WINS), ORACLE["statsmodels_logit"]
    assert found.theta == pytest.approx(expected["centered"], abs=1e-8)
    assert found.theta == pytest.approx(ORACLE["choix_ilsr_centered"]["v"], abs=1e-8)
    assert found.elo == pytest.approx(ORACLE["elo_scale_400_ln10"], abs=1e-6)
    assert 1 / (1 + np.exp(found.theta[1] - found.theta[0])) == pytest.approx(ORACLE["p_0_beats_1"], abs=1e-8)
    contrast = np.eye(4)[1:] - np.eye(4)[0]  # statsmodels takes the first as 0
    assert contrast @ found.covariance @ contrast.T == pytest.approx(np.array(expected["cov"]), abs=1e-8)
    assert (found.prior, found.first) == (0.0, None)


def test_what_coming_first_is_worth_equals_statsmodels() -> None:
    first, second, first_won, second_won = PLACES.T
    found = strengths_by_place(first, second, first_won.astype(float), second_won.astype(float), 3)
    expected = ORACLE["position_bias_model"]
    assert found.first == pytest.approx(expected["intercept"], abs=1e-8)
    assert found.first_se == pytest.approx(expected["intercept_se"], abs=1e-6)
    assert found.theta - found.theta[0] == pytest.approx(expected["theta"], abs=1e-8)


@pytest.mark.parametrize(
    ("wins", "expected"),
    [
        pytest.param([[0, 1], [1, 0]], True, id="each beat the other"),
        pytest.param([[0, 1], [0, 0]], False, id="one never won"),
        pytest.param([[0, 1, 0], [0, 0, 1], [1, 0, 0]], True, id="a circle"),
        pytest.param([[0, 1, 1, 1], [1, 0, 1, 1], [0, 0, 0, 1], [0, 0, 1, 0]], False, id="two groups"),
        pytest.param([[0]], True, id="one alone"),
    ],
)
def test_who_is_connected(wins: list[list[float]], expected: bool) -> None:
    assert connected(np.array(wins)) is expected


def test_who_never_won_is_finite_by_the_prior_and_never_without() -> None:
    wins = np.array([[0.0, 5, 9], [2, 0, 7], [0, 0, 0]])
    found = strengths(wins)
    assert found.prior == 0.1
    assert np.isfinite(found.theta).all()
    assert found.theta.tolist() == sorted(found.theta, reverse=True)
    assert found.theta.sum() == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="give a prior"):
        strengths(wins, prior=0.0)


def test_a_judge_who_always_takes_the_first_needs_a_prior() -> None:
    first, second = np.array([0, 1]), np.array([1, 0])
    with pytest.raises(ValueError, match="give a prior"):
        strengths_by_place(first, second, np.array([9.0, 9.0]), np.zeros(2), 2)
    found = strengths_by_place(first, second, np.array([9.0, 9.0]), np.zeros(2), 2, prior=0.1)
    assert found.first is not None
    assert found.first > 1
    assert found.theta == pytest.approx(0, abs=1e-9)


def test_prompts_are_drawn_and_not_votes() -> None:
    rng = np.random.default_rng(0)
    chance = 1 / (1 + np.exp(-rng.normal(0.5, 1.0, 60)))  # of each prompt: some suit one, some the other
    won = rng.binomial(5, chance).astype(float)
    wins = np.zeros((60, 2, 2))
    wins[:, 0, 1], wins[:, 1, 0] = won, 5 - won
    interval, other = by_prompt(wins, draws=300, rng=rng)
    whole = strengths(wins.sum(axis=0))
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low < whole.theta[0] < interval.high
    assert (other.low, other.high) == (pytest.approx(-interval.high), pytest.approx(-interval.low))
    assert interval.high - interval.low > 1.15 * 2 * 1.96 * whole.covariance[0, 0] ** 0.5


def test_a_small_prior_hardly_changes_how_sure_the_strengths_are() -> None:
    wins = np.array([[0, 30, 40], [20, 0, 30], [10, 20, 0]], dtype=float)
    plain, held = (np.diag(strengths(wins, prior=prior).covariance) for prior in (0.0, 1e-3))
    assert held == pytest.approx(plain, rel=0.01)


def test_ties_are_half_a_win_of_each() -> None:
    assert strengths(np.array([[0, 2.5], [2.5, 0]])).theta == pytest.approx(0, abs=1e-12)
