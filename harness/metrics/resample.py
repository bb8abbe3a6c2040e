"""The joint paired cluster bootstrap: what the metrics would be on other samples of the same kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from harness.metrics.observations import PERCENTILES, Blend, Observations, Ratio
from harness.metrics.stats import Floats, Ints

CELLS = 2_000_000
"""Most cells of a working array, so that memory does not grow with the number of draws."""


def resample(observations: Observations, metrics: Sequence[str], *, draws: int = 10_000, seed: int = 0) -> Floats:
    """Return draws of the metrics, [draws, C, len(metrics)]; NaN where a draw measures nothing or the slot lacks one.

    Clusters are drawn with replacement within their task, all candidates' results on an item together, so that what
    the candidates share stays shared. Coverage is a fact of the run and the same in every draw.
    """
    result = np.full((draws, len(observations.candidates), len(metrics)), np.nan)
    if observations.n == 0:
        return result
    drawers = {m: _drawer(observations, name) for m, name in enumerate(metrics)}
    start = 0
    for counts in _counts(observations, draws, np.random.default_rng(seed)):
        for m, drawer in drawers.items():
            if drawer is not None:
                result[start : start + len(counts), :, m] = drawer.draw(counts)
        start += len(counts)
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sums:
    """A weighted mean of ratios of cluster sums."""

    top: Floats
    """[G, C]: sums of the numerators in each cluster."""
    bottom: Floats
    parts: Sequence[slice]
    """The clusters of each ratio."""
    weight: Floats
    """The weight of each ratio."""

    def draw(self, counts: Floats) -> Floats:
        """Return [b, C] for `counts` [b, G], how often each cluster was drawn."""
        result = np.zeros((len(counts), self.top.shape[1]))
        with np.errstate(divide="ignore", invalid="ignore"):
            for part, weight in zip(self.parts, self.weight, strict=True):
                result += weight * ((counts[:, part] @ self.top[part]) / (counts[:, part] @ self.bottom[part]))
        return np.where(np.isfinite(result), result, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Quantiles:
    """A percentile of the answers of the drawn clusters."""

    ordered: Sequence[Floats]
    """For each candidate its measured values, ascending."""
    cluster: Sequence[Ints]
    """For each candidate the cluster of each of these values."""
    q: float

    def draw(self, counts: Floats) -> Floats:
        """Return [b, C] for `counts` [b, G]; the percentile of type 7 among values repeated as often as drawn."""
        return np.stack(
            [self._candidate(counts, x, g) for x, g in zip(self.ordered, self.cluster, strict=True)], axis=1
        )

    def _candidate(self, counts: Floats, ordered: Floats, cluster: Ints) -> Floats:
        if len(ordered) == 0:
            return np.full(len(counts), np.nan)
        reached = np.cumsum(counts[:, cluster], axis=1)
        n = reached[:, -1]
        position = np.maximum(n - 1, 0) * self.q
        below = np.floor(position)
        low = _value_at(ordered, reached, below)
        high = _value_at(ordered, reached, np.minimum(below + 1, np.maximum(n - 1, 0)))
        share = position - below
        # where both are infinite, or the share is 0, interpolation would make NaN of infinity
        step = np.where((share == 0) | (low == high), 0.0, high - np.where(np.isinf(low), 0.0, low))
        return np.where(n == 0, np.nan, low + np.where(step == 0, 0.0, step * share))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Blended:
    """A weighted mean of ratios, of which a draw may lack some: then that of the others."""

    ratios: Sequence[_Sums]
    weight: Floats

    def draw(self, counts: Floats) -> Floats:
        """Return [b, C] for `counts` [b, G]."""
        drawn = np.stack([ratio.draw(counts) for ratio in self.ratios], axis=-1)
        known = np.where(np.isnan(drawn), 0.0, self.weight).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            blended: Floats = (np.nan_to_num(drawn) @ self.weight) / known
        return blended


def _value_at(ordered: Floats, reached: Floats, rank: Floats) -> Floats:
    """Return the value of 0-based `rank` [b] in each row, from the running counts `reached` [b, m]."""
    index = (reached <= rank[:, None]).sum(axis=1)
    found: Floats = ordered[np.minimum(index, len(ordered) - 1)]
    return found


def _drawer(observations: Observations, metric: str) -> _Sums | _Quantiles | _Blended | None:
    if metric == "quality":
        return _quality(observations)
    if metric == "coverage":
        return _coverage(observations)
    if metric in observations.ratios:
        return _ratio(observations, observations.ratios[metric])
    if metric in observations.blends:
        return _blend(observations, observations.blends[metric])
    if metric in PERCENTILES and PERCENTILES[metric].timing in observations.timings:
        return _quantiles(observations, observations.timings[PERCENTILES[metric].timing], PERCENTILES[metric].q)
    return None


def _quality(observations: Observations) -> _Sums:
    ends = np.cumsum(observations.clusters).tolist()
    return _Sums(
        top=_by_cluster(observations, np.nan_to_num(observations.quality)),
        bottom=_by_cluster(observations, (~np.isnan(observations.quality)).astype(float)),
        parts=[slice(start, end) for start, end in pairwise([0, *ends])],
        weight=observations.task_weight,
    )


def _coverage(observations: Observations) -> _Sums:
    share = observations.scored.sum(axis=1) / observations.asked.sum(axis=1)
    ones = np.ones((int(observations.clusters.sum()), len(share)))
    return _Sums(top=ones * share, bottom=ones, parts=[slice(None)], weight=np.ones(1))


def _ratio(observations: Observations, ratio: Ratio) -> _Sums:
    seen = ~np.isnan(ratio.numerator) & ~np.isnan(ratio.denominator)
    return _Sums(
        top=_by_cluster(observations, np.where(seen, ratio.numerator, 0.0)),
        bottom=_by_cluster(observations, np.where(seen, ratio.denominator, 0.0)),
        parts=[slice(None)],
        weight=np.ones(1),
    )


def _blend(observations: Observations, blend: Blend) -> _Blended:
    ratios = [_ratio(observations, ratio) for ratio in blend.ratios]
    return _Blended(ratios=ratios, weight=np.array(blend.weight))


def _quantiles(observations: Observations, timing: Floats, q: float) -> _Quantiles:
    cluster = np.repeat(observations.cluster, timing.shape[2])
    ordered, home = [], []
    for row in timing.reshape(len(timing), -1):
        order = np.argsort(row, kind="stable")[: int((~np.isnan(row)).sum())]  # NaN sorts last
        ordered.append(row[order])
        home.append(cluster[order])
    return _Quantiles(ordered=ordered, cluster=home, q=q)


def _by_cluster(observations: Observations, values: Floats) -> Floats:
    """Sum [C, n] over the items of each cluster: [G, C]."""
    return np.stack([np.bincount(observations.cluster, row) for row in values], axis=1)


def _counts(observations: Observations, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield blocks [b, G] of how often each cluster is drawn, `draws` rows in all."""
    sizes = observations.clusters.tolist()
    widest = max(observations.n, *(timing[0].size for timing in observations.timings.values()), 1)
    block = max(1, CELLS // widest)
    for start in range(0, draws, block):
        b = min(block, draws - start)
        yield np.concatenate([_task_counts(rng, b, size) for size in sizes], axis=1)


def _task_counts(rng: np.random.Generator, b: int, size: int) -> Floats:
    """Return [b, size]: how often each of `size` clusters comes in `size` draws with replacement."""
    drawn = rng.integers(0, size, (b, size), dtype=np.int64) + np.arange(b)[:, None] * size
    return np.bincount(drawn.ravel(), minlength=b * size).reshape(b, size).astype(float)
