"""Ask pymcdm and scikit-criteria about 220 random tables of options and criteria: writes multicriteria.json.

Runs in the environment of `make references`.
"""

import warnings
from random import Random
from typing import Any

import numpy as np
from fixture import write
from pymcdm import methods as pymcdm
from pymcdm.normalizations import minmax_normalization, vector_normalization
from skcriteria import mkdm
from skcriteria.agg.simple import WeightedProductModel, WeightedSumModel
from skcriteria.agg.topsis import TOPSIS
from skcriteria.agg.vikor import VIKOR
from skcriteria.preprocessing.scalers import VectorScaler

CASES = 220  # pymcdm's VIKOR answers about 19 of 20, and 200 answers a method are wanted


def main() -> None:
    warnings.simplefilter("ignore")  # scikit-criteria advises against costs in TOPSIS
    write(
        "multicriteria",
        {"cases": [_case(Random(seed)) for seed in range(CASES)]},
        packages=["pymcdm", "scikit-criteria"],
    )


def _case(rng: Random) -> dict[str, Any]:
    options, criteria = rng.randint(2, 6), rng.randint(2, 4)
    x = [[max(0.001, round(rng.lognormvariate(0, 1), 3)) for _ in range(criteria)] for _ in range(options)]
    case = {
        "x": x,
        "points": [rng.randint(1, 9) for _ in range(criteria)],
        "sign": [rng.choice((1, -1)) for _ in range(criteria)],
        "low": [round(min(column) * rng.random(), 3) for column in zip(*x, strict=True)],
        "high": [round(max(column) * (1 + rng.random()), 3) for column in zip(*x, strict=True)],
        "indifferent": [round(rng.random() * 0.3, 3) for _ in range(criteria)],
        "strict": [round(0.4 + rng.random() * 2, 3) for _ in range(criteria)],
    }
    return case | {"pymcdm": _pymcdm(case), "scikit_criteria": _skcriteria(case)}


def _pymcdm(case: dict[str, Any]) -> dict[str, list[float]]:
    x, sign = np.array(case["x"]), np.array(case["sign"])
    weights = np.array(case["points"]) / sum(case["points"])
    bounds = np.array([case["low"], case["high"]]).T
    thresholds = {"p": np.array(case["strict"]), "q": np.array(case["indifferent"])}
    product = pymcdm.WPM()(x, weights, sign)
    found = {
        "additive": 1 - pymcdm.SPOTIS(bounds)(x, weights, sign),
        "SAW": pymcdm.WSM(minmax_normalization)(x, weights, sign),
        "WPM": product / product.max(),
        "TOPSIS": pymcdm.TOPSIS(vector_normalization)(x, weights, sign),
        "VIKOR": pymcdm.VIKOR()(x, weights, sign),
        "usual": pymcdm.PROMETHEE_II("usual")(x, weights, sign),
        "V-shape": pymcdm.PROMETHEE_II("vshape", p=thresholds["p"])(x, weights, sign),
        "type V": pymcdm.PROMETHEE_II("vshape_2", **thresholds)(x, weights, sign),
    }
    # where all have the same largest regret, its VIKOR divides by 0
    return {name: _rounded(scores) for name, scores in found.items() if np.isfinite(scores).all()}


def _skcriteria(case: dict[str, Any]) -> dict[str, Any]:
    x, sign = np.array(case["x"]), case["sign"]
    weights = np.array(case["points"]) / sum(case["points"])
    low, high = np.array(case["low"]), np.array(case["high"])
    values = np.where(np.array(sign) > 0, x - low, high - x) / (high - low)
    table = mkdm(x, sign, weights=weights)
    inverted = mkdm(np.where(np.array(sign) > 0, x, 1 / x), [1] * len(sign), weights=weights)
    logs = np.array(WeightedProductModel().evaluate(inverted).e_.score)
    vikor = VIKOR().evaluate(table).e_
    return {
        "additive": _rounded(WeightedSumModel().evaluate(mkdm(values, [1] * len(sign), weights=weights)).e_.score),
        "WPM": _rounded(10 ** (logs - logs.max())),
        "TOPSIS": _rounded(TOPSIS().evaluate(VectorScaler(target="matrix").transform(table)).e_.similarity),
        "s": _rounded(vikor.s_k),
        "r": _rounded(vikor.r_k),
        "VIKOR": _rounded(vikor.q_k),
        "compromise": sorted(int(i) for i in vikor.compromise_set),
        "dominated": [bool(it) for it in table.dominance.dominated()],
    }


def _rounded(scores: Any) -> list[float]:
    return [round(float(score), 10) for score in scores]


if __name__ == "__main__":
    main()
