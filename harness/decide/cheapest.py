"""Whom to take of those that cannot be told apart: the cheapest of the fit."""

from collections.abc import Collection, Mapping, Sequence

from harness.core.decision import RankedCandidate
from harness.core.estimates import Estimate
from harness.core.rules import DecisionRule
from harness.decide.matrix import measured
from harness.decide.standing import unproven

COSTS = ("usd_per_1k_requests", "usd_per_request")
"""What near-ties are compared by; the first that the estimates have."""


def costs(rule: DecisionRule, estimates: Mapping[str, Sequence[Estimate]]) -> dict[str, float | None]:
    """Return what each candidate costs: as the rule says, else by the first cost metric that any of them has."""
    metrics = COSTS if rule.cost is None else (rule.cost,)
    known = {metric: {name: measured(of, metric).value for name, of in estimates.items()} for metric in metrics}
    return next((costs for costs in known.values() if any(c is not None for c in costs.values())), known[metrics[0]])


def fit(near_ties: Sequence[RankedCandidate], unfit: Collection[str]) -> list[RankedCandidate]:
    """Return who of them may be recommended: with every gate proven, and not of a quality that is `unfit`."""
    return [line for line in near_ties if not unproven(line) and line.candidate not in unfit]


def cheapest(
    near_ties: Sequence[RankedCandidate], unfit: Collection[str], cost: Mapping[str, float | None]
) -> RankedCandidate | None:
    """Return the cheapest of the fit, of equals the first; `near_ties` begin with the leader.

    Where the leader has no price nobody is known to be cheaper than it, and the first of the fit is returned.
    """
    priced = bool(near_ties) and cost[near_ties[0].candidate] is not None

    def price(line: RankedCandidate) -> float:
        known = cost[line.candidate]
        return 0.0 if not priced else float("inf") if known is None else known

    return min(fit(near_ties, unfit), key=price, default=None)
