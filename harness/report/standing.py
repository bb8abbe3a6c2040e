"""The verdict, ranking, gates, matrix and weights of one slot, ready to be laid out."""

from dataclasses import dataclass

from harness.core.decision import Criterion, Decision, Gate, GateResult, GateStatus, PairedDifference, RankedCandidate
from harness.report.numbers import Number, fixed, number, number_id, of_metric, p_value, percent, signed, stated
from harness.report.phrases import Measured, Phrase, Piece, Shown, known, measured, metric_label
from harness.report.slots import SlotEvidence

HEADLINE_LATENCIES = ("ttfa_p50_ms", "ttfo_p50_ms", "ttft_p50_ms", "total_p50_ms")
"""The first that was measured stands on the verdict card, unless a criterion names another."""

BAR = 1000
"""Width of a score of 1 in the units of the ranking's bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A candidate's name with its colour and symbol."""

    name: str
    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the verdict card."""

    label: Phrase
    cell: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    kind: str
    """`clear`, `lean`, `toss-up`, `none` or `incomplete`."""
    sentence: str
    """As it stands in decision.json."""
    sentence_id: str
    winner: Tag | None
    about: Tag | None
    """Whose facts are listed: the recommendation, else the leader."""
    facts: tuple[Fact, ...]
    changes: tuple[Phrase, ...]
    """What would change the verdict."""
    caveats: tuple[tuple[str, str], ...]
    """(data-id, sentence), as they stand in decision.json."""
    unproven: tuple[Piece, ...]
    """Metrics of the recommendation's gates that are not proven: accepting it needs a waiver."""
    rule_sha256: str
    rule_is_frozen: bool
    """False: the rule is not the one that was hashed before the first call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One criterion's part of a score bar, in thousandths of a score of 1."""

    shade: int
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRow:
    tag: Tag
    rank: Number | None
    score: Measured
    p_best: Number
    segments: tuple[Segment, ...]
    low: int
    high: int
    status: str
    """The worst of its gates."""
    failed: tuple[Piece, ...]
    """Metrics of the gates that exclude it."""
    near_tie: bool


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
    score: Number
    excluded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    leader: str
    challenger: str
    metric: str
    label: Piece
    difference: Measured
    p_value: Number | None
    p_holm: Number | None


def tag(of: SlotEvidence, candidate: str) -> Tag:
    """Return the candidate's tag."""
    return Tag(name=candidate, colour=of.colours.get(candidate, len(of.colours)))


def verdict(of: SlotEvidence) -> VerdictView:
    """Return the verdict card."""
    decision, said = of.decision, of.decision.verdict
    about = said.winner or said.leader
    line = next((r for r in decision.ranking if r.candidate == about), None)
    unproven = line.gates if line is not None and said.winner is not None else ()
    return VerdictView(
        kind=said.kind.value,
        sentence=said.sentence,
        sentence_id=number_id(of.slot, "verdict", "", "sentence"),
        winner=None if said.winner is None else tag(of, said.winner),
        about=None if about is None else tag(of, about),
        facts=() if line is None else _facts(of, line),
        changes=_changes(of),
        caveats=tuple((number_id(of.slot, "verdict", "", f"caveat.{i}"), text) for i, text in enumerate(said.caveats)),
        unproven=tuple(metric_label(result.gate.metric) for result in unproven if result.status is GateStatus.UNPROVEN),
        rule_sha256=decision.rule_sha256,
        rule_is_frozen=of.manifest.rules.get(of.slot) == decision.rule_sha256,
    )


def _facts(of: SlotEvidence, line: RankedCandidate) -> tuple[Fact, ...]:
    name = line.candidate
    criteria = [c.metric for c in of.decision.matrix.criteria]
    latency = next((m for m in [*criteria, *HEADLINE_LATENCIES] if m.endswith("_ms") and of.estimate(name, m)), None)
    metrics = ["quality", latency, "usd_per_1k_requests", "coverage"]
    cells = {m: measured(of.slot, "verdict", name, m, of.estimate(name, m)) for m in metrics if m is not None}
    best = number(line.p_best, percent(line.p_best), id=number_id(of.slot, "verdict", name, "p_best"))
    return (
        Fact(label=Phrase(key="fact.p_best"), cell=Measured(value=best)),
        Fact(label=Phrase(key="fact.score"), cell=_score(of.slot, "verdict", line)),
        *(Fact(label=Phrase(key=f"metric.{m}"), cell=c) for m, c in cells.items() if known(f"metric.{m}")),
    )


def _changes(of: SlotEvidence) -> tuple[Phrase, ...]:
    said, crossings = of.decision.verdict, of.decision.crossovers
    nearest = sorted(crossings, key=lambda c: abs(c.weight - c.now))[:2]
    changes = [_crossing(of, i, "verdict") for i, crossover in enumerate(crossings) if crossover in nearest]
    if said.smallest_flip is not None and said.flip_to is not None:
        amount = number(
            said.smallest_flip,
            percent(said.smallest_flip),
            id=number_id(of.slot, "verdict", said.flip_to, "smallest_flip"),
        )
        changes.append(Phrase(key="change.flip", args={"candidate": said.flip_to, "amount": amount}))
    elif said.leader is not None and len(of.decision.matrix.candidates) > 1:
        changes.append(Phrase(key="change.nobody", args={"leader": said.leader}))
    return tuple(changes)


def _crossing(of: SlotEvidence, index: int, section: str) -> Phrase:
    crossover = of.decision.crossovers[index]

    def weight(which: str, value: float) -> Number:
        metric = f"crossover.{index}.{which}"
        return number(value, percent(value), id=number_id(of.slot, section, crossover.winner, metric))

    return Phrase(
        key="change.above" if crossover.weight > crossover.now else "change.below",
        args={
            "winner": crossover.winner,
            "criterion": crossover.criterion,
            "weight": weight("weight", crossover.weight),
            "now": weight("now", crossover.now),
        },
    )


def _score(slot: str, section: str, line: RankedCandidate) -> Measured:
    def part(suffix: str, value: float) -> Number:
        return number(value, fixed(value, 3), id=number_id(slot, section, line.candidate, f"score{suffix}"))

    return Measured(value=part("", line.score), low=part(".low", line.low), high=part(".high", line.high))


def ranking(of: SlotEvidence) -> tuple[RankingRow, ...]:
    """Return the ranking, best first, the excluded last."""
    return tuple(_ranking_row(of, line) for line in of.decision.ranking)


def _ranking_row(of: SlotEvidence, line: RankedCandidate) -> RankingRow:
    slot, name = of.slot, line.candidate
    rank = None
    if line.rank is not None:
        rank = number(line.rank, str(line.rank), id=number_id(slot, "ranking", name, "rank"))
    return RankingRow(
        tag=tag(of, name),
        rank=rank,
        score=_score(slot, "ranking", line),
        p_best=number(line.p_best, percent(line.p_best), id=number_id(slot, "ranking", name, "p_best")),
        segments=_segments(of.decision, name),
        low=round(BAR * line.low),
        high=round(BAR * line.high),
        status=_worst(line.gates),
        failed=tuple(metric_label(result.gate.metric) for result in line.gates if result.status is GateStatus.FAIL),
        near_tie=name in of.decision.verdict.near_ties,
    )


def _segments(decision: Decision, candidate: str) -> tuple[Segment, ...]:
    matrix = decision.matrix
    if candidate not in matrix.candidates:
        return ()
    segments, start = [], 0.0
    for shade, part in enumerate(matrix.contributions[matrix.candidates.index(candidate)]):
        segments.append(Segment(shade=shade, start=round(BAR * start), width=round(BAR * part)))
        start += part
    return tuple(segments)


def _worst(gates: tuple[GateResult, ...]) -> str:
    statuses = {result.status for result in gates}
    order = (GateStatus.FAIL, GateStatus.UNPROVEN, GateStatus.PASS)
    return next((status.value for status in order if status in statuses), "")


def gates(of: SlotEvidence) -> tuple[tuple[GateView, ...], tuple[GateRow, ...]]:
    """Return the gates, which are the columns, and the candidates' rows."""
    slot, rule = of.slot, of.decision.rule
    views = tuple(_gate(slot, gate, i) for i, gate in enumerate(rule.gates))
    rows = tuple(
        GateRow(
            tag=tag(of, line.candidate), cells=tuple(_gate_cell(slot, line, g, i) for i, g in enumerate(rule.gates))
        )
        for line in of.decision.ranking
    )
    return views, rows


def _gate(slot: str, gate: Gate, index: int) -> GateView:
    key, limit = ("gate.min", gate.min) if gate.min is not None else ("gate.max", gate.max)
    shown = number(limit or 0.0, stated(gate.metric, limit or 0.0), id=number_id(slot, "gates", "", f"{index}.limit"))
    return GateView(metric=gate.metric, label=metric_label(gate.metric), limit=Phrase(key=key, args={"limit": shown}))


def _gate_cell(slot: str, line: RankedCandidate, gate: Gate, index: int) -> GateCell | None:
    result = next((r for r in line.gates if r.gate == gate), None)
    if result is None:
        return None

    def shown(which: str, value: float | None) -> Number | None:
        if value is None:
            return None
        return number(
            value, of_metric(gate.metric, value), id=number_id(slot, "gates", line.candidate, f"{index}.{which}")
        )

    return GateCell(
        status=result.status.value,
        value=shown("value", result.value) or Phrase(key="not_measured"),
        bound=shown("bound", result.bound) if result.bound != result.value else None,
        reason=result.reason,
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
        crossings=tuple(_crossing(of, i, "weights") for i, c in crossovers if c.criterion == criterion.name),
        without=of.decision.verdict.leave_one_out.get(criterion.name),
    )


def matrix(of: SlotEvidence) -> tuple[MatrixRow, ...]:
    """Return the decision matrix, rows in the order of the ranking."""
    table = of.decision.matrix
    ranks = {line.candidate: line.rank for line in of.decision.ranking}
    order = [name for name in of.candidates if name in table.candidates]
    return tuple(_matrix_row(of, table.candidates.index(name), ranks.get(name) is None) for name in order)


def _matrix_row(of: SlotEvidence, i: int, excluded: bool) -> MatrixRow:
    table, slot = of.decision.matrix, of.slot
    name = table.candidates[i]

    def shown(metric: str, value: float) -> Number:
        return number(value, fixed(value, 3), id=number_id(slot, "matrix", name, metric))

    cells = []
    for j, criterion in enumerate(table.criteria):
        value = table.values[i][j]
        parts: dict[str, Piece] = {"contribution": shown(f"{criterion.name}.contribution", table.contributions[i][j])}
        if value is not None:
            parts["value"] = shown(f"{criterion.name}.value", value)
        cells.append(
            MatrixCell(
                raw=measured(slot, "matrix", name, f"{criterion.name}.raw", table.raw[i][j], as_=criterion.metric),
                product=Phrase(key="matrix.unmeasured" if value is None else "matrix.product", args=parts),
            )
        )
    return MatrixRow(tag=tag(of, name), cells=tuple(cells), score=shown("score", table.scores[i]), excluded=excluded)


def differences(of: SlotEvidence) -> tuple[DifferenceRow, ...]:
    """Return the paired differences of the leader to each other candidate."""
    return tuple(_difference(of.slot, item) for item in of.decision.differences)


def _difference(slot: str, item: PairedDifference) -> DifferenceRow:
    def shown(which: str, value: float | None, text: str) -> Number | None:
        if value is None:
            return None
        return number(value, text, id=number_id(slot, "differences", item.challenger, f"{item.metric}.{which}"))

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
        p_value=shown("p", item.p_value, p_value(item.p_value or 0.0)),
        p_holm=shown("p_holm", item.p_holm, p_value(item.p_holm or 0.0)),
    )
