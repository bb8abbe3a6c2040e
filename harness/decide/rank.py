"""Scores → competition ranks, and how far two rankings agree."""

import math
from collections.abc import Sequence
from itertools import combinations

TIE = 1e-9
"""Scores closer than this are equal."""


def ranks(scores: Sequence[float]) -> tuple[int, ...]:
    """Return 1-based competition ranks, ties sharing the best: 0.9, 0.9, 0.5 gives 1, 1, 3."""
    return tuple(1 + sum(other > score + TIE for other in scores) for score in scores)


def first(scores: Sequence[float]) -> int:
    """Return the index of the best score, the earliest of equals."""
    best = max(scores)
    return next(i for i, score in enumerate(scores) if score >= best - TIE)


def kendall(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Return Kendall's τ-b of two scorings of the same candidates; None where one of them tells nobody apart."""
    signs = [(_sign(a[i] - a[j]), _sign(b[i] - b[j])) for i, j in combinations(range(len(a)), 2)]
    ordered = math.prod(sum(pair[side] != 0 for pair in signs) for side in (0, 1))
    return sum(x * y for x, y in signs) / math.sqrt(ordered) if ordered else None


def _sign(difference: float) -> int:
    return 0 if abs(difference) <= TIE else 1 if difference > 0 else -1
