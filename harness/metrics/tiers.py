"""Candidates that cannot be told apart: the letters and the ranks that they share."""

import numpy as np

from harness.core.firmness import Tier
from harness.metrics.stats import Bools, Floats


def tiers(scores: Floats, apart: Bools) -> tuple[Tier, ...]:
    """Return each candidate's tier; `apart` [C, C] says of whom it is shown that they differ, `scores` [C] which way.

    The letters are a compact letter display by insertion and absorption (Piepho 2004).
    """
    order = np.argsort(-scores, kind="stable").tolist()
    groups = _groups(order, apart)
    better = apart & (scores[:, None] > scores[None, :])
    return tuple(
        Tier(
            letters="".join(_letter(i) for i, group in enumerate(groups) if c in group),
            best=1 + int(better[:, c].sum()),
            worst=len(scores) - int(better[c].sum()),
        )
        for c in range(len(scores))
    )


def _groups(order: list[int], apart: Bools) -> list[frozenset[int]]:
    """Return the largest sets of which no two are apart, the set with the best candidate first."""
    groups = [frozenset(order)] if order else []
    for a, b in zip(*np.nonzero(np.triu(apart, k=1)), strict=True):
        split = [part for group in groups for part in _parted(group, int(a), int(b))]
        groups = [g for i, g in enumerate(split) if not any(g < h for h in split) and g not in split[:i]]
    place = {c: i for i, c in enumerate(order)}
    return sorted(groups, key=lambda group: sorted(place[c] for c in group))


def _parted(group: frozenset[int], a: int, b: int) -> tuple[frozenset[int], ...]:
    return (group - {a}, group - {b}) if {a, b} <= group else (group,)


def _letter(i: int) -> str:
    """Return a to z, then aa as (aa), so that letters stay letters."""
    return chr(ord("a") + i) if i < 26 else f"({chr(ord('a') + i // 26 - 1)}{chr(ord('a') + i % 26)})"
