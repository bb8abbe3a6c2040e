"""Values and weights → scores: their weighted sum, or their weighted geometric mean (methodology.md 1.1)."""

import math

import numpy as np

from harness.core.decision import DecisionMatrix
from harness.core.rules import Combine
from harness.decide.values import Floats

LEAST_VALUE = 0.01
"""What the worst counts in a geometric mean, where 0 would outweigh everything."""


def levels(values: Floats, combine: Combine | None) -> Floats:
    """Return what is linear in the weights, so that lines cross and weights flip by it: `values`, or their logarithms.

    Who has the higher level has the higher score.
    """
    return np.log(np.maximum(values, LEAST_VALUE)) if combine is Combine.GEOMETRIC else values


def score(level: Floats, combine: Combine | None) -> Floats:
    """Return the scores of weighted sums of `levels`."""
    return np.exp(level) if combine is Combine.GEOMETRIC else level


def contribution(weight: float, value: float, combine: Combine | None) -> float:
    """Return what one criterion does to the score: what it adds, or what it multiplies by."""
    return max(value, LEAST_VALUE) ** weight if combine is Combine.GEOMETRIC else weight * value


def gaps(table: DecisionMatrix, one: int, other: int) -> list[float]:
    """Return what each criterion does to the difference in score of two rows; they sum to it.

    Of geometric means the ratio is what falls into parts: each part's logarithm, times the logarithmic mean of the two
    scores (Ang 2004).
    """
    pairs = list(zip(table.contributions[one], table.contributions[other], strict=True))
    if table.combine is not Combine.GEOMETRIC:
        return [a - b for a, b in pairs]
    ratio = math.log(table.scores[one] / table.scores[other])
    mean = (table.scores[one] - table.scores[other]) / ratio if ratio else table.scores[one]
    return [mean * math.log(a / b) for a, b in pairs]


def geometric(values: Floats, weights: Floats) -> Floats:
    """Return Π max(v, 0.01)^w of `values` [C, J] in [0, 1]: what is weak somewhere cannot make up for it elsewhere."""
    return score(levels(values, Combine.GEOMETRIC) @ weights, Combine.GEOMETRIC)
