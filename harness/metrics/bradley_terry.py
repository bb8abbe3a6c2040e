"""Pairwise judgments → strengths (methodology.md 2.6): Bradley-Terry, with what coming first is worth, and a prior."""

import math
from dataclasses import dataclass

import numpy as np

from harness.metrics.stats import TWO_SIDED, Bools, Floats, Interval, Ints

PRIOR = 0.1
"""Weight of Σ θ² where wins alone would put somebody infinitely far from the others."""
ELO_MEAN, ELO_SCALE = 1000.0, 400 / math.log(10)
STEPS = 100
CLOSE = 1e-12
FAR = 30.0
"""Log odds beyond are on their way to infinity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strengths:
    """P(i is preferred to j) = σ(θ_i - θ_j)."""

    theta: Floats
    """[m]; sums to 0."""
    covariance: Floats
    """[m, m], of `theta`, as if every vote were independent: bootstrap the prompts where they are not."""
    prior: float
    """0: none was needed."""
    first: float | None = None
    """What being shown first adds to θ; None: not asked. Far from 0 the judge prefers a place."""
    first_se: float | None = None

    @property
    def elo(self) -> Floats:
        """The strengths as chess has them: 400 points are odds of 10 to 1, their mean is 1000."""
        return ELO_MEAN + ELO_SCALE * self.theta


def strengths(wins: Floats, *, prior: float | None = None) -> Strengths:
    """Fit `wins` [m, m], row i column j: how often i was preferred to j; a tie is half a win of each.

    Without a `prior`, 0.1 is taken where somebody, or a group, never won or never lost against the rest: then there is
    no largest likelihood. Otherwise 0. ValueError where 0 is asked for and there is none.
    """
    weight = _needed(wins) if prior is None else prior
    first, second = np.nonzero(~np.eye(len(wins), dtype=bool) & (wins > 0))
    theta, covariance = _fit(
        _design(first, second, len(wins)), wins[first, second], np.zeros(len(first)), len(wins), weight
    )
    return Strengths(theta=theta, covariance=covariance, prior=weight)


def strengths_by_place(
    first: Ints, second: Ints, first_won: Floats, second_won: Floats, m: int, *, prior: float | None = None
) -> Strengths:
    """Fit votes of which it is known who was shown first, all [v]: logit P(first wins) = γ + θ_first - θ_second.

    ValueError where the judge always takes the same place and no `prior` is given: then γ is infinite.
    """
    wins = np.zeros((m, m))
    np.add.at(wins, (first, second), first_won)
    np.add.at(wins, (second, first), second_won)
    weight = _needed(wins) if prior is None else prior
    design = np.hstack([_design(first, second, m), np.ones((len(first), 1))])
    found, covariance = _fit(design, first_won, second_won, m, weight)
    return Strengths(
        theta=found[:m],
        covariance=covariance[:m, :m],
        prior=weight,
        first=float(found[m]),
        first_se=math.sqrt(covariance[m, m]),
    )


def by_prompt(
    wins: Floats, *, draws: int = 1000, rng: np.random.Generator, tail: float = TWO_SIDED
) -> tuple[Interval, ...]:
    """Return the interval of each θ from drawing prompts again; `wins` [p, m, m] are the wins on each prompt.

    Votes on one prompt are alike, so prompts are drawn and not votes.
    """
    p, m = wins.shape[:2]
    counts = rng.multinomial(p, np.full(p, 1 / p), size=draws).astype(float)
    drawn = (counts @ wins.reshape(p, m * m)).reshape(draws, m, m)
    theta = np.array([strengths(each).theta for each in drawn])
    low, high = np.quantile(theta, (tail, 1 - tail), axis=0)
    return tuple(Interval(low=float(a), high=float(b)) for a, b in zip(low, high, strict=True))


def connected(wins: Floats) -> bool:
    """Say whether everybody has beaten everybody, if only by way of others: else no strengths fit best."""
    reach: Bools = (wins > 0) | np.eye(len(wins), dtype=bool)
    for _ in range(max(1, len(wins)).bit_length()):
        reach = (reach.astype(float) @ reach) > 0
    return bool(reach.all())


def _needed(wins: Floats) -> float:
    return 0.0 if connected(wins) else PRIOR


def _design(first: Ints, second: Ints, m: int) -> Floats:
    eye = np.eye(m)
    return eye[first] - eye[second]


def _fit(design: Floats, won: Floats, lost: Floats, m: int, prior: float) -> tuple[Floats, Floats]:
    """Return the most likely coefficients and their covariance by Newton's steps, halved where they would overshoot.

    The first `m` are strengths: a shift of all of them changes nothing, so their mean is kept at 0.
    """
    votes, found = won + lost, np.zeros(design.shape[1])
    shift = np.append(np.ones(m), np.zeros(len(found) - m))

    def unlikely(at: Floats) -> float:
        logits = design @ at
        return float((won * np.logaddexp(0, -logits) + lost * np.logaddexp(0, logits)).sum() + prior * at @ at)

    for _ in range(STEPS):
        chance = (1 + np.tanh(design @ found / 2)) / 2
        curvature = (design * (votes * chance * (1 - chance))[:, None]).T @ design + 2 * prior * np.eye(len(found))
        slope = design.T @ (won - votes * chance) - 2 * prior * found
        try:
            step = np.linalg.solve(curvature + np.outer(shift, shift), slope)
        except np.linalg.LinAlgError:
            break
        while unlikely(found + step) > unlikely(found) and np.abs(step).max() > CLOSE:
            step /= 2
        found = found + step
        if np.abs(step).max() <= CLOSE:
            # strengths are centred, so the prior tells nothing of their common shift either
            centred = np.eye(len(found)) - np.outer(shift, shift) / m
            return found, np.asarray(centred @ np.linalg.pinv(curvature) @ centred, dtype=np.float64)
        if np.abs(found).max() > FAR:
            break
    raise ValueError("no finite strengths fit these votes best: give a prior")
