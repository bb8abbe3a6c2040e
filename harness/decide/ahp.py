"""Pairwise judgements of importance → weights, refused where they contradict each other (Saaty 1980)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.decide.values import Floats

RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
"""Saaty's: the consistency index of judgements made at random. Other tables give other ratios for the same weights."""
MOST_INCONSISTENT = 0.10
NEAR = 1e-6
"""A third is written 0.3333333."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The weights that fit the judgements best, and how well they fit."""

    weights: tuple[float, ...]
    lambda_max: float
    consistency_ratio: float
    """0: the judgements agree with each other."""


def judged(ratios: Sequence[Sequence[float]], names: Sequence[str] = ()) -> Judged:
    """Return the principal eigenvector of `ratios`: row i, column j says how many times as important i is as j.

    ValueError where that is no square of positive numbers with each its reciprocal on the other side, where there are
    more than ten criteria, or where the consistency ratio is above 0.10: the message says which judgement is furthest
    from the others, by the `names` of the rows or counted from 1.
    """
    matrix = np.array(ratios, dtype=np.float64)
    n = len(matrix)
    if matrix.shape != (n, n) or not 1 <= n <= max(RANDOM_INDEX):
        raise ValueError(f"give a square of 1 to {max(RANDOM_INDEX)} rows, not {matrix.shape}")
    if not np.isfinite(matrix).all() or (matrix <= 0).any():
        raise ValueError("a judgement is a number above 0")
    if (np.abs(matrix * matrix.T - 1) > NEAR).any():
        raise ValueError("who is 3 times as important as another makes the other 1/3 as important")
    found, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(found.real))
    weights = np.abs(vectors[:, first].real)
    weights /= weights.sum()
    lambda_max = float(found[first].real)
    ratio = max(0.0, (lambda_max - n) / (n - 1) / RANDOM_INDEX[n]) if n in RANDOM_INDEX else 0.0
    if ratio > MOST_INCONSISTENT:
        i, j = _furthest(matrix, weights)
        a, b = (names[row] if names else str(row + 1) for row in (i, j))
        raise ValueError(
            f"the judgements contradict each other: consistency ratio {ratio:.2f}, at most {MOST_INCONSISTENT} is "
            f"taken. {a} is judged {matrix[i, j]:.3g} times as important as {b}; the other judgements make it "
            f"{weights[i] / weights[j]:.3g}"
        )
    return Judged(weights=tuple(weights.tolist()), lambda_max=lambda_max, consistency_ratio=ratio)


def _furthest(matrix: Floats, weights: Floats) -> tuple[int, int]:
    off = np.log(matrix) - np.log(weights[:, None] / weights[None, :])
    i, j = np.unravel_index(int(np.argmax(off)), off.shape)
    return int(i), int(j)
