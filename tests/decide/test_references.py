"""The methods against pymcdm and scikit-criteria on at least 200 tables; `make references` asks them again."""

from typing import Any

import numpy as np
import pytest

from harness.core.rules import Criterion
from harness.decide import methods
from harness.decide.dominance import dominates
from harness.decide.matrix import matrix
from tests.decide.cases import estimate
from tests.references.fixture import load

CASES = load("multicriteria")["cases"]
NEAR = 1e-8


def arrays(case: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The measurements, the weights and which way is better."""
    return np.array(case["x"]), np.array(case["points"]) / sum(case["points"]), np.array(case["sign"], dtype=float)


def flows(case: dict[str, Any], *, indifferent: bool, strict: bool) -> Any:
    nothing = [0.0] * len(case["sign"])
    thresholds = {
        "indifferent": np.array(case["indifferent"] if indifferent else nothing),
        "strict": np.array(case["strict"] if strict else nothing),
    }
    return methods.promethee(*arrays(case), **thresholds)


METHODS = {
    "SAW": lambda case: methods.simple_additive(*arrays(case)),
    "WPM": lambda case: methods.weighted_product(*arrays(case)),
    "TOPSIS": lambda case: methods.topsis(*arrays(case)),
    "VIKOR": lambda case: methods.vikor(*arrays(case)).q,
    "usual": lambda case: flows(case, indifferent=False, strict=False),
    "V-shape": lambda case: flows(case, indifferent=False, strict=True),
    "type V": lambda case: flows(case, indifferent=True, strict=True),
    "s": lambda case: methods.vikor(*arrays(case)).s,
    "r": lambda case: methods.vikor(*arrays(case)).r,
    "additive": lambda case: additive(case),
}


KNOWN = {
    "pymcdm": [name for name in METHODS if name not in ("s", "r")],
    "scikit_criteria": ["WPM", "TOPSIS", "VIKOR", "s", "r", "additive"],
}
"""What each library tells; the others are not in scikit-criteria 0.10, or refuse costs."""


def additive(case: dict[str, Any]) -> Any:
    """The value model, as a decision makes it."""
    anchors = zip(case["low"], case["high"], case["sign"], case["points"], strict=True)
    criteria = [
        Criterion(
            name=str(j), metric=str(j), worst=low if sign > 0 else high, ideal=high if sign > 0 else low, weight=w
        )
        for j, (low, high, sign, w) in enumerate(anchors)
    ]
    rows = {str(i): tuple(estimate(str(j), x) for j, x in enumerate(row)) for i, row in enumerate(case["x"])}
    return matrix(tuple(rows), criteria, rows).scores


@pytest.mark.parametrize(("library", "method"), [(library, name) for library, names in KNOWN.items() for name in names])
def test_scores_equal_the_library(library: str, method: str) -> None:
    known = [case for case in CASES if method in case[library]]
    for case in known:
        assert METHODS[method](case) == pytest.approx(case[library][method], abs=NEAR)
    assert len(known) >= 200, "where all have the same largest regret, pymcdm's VIKOR divides by 0 and is not asked"


def test_whom_vikor_settles_for_and_who_is_dominated_equal_scikit_criteria() -> None:
    for case in CASES:
        expected = case["scikit_criteria"]
        x, weights, sign = arrays(case)
        assert sorted(methods.vikor(x, weights, sign).compromise) == expected["compromise"]
        assert dominates(x * sign).any(axis=0).tolist() == expected["dominated"]
    assert len({tuple(case["scikit_criteria"]["compromise"]) for case in CASES}) > 20
