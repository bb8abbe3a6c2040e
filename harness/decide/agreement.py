"""What other methods make of the same table: their winners, and how far their order agrees with the value model's."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from harness.core.decision import DecisionMatrix
from harness.core.firmness import Agreement, Opinion, Reversal
from harness.core.rules import Combine, Criterion, Scale
from harness.decide import methods
from harness.decide.combining import geometric
from harness.decide.rank import TIE, first, kendall
from harness.decide.values import Floats, direction

INDIFFERENT, STRICT = 0.03, 0.30
"""PROMETHEE's thresholds as shares of the way from worst to ideal: house values."""

Scorer = Callable[[Floats], Floats]
"""Measurements [C, J] → scores [C], higher for the better."""


def agreement(table: DecisionMatrix, best_first: Sequence[str]) -> Agreement:
    """Ask every method about `best_first`, the candidates that compete, in the value model's order.

    That order settles ties, so that a method that tells nobody apart does not dissent.
    """
    rows = [table.candidates.index(name) for name in best_first]
    raw = np.array([[np.nan if e.value is None else e.value for e in table.raw[row]] for row in rows], dtype=np.float64)
    raw = raw.reshape(len(rows), len(table.criteria))
    signs = np.array([direction(c) for c in table.criteria], dtype=np.float64)
    kept = np.isfinite(raw).all(axis=0) & (signs != 0) & (np.array(table.weights) > 0)
    primary = [table.scores[row] for row in rows]
    values = np.array([[v or 0.0 for v in table.values[row]] for row in rows]).reshape(raw.shape)
    weights = np.array(table.weights)
    if table.combine is Combine.GEOMETRIC:
        opinions = [_opinion("additive", lambda v: np.asarray(v @ weights), values, best_first, primary)]
    else:
        opinions = [_opinion("geometric", lambda v: geometric(v, weights), values, best_first, primary)]
    if kept.any() and rows:
        criteria = [c for c, keep in zip(table.criteria, kept, strict=True) if keep]
        opinions += _panel(criteria, raw[:, kept], weights[kept] / weights[kept].sum(), best_first, primary)
    return Agreement(
        candidates=tuple(best_first),
        opinions=tuple(opinions),
        left_out=tuple(c.name for c, keep, w in zip(table.criteria, kept, weights, strict=True) if w > 0 and not keep),
    )


def reversals(scorer: Scorer, x: Floats, names: Sequence[str]) -> tuple[Reversal, ...]:
    """Return whom a method reorders when one of two or more candidates is dropped; the value model never does."""
    whole, found = scorer(x), []
    for dropped in range(len(names)):
        kept = [i for i in range(len(names)) if i != dropped]
        after = dict(zip(kept, scorer(x[kept]).tolist(), strict=True))
        found += [
            Reversal(dropped=names[dropped], ahead=names[a], behind=names[b])
            for a in kept
            for b in kept
            if whole[a] > whole[b] + TIE and after[b] > after[a] + TIE
        ]
    return tuple(found)


def _panel(
    criteria: Sequence[Criterion], x: Floats, weights: Floats, names: Sequence[str], primary: Sequence[float]
) -> list[Opinion]:
    sign = np.array([direction(c) for c in criteria], dtype=np.float64)
    span = np.array([_span(c) for c in criteria])
    weak, strict = INDIFFERENT * span, STRICT * span
    scorers: Mapping[str, Scorer] = {
        "SAW": lambda x: methods.simple_additive(x, weights, sign),
        "WPM": lambda x: methods.weighted_product(x, weights, sign),
        "TOPSIS": lambda x: methods.topsis(x, weights, sign),
        "VIKOR": lambda x: -methods.vikor(x, weights, sign).q,
        "PROMETHEE II": lambda x: methods.promethee(x, weights, sign, indifferent=weak, strict=strict),
    }
    if (x <= 0).any():
        scorers = {name: scorer for name, scorer in scorers.items() if name != "WPM"}
    settled = tuple(names[i] for i in methods.vikor(x, weights, sign).compromise)
    return [
        _opinion(name, scorer, x, names, primary, compromise=settled if name == "VIKOR" else ())
        for name, scorer in scorers.items()
    ]


def _span(criterion: Criterion) -> float:
    ends = (
        [x for x, _ in criterion.points] if criterion.scale is Scale.PIECEWISE else [criterion.worst, criterion.ideal]
    )
    return max(ends) - min(ends)


def _opinion(
    method: str, scorer: Scorer, x: Floats, names: Sequence[str], primary: Sequence[float],
    *, compromise: tuple[str, ...] = (),
) -> Opinion:  # fmt: skip
    scores = scorer(x).tolist()
    return Opinion(
        method=method,
        scores=tuple(scores),
        leader=names[first(scores)] if scores else None,
        tau=kendall(primary, scores),
        reversals=reversals(scorer, x, names) if len(names) > 2 else (),
        compromise=compromise,
    )
