"""How many more samples, and of which suite, would tell two candidates apart, and what they would cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.firmness import More
from harness.metrics.observations import Observations
from harness.metrics.power import ALPHA, POWER
from harness.metrics.stats import NO_SPREAD, Floats, detectable, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one suite contributes to the uncertainty of a difference."""

    suite: str
    samples: int
    variance: float
    """Its share of the variance of the mean difference; falls as 1 / samples."""
    usd_per_sample: float | None
    """Of asking both candidates one more; None where that is not known."""


def parts(observations: Observations, a: str, b: str) -> tuple[Part, ...]:
    """Return what each suite contributes to the uncertainty of the difference in quality between `a` and `b`.

    It is over the samples that both have a score of. A suite in which some task has a single independent sample shows
    no spread, so no number of samples can be named: then there are no parts.
    """
    ours, theirs = (observations.candidates.index(name) for name in (a, b))
    difference = observations.quality[ours] - observations.quality[theirs]
    both = ~np.isnan(difference)
    stratum, cluster, difference = observations.stratum[both], observations.cluster[both], difference[both]
    size = np.bincount(stratum, minlength=len(observations.tasks))
    if (size == 0).any():
        return ()
    residuals = (observations.task_weight / size)[stratum] * (
        difference - (np.bincount(stratum, difference) / size)[stratum]
    )
    suites = np.array([task.partition("/")[0] for task in observations.tasks])
    usd = _usd_per_sample(observations, ours, theirs)
    found = []
    for suite in dict.fromkeys(suites.tolist()):
        among = (suites == suite)[stratum]
        error = spread(residuals[among], stratum[among], cluster[among])
        if error.lonely:
            return ()
        cost = usd[(suites == suite)[observations.stratum]]
        found.append(
            Part(
                suite=suite,
                samples=int(among.sum()),
                variance=error.se**2,
                usd_per_sample=None if np.isnan(cost).all() else float(np.nanmean(cost)),
            )
        )
    return tuple(found)


def more_samples(
    difference: float, parts: Sequence[Part], *, alpha: float = ALPHA, power: float = POWER
) -> tuple[More, ...] | None:
    """Return the cheapest way to show a true `difference` with `power`: more samples of one suite, if one is enough.

    Of several suites that are, the one that costs least, or needs fewest samples where some cost is not known. Where
    none is, all of them grow by the same factor. Nothing is needed where the samples suffice already; None: there is
    no difference to show, or nothing is known of how it varies.
    """
    total = sum(part.variance for part in parts)
    if abs(difference) <= NO_SPREAD or not parts:
        return None
    wanted = (difference / detectable(1.0, alpha=alpha, power=power)) ** 2
    if total <= wanted:
        return ()
    alone = [
        _more(part, part.variance / (wanted - (total - part.variance)))
        for part in parts
        if wanted > total - part.variance
    ]
    priced = all(more.usd is not None for more in alone)
    if alone:
        return (min(alone, key=lambda more: (more.usd or 0.0) if priced else more.samples),)
    return tuple(_more(part, total / wanted) for part in parts)


def _more(part: Part, factor: float) -> More:
    samples = math.ceil(part.samples * (factor - 1) - 1e-9)
    return More(
        suite=part.suite,
        samples=samples,
        usd=None if part.usd_per_sample is None else samples * part.usd_per_sample,
    )


def _usd_per_sample(observations: Observations, a: int, b: int) -> Floats:
    """Return what each item cost both, [n]; NaN where that is not known."""
    ratio = observations.ratios.get("usd_per_request")
    if ratio is None:
        return np.full(observations.n, np.nan)
    epochs = observations.asked
    return np.asarray(ratio.numerator[a] * epochs[a] + ratio.numerator[b] * epochs[b], dtype=np.float64)
