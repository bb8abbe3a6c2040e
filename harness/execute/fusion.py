"""Fusion of rankings: one order of the documents that several searches have found."""

from collections.abc import Sequence

K = 60
"""As in Cormack, Clarke and Büttcher 2009."""


def fused(rankings: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return document → sum of 1 / (K + its place) over the rankings, best first; of equals the one that came first.

    Reciprocal rank fusion: places alone count, since the scales of two searches have nothing in common. A ranking that
    lacks a document adds nothing for it.
    """
    worth: dict[str, float] = {}
    for ranking in rankings:
        for place, document in enumerate(ranking, start=1):
            worth[document] = worth.get(document, 0.0) + 1 / (K + place)
    return dict(sorted(worth.items(), key=lambda item: -item[1]))
