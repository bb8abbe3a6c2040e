"""Pairwise judgements against the oracle."""

from typing import Any

import pytest

from harness.decide.ahp import judged
from tests.oracles import oracle

ORACLE = oracle("mcda_weights")


def test_weights_and_consistency_equal_the_oracle() -> None:
    found, expected = judged(ORACLE["ahp_matrix"]), ORACLE["results"]["ahp_numpy"]
    assert found.weights == pytest.approx(expected["weights"], abs=1e-8)
    assert found.lambda_max == pytest.approx(expected["lambda_max"], abs=1e-8)
    assert found.consistency_ratio == pytest.approx(expected["CR_saaty_RI_1_24"], abs=1e-8)
    other = ORACLE["results"]["ahpy_saaty"]["weights"].values()
    assert sorted(found.weights) == pytest.approx(sorted(other), abs=1e-6)


@pytest.mark.parametrize(
    ("ratios", "weights"),
    [
        pytest.param([[1]], [1], id="one"),
        pytest.param([[1, 9], [1 / 9, 1]], [0.9, 0.1], id="two never contradict each other"),
        pytest.param([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]], [0.6, 0.3, 0.1], id="three that agree"),
    ],
)
def test_judgements_that_agree_are_the_ratios_of_the_weights(ratios: Any, weights: Any) -> None:
    found = judged(ratios)
    assert found.weights == pytest.approx(weights)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("ratios", "message"),
    [
        pytest.param(
            [[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]], r"ratio .* at most 0\.1 .* judged 5 times", id="a circle"
        ),
        pytest.param([[1, 3], [3, 1]], "1/3", id="no reciprocal"),
        pytest.param([[1, 0], [0, 1]], "above 0", id="zero"),
        pytest.param([[1, 2]], "square", id="no square"),
        pytest.param([], "square", id="nothing"),
        pytest.param([[1.0] * 11] * 11, "10 rows", id="more than the table knows"),
    ],
)
def test_judgements_that_cannot_be_taken(ratios: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        judged(ratios)
