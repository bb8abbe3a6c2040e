"""The closing table and sentence of each slot, in Markdown that pastes."""

from collections.abc import Sequence

from harness.cli import screen
from harness.cli.markdown import table
from harness.cli.views import view_lines
from harness.core.calls import Role
from harness.core.decision import Completeness, Decision, GateStatus, RankedCandidate
from harness.core.estimates import Estimate
from harness.decide.caveats import FEW_SAMPLES
from harness.decide.completeness import pending
from harness.report import numbers
from harness.report.firmness import advised
from harness.report.numbers import Number
from harness.report.phrases import Piece, words
from harness.report.standing import is_alone, is_measured

THIN = f"n: how few measurements a value rests on. Below {FEW_SAMPLES} an interval is rough; below 6 a median has none."

LETTERS = "on quality: candidates that share a letter cannot be told apart."


def show_decisions(decisions: Sequence[Decision]) -> None:
    """Print a table and the verdict for each slot."""
    for decision in decisions:
        screen.say()
        for line in decision_lines(decision):
            screen.say(line)


def decision_lines(decision: Decision) -> list[str]:
    """Return the lines of one slot: the matrix in rank order, then the sentence, then what to beware of."""
    criteria = decision.matrix.criteria
    tiers = decision.firmness.separation.tiers
    heads = [
        "#",
        "candidate",
        *(["on quality"] if tiers else []),
        "score (95% CI)",
        "P(best)",
        *(f"{c.name}: {c.metric}" for c in criteria),
        "coverage",
        "gates",
    ]
    rows = [_row(decision, ranked) for ranked in decision.ranking]
    title = f"{'INCOMPLETE  ' if decision.incomplete else ''}{decision.slot}: {_basis(decision)}"
    return [
        title,
        "",
        *table(heads, rows),
        *(["", LETTERS] if tiers else []),
        *(["", THIN] if any(is_thin(estimate, decision) for row in decision.matrix.raw for estimate in row) else []),
        "",
        decision.verdict.sentence,
        *(f"  - {caveat}" for caveat in decision.verdict.caveats),
        *(f"  {_text(advised(decision.slot, advice))}" for advice in decision.firmness.separation.advice),
        *map(_completeness_line, decision.completeness),
        *(["", *views] if (views := list(view_lines(decision))) else []),
    ]


def _basis(decision: Decision) -> str:
    """Say what was planned for whom, and how much of it everybody has answered."""
    planned, shared = decision.samples_planned, decision.samples_compared
    asked = screen.counted(planned, "sample") + (" planned" if planned == shared else f" planned, {shared} of them")
    return f"{asked} for every candidate; {decision.samples_answered} have a judged answer of every one"


def _completeness_line(row: Completeness) -> str:
    what = "answers" if row.role is Role.ANSWER else "measurements of its answers"
    return (
        f"  {row.candidate}: {row.planned} {what} planned, {row.done} done, {row.failed_infra} failed-infra,"
        f" {row.failed_candidate} failed-model, {row.pending} {pending(row)}"
        + (f", {row.failed_harness} failed by Bakeoff" if row.failed_harness else "")
        + (f", {row.excluded} left out by the plan" if row.excluded else "")
    )


def is_thin(estimate: Estimate, decision: Decision) -> bool:
    """Whether a value rests on too few measurements for an interval, or on fewer than there are samples to rely on."""
    if estimate.value is None:
        return False
    return None in (estimate.low, estimate.high) or estimate.n < min(FEW_SAMPLES, decision.samples_compared)


def _row(decision: Decision, ranked: RankedCandidate) -> list[str]:
    matrix = decision.matrix
    raw = matrix.raw[matrix.candidates.index(ranked.candidate)]
    coverage = next((e for e in decision.estimates[ranked.candidate] if e.metric == "coverage"), None)
    failed = [g.gate.metric for g in ranked.gates if g.status is GateStatus.FAIL]
    unproven = [g.gate.metric for g in ranked.gates if g.status is GateStatus.UNPROVEN]
    tiers = decision.firmness.separation.tiers
    letters = tiers[ranked.candidate].letters if ranked.candidate in tiers else "-"
    return [
        "-" if ranked.rank is None else str(ranked.rank),
        ranked.candidate,
        *([letters] if tiers else []),
        _score(ranked) if is_measured(decision, ranked.candidate) else "not measured",
        "–" if ranked.p_best is None or is_alone(decision) else numbers.percent(ranked.p_best),
        *(estimate_text(e) + (f" (n={e.n})" if is_thin(e, decision) else "") for e in raw),
        "-" if coverage is None else estimate_text(coverage),
        "; ".join([*(f"fails {m}" for m in failed), *(f"{m} unproven" for m in unproven)]) or "pass",
    ]


def _text(piece: Piece) -> str:
    """Return a sentence of the report as the terminal shows it."""
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Number):
        return piece.text
    return "".join(literal + ("" if part is None else _text(part)) for literal, part in words(piece))


def _score(ranked: RankedCandidate) -> str:
    return numbers.fixed(ranked.score, 3) + f" [{', '.join(map(_bound, (ranked.low, ranked.high)))}]"


def _bound(value: float | None) -> str:
    return "–" if value is None else numbers.fixed(value, 3)


def estimate_text(estimate: Estimate) -> str:
    """Return the value with its interval and how much of it is a bound, or that it was not measured."""
    if estimate.value is None:
        return "not measured"
    value = numbers.of_metric(estimate.metric, estimate.value)
    if (bounded := estimate.bounded) is not None:
        value = f"≈ {value} ({bounded.calls} of {bounded.of} calls estimated)"
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return value
    low, high = (numbers.of_metric(estimate.metric, bound) for bound in (estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"
