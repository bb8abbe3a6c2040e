"""How sure the ranking is: score intervals and P(best) over draws of measurements and weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.decision import DecisionMatrix
from harness.decide.combining import levels, score
from harness.decide.smaa import dirichlet, share_first
from harness.decide.values import Floats, values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainty:
    """What the draws say; rows follow the matrix's candidates."""

    p_best: Floats
    """[C]; sums to 1 over those who compete, 0 for the others."""
    low: Floats
    """[C]: 2.5% quantile of the score at the given weights; what is not measured counts 0."""
    high: Floats
    """[C]: 97.5% quantile; what is not measured counts 1."""
    scores: Floats
    """[B, C] at the given weights, what is not measured counting 0."""
    values: Floats
    """[B, C, J]: what `p_best` rests on; what a candidate lacks and a rival has is drawn, what nobody has counts 0."""
    weights: Floats
    """[B, J]: the weightings that `p_best` rests on."""


def uncertainty(
    matrix: DecisionMatrix, draws: Floats, metrics: Sequence[str], competing: Sequence[bool], *, kappa: float, seed: int
) -> Uncertainty:
    """Propagate draws [B, C, M] of `metrics` through the value model.

    P(best) draws the weights too, from Dirichlet(kappa · weights), and shares a tie among the tied. What a candidate
    lacks and a rival has is drawn uniformly from [0, 1], which is all that is known of it; what nobody has counts 0.
    """
    drawn = drawn_values(matrix, draws, metrics)
    missing = np.array([[v is None for v in row] for row in matrix.values], dtype=bool).reshape(drawn.shape[1:])
    weights = np.array(matrix.weights)
    combine = matrix.combine
    scores = score(levels(drawn, combine) @ weights, combine)
    best = score(levels(np.where(missing, 1.0, drawn), combine) @ weights, combine) if missing.any() else scores
    low, high = np.quantile(scores, 0.025, axis=0), np.quantile(best, 0.975, axis=0)
    rng = weight_stream(seed)
    weight_draws = dirichlet(kappa * weights, len(draws), rng)
    chosen = np.array(competing, dtype=bool)
    p_best = np.zeros(len(chosen))
    if chosen.any():
        unknown = missing & ~missing[chosen].all(axis=0)
        drawn = np.where(unknown, rng.random(drawn.shape), drawn)
        level = np.einsum("bcj,bj->bc", levels(drawn, combine), weight_draws)[:, chosen]
        p_best[chosen] = share_first(score(level, combine)).mean(axis=0)
    return Uncertainty(
        p_best=p_best, low=low, high=np.minimum(1.0, high), scores=scores, values=drawn, weights=weight_draws
    )


def weight_stream(seed: int) -> np.random.Generator:
    """Return what draws the weights, then what is missing: a stream of its own, the bootstrap's began at `seed`."""
    return np.random.default_rng((seed, 1))


def drawn_values(matrix: DecisionMatrix, draws: Floats, metrics: Sequence[str]) -> Floats:
    """Return what the `draws` [B, C, M] of `metrics` are worth, [B, C, J].

    That is 0 where a candidate has no value, and the point's value where a draw measured nothing.
    """
    drawn = np.zeros((len(draws), len(matrix.candidates), len(matrix.criteria)))
    for j, criterion in enumerate(matrix.criteria):
        column = values(criterion, draws[:, :, list(metrics).index(criterion.metric)])
        for c, row in enumerate(matrix.values):
            point = row[j]
            if point is not None:
                drawn[:, c, j] = np.where(np.isnan(column[:, c]), point, column[:, c])
    return drawn
