"""What the clock cannot tell apart: latencies that are nearer to each other than the harness is to the truth."""

from collections.abc import Sequence

import numpy as np

from harness.metrics.observations import PERCENTILES
from harness.metrics.stats import Floats


def merged(draws: Floats, metrics: Sequence[str], resolution_ms: float) -> Floats:
    """Return `draws` [B, C, M] with latencies that cannot be told apart made equal, draw by draw.

    Candidates in the order of a latency form a group as long as each is nearer than `resolution_ms` to the one before;
    all of a group get its mean. NaN and infinity stay as they are.
    """
    result = draws.copy()
    for m, metric in enumerate(metrics):
        if metric in PERCENTILES and metric.endswith("_ms"):
            result[:, :, m] = _merged(draws[:, :, m], resolution_ms)
    return result


def _merged(latencies: Floats, resolution_ms: float) -> Floats:
    """Merge each row of [B, C]."""
    order = np.argsort(latencies, axis=1, kind="stable")
    ascending = np.take_along_axis(latencies, order, axis=1)
    with np.errstate(invalid="ignore"):
        apart = ~(np.diff(ascending, axis=1, prepend=-np.inf) < resolution_ms)
    group = np.cumsum(apart.ravel()) - 1  # every row begins a group of its own
    flat = ascending.ravel()
    means = (np.bincount(group, flat) / np.bincount(group))[group]
    grouped = np.where(np.bincount(group)[group] > 1, means, flat).reshape(latencies.shape)
    result = np.empty_like(latencies)
    np.put_along_axis(result, order, grouped, axis=1)
    return result
