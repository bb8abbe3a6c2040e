"""Scores by other schools of multi-criteria decision, to hold against the value model (methodology.md 1.2).

`x` [C, J] are finite measurements, `weights` [J] sum to 1, `sign` [J] is 1 where more is better and -1 where less is.
But for the weighted product, what the others measured enters every score, so that a candidate that comes or goes may
reorder the rest: that is why none of these decides. All are higher for the better.
"""

from dataclasses import dataclass

import numpy as np

from harness.decide.rank import TIE
from harness.decide.values import Floats


def simple_additive(x: Floats, weights: Floats, sign: Floats) -> Floats:
    """Return SAW: Σ w · share of the way from the worst to the best of the candidates, 0 where all are equal."""
    directed = x * sign
    return np.asarray(((directed - directed.min(axis=0)) / _span(directed)) @ weights, dtype=np.float64)


def weighted_product(x: Floats, weights: Floats, sign: Floats) -> Floats:
    """Return WPM: Π x^(sign · w) over the largest of them, which no unit of measurement changes.

    ValueError where a measurement is not above 0.
    """
    if (x <= 0).any():
        raise ValueError("a weighted product needs measurements above 0")
    logs = np.log(x) @ (sign * weights)
    return np.asarray(np.exp(logs - logs.max()), dtype=np.float64)


def topsis(x: Floats, weights: Floats, sign: Floats) -> Floats:
    """Return how near each is to the best of all columns, from 0 at the worst (Hwang and Yoon 1981; vector norm)."""
    length = np.sqrt((x**2).sum(axis=0))
    directed = weights * sign * x / np.where(length > 0, length, 1.0)
    worst, best = (np.sqrt(((directed - end) ** 2).sum(axis=1)) for end in (directed.min(axis=0), directed.max(axis=0)))
    both = worst + best
    return np.asarray(worst / np.where(both > 0, both, 1.0), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vikor:
    """VIKOR's three measures, lower for the better, and whom it would settle for."""

    s: Floats
    """[C]: group regret."""
    r: Floats
    """[C]: the largest regret on one criterion."""
    q: Floats
    """[C]: both together, from 0 to 1."""
    advantage: bool
    """Whether the first is ahead of the second by 1 / (C - 1) or more."""
    stable: bool
    """Whether the first by q is also first by s or by r."""
    compromise: tuple[int, ...]
    """The first alone where it has both; without stability the second too, without advantage all that are as near."""


def vikor(x: Floats, weights: Floats, sign: Floats) -> Vikor:
    """Return the compromise ranking (Opricovic and Tzeng 2004); the group's regret counts half (v = 0.5)."""
    directed = x * sign
    regret = weights * ((directed.max(axis=0) - directed) / _span(directed))
    s, r = regret.sum(axis=1), regret.max(axis=1)
    q = (_stretched(s) + _stretched(r)) / 2
    order = np.argsort(q, kind="stable")
    first, step = order[0], 1 / max(1, len(x) - 1)
    ahead = q[order] - q[first]
    advantage = len(x) == 1 or bool(ahead[1] >= step)
    stable = bool(s[first] <= s.min() + TIE or r[first] <= r.min() + TIE)
    settled = order[: 1 if stable else 2] if advantage else order[ahead < step]
    return Vikor(s=s, r=r, q=q, advantage=advantage, stable=stable, compromise=tuple(settled.tolist()))


def promethee(x: Floats, weights: Floats, sign: Floats, *, indifferent: Floats, strict: Floats) -> Floats:
    """Return PROMETHEE II's net flows, which sum to 0 (Brans and Vincke 1985).

    Of two, the better counts from a difference of `indifferent` [J] on, and in full beyond `strict` [J]: type V. With 0
    for `indifferent` that is the V-shape, and with 0 for both the usual criterion.
    """
    ahead = sign * (x[:, None, :] - x[None, :, :])
    width = np.where(strict > indifferent, strict - indifferent, 1.0)
    partly = np.where(ahead <= indifferent, 0.0, (ahead - indifferent) / width)
    preferred = np.where(ahead > strict, 1.0, partly) @ weights
    return np.asarray((preferred.sum(axis=1) - preferred.sum(axis=0)) / max(1, len(x) - 1), dtype=np.float64)


def _span(columns: Floats) -> Floats:
    """Return the largest minus the smallest of each column; 1, which divides nothing, where that is but rounding."""
    span = columns.max(axis=0) - columns.min(axis=0)
    return np.asarray(np.where(span > TIE * np.abs(columns).max(axis=0), span, 1.0), dtype=np.float64)


def _stretched(regret: Floats) -> Floats:
    """Return regrets from 0 to 1; all 0 where they are equal but for rounding."""
    above = regret - regret.min()
    return np.zeros(len(above)) if above.max() <= TIE else above / above.max()
