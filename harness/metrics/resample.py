"""The joint paired cluster bootstrap: what the metrics would be on other samples of the same kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from harness.metrics.observations import PERCENTILES, Blend, Observations, Ratio
from harness.metrics.stats import Bools, Floats, Ints

CELLS = 2_000_000
"""Most cells of a working array, so that memory does not grow with the number of draws."""
CACHED = 65_536
"""Draws that are counted at a time: what stays in a core's cache is counted several times faster."""
ONE_CORE = 250_000
"""Multiplications of a product that OpenBLAS leaves on one core: to share these out costs six times what they cost."""
SURE = 5.0
"""Standard errors of a rank within which it is looked for first."""


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
    """[G, C] or, where it is the same for all, [G, 1]."""
    parts: Sequence[slice]
    """The clusters of each ratio."""
    weight: Floats
    """The weight of each ratio."""

    def draw(self, counts: Floats) -> Floats:
        """Return [b, C] for `counts` [b, G], how often each cluster was drawn."""
        result = np.zeros((len(counts), self.top.shape[1]))
        with np.errstate(divide="ignore", invalid="ignore"):
            for part, weight in zip(self.parts, self.weight, strict=True):
                drawn = counts[:, part]
                result += weight * (_product(drawn, self.top[part]) / _product(drawn, self.bottom[part]))
        return np.where(np.isfinite(result), result, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Quantiles:
    """A percentile of the answers of the drawn clusters, for each candidate."""

    candidates: Sequence["_Ordered"]
    before: Floats
    """[G, C]: how many of a cluster's values come before the candidate's window."""
    size: Floats
    """[G, C] or, where it is the same for all, [G, 1]: how many values a cluster has."""

    def draw(self, counts: Floats) -> Floats:
        """Return [b, C] for `counts` [b, G]; the percentile of type 7 among values repeated as often as drawn."""
        before = _product(counts, self.before)
        n = np.broadcast_to(_product(counts, self.size), before.shape)
        return np.stack([it.draw(counts, before[:, c], n[:, c]) for c, it in enumerate(self.candidates)], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ordered:
    """One candidate's values, and where among them the percentile is to be found in nearly every draw."""

    values: Floats
    """Ascending."""
    cluster: Ints
    """The cluster of each of them."""
    window: slice
    q: float

    def draw(self, counts: Floats, before: Floats, n: Floats) -> Floats:
        """Return [b]; `before` and `n` [b]: how many drawn values come before the window, and how many there are."""
        if len(self.values) == 0:
            return np.full(len(counts), np.nan)
        position = np.maximum(n - 1, 0) * self.q
        below = np.floor(position)
        above = np.minimum(below + 1, np.maximum(n - 1, 0))
        low, high, inside = self._between(counts, before, below, above, self.window)
        if not inside.all():
            rest = ~inside
            low[rest], high[rest], _ = self._between(counts[rest], np.zeros(rest.sum()), below[rest], above[rest])
        share = position - below
        # where both are infinite, or the share is 0, interpolation would make NaN of infinity
        step = np.where((share == 0) | (low == high), 0.0, high - np.where(np.isinf(low), 0.0, low))
        return np.where(n == 0, np.nan, low + np.where(step == 0, 0.0, step * share))

    def _between(
        self, counts: Floats, before: Floats, below: Floats, above: Floats, window: slice = slice(0, None)
    ) -> tuple[Floats, Floats, Bools]:
        """Return the values of two 0-based ranks [b], and whether they lie in the window."""
        reached = before[:, None] + np.cumsum(counts[:, self.cluster[window]], axis=1)
        low, high = (
            self.values[np.minimum(window.start + (reached <= rank[:, None]).sum(axis=1), len(self.values) - 1)]
            for rank in (below, above)
        )
        return low, high, (before <= below) & (above < reached[:, -1])


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


def _product(counts: Floats, columns: Floats) -> Floats:
    """Return `counts` [b, G] @ `columns` [G, C], a few rows at a time."""
    step = max(1, ONE_CORE // max(1, columns.size))
    return np.concatenate([counts[start : start + step] @ columns for start in range(0, len(counts), step)])


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
        bottom=_once(_by_cluster(observations, (~np.isnan(observations.quality)).astype(float))),
        parts=[slice(start, end) for start, end in pairwise([0, *ends])],
        weight=observations.task_weight,
    )


def _coverage(observations: Observations) -> _Sums:
    share = observations.scored.sum(axis=1) / observations.asked.sum(axis=1)
    ones = np.ones((int(observations.clusters.sum()), 1))
    return _Sums(top=ones * share, bottom=ones, parts=[slice(None)], weight=np.ones(1))


def _ratio(observations: Observations, ratio: Ratio) -> _Sums:
    seen = ~np.isnan(ratio.numerator) & ~np.isnan(ratio.denominator)
    return _Sums(
        top=_by_cluster(observations, np.where(seen, ratio.numerator, 0.0)),
        bottom=_once(_by_cluster(observations, np.where(seen, ratio.denominator, 0.0))),
        parts=[slice(None)],
        weight=np.ones(1),
    )


def _blend(observations: Observations, blend: Blend) -> _Blended:
    ratios = [_ratio(observations, ratio) for ratio in blend.ratios]
    return _Blended(ratios=ratios, weight=np.array(blend.weight))


def _quantiles(observations: Observations, timing: Floats, q: float) -> _Quantiles:
    cluster, groups = np.repeat(observations.cluster, timing.shape[2]), int(observations.clusters.sum())
    candidates, before, size = [], [], []
    for row in timing.reshape(len(timing), -1):
        order = np.argsort(row, kind="stable")[: int((~np.isnan(row)).sum())]  # NaN sorts last
        home = cluster[order]
        of_cluster = np.bincount(home, minlength=groups)
        centre = round((len(home) - 1) * q)
        error = np.sqrt(((np.bincount(home[: centre + 1], minlength=groups) - q * of_cluster) ** 2).sum())
        half = int(SURE * error) + 2
        window = slice(max(0, centre - half), centre + half)
        candidates.append(_Ordered(values=row[order], cluster=home, window=window, q=q))
        before.append(np.bincount(home[: window.start], minlength=groups))
        size.append(of_cluster)
    return _Quantiles(
        candidates=candidates, before=np.array(before, float).T, size=_once(np.array(size, dtype=np.float64).T)
    )


def _once(columns: Floats) -> Floats:
    """Return one column in the place of equal ones: a product with many would be the same many times."""
    return columns[:, :1] if bool((columns == columns[:, :1]).all()) else columns


def _by_cluster(observations: Observations, values: Floats) -> Floats:
    """Sum [C, n] over the items of each cluster: [G, C]."""
    return np.stack([np.bincount(observations.cluster, row) for row in values], axis=1)


def _counts(observations: Observations, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield blocks [b, G] of how often each cluster is drawn, `draws` rows in all."""
    ends = np.cumsum(observations.clusters).tolist()
    widest = max(observations.n, *(timing[0].size for timing in observations.timings.values()), 1)
    block = max(1, CELLS // widest)
    for start in range(0, draws, block):
        counts = np.empty((min(block, draws - start), ends[-1]))
        for first, end in pairwise([0, *ends]):
            _count(rng, counts[:, first:end])
        yield counts


def _count(rng: np.random.Generator, counts: Floats) -> None:
    """Write into `counts` [b, size] how often each of `size` clusters comes in `size` draws with replacement."""
    b, size = counts.shape
    step = max(1, CACHED // size)
    for start in range(0, b, step):
        rows = counts[start : start + step]
        drawn = rng.integers(0, size, rows.shape, dtype=np.int32) + np.arange(len(rows))[:, None] * size
        rows[:] = np.bincount(drawn.ravel(), minlength=rows.size).reshape(rows.shape)
