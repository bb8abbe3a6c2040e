"""A decided table of options on the terminal: the matrix, the verdict, and how firm it is."""

from collections.abc import Iterator, Sequence

from harness.cli import screen
from harness.cli.firmness import agreement_lines, change_lines, rank_lines
from harness.cli.manner import MANNER, counted, listed, tell
from harness.core.decision import Decision, GateStatus, RankedCandidate
from harness.core.estimates import Estimate
from harness.core.option_table import OptionTable, Priority
from harness.decide.gates import limit
from harness.report import numbers
from harness.report.closing import closing
from harness.report.columns import table


def lines(of: OptionTable, decision: Decision, rice: Sequence[Priority] = ()) -> Iterator[str]:
    """Return everything that a reader wants, the answer right below the matrix."""
    matrix = decision.matrix
    weights = zip(matrix.criteria, matrix.weights, strict=True)
    own = [tell("table.criterion", name=c.name, weight=numbers.percent(w)) for c, w in weights]
    heads = ["#", *(tell(f"table.{head}") for head in ("option", "score", "p_best")), *own, tell("table.gates")]
    wide = screen.table_columns()
    said = closing(decision, MANNER.get().language, wide=wide)
    sizes = f"{counted(len(of.options), 'option')} × {counted(len(matrix.criteria), 'criterion')}"
    yield tell("table.size.unread" if of.unread else "table.size", name=of.name, sizes=sizes, unread=listed(of.unread))
    yield ""
    yield from table(heads, [_row(decision, line) for line in decision.ranking], wide=wide, keys=2)
    yield tell("table.cells")
    yield ""
    yield said.sentence
    yield from (f"  - {caveat}" for caveat in said.caveats)
    parts = (said.several, agreement_lines(decision), change_lines(decision), rank_lines(decision))
    for part in (*parts, _rice_lines(decision, rice)):
        if found := list(part):
            yield from ("", *found)


def _rice_lines(decision: Decision, rice: Sequence[Priority]) -> Iterator[str]:
    """Return RICE beside the ranking: it multiplies what the score weighs, and knows no weights."""
    known = [it for it in rice if it.rice is not None]
    if not known:
        return
    first, leader = known[0].option, decision.verdict.leader
    key = "table.rice" if leader is None else "table.rice.too" if first == leader else "table.rice.other"
    yield tell(key, first=first, leader=leader)
    yield ""
    ranks = {line.candidate: line.rank for line in decision.ranking}
    rows = [
        [
            it.option,
            tell("not_known") if it.rice is None else numbers.significant(it.rice) + _ends(it),
            "–" if (rank := ranks[it.option]) is None else str(rank),
        ]
        for it in rice
    ]
    yield from table(
        [tell(f"table.{head}") for head in ("option", "rice.head", "by_score")], rows, wide=screen.table_columns()
    )


def _ends(it: Priority) -> str:
    if it.low is None or it.high is None or it.low == it.high:
        return ""
    return f" [{numbers.significant(it.low)}, {numbers.significant(it.high)}]"


def _row(decision: Decision, line: RankedCandidate) -> list[str]:
    row = decision.matrix.candidates.index(line.candidate)
    cells = zip(decision.matrix.raw[row], decision.matrix.values[row], strict=True)
    not_passed = [
        tell("table.fails" if g.status is GateStatus.FAIL else "table.unproven", limit=limit(g.gate))
        for g in line.gates
        if g.status is not GateStatus.PASS
    ]
    return [
        "–" if line.rank is None else str(line.rank),
        line.candidate,
        numbers.fixed(line.score, 3) + _interval(line.low, line.high, 3),
        "–" if line.p_best is None else numbers.percent(line.p_best),
        *(_cell(estimate, value) for estimate, value in cells),
        tell("firm.stop").join(not_passed) or (tell("table.pass") if line.gates else "–"),
    ]


def _cell(estimate: Estimate, value: float | None) -> str:
    if estimate.value is None:
        return tell("not_known")
    ends = (
        f" [{numbers.given(estimate.low)}, {numbers.given(estimate.high)}]"
        if estimate.low is not None and estimate.high is not None and estimate.low != estimate.high
        else ""
    )
    return f"{numbers.given(estimate.value)}{ends} → {numbers.fixed(value or 0.0, 2)}"


def _interval(low: float | None, high: float | None, decimals: int) -> str:
    if low is None or high is None or low == high:
        return ""
    return f" [{numbers.fixed(low, decimals)}, {numbers.fixed(high, decimals)}]"
