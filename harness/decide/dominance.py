"""Who is no worse than another in anything, and better in something (methodology.md 1.2).

`x` are measurements in which more is better, NaN where nothing was measured: that neither dominates nor is dominated.
"""

import numpy as np
import numpy.typing as npt

from harness.decide.rank import TIE
from harness.decide.values import Floats

Bools = npt.NDArray[np.bool_]

CELLS = 2_000_000
"""Most cells of a working array, so that memory does not grow with the number of draws."""


def dominates(x: Floats) -> Bools:
    """Return for `x` [..., C, J] whether a dominates b, [..., C, C]."""
    a, b = x[..., :, None, :], x[..., None, :, :]
    return np.asarray((a >= b - TIE).all(axis=-1) & (a > b + TIE).any(axis=-1), dtype=np.bool_)


def p_dominated(draws: Floats) -> Floats:
    """Return in what share of the `draws` [B, C, J] each candidate is dominated by some other, [C]."""
    step = max(1, CELLS // max(1, draws[0].size * draws.shape[1]))
    blocks = (draws[start : start + step] for start in range(0, len(draws), step))
    beaten = np.sum([dominates(block).any(axis=-2).sum(axis=0) for block in blocks], axis=0)
    return np.asarray(beaten / len(draws), dtype=np.float64)


def proven(draws: Floats, margin: Floats, *, tail: float = 0.025) -> Bools:
    """Return whether the paired `draws` [B, C, J] show that a dominates b, [C, C].

    In everything no more than the share `tail` of them may put b ahead by more than `margin` [J]; in something no more
    may put a not ahead.
    """
    count, least = draws.shape[1], 1.0 - tail
    shown = np.zeros((count, count), np.bool_)
    for a in range(count):
        with np.errstate(invalid="ignore"):  # two that never end cannot be told apart
            ahead = draws[:, a : a + 1] - draws
        shown[a] = ((ahead >= -margin).mean(axis=0) >= least).all(axis=-1)
        shown[a] &= ((ahead > TIE).mean(axis=0) >= least).any(axis=-1)
    return shown
