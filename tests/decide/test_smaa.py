"""SMAA-2 against exact volumes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.decide.smaa import acceptability, dirichlet
from tests.oracles import oracle

ORACLE = oracle("mcda_sensitivity")
VALUES = np.array(ORACLE["inputs"]["value_matrix"])
UNIFORM = ORACLE["results"]["smaa2_uniform_simplex"]


def test_no_view_of_the_weights_equals_the_exact_volumes() -> None:
    weights = dirichlet(np.ones(6), 100_000, np.random.default_rng(0))
    found, exact = acceptability(VALUES[None], weights), UNIFORM["exact"]["values"]
    assert found.ranks == pytest.approx(np.array(UNIFORM["mc"]["rank_acceptability"]), abs=0.005)
    for c, name in enumerate("ABCDE"):
        assert found.ranks[c, 0] == pytest.approx(exact[name]["b1"], abs=0.005)
        assert found.central[c] == pytest.approx(exact[name]["central_weight"], abs=0.01)
    assert found.confidence.tolist() == [1.0] * 5, "at its own centre each is first, where nothing varies"


@pytest.mark.parametrize("kappa", [20, 50, 100])
def test_near_the_weights_it_equals_the_oracle(kappa: int) -> None:
    around = dirichlet(kappa * np.array(ORACLE["inputs"]["weights"]), 40_000, np.random.default_rng(1))
    expected = ORACLE["results"][f"dirichlet_concentration_{kappa}"]
    assert acceptability(VALUES[None], around).ranks[:, 0] == pytest.approx([*expected["b1"].values()], abs=0.01)
    assert around.std(axis=0) == pytest.approx(expected["weight_sd"], rel=0.02)


def test_noise_lowers_the_confidence_and_who_is_never_first_has_no_view() -> None:
    rng = np.random.default_rng(2)
    values = np.array([[0.6, 0.5], [0.5, 0.55], [0.1, 0.1]]) + rng.normal(0, 0.05, (5000, 3, 2))
    found = acceptability(values, dirichlet(np.ones(2), 5000, rng))
    assert 0.5 < found.confidence[0] < 0.99
    assert np.isnan(found.confidence[2])
    assert np.isnan(found.central[2]).all()


@settings(deadline=None, max_examples=30)
@given(columns=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=6, max_size=15))
def test_rows_and_columns_sum_to_1_also_with_ties(columns: list[float]) -> None:
    values = np.array(columns[: len(columns) // 3 * 3]).reshape(-1, 3)
    found = acceptability(values[None], dirichlet(np.ones(3), 200, np.random.default_rng(3)))
    assert found.ranks.sum(axis=0) == pytest.approx(1)
    assert found.ranks.sum(axis=1) == pytest.approx(1)
