"""Intervals that hold at every look, so that a run may stop early (methodology.md 2.10)."""

import math
from dataclasses import dataclass

import numpy as np

from harness.metrics.stats import Floats, Ints

BURN_IN = 20
"""Fewer items give no bounds: the sequence is right for many of them only."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Bounds of the mean after each item, both [t]; infinite before the burn-in."""

    low: Floats
    high: Floats


def tuned(target: int, *, alpha: float = 0.05) -> float:
    """Return the ρ with which the sequence is narrowest at `target` items."""
    edge = -2 * math.log(alpha)
    return target / (edge + math.log(1 + edge))


def widening(t: Floats | Ints | float, *, rho: float, alpha: float) -> Floats:
    """Return how many standard errors of a mean over `t` items its bounds are away from it at every look."""
    return np.asarray(np.sqrt((t + rho) / t * np.log((t + rho) / (rho * alpha**2))), dtype=np.float64)


def p_at_every_look(mean: float, se: float, t: float, *, rho: float) -> float:
    """Return the p-value of no difference that holds at every look: the least alpha whose bounds leave 0 out."""
    return min(1.0, math.sqrt((t + rho) / rho) * math.exp(-((mean / se) ** 2) * t / (t + rho) / 2))


def confidence_sequence(differences: Floats, *, rho: float, alpha: float = 0.05, burn_in: int = BURN_IN) -> Band:
    """Return bounds of the mean difference after each of the items [t].

    With probability 1 - `alpha` none of them is ever wrong, however often one looks: the normal mixture of Robbins
    (1970), asymptotic with the running spread (Waudby-Smith et al. 2021, arXiv 2103.06476). Items come in random order
    that was fixed before; with clusters `differences` are the clusters' means.
    """
    t = np.arange(1, len(differences) + 1)
    mean = np.cumsum(differences) / t
    spread = np.sqrt(np.maximum(0.0, np.cumsum(differences**2) / t - mean**2) * t / np.maximum(t - 1, 1))
    half = np.where(t < burn_in, np.inf, spread / np.sqrt(t) * widening(t, rho=rho, alpha=alpha))
    return Band(low=mean - half, high=mean + half)


def dropped_at(behind: Floats, *, rho: float, alpha: float = 0.05, burn_in: int = BURN_IN) -> tuple[int | None, ...]:
    """Return after how many items each challenger can be dropped; None: not yet.

    `behind` [t, k - 1] is each challenger's score minus the leader's, item by item. A challenger is dropped once the
    upper bound is below 0; `alpha` is shared among them, so that with 1 - `alpha` no equal is dropped.
    """
    share = alpha / max(1, behind.shape[1])
    found: list[int | None] = []
    for column in behind.T:
        below = np.flatnonzero(confidence_sequence(column, rho=rho, alpha=share, burn_in=burn_in).high < 0)
        found.append(int(below[0]) + 1 if len(below) else None)
    return tuple(found)
