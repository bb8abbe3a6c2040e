"""Whom the samples tell apart on quality, and how many more would tell the leader from those that share its letter."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from harness.core.decision import PairedDifference
from harness.core.firmness import Advice, Separation
from harness.metrics.advice import more_samples, parts
from harness.metrics.observations import Observations
from harness.metrics.paired import every_pair
from harness.metrics.power import ALPHA
from harness.metrics.tiers import tiers


def separation(observations: Observations, best_first: Sequence[str]) -> Separation:
    """Return the tiers of those of `best_first` that have a quality, and advice for the first.

    Two are told apart where the Holm-corrected p-value of their paired difference is below 0.05; the correction is over
    all pairs of `best_first`. The samples that are advised tell two apart with it: at its level for the next pair.
    """
    pairs = every_pair(observations, best_first)
    quality = {name: mean for name in best_first if (mean := _mean(observations, name)) is not None}
    place = {name: c for c, name in enumerate(quality)}
    apart = np.zeros((len(place), len(place)), np.bool_)
    for pair in pairs:
        if pair.p_holm is not None and pair.p_holm < ALPHA:
            a, b = place[pair.leader], place[pair.challenger]
            apart[a, b] = apart[b, a] = True
    found = dict(zip(quality, tiers(np.array([*quality.values()]), apart), strict=True))
    level = [pair for pair in pairs if pair.leader == best_first[0] and (pair.p_holm is None or pair.p_holm >= ALPHA)]
    waiting = sum(pair.p_holm is not None and pair.p_holm >= ALPHA for pair in pairs)
    return Separation(tiers=found, advice=tuple(_advice(observations, level, alpha=ALPHA / max(1, waiting))))


def _advice(observations: Observations, level: Iterable[PairedDifference], *, alpha: float) -> Iterator[Advice]:
    for pair in level:
        gap, (a, b) = pair.difference.value, (pair.leader, pair.challenger)
        if gap is not None and (more := more_samples(gap, parts(observations, a, b), alpha=alpha)):
            yield Advice(leader=a, challenger=b, more=more)


def _mean(observations: Observations, name: str) -> float | None:
    """Return the quality of a candidate; None where some task has no score of it."""
    values = observations.quality[observations.candidates.index(name)]
    seen = ~np.isnan(values)
    size = np.bincount(observations.stratum[seen], minlength=len(observations.tasks))
    if not len(size) or (size == 0).any():
        return None
    total = np.bincount(observations.stratum[seen], values[seen], minlength=len(size))
    return float(observations.task_weight @ (total / size))
