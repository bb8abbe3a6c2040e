"""The closing table and sentence of each slot: as lines of Markdown that paste, and as a table of HTML. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from harness.core.calls import Role
from harness.core.decision import Completeness, Decision, GateStatus, RankedCandidate
from harness.core.estimates import Estimate
from harness.decide.caveats import FEW_SAMPLES
from harness.decide.completeness import pending
from harness.report import numbers
from harness.report.columns import table
from harness.report.firmness import advised
from harness.report.numbers import Number
from harness.report.phrases import Piece, words
from harness.report.several import view_lines
from harness.report.standing import is_alone, is_measured
from harness.report.visible import visible

THIN = f"n: how few measurements a value rests on. Below {FEW_SAMPLES} an interval is rough; below 6 a median has none."

LETTERS = "on quality: candidates that share a letter cannot be told apart."


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is said last of one slot."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """In rank order."""
    notes: tuple[str, ...]
    """What the cells do not say."""
    sentence: str
    caveats: tuple[str, ...]
    advice: tuple[str, ...]
    """How many more samples would tell whom apart."""
    counts: tuple[str, ...]
    """What came of each candidate's calls."""
    several: tuple[str, ...]
    """What several people make of it, as lines."""


def closing(decision: Decision) -> Closing:
    """Return the matrix in rank order, then the sentence, then what to beware of."""
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
    thin = any(is_thin(estimate, decision) for row in decision.matrix.raw for estimate in row)
    return Closing(
        title=f"{'INCOMPLETE  ' if decision.incomplete else ''}{decision.slot}: {_basis(decision)}",
        heads=tuple(heads),
        rows=tuple(_row(decision, ranked) for ranked in decision.ranking),
        notes=(*([LETTERS] if tiers else []), *([THIN] if thin else [])),
        sentence=decision.verdict.sentence,
        caveats=decision.verdict.caveats,
        advice=tuple(_said(advised(decision.slot, advice)) for advice in decision.firmness.separation.advice),
        counts=tuple(map(_completeness_line, decision.completeness)),
        several=tuple(view_lines(decision)),
    )


def closing_lines(decision: Decision) -> list[str]:
    """Return the lines of one slot, in Markdown."""
    it = closing(decision)
    return [
        it.title,
        "",
        *table(it.heads, it.rows),
        *(line for note in it.notes for line in ("", note)),
        "",
        it.sentence,
        *(f"  - {caveat}" for caveat in it.caveats),
        *(f"  {line}" for line in (*it.advice, *it.counts)),
        *(["", *it.several] if it.several else []),
    ]


def closing_html(decision: Decision) -> str:
    """Return one slot as HTML without styles or scripts, for a notebook."""
    it = closing(decision)

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{_text(text)}</{tag}>" for text in texts) + "</tr>"

    body = "".join(cells("td", row) for row in it.rows)
    points = "".join(f"<li>{_text(line)}</li>" for line in (*it.caveats, *it.advice))
    return (
        f"<table><caption>{_text(it.title)}</caption><thead>{cells('th', it.heads)}</thead>"
        f"<tbody>{body}</tbody></table>"
        f"<p>{_text(it.sentence)}</p><ul>{points}</ul>"
    )


def _text(text: str) -> str:
    return escape(visible(text))


def _basis(decision: Decision) -> str:
    """Say what was planned for whom, and how much of it everybody has answered."""
    planned, shared = decision.samples_planned, decision.samples_compared
    asked = f"{planned} sample{'' if planned == 1 else 's'}" + (
        " planned" if planned == shared else f" planned, {shared} of them"
    )
    return f"{asked} for every candidate; {decision.samples_answered} have a judged answer of every one"


def _completeness_line(row: Completeness) -> str:
    what = "answers" if row.role is Role.ANSWER else "measurements of its answers"
    return (
        f"{row.candidate}: {row.planned} {what} planned, {row.done} done, {row.failed_infra} failed-infra,"
        f" {row.failed_candidate} failed-model, {row.pending} {pending(row)}"
        + (f", {row.failed_harness} failed by Bakeoff" if row.failed_harness else "")
        + (f", {row.excluded} left out by the plan" if row.excluded else "")
        + (f", {row.stopped} more not asked for: it was stopped early" if row.stopped else "")
    )


def is_thin(estimate: Estimate, decision: Decision) -> bool:
    """Whether a value rests on too few measurements for an interval, or on fewer than there are samples to rely on."""
    if estimate.value is None:
        return False
    return None in (estimate.low, estimate.high) or estimate.n < min(FEW_SAMPLES, decision.samples_compared)


def _row(decision: Decision, ranked: RankedCandidate) -> tuple[str, ...]:
    matrix = decision.matrix
    raw = matrix.raw[matrix.candidates.index(ranked.candidate)]
    coverage = next((e for e in decision.estimates[ranked.candidate] if e.metric == "coverage"), None)
    stops = [it.stop for it in decision.stopped if it.stop.candidate == ranked.candidate]
    failed = [g.gate.metric for g in ranked.gates if g.status is GateStatus.FAIL]
    unproven = [g.gate.metric for g in ranked.gates if g.status is GateStatus.UNPROVEN]
    tiers = decision.firmness.separation.tiers
    letters = tiers[ranked.candidate].letters if ranked.candidate in tiers else "-"
    return (
        "-" if ranked.rank is None else str(ranked.rank),
        ranked.candidate,
        *([letters] if tiers else []),
        _score(ranked) if is_measured(decision, ranked.candidate) else "not measured",
        "–" if ranked.p_best is None or is_alone(decision) else numbers.percent(ranked.p_best),
        *(estimate_text(e) + (f" (n={e.n})" if is_thin(e, decision) else "") for e in raw),
        "-" if coverage is None else estimate_text(coverage),
        "; ".join(
            [
                *(f"stopped after {stop.samples} of {stop.planned} samples" for stop in stops),
                *(f"fails {m}" for m in failed),
                *(f"{m} unproven" for m in unproven),
            ]
        )
        or "pass",
    )


def _said(piece: Piece) -> str:
    """Return a sentence of the report as the terminal shows it."""
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Number):
        return piece.text
    return "".join(literal + ("" if part is None else _said(part)) for literal, part in words(piece))


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
