"""Gates, matrix, weights and differences of one slot, ready to be laid out."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.decision import GateStatus, PairedDifference, RankedCandidate, Said
from harness.core.estimates import Estimate
from harness.core.rules import Combine, Criterion, Gate
from harness.decide.gates import because, judge
from harness.report.changes import crossing
from harness.report.numbers import Number, fixed, number, number_id, of_metric, p_value, percent, signed, stated
from harness.report.phrases import Measured, Phrase, Piece, Shown, measured, metric_label
from harness.report.slots import SlotEvidence
from harness.report.standing import BAR, Tag, is_measured, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    metric: str
    label: Piece
    limit: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCell:
    status: str
    value: Shown
    bound: Number | None
    reason: str
    said: tuple[Said, ...]
    """The reason in no language yet; nothing where another version has judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    tag: Tag
    cells: tuple[GateCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    name: str
    metric: str
    label: Piece
    scale: Phrase
    shade: int
    weight: Number
    column_weight: Number
    """The same, at the head of the matrix."""
    worst: Number
    ideal: Number
    crossings: tuple[Phrase, ...]
    without: str | None
    """Who leads when the criterion is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    raw: Measured
    product: Phrase
    """Value between the anchors, and what it adds to the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    tag: Tag
    cells: tuple[MatrixCell, ...]
    score: Shown
    excluded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One line of a forest plot, in thousandths of its width; all lines of one have the same scale."""

    zero: int
    at: int
    low: int | None
    """None: the sample supports no interval."""
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    leader: str
    challenger: str
    metric: str
    label: Piece
    difference: Measured
    span: Span | None
    """None: there is no difference to draw."""
    p_value: Number | None
    p_holm: Number | None
    detectable: Phrase | None
    """How large a difference would have been shown, if any could be; None: one was, or nobody knows."""
    together: Phrase | None
    """The interval that holds for all pairs at once; None: there is no other pair, or no interval."""


def gates(of: SlotEvidence) -> tuple[tuple[GateView, ...], tuple[GateRow, ...]]:
    """Return the gates, which are the columns, and the candidates' rows."""
    slot, rule = of.slot, of.decision.rule
    views = tuple(_gate(slot, gate, i) for i, gate in enumerate(rule.gates))
    rows = tuple(
        GateRow(tag=tag(of, line.candidate), cells=tuple(_gate_cell(of, line, g, i) for i, g in enumerate(rule.gates)))
        for line in of.decision.ranking
    )
    return views, rows


def _gate(slot: str, gate: Gate, index: int) -> GateView:
    key, limit = ("gate.min", gate.min) if gate.min is not None else ("gate.max", gate.max)
    shown = number(limit or 0.0, stated(gate.metric, limit or 0.0), id=number_id(slot, "gates", "", f"{index}.limit"))
    return GateView(metric=gate.metric, label=metric_label(gate.metric), limit=Phrase(key=key, args={"limit": shown}))


def _gate_cell(of: SlotEvidence, line: RankedCandidate, gate: Gate, index: int) -> GateCell | None:
    result = next((r for r in line.gates if r.gate == gate), None)
    if result is None:
        return None

    def shown(which: str, value: float | None) -> Number | None:
        if value is None:
            return None
        return number(
            value, of_metric(gate.metric, value), id=number_id(of.slot, "gates", line.candidate, f"{index}.{which}")
        )

    estimate = of.estimate(line.candidate, gate.metric)
    known = () if estimate is None or judge(gate, line.candidate, estimate) != result else (estimate,)
    return GateCell(
        status=result.status.value,
        value=shown("value", result.value) or Phrase(key="not_measured"),
        bound=shown("bound", result.bound) if result.bound != result.value else None,
        reason=result.reason,
        said=tuple(because(gate, result.status, of_it) for of_it in known),
    )


def criteria(of: SlotEvidence) -> tuple[CriterionView, ...]:
    """Return the criteria with their weights and what another weight would change."""
    matrix = of.decision.matrix
    weights = zip(matrix.criteria, matrix.weights, strict=True)
    return tuple(_criterion(of, i, criterion, weight) for i, (criterion, weight) in enumerate(weights))


def _criterion(of: SlotEvidence, shade: int, criterion: Criterion, weight: float) -> CriterionView:
    def shown(which: str, value: float, text: str) -> Number:
        return number(value, text, id=number_id(of.slot, "weights", "", f"{criterion.name}.{which}"))

    crossovers = enumerate(of.decision.crossovers)
    return CriterionView(
        name=criterion.name,
        metric=criterion.metric,
        label=metric_label(criterion.metric),
        scale=Phrase(key=f"scale.{criterion.scale.value}"),
        shade=shade,
        weight=shown("weight", weight, percent(weight)),
        column_weight=number(weight, percent(weight), id=number_id(of.slot, "matrix", "", f"{criterion.name}.weight")),
        worst=shown("worst", criterion.worst, stated(criterion.metric, criterion.worst)),
        ideal=shown("ideal", criterion.ideal, stated(criterion.metric, criterion.ideal)),
        crossings=tuple(crossing(of, i, "weights") for i, c in crossovers if c.criterion == criterion.name),
        without=of.decision.verdict.leave_one_out.get(criterion.name),
    )


def matrix(of: SlotEvidence) -> tuple[MatrixRow, ...]:
    """Return the decision matrix, rows in the order of the ranking."""
    table = of.decision.matrix
    failing = {
        line.candidate for line in of.decision.ranking if any(result.status is GateStatus.FAIL for result in line.gates)
    }
    order = [name for name in of.candidates if name in table.candidates]
    return tuple(_matrix_row(of, table.candidates.index(name), name in failing) for name in order)


def _matrix_row(of: SlotEvidence, i: int, excluded: bool) -> MatrixRow:
    table, slot = of.decision.matrix, of.slot
    name = table.candidates[i]

    def shown(metric: str, value: float) -> Number:
        return number(value, fixed(value, 3), id=number_id(slot, "matrix", name, metric))

    cells = []
    for j, criterion in enumerate(table.criteria):
        value = table.values[i][j]
        product = "matrix.factor" if table.combine is Combine.GEOMETRIC else "matrix.product"
        parts: dict[str, Piece] = {"contribution": shown(f"{criterion.name}.contribution", table.contributions[i][j])}
        if value is not None:
            parts["value"] = shown(f"{criterion.name}.value", value)
        cells.append(
            MatrixCell(
                raw=measured(slot, "matrix", name, f"{criterion.name}.raw", table.raw[i][j], as_=criterion.metric),
                product=Phrase(key="matrix.unmeasured" if value is None else product, args=parts),
            )
        )
    score = shown("score", table.scores[i]) if is_measured(of.decision, name) else Phrase(key="not_measured")
    return MatrixRow(tag=tag(of, name), cells=tuple(cells), score=score, excluded=excluded)


def differences(of: SlotEvidence) -> tuple[DifferenceRow, ...]:
    """Return the paired differences of the leader to each other candidate."""
    found = of.decision.differences
    drawn = [x for it in found for x in (it.difference.value, it.difference.low, it.difference.high) if x is not None]
    return tuple(_difference(of.slot, item, drawn) for item in found)


def _difference(slot: str, item: PairedDifference, drawn: Sequence[float]) -> DifferenceRow:
    def shown(which: str, value: float | None, text: str) -> Number | None:
        if value is None:
            return None
        return number(value, text, id=_id(slot, item, which))

    estimate = item.difference
    ends = [shown(which, x, signed(x or 0.0)) for which, x in (("low", estimate.low), ("high", estimate.high))]
    n = shown("n", estimate.n, str(estimate.n))
    return DifferenceRow(
        leader=item.leader,
        challenger=item.challenger,
        metric=item.metric,
        label=metric_label(item.metric),
        difference=Measured(
            value=shown("difference", estimate.value, signed(estimate.value or 0.0)) or Phrase(key="not_measured"),
            low=ends[0],
            high=ends[1],
            n=n,
            note=estimate.note,
        ),
        span=_span(estimate, drawn),
        together=None
        if item.low_together is None or item.high_together is None
        else Phrase(
            key="difference.together",
            args={
                "interval": Phrase(
                    key="measured.interval",
                    args={
                        "low": number(item.low_together, signed(item.low_together), id=_id(slot, item, "low_together")),
                        "high": number(
                            item.high_together, signed(item.high_together), id=_id(slot, item, "high_together")
                        ),
                    },
                )
            },
        ),
        p_value=shown("p", item.p_value, p_value(item.p_value or 0.0)),
        detectable=None if _is_told(estimate) else _detectable(slot, item),
        p_holm=shown("p_holm", item.p_holm, p_value(item.p_holm or 0.0)),
    )


def _detectable(slot: str, item: PairedDifference) -> Phrase | None:
    if item.detectable is None:
        return None
    if item.metric == "quality" and item.detectable >= 1.0:  # no two qualities lie so far apart
        return Phrase(key="difference.blind")
    size = number(item.detectable, fixed(item.detectable, 3), id=_id(slot, item, "detectable"))
    return Phrase(key="difference.detectable", args={"size": size})


def _id(slot: str, item: PairedDifference, which: str) -> str:
    return number_id(slot, "differences", item.challenger, f"{item.metric}.{which}")


def _span(estimate: Estimate, drawn: Sequence[float]) -> Span | None:
    """Place an estimate on the scale from the least to the greatest of all `drawn` and 0, with some room beyond."""
    if estimate.value is None:
        return None
    low, high = min(0.0, *drawn), max(0.0, *drawn)
    room = 0.05 * (high - low) or 1.0

    def placed(x: float) -> int:
        return round(BAR * (x - low + room) / (high - low + 2 * room))

    known = estimate.low is not None and estimate.high is not None
    return Span(
        zero=placed(0.0),
        at=placed(estimate.value),
        low=placed(estimate.low or 0.0) if known else None,
        high=placed(estimate.high or 0.0) if known else None,
    )


def _is_told(difference: Estimate) -> bool:
    return difference.low is None or difference.high is None or not difference.low <= 0.0 <= difference.high
