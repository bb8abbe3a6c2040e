"""Scores → competition ranks."""

from collections.abc import Sequence

TIE = 1e-9
"""Scores closer than this are equal."""


def ranks(scores: Sequence[float]) -> tuple[int, ...]:
    """Return 1-based competition ranks, ties sharing the best: 0.9, 0.9, 0.5 gives 1, 1, 3."""
    return tuple(1 + sum(other > score + TIE for other in scores) for score in scores)


def first(scores: Sequence[float]) -> int:
    """Return the index of the best score, the earliest of equals."""
    best = max(scores)
    return next(i for i, score in enumerate(scores) if score >= best - TIE)
