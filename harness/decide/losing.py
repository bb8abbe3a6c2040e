"""Who cannot win any more: candidates whose best case is behind the leader's worst, or that fail a gate for certain.

Methodology.md 2.10 with one narrowing: a lower quality alone stops nobody where other criteria count, since a cheaper
candidate may still win (docs/decisions/0020-early-stopping.md). All bounds given must hold at every look.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.decision import DecisionMatrix, GateStatus
from harness.core.estimates import Estimate
from harness.core.rules import Combine, Criterion, DecisionRule, Scale
from harness.decide.combining import contribution
from harness.decide.gates import judge, limit
from harness.decide.matrix import matrix, measured, unsupported
from harness.decide.values import direction, values

FACTS = frozenset({"coverage"})
"""Metrics of gates that are facts of the whole run: what is lost may come with a resume, so they stop nobody."""
QUALITY = "quality"
STEPS = 33
"""Qualities at which a difference is valued, beside those at which a scale bends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Why a candidate is out; fields as in `core.stopping.Stop`."""

    candidate: str
    behind: str | None = None
    by: float | None = None
    gate: str | None = None
    bound: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How the chance of a false stop is shared out, so that the best candidate meets all of it at most once."""

    quality: float
    """α of each paired difference in quality."""
    one_sided: float
    """Error of each one-sided bound of a metric, over all looks."""


def shares(rule: DecisionRule, candidates: int, alpha: float) -> Shares:
    """Split `alpha` over what may stop a candidate: each other one, and each gate (Bonferroni).

    Half of a rival's part is for the paired difference in quality, half for the bounds of all else that counts: those
    of both candidates on each other criterion, and of both qualities.
    """
    each = alpha / max(1, candidates - 1 + sum(gate.metric not in FACTS for gate in rule.gates))
    bounds = 2 + 2 * sum(criterion.metric != QUALITY for criterion in rule.criteria)
    return Shares(quality=each / 2, one_sided=each / 2 / bounds)


def losses(
    rule: DecisionRule,
    candidates: Sequence[str],
    estimates: Mapping[str, Sequence[Estimate]],
    least_lead: Callable[[str, str], float | None],
) -> tuple[Loss, ...]:
    """Return who of `candidates` is out, in their order; one of them always stays.

    One-sided bounds of `estimates` and `least_lead` (leader, challenger → lower bound of the difference in quality)
    have the errors of `shares`. The leader has the highest score among those that pass all gates for certain; whoever
    might still come within the near-tie of it is not out, and nobody of `must_pass` ever is.
    """
    table = matrix(candidates, rule.criteria, estimates, combine=rule.combine)
    order = sorted(candidates, key=lambda name: (-table.scores[table.candidates.index(name)], name))
    failed = {loss.candidate: loss for name in candidates for loss in _gates(rule, name, estimates[name])}
    fit = [name for name in order if name not in failed and _is_fit(rule, name, estimates[name])]
    found = dict(failed)
    for name in order:
        if fit and name != fit[0] and name not in found:
            by = _least(table, rule, fit[0], name, estimates, least_lead(fit[0], name))
            if by > rule.thresholds.near_tie:
                found[name] = Loss(candidate=name, behind=fit[0], by=by)
    stays = fit[:1] or order[:1]
    return tuple(found[name] for name in candidates if name in found and name not in (*stays, *rule.must_pass))


def _gates(rule: DecisionRule, name: str, estimates: Sequence[Estimate]) -> list[Loss]:
    """Return the first gate that the candidate fails for certain, if there is one."""
    for gate in rule.gates:
        estimate = measured(estimates, gate.metric)
        if gate.metric not in FACTS and judge(gate, name, estimate).status is GateStatus.FAIL:
            best = estimate.low_one_sided if gate.max is not None else estimate.high_one_sided
            return [Loss(candidate=name, gate=limit(gate), bound=best)]
    return []


def _is_fit(rule: DecisionRule, name: str, estimates: Sequence[Estimate]) -> bool:
    judged = (judge(gate, name, measured(estimates, gate.metric)).status for gate in rule.gates)
    return all(status is GateStatus.PASS for status in judged)


def _least(
    table: DecisionMatrix,
    rule: DecisionRule,
    leader: str,
    challenger: str,
    estimates: Mapping[str, Sequence[Estimate]],
    least_lead: float | None,
) -> float:
    """Return the least lead in score that the bounds allow; what is not known counts 0 for the one, 1 for the other."""
    if rule.combine is Combine.GEOMETRIC:
        return _least_of_means(table, rule, leader, challenger, estimates)
    total = 0.0
    for criterion, weight in zip(rule.criteria, table.weights, strict=True):
        of = {name: measured(estimates[name], criterion.metric) for name in table.candidates}
        if all(estimate.value is None and not unsupported(estimate) for estimate in of.values()):
            continue  # it separates nobody
        ours, theirs = _span(criterion, of[leader]), _span(criterion, of[challenger])
        least = _worth(criterion, ours).min() - _worth(criterion, theirs).max()
        if criterion.metric == QUALITY and least_lead is not None and direction(criterion) > 0:
            least = max(least, _led(criterion, ours, theirs, least_lead))
        total += weight * float(least)
    return total


def _least_of_means(
    table: DecisionMatrix,
    rule: DecisionRule,
    leader: str,
    challenger: str,
    estimates: Mapping[str, Sequence[Estimate]],
) -> float:
    """Return the least lead of geometric means: the one at its worst, the other at its best.

    What both share is not taken off, as it is in a sum, so that fewer are stopped.
    """
    worst = best = 1.0
    for criterion, weight in zip(rule.criteria, table.weights, strict=True):
        of = {name: measured(estimates[name], criterion.metric) for name in table.candidates}
        known = any(estimate.value is not None or unsupported(estimate) for estimate in of.values())
        ends = [
            _worth(criterion, _span(criterion, of[name])) if known else np.zeros(1) for name in (leader, challenger)
        ]
        worst *= contribution(weight, float(ends[0].min()), rule.combine)
        best *= contribution(weight, float(ends[1].max()), rule.combine)
    return worst - best


Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def _span(criterion: Criterion, estimate: Estimate) -> Floats:
    """Return what the metric may be, from its lower bound to its upper one, with the bends of the scale between."""
    least = 0.0 if criterion.metric == QUALITY or criterion.scale is Scale.LOG else -np.inf
    most = 1.0 if criterion.metric == QUALITY else np.inf
    low, high = None if estimate.bounded else estimate.low_one_sided, estimate.high_one_sided
    if estimate.value is None:
        low = high = None
    low, high = least if low is None else low, most if high is None else high
    between = [x for x, _ in criterion.points if low < x < high]
    steps = np.linspace(low, high, STEPS)[1:-1] if criterion.metric == QUALITY else np.array(between)
    return np.array([low, *steps, high], dtype=np.float64)


def _led(criterion: Criterion, ours: Floats, theirs: Floats, lead: float) -> float:
    """Return the least that a quality at least `lead` above another is worth more, wherever in their spans both are.

    The least is at an end of what they may be, or where the scale bends for one of them.
    """
    high = max(theirs[0], min(theirs[-1], ours[-1] - lead))
    bends = [criterion.worst, criterion.ideal, ours[0], *(x for x, _ in criterion.points)]
    x = np.clip(np.array([*theirs, *bends, *(bend - lead for bend in bends)], dtype=np.float64), theirs[0], high)
    return float((_worth(criterion, np.maximum(x + lead, ours[0])) - _worth(criterion, x)).min())


def _worth(criterion: Criterion, x: Floats) -> Floats:
    return np.asarray(values(criterion, x), dtype=np.float64)
