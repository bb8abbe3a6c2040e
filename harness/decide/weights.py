"""Weights: what people say of importance as numbers that sum to 1, and rules with other points."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.core.rules import DecisionRule
from harness.core.wording import worded
from harness.errors import UsageError


def direct(points: Sequence[float]) -> tuple[float, ...]:
    """Return `points` over their sum; ValueError where one is negative or none is positive."""
    if not all(math.isfinite(p) and p >= 0 for p in points):
        raise ValueError(f"weights must be finite and not negative: {list(points)}")
    total = math.fsum(points)
    if total <= 0:
        raise ValueError("at least one weight must be above 0")
    return tuple(p / total for p in points)


def swing(points: Sequence[float]) -> tuple[float, ...]:
    """Return the weights of steps from worst to ideal: the step that is wanted first has 100 points, the others less.

    ValueError where nothing has 100 points, or something has more.
    """
    if not points or max(points) != 100:
        raise ValueError(f"the step that is wanted first has 100 points, and no other has more: {list(points)}")
    return direct(points)


def rank_order(n: int) -> tuple[float, ...]:
    """Return the weights of `n` criteria of which only the order is known, the most important first.

    They are the centroid of all weights in that order: w_i = 1/n · Σ_{k ≥ i} 1/k (Barron and Barrett 1996).
    """
    if n < 1:
        raise ValueError("there is no criterion to weigh")
    return tuple(math.fsum(1 / k for k in range(i, n + 1)) / n for i in range(1, n + 1))


def reweighed(rules: Mapping[str, DecisionRule], weights: Mapping[str, float]) -> dict[str, DecisionRule]:
    """Return the rules with the weights named `criterion` or `slot:criterion` changed; those are points then."""
    known = {key for slot, rule in rules.items() for c in rule.criteria for key in (c.name, f"{slot}:{c.name}")}
    unknown = [name for name in weights if name not in known]
    if unknown:
        raise UsageError(
            worded("there is no criterion '{name}'", name=unknown[0]),
            hint=worded("there are: {names}", names=[*sorted(known)]),
        )
    changed = {slot: _reweighed(slot, rule, weights) for slot, rule in rules.items()}
    for slot, rule in changed.items():
        if rule.criteria and not any(criterion.weight for criterion in rule.criteria):
            raise UsageError(worded("all weights of the slot '{slot}' are zero, so nothing would decide", slot=slot))
    return changed


def _reweighed(slot: str, rule: DecisionRule, weights: Mapping[str, float]) -> DecisionRule:
    criteria = tuple(
        replace(c, weight=weights.get(f"{slot}:{c.name}", weights.get(c.name, c.weight))) for c in rule.criteria
    )
    return rule if criteria == rule.criteria else replace(rule, criteria=criteria, weighing=None)
