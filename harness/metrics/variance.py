"""Where the spread of scores comes from: items, repetitions, clusters (methodology.md 2.1 and 2.4)."""

import math
from dataclasses import dataclass

import numpy as np

from harness.metrics.stats import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The variance of one answer's score, in two parts."""

    between: float
    """Of the items: what more repetitions cannot lower."""
    within: float
    """Of the repetitions of one item."""

    def se(self, *, items: int, trials: int) -> float:
        """Return the standard error of the mean over so many items with so many repetitions each."""
        return math.sqrt((self.between + self.within / trials) / items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraclass:
    """How much alike items of one cluster are."""

    icc: float
    """ICC(1), 0 where they are no more alike than others."""
    design_effect: float
    """By how much clustering multiplies the variance of a mean."""


def components(scores: Floats) -> Components:
    """Return the parts of the variance of `scores` [n, K], by the analysis of variance; n ≥ 2, K ≥ 2."""
    n, trials = scores.shape
    if n < 2 or trials < 2:
        raise ValueError(f"two items with two repetitions at least, not {n} with {trials}")
    within = float(scores.var(axis=1, ddof=1).mean())
    means = float(scores.mean(axis=1).var(ddof=1))
    return Components(between=max(0.0, means - within / trials), within=within)


def intraclass(x: Floats, cluster: Ints) -> Intraclass:
    """Return ICC(1) of `x` [n] and the design effect, by the analysis of variance over unequal clusters.

    ValueError where there are not two clusters, or no cluster has two items. No spread at all is an ICC of 0.
    """
    _, code = np.unique(cluster, return_inverse=True)
    size = np.bincount(code)
    n, groups = len(x), len(size)
    if groups < 2 or n == groups:
        raise ValueError(f"{n} items in {groups} clusters show nothing of how alike those of one are")
    means = np.bincount(code, x) / size
    between = float((size * (means - x.mean()) ** 2).sum()) / (groups - 1)
    within = float(((x - means[code]) ** 2).sum()) / (n - groups)
    typical = (n - float((size**2).sum()) / n) / (groups - 1)
    total = between + (typical - 1) * within
    icc = (between - within) / total if total > 0 else 0.0
    return Intraclass(icc=icc, design_effect=1 + (n / groups - 1) * icc)
