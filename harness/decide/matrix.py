"""Candidates × criteria: estimates, values, contributions, scores."""

import math
from collections.abc import Collection, Mapping, Sequence

from harness.core.decision import DecisionMatrix
from harness.core.estimates import Estimate
from harness.core.rules import Combine, Criterion
from harness.decide.combining import LEAST_VALUE, contribution
from harness.decide.values import check, value
from harness.decide.weights import direct

UNSUPPORTED = "not supported"
"""How the note of an estimate begins whose n is too small for a value, as `metrics/estimates.py` writes it."""


def matrix(
    candidates: Sequence[str],
    criteria: Sequence[Criterion],
    estimates: Mapping[str, Sequence[Estimate]],
    *,
    aside: Collection[str] = (),
    combine: Combine | None = None,
) -> DecisionMatrix:
    """Return the value model: each score is Σ weight × value, or Π max(value, 0.01)^weight; a missing value counts 0.

    A criterion that some candidate has too few measurements for has no value of any: else a single call that could not
    be timed would decide, by taking from its candidate all that the criterion weighs. Those that are `aside`, since
    they were stopped early or do not compete, often have few, and take a criterion from nobody.

    ValueError where the criteria cannot give values: equal anchors, a log scale at 0, no weight above 0.
    """
    for criterion in criteria:
        check(criterion)
    weights = direct([criterion.weight for criterion in criteria])
    raw = tuple(tuple(measured(estimates[name], c.metric) for c in criteria) for name in candidates)
    competing = [row for name, row in zip(candidates, raw, strict=True) if name not in aside]
    dropped = [any(unsupported(row[j]) for row in competing) for j in range(len(criteria))]
    values = tuple(
        tuple(None if drop else value(c, e.value) for c, e, drop in zip(criteria, row, dropped, strict=True))
        for row in raw
    )
    contributions = tuple(
        tuple(contribution(w, v or 0.0, combine) for w, v in zip(weights, row, strict=True)) for row in values
    )
    whole = math.prod if combine is Combine.GEOMETRIC else sum
    return DecisionMatrix(
        candidates=tuple(candidates),
        criteria=tuple(criteria),
        raw=raw,
        values=values,
        weights=weights,
        contributions=contributions,
        scores=tuple(min(1.0, whole(row)) for row in contributions),
        combine=combine,
    )


def at_worst(table: DecisionMatrix, candidate: str) -> tuple[Criterion, ...]:
    """Return the criteria on which the candidate is worth nothing: at or below the worst acceptable."""
    row = table.values[table.candidates.index(candidate)]
    return tuple(criterion for criterion, worth in zip(table.criteria, row, strict=True) if worth == 0.0)


def relief(table: DecisionMatrix, candidate: str) -> float:
    """Return what the candidate's score would gain, had the costs that are only known as upper bounds been nothing."""
    row = table.candidates.index(candidate)
    cells = zip(table.weights, table.values[row], table.raw[row], strict=True)
    gains = [(w, v) for w, v, estimate in cells if v is not None and estimate.bounded is not None]
    if table.combine is Combine.GEOMETRIC:
        return table.scores[row] * (math.prod((max(v, LEAST_VALUE) ** -w for w, v in gains), start=1.0) - 1.0)
    return sum(w * (1.0 - v) for w, v in gains)


def unsupported(estimate: Estimate) -> bool:
    """Say whether the metric was measured, but not often enough for a value."""
    return estimate.value is None and estimate.note.startswith(UNSUPPORTED)


def measured(estimates: Sequence[Estimate], metric: str) -> Estimate:
    """Return the estimate of `metric`, or one that says it is not measured."""
    for estimate in estimates:
        if estimate.metric == metric:
            return estimate
    return Estimate(metric=metric, value=None, low=None, high=None, n=0, coverage=0.0, note="not measured")
