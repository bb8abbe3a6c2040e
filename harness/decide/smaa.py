"""What weights put whom at which rank: stochastic multicriteria acceptability (SMAA-2, Lahdelma and Salminen 2001)."""

from dataclasses import dataclass

import numpy as np

from harness.decide.rank import TIE
from harness.decide.values import Floats

CELLS = 2_000_000
"""Most cells of a working array, so that memory does not grow with the number of draws."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Acceptability:
    """Rows are candidates."""

    ranks: Floats
    """[C, C]: share of the draws that put a candidate at each rank; the tied share. Rows and columns sum to 1."""
    central: Floats
    """[C, J]: the mean of the weights that put it first, the typical view of who would choose it; NaN: nobody would."""
    confidence: Floats
    """[C]: how often it is first at its central weights, as the measurements vary; NaN: it has none."""


def acceptability(values: Floats, weights: Floats) -> Acceptability:
    """Return what draws of `values` [B, C, J] and of `weights` [B, J] say together.

    B is 1 for values that are taken as they are. 10,000 draws are right to 0.005 with one standard error.
    """
    scores = (values @ weights[:, :, None])[:, :, 0]
    first = share_first(scores)
    with np.errstate(invalid="ignore"):
        central = (first.T @ weights) / first.sum(axis=0)[:, None]
    confidence = [_first(values, own, c) if first[:, c].any() else np.nan for c, own in enumerate(central)]
    return Acceptability(ranks=_ranks(scores), central=central, confidence=np.array(confidence))


def dirichlet(alpha: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return weights [draws, J]; a criterion with an `alpha` of 0 gets none in any draw.

    With ones, every weighting is as likely as any other; with kappa · w, they lie about w, the closer the larger kappa.
    """
    gamma = rng.standard_gamma(alpha, (draws, len(alpha)))
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True), dtype=np.float64)


def share_first(scores: Floats) -> Floats:
    """Return [B, C] what share of the first place each column of [B, C] has in each row: all, or that of the tied."""
    leads = scores >= scores.max(axis=1, keepdims=True) - TIE
    return np.asarray(leads / leads.sum(axis=1, keepdims=True), dtype=np.float64)


def _ranks(scores: Floats) -> Floats:
    """Return [C, C] what share of the draws [B, C] puts each column at each rank; the tied share theirs."""
    count, shares = scores.shape[1], np.zeros((scores.shape[1], scores.shape[1]))
    positions = np.arange(count)
    step = max(1, CELLS // max(1, count * count))
    for start in range(0, len(scores), step):
        drawn = scores[start : start + step]
        ahead = drawn[:, None, :] > drawn[:, :, None] + TIE
        better = ahead.sum(axis=2)
        tied = count - better - ahead.sum(axis=1)
        at = (positions >= better[:, :, None]) & (positions < (better + tied)[:, :, None])
        shares += (at / tied[:, :, None]).sum(axis=0)
    return np.asarray(shares / len(scores), dtype=np.float64)


def _first(values: Floats, weights: Floats, c: int) -> float:
    return float(share_first(values @ weights)[:, c].mean())
