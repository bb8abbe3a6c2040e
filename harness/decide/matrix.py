"""Candidates × criteria: estimates, values, contributions, scores."""

from collections.abc import Mapping, Sequence

from harness.core.decision import Criterion, DecisionMatrix
from harness.core.estimates import Estimate
from harness.decide.values import check, value
from harness.decide.weights import direct


def matrix(
    candidates: Sequence[str], criteria: Sequence[Criterion], estimates: Mapping[str, Sequence[Estimate]]
) -> DecisionMatrix:
    """Return the additive value model: each score is Σ weight × value, a missing value counting 0.

    ValueError where the criteria cannot give values: equal anchors, a log scale at 0, no weight above 0.
    """
    for criterion in criteria:
        check(criterion)
    weights = direct([criterion.weight for criterion in criteria])
    raw = tuple(tuple(measured(estimates[name], c.metric) for c in criteria) for name in candidates)
    values = tuple(tuple(value(c, e.value) for c, e in zip(criteria, row, strict=True)) for row in raw)
    contributions = tuple(tuple(w * (v or 0.0) for w, v in zip(weights, row, strict=True)) for row in values)
    return DecisionMatrix(
        candidates=tuple(candidates),
        criteria=tuple(criteria),
        raw=raw,
        values=values,
        weights=weights,
        contributions=contributions,
        scores=tuple(min(1.0, sum(row)) for row in contributions),
    )


def measured(estimates: Sequence[Estimate], metric: str) -> Estimate:
    """Return the estimate of `metric`, or one that says it is not measured."""
    for estimate in estimates:
        if estimate.metric == metric:
            return estimate
    return Estimate(metric=metric, value=None, low=None, high=None, n=0, coverage=0.0, note="not measured")
