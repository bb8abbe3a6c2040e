"""What would change the winner: weights, and criteria left out (methodology.md 1.5).

Rows of `values` [C, J] are the candidates that compete, best first, so that the leader keeps the lead in a tie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.decision import Crossover, DecisionMatrix
from harness.core.rules import Combine, Scale
from harness.decide.combining import LEAST_VALUE
from harness.decide.rank import TIE, first
from harness.decide.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The smallest change of weights that lets a challenger reach the leader."""

    challenger: int
    """Row of `values`."""
    l1: float
    """Σ |new - old weight|."""
    weights: tuple[float, ...]


def crossovers(values: Floats, weights: Floats, names: Sequence[str], criteria: Sequence[str]) -> tuple[Crossover, ...]:
    """Return where the winner changes when one weight moves over [0, 1] and the others keep their proportions.

    Every candidate's score is a straight line in the moving weight, so the winners are the upper envelope of the lines.
    A criterion that holds all the weight is left out: the others have no proportions to keep.
    """
    return tuple(
        crossover
        for j, criterion in enumerate(criteria)
        if weights[j] < 1.0
        for crossover in _envelope(values, weights, j, names, criterion)
    )


def flips(values: Floats, weights: Floats) -> tuple[Flip, ...]:
    """Return the smallest flip for each challenger that some weights put first, smallest first."""
    found = [flip for b in range(1, len(values)) if (flip := _flip(values, weights, b)) is not None]
    return tuple(sorted(found, key=lambda flip: flip.l1))


def leave_one_out(values: Floats, weights: Floats) -> tuple[int | None, ...]:
    """Return who leads without each criterion, [J]; None where no weight is left."""
    kept = [np.where(np.arange(len(weights)) == j, 0.0, weights) for j in range(len(weights))]
    return tuple(first((values @ w / w.sum()).tolist()) if w.any() else None for w in kept)


def leaders_without(tables: Mapping[str, DecisionMatrix], best_first: Sequence[str]) -> dict[str, str]:
    """Return what is left out → who leads then, of tables that were each made without one thing, such as a suite.

    `best_first` are the candidates that compete, in the order of the whole; a table may lack one of them. Nothing is
    said of a table that has no value of some that it has: what was left out is all that was known.
    """
    found = {}
    for left_out, table in tables.items():
        names = [name for name in best_first if name in table.candidates]
        rows = [table.candidates.index(name) for name in names]
        known = all(any(v is not None for v in table.values[row]) for row in rows)
        if rows and known:
            found[left_out] = names[first([table.scores[row] for row in rows])]
    return found


def saturated(values: Sequence[Sequence[float | None]]) -> tuple[int, ...]:
    """Return the criteria on which at least half of the measured candidates sit at an anchor: rows are candidates.

    One alone at an anchor is told from all others by that criterion.
    """
    columns = [[v for v in column if v is not None] for column in zip(*values, strict=True)]
    anchored = [sum(v in (0.0, 1.0) for v in column) for column in columns]
    return tuple(j for j, column in enumerate(columns) if anchored[j] > 1 and 2 * anchored[j] >= len(column))


def breakeven(table: DecisionMatrix, row: int, rival: int, j: int) -> float | None:
    """Return the measurement in criterion `j` at which `row`, ahead, would be level with `rival`; None: there is none.

    Everything else stays as it is. Of a piecewise scale, on which several measurements may be worth the same: None.
    """
    criterion, weight, value = table.criteria[j], table.weights[j], table.values[row][j]
    if not weight or value is None or criterion.scale is Scale.PIECEWISE:
        return None
    if table.combine is Combine.GEOMETRIC:
        least = LEAST_VALUE
        level = max(value, least) * (table.scores[rival] / table.scores[row]) ** (1.0 / weight)
    else:
        least = 0.0
        level = value - (table.scores[row] - table.scores[rival]) / weight
    if not least < level <= 1.0:
        return None
    worst, ideal = criterion.worst, criterion.ideal
    if criterion.scale is Scale.LOG:
        return float(worst * (ideal / worst) ** level)
    return float(worst + level * (ideal - worst))


def _envelope(values: Floats, weights: Floats, j: int, names: Sequence[str], criterion: str) -> list[Crossover]:
    now = float(weights[j])
    rest = (values @ weights - now * values[:, j]) / (1.0 - now)
    slope = values[:, j] - rest
    a, b = np.triu_indices(len(values), k=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        crossing = (rest[b] - rest[a]) / (slope[a] - slope[b])
    inside = np.unique(crossing[(crossing > 0.0) & (crossing < 1.0)])
    inside = inside[np.diff(inside, prepend=-1.0) > TIE]  # where several lines meet, rounding makes one point many
    edges = np.concatenate([[0.0], inside, [1.0]])
    leads = [first((rest + slope * t).tolist()) for t in (edges[:-1] + edges[1:]) / 2]
    return [
        Crossover(criterion=criterion, weight=float(at), now=now, winner=names[after if at >= now else before])
        for at, before, after in zip(inside, leads[:-1], leads[1:], strict=True)
        if before != after
    ]


def _flip(values: Floats, weights: Floats, challenger: int) -> Flip | None:
    """Solve min Σ u with u ≥ |w' - w|, Σ w' = 1, w' ≥ 0 and the challenger at least level with the leader."""
    from scipy.optimize import linprog

    behind = values[0] - values[challenger]
    if float(behind @ weights) <= TIE:
        return Flip(challenger=challenger, l1=0.0, weights=tuple(weights.tolist()))
    j = len(weights)
    eye, zero = np.eye(j), np.zeros(j)
    solved = linprog(
        np.concatenate([zero, np.ones(j)]),
        A_ub=np.block([[eye, -eye], [-eye, -eye], [behind, zero]]),
        b_ub=np.concatenate([weights, -weights, [0.0]]),
        A_eq=[np.concatenate([np.ones(j), zero])],
        b_eq=[1.0],
    )
    if not solved.success:
        return None
    changed = np.asarray(solved.x, dtype=np.float64)[:j]
    return Flip(challenger=challenger, l1=float(np.abs(changed - weights).sum()), weights=tuple(changed.tolist()))
