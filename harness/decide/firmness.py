"""How firm the lead is: other methods, omissions, rank acceptability, dominance (methodology.md 1.1, 1.2, 1.5)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from harness.core.decision import DecisionMatrix
from harness.core.estimates import Estimate
from harness.core.firmness import Acceptance, Domination, Firmness, Separation
from harness.decide.agreement import agreement
from harness.decide.combining import levels
from harness.decide.dominance import dominates, p_dominated, proven
from harness.decide.matrix import matrix
from harness.decide.pbest import Uncertainty
from harness.decide.sensitivity import leaders_without
from harness.decide.smaa import acceptability, dirichlet
from harness.decide.values import Floats

EstimatesOf = Mapping[str, Sequence[Estimate]]
"""Candidate → its estimates."""


def firmness(
    table: DecisionMatrix,
    best_first: Sequence[str],
    estimates: EstimatesOf,
    sureness: Uncertainty,
    *,
    flips: Mapping[str, float],
    without_suite: Mapping[str, EstimatesOf],
    separation: Callable[[Sequence[str]], Separation],
    spread_seen: bool,
    trifle: float,
    seed: int,
    stopped: Collection[str] = (),
    aside: Collection[str] = (),
) -> Firmness:
    """Return what speaks for and against the first of `best_first`, those that compete; nothing where it is alone.

    `without_suite`: the estimates of all without each suite; `separation` is asked whom the samples tell apart.
    `trifle` is how far behind a value may be and still be no worse. Where not `spread_seen` nobody knows how far
    measurements may be off, so no chance is given. `seed` draws the weights of those who have no view of what matters.
    Who was `stopped` early is left out of everything, and who is `aside` takes no criterion from the others.
    """
    if len(best_first) < 2:
        return Firmness()
    rows = [table.candidates.index(name) for name in best_first]
    names = [name for name in table.candidates if name not in stopped]
    tables = {
        name: matrix(
            [other for other in names if other != name], table.criteria, estimates, aside=aside, combine=table.combine
        )
        for name in names
    }
    fewer = {
        suite: matrix(names, table.criteria, of, aside=aside, combine=table.combine)
        for suite, of in without_suite.items()
    }
    return Firmness(
        agreement=agreement(table, best_first),
        without_suite=leaders_without(fewer, best_first),
        without_candidate=leaders_without(tables, best_first),
        flips=flips,
        acceptance=_acceptance(table, best_first, sureness.values[:, rows], sureness.weights, seed)
        if spread_seen
        else (),
        domination=_domination(table, rows, sureness, spread_seen=spread_seen, trifle=trifle),
        separation=separation(best_first),
    )


def _acceptance(
    table: DecisionMatrix, best_first: Sequence[str], values: Floats, around: Floats, seed: int
) -> tuple[Acceptance, ...]:
    counted = (np.array(table.weights) > 0).astype(float)
    rng = np.random.default_rng((seed, 2))  # a stream of its own, beside the bootstrap's and that of the set weights
    ranked_by = levels(values, table.combine)
    placed = acceptability(ranked_by, around)
    anyhow = acceptability(ranked_by, dirichlet(counted, len(around), rng))
    return tuple(
        Acceptance(
            candidate=name,
            ranks=tuple(placed.ranks[c].tolist()),
            any_weights=float(anyhow.ranks[c, 0]),
            central=None if np.isnan(anyhow.confidence[c]) else tuple(anyhow.central[c].tolist()),
            confidence=None if np.isnan(anyhow.confidence[c]) else float(anyhow.confidence[c]),
        )
        for c, name in enumerate(best_first)
    )


def _domination(
    table: DecisionMatrix, rows: Sequence[int], sureness: Uncertainty, *, spread_seen: bool, trifle: float
) -> tuple[Domination, ...]:
    """Compare by value on what counts and somebody has a value of: beyond ideal nobody is better."""
    points = np.array([[np.nan if v is None else v for v in table.values[row]] for row in rows], dtype=np.float64)
    points = points.reshape(len(rows), len(table.criteria))
    counted = (np.array(table.weights) > 0) & ~np.isnan(points).all(axis=0)
    names, points = [table.candidates[row] for row in rows], points[:, counted]
    drawn = np.where(np.isnan(points), np.nan, sureness.values[:, rows][:, :, counted])
    measured = dominates(points)
    shown = proven(drawn, np.full(points.shape[1], trifle)) if spread_seen else np.zeros_like(measured)
    chances = p_dominated(drawn).tolist() if spread_seen else [None] * len(rows)

    def named(by: Iterable[bool]) -> tuple[str, ...]:
        return tuple(name for name, does in zip(names, by, strict=True) if does)

    return tuple(
        Domination(candidate=name, by=named(measured[:, b]), proven_by=named(shown[:, b]), chance=chances[b])
        for b, name in enumerate(names)
    )
