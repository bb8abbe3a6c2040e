"""Who is no worse than another in anything, and better in something (methodology.md 1.2).

`x` are measurements in which more is better, NaN where nothing was measured: that neither dominates nor is dominated.
"""

import numpy as np
import numpy.typing as npt

from harness.decide.values import Floats

Bools = npt.NDArray[np.bool_]


def dominates(x: Floats) -> Bools:
    """Return for `x` [..., C, J] whether a dominates b, [..., C, C]."""
    a, b = x[..., :, None, :], x[..., None, :, :]
    return np.asarray((a >= b).all(axis=-1) & (a > b).any(axis=-1), dtype=np.bool_)


def p_dominated(draws: Floats) -> Floats:
    """Return in what share of the `draws` [B, C, J] each candidate is dominated by some other, [C]."""
    return np.asarray(dominates(draws).any(axis=-2).mean(axis=0), dtype=np.float64)


def proven(draws: Floats, margin: Floats, *, tail: float = 0.025) -> Bools:
    """Return whether the paired `draws` [B, C, J] show that a dominates b, [C, C].

    The interval of every difference leaves `tail` at each end. None of them may allow that b is better by more than
    `margin` [J], and one at least must lie above 0.
    """
    count = draws.shape[1]
    shown = np.zeros((count, count), np.bool_)
    for a in range(count):
        with np.errstate(invalid="ignore"):  # two that never end cannot be told apart
            low = np.quantile(draws[:, a : a + 1] - draws, tail, axis=0)
        shown[a] = (low >= -margin).all(axis=-1) & (low > 0).any(axis=-1)
    return shown
