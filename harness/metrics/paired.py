"""Paired differences between candidates, item by item."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from harness.core.decision import PairedDifference
from harness.core.estimates import Estimate
from harness.metrics.observations import Observations
from harness.metrics.sequential import BURN_IN, p_at_every_look, tuned, widening
from harness.metrics.stats import (
    NO_SPREAD,
    ONE_SIDED,
    TWO_SIDED,
    Floats,
    Interval,
    Ints,
    Spread,
    detectable,
    holm,
    mcnemar_mid_p,
    sign_flip_p,
    spread,
    t_interval,
    t_test,
    wilson,
)

ROUNDING = 1e-9
FEW_CLUSTERS = 10
"""Below, t is not trusted and signs are flipped instead (methodology.md 2.1)."""


def differences(observations: Observations, leader: str) -> tuple[PairedDifference, ...]:
    """Return the difference in quality to every other candidate, on the items that both have a score of.

    The p-value is McNemar's mid-p where the items are independent successes and failures of one task, that of exact
    sign flips where there are fewer than 10 clusters, else that of t with CR1; Holm-corrected over all pairs of
    candidates: who leads is known only afterwards, so any pair might have been looked at. For the same reason each has
    bounds that hold for all of them at once.
    """
    order = [leader, *(name for name in observations.candidates if name != leader)]
    pairs = every_pair(observations, order)
    looked_at = sum(pair.p_value is not None for pair in pairs)
    return tuple(_together(observations, pair, looked_at) for pair in pairs[: len(order) - 1])


def every_pair(observations: Observations, among: Sequence[str]) -> tuple[PairedDifference, ...]:
    """Return the differences of all pairs `among` some, the earlier as the leader, Holm-corrected over all of them."""
    return _corrected([_pair(observations, a, b) for a, b in combinations(among, 2)])


def _corrected(pairs: Sequence[PairedDifference]) -> tuple[PairedDifference, ...]:
    tested = [pair.p_value for pair in pairs if pair.p_value is not None]
    corrected = iter(holm(np.array(tested, dtype=float)).tolist())
    return tuple(replace(pair, p_holm=None if pair.p_value is None else next(corrected)) for pair in pairs)


def _together(observations: Observations, pair: PairedDifference, pairs: int) -> PairedDifference:
    """Return `pair` with Bonferroni's bounds where there are several `pairs`: each of them errs so much more seldom."""
    paired = _matched(observations, pair.leader, pair.challenger)
    if paired is None or pair.p_value is None or pairs < 2:
        return pair
    bounds = _interval(paired, paired.value, paired.error, tail=TWO_SIDED / pairs)
    return replace(pair, low_together=bounds.low, high_together=bounds.high)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Paired:
    """The items that both have a score of, m of n."""

    difference: Floats
    """[m]"""
    trials: bool
    """Every item is a success or a failure of both."""
    weight: Floats
    """[m]: what each item counts in the mean difference; sums to 1."""
    stratum: Ints
    cluster: Ints

    @property
    def value(self) -> float:
        return float((self.weight * self.difference).sum())

    @property
    def error(self) -> Spread:
        means = np.bincount(self.stratum, self.difference) / np.bincount(self.stratum)
        return spread(self.weight * (self.difference - means[self.stratum]), self.stratum, self.cluster)

    @property
    def effective(self) -> float:
        """As many clusters of one task would weigh as evenly."""
        return 1.0 / float((np.bincount(self.stratum, self.weight) ** 2 / _clusters(self)).sum())


def _pair(observations: Observations, leader: str, challenger: str) -> PairedDifference:
    paired, result = _matched(observations, leader, challenger), _unmeasured(observations, leader, challenger)
    if paired is None:
        return result
    value, error = paired.value, paired.error
    two, one = (_interval(paired, value, error, tail=tail) for tail in (TWO_SIDED, ONE_SIDED))
    estimate = replace(
        result.difference,
        value=value,
        low=two.low,
        high=two.high,
        low_one_sided=one.low,
        high_one_sided=one.high,
        note=_note(error),
    )
    shown = error.clusters >= 2 and not error.lonely and error.se > NO_SPREAD
    return replace(
        result,
        difference=estimate,
        p_value=_p_value(paired, value, error),
        detectable=detectable(error.se) if shown else None,
    )


def at_every_look(
    observations: Observations, leader: str, challenger: str, *, samples: int, alpha: float, burn_in: int = BURN_IN
) -> PairedDifference:
    """Return the difference with bounds that hold however often one looks, and whenever that ends the measuring.

    They are those of the confidence sequence (methodology.md 2.10) that is narrowest at half of the `samples` planned;
    t counts clusters, of several tasks as many of one as would weigh as evenly. Where no two items differ in their
    difference: as rare as an unseen one may still be. None below `burn_in`. The p-value holds at every look too: it is
    the least alpha whose bounds leave 0 out.
    """
    paired, result = _matched(observations, leader, challenger), _unmeasured(observations, leader, challenger)
    if paired is None:
        return result
    error, t = paired.error, paired.effective
    low = high = p_value = None
    if t > burn_in - ROUNDING and not error.lonely:
        rho = tuned(max(1, samples // 2), alpha=alpha)
        if error.se > NO_SPREAD:
            half = error.se * float(widening(t, rho=rho, alpha=alpha))
            p_value = p_at_every_look(paired.value, error.se, t, rho=rho)
        else:
            half, p_value = 1.0 - alpha ** (1.0 / t), float(max(0.0, 1.0 - abs(paired.value)) ** t)
        low, high = max(-1.0, paired.value - half), min(1.0, paired.value + half)
    note = f"confidence sequence, {error.clusters} clusters: holds at every look"
    difference = replace(result.difference, value=paired.value, low=low, high=high, note=note)
    return replace(result, difference=difference, p_value=p_value)


def p_of_difference(ours: Floats, theirs: Floats, cluster: Ints) -> float | None:
    """Return the p-value of no difference between scores [n] of the same items, of which neither is NaN."""
    n = len(ours)
    paired = _Paired(
        difference=ours - theirs,
        trials=all(bool(np.isin(x, (0.0, 1.0)).all()) for x in (ours, theirs)),
        weight=np.full(n, 1.0 / n),
        stratum=np.zeros(n, dtype=np.int64),
        cluster=cluster,
    )
    return _p_value(paired, paired.value, paired.error)


def _unmeasured(observations: Observations, leader: str, challenger: str) -> PairedDifference:
    both = ~np.isnan(_quality(observations, leader)) & ~np.isnan(_quality(observations, challenger))
    return PairedDifference(
        leader=leader,
        challenger=challenger,
        metric="quality",
        difference=Estimate(
            metric="quality", value=None, low=None, high=None, n=int(both.sum()),
            coverage=float(both.mean()) if observations.n else 0.0,
            note="some task has no sample that both have a score of",
        ),
        p_value=None,
        p_holm=None,
    )  # fmt: skip


def _matched(observations: Observations, leader: str, challenger: str) -> _Paired | None:
    """Return the items that both have a score of; None where some task has none."""
    ours, theirs = (_quality(observations, name) for name in (leader, challenger))
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    stratum = observations.stratum[both]
    size = np.bincount(stratum, minlength=len(observations.tasks))
    if not both.any() or (size == 0).any():
        return None
    return _Paired(
        difference=ours[both] - theirs[both],
        trials=all(bool(((x == 0.0) | (x == 1.0)).all()) for x in (ours[both], theirs[both])),
        weight=(observations.task_weight / size)[stratum],
        stratum=stratum,
        cluster=observations.cluster[both],
    )


def _quality(observations: Observations, candidate: str) -> Floats:
    quality: Floats = observations.quality[observations.candidates.index(candidate)]
    return quality


def _interval(paired: _Paired, value: float, error: Spread, *, tail: float) -> Interval:
    """Return t's interval; where no two items differ in their difference, how rare an unseen one may still be."""
    if error.clusters < 2 or error.lonely:
        return Interval(low=None, high=None)
    if error.se > NO_SPREAD:
        return t_interval(value, error, tail=tail, floor=-1.0, ceiling=1.0)
    unseen = wilson(0, paired.effective, tail=tail).high or 0.0
    return Interval(low=max(-1.0, value - unseen), high=min(1.0, value + unseen))


def _p_value(paired: _Paired, value: float, error: Spread) -> float | None:
    """Return the p-value of no difference; None where a single cluster, or a task with one, cannot tell."""
    if error.clusters < 2 or error.lonely:
        return None
    independent = error.clusters == len(paired.difference)
    if paired.trials and independent and not paired.stratum.any():
        return mcnemar_mid_p(int((paired.difference > 0).sum()), int((paired.difference < 0).sum()))
    if error.clusters < FEW_CLUSTERS:
        _, code = np.unique(paired.cluster, return_inverse=True)
        return sign_flip_p(np.bincount(code, paired.weight * paired.difference).astype(float))
    if error.se > NO_SPREAD:
        return t_test(value, error)
    # all differences are equal: no sign but the observed one, and its mirror, reaches as far
    return 1.0 if abs(value) <= NO_SPREAD else 2.0 ** (1 - error.clusters)


def _clusters(paired: _Paired) -> Ints:
    """Return how many clusters each stratum has, [H]."""
    _, first = np.unique(paired.cluster, return_index=True)
    return np.bincount(paired.stratum[first])


def _note(error: Spread) -> str:
    if error.clusters < 2 or error.lonely:
        return "a task with one cluster supports no interval"
    if error.se <= NO_SPREAD:
        return f"nothing varies over {error.clusters} clusters; Wilson for what was not seen"
    return f"t with CR1, {error.clusters} clusters"
