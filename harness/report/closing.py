"""The closing table and sentence of each slot: as lines of Markdown that paste, and as a table of HTML. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

from harness.core.calls import Role
from harness.core.decision import Completeness, Decision, GateStatus, RankedCandidate, Said, VerdictKind
from harness.core.estimates import Estimate
from harness.decide.standing import FEW_SAMPLES
from harness.report import numbers
from harness.report.changes import advised
from harness.report.columns import table
from harness.report.document import Spans, plain
from harness.report.phrases import Phrase
from harness.report.several import view_lines
from harness.report.speaker import Speaker
from harness.report.standing import is_alone, is_measured
from harness.report.visible import visible


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


def closing(decision: Decision, language: str = "en", *, wide: int | None = None, reweighed: bool = False) -> Closing:
    """Return the matrix in rank order, then the sentence, then what to beware of.

    `wide`: how wide the lines of a table among its lines may be. `reweighed`: by other weights or gates than those that
    were frozen before the run.
    """
    say, tiers = _Words(language), decision.firmness.separation.tiers
    heads = [
        "#",
        say("closing.candidate"),
        *([say("closing.letters")] if tiers else []),
        say("closing.score"),
        say("closing.p_best"),
        *(say("closing.criterion", name=c.name, metric=c.metric) for c in decision.matrix.criteria),
        say("closing.coverage"),
        say("closing.gates"),
    ]
    thin = any(is_thin(estimate, decision) for row in decision.matrix.raw for estimate in row)
    verdict = decision.verdict
    caveats = zip_longest(verdict.caveats, [(said,) for said in verdict.caveats_said], fillvalue=())
    return Closing(
        title=_title(decision, say),
        heads=tuple(heads),
        rows=tuple(_row(decision, ranked, say) for ranked in decision.ranking),
        notes=(
            say("closing.weights", shares=say.listed(_weights(decision, say))),
            *([say("closing.shared")] if tiers else []),
            *([say("closing.thin", few=str(FEW_SAMPLES))] if thin else []),
        ),
        sentence=_verdict(decision, say),
        caveats=(
            *([say("page.rule_changed")] if reweighed else []),
            *(say.told(str(caveat), said) for caveat, said in caveats),
        ),
        advice=tuple(say(advised(decision.slot, advice, "firmness")) for advice in decision.firmness.separation.advice),
        counts=tuple(_came(row, say) for row in decision.completeness),
        several=tuple(view_lines(decision, language, wide=wide)),
    )


def closing_lines(
    decision: Decision, language: str = "en", *, wide: int | None = None, reweighed: bool = False
) -> list[str]:
    """Return the lines of one slot, in Markdown; tables whose lines are no wider than that."""
    it = closing(decision, language, wide=wide, reweighed=reweighed)
    return [
        it.title,
        "",
        *table(it.heads, it.rows, wide=wide, keys=2),
        *(line for note in it.notes for line in ("", note)),
        "",
        it.sentence,
        *(f"  - {caveat}" for caveat in it.caveats),
        *(f"  - {line}" for line in (*it.advice, *it.counts)),
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


@dataclass(frozen=True, slots=True)
class _Words:
    """Says things in one language as plain text."""

    language: str

    def __call__(self, key: str | Phrase, **pieces: str | Spans) -> str:
        return plain(Speaker(self.language).say(key, **pieces))

    def told(self, english: str, said: Sequence[Said]) -> str:
        """Return a sentence of a decision: the English one as decision.json has it."""
        return english if self.language == "en" else plain(Speaker(self.language).told(english, said, ""))

    def listed(self, parts: Iterable[str]) -> Spans:
        return Speaker(self.language).listed(parts)


def _title(decision: Decision, say: _Words) -> str:
    """Say what was planned for whom, and how much of it everybody has answered."""
    planned, shared = decision.samples_planned, decision.samples_compared
    basis = say(
        "closing.basis" if planned == shared else "closing.basis.some",
        samples=say("closing.sample" if planned == 1 else "closing.samples", n=str(planned)),
        shared=str(shared),
        answered=str(decision.samples_answered),
    )
    return say("closing.title.incomplete" if decision.incomplete else "closing.title", slot=decision.slot, basis=basis)


def _weights(decision: Decision, say: _Words) -> Iterator[str]:
    for criterion, weight in zip(decision.matrix.criteria, decision.matrix.weights, strict=True):
        yield say("closing.share", criterion=criterion.name, weight=numbers.percent(weight))


def _verdict(decision: Decision, say: _Words) -> str:
    """Return the sentence that answers the question; it says itself whether there is a clear winner."""
    verdict = decision.verdict
    sentence = say.told(verdict.sentence, verdict.said)
    leans = verdict.kind is VerdictKind.LEAN and not is_alone(decision)
    return say("closing.lean", sentence=sentence) if leans else sentence


def _came(row: Completeness, say: _Words) -> str:
    return say("closing.came", candidate=row.candidate, parts=say.listed(_came_parts(row, say)))


def _came_parts(row: Completeness, say: _Words) -> Iterator[str]:
    counts = {
        "answers" if row.role is Role.ANSWER else "measurements": row.planned,
        "done": row.done,
        "infra": row.failed_infra,
        "model": row.failed_candidate,
    }
    yield from (say(f"closing.came.{what}", n=str(n)) for what, n in counts.items())
    if row.why is None:
        yield say("pending.none", pending=str(row.pending))
    else:
        yield say("pending.because", pending=str(row.pending), why=say(f"why.{row.why}"))
    others = {"harness": row.failed_harness, "excluded": row.excluded, "stopped": row.stopped}
    yield from (say(f"closing.came.{what}", n=str(n)) for what, n in others.items() if n)


def is_thin(estimate: Estimate, decision: Decision) -> bool:
    """Whether a value rests on too few measurements for an interval, or on fewer than there are samples to rely on."""
    if estimate.value is None:
        return False
    return None in (estimate.low, estimate.high) or estimate.n < min(FEW_SAMPLES, decision.samples_compared)


def _row(decision: Decision, ranked: RankedCandidate, say: _Words) -> tuple[str, ...]:
    matrix = decision.matrix
    raw = matrix.raw[matrix.candidates.index(ranked.candidate)]
    coverage = next((e for e in decision.estimates[ranked.candidate] if e.metric == "coverage"), None)
    stops = [it.stop for it in decision.stopped if it.stop.candidate == ranked.candidate]
    tiers = decision.firmness.separation.tiers
    letters = tiers[ranked.candidate].letters if ranked.candidate in tiers else "-"
    found = [
        *(say("closing.stopped", samples=str(stop.samples), planned=str(stop.planned)) for stop in stops),
        *(say("closing.fails", metric=g.gate.metric) for g in ranked.gates if g.status is GateStatus.FAIL),
        *(say("closing.unproven", metric=g.gate.metric) for g in ranked.gates if g.status is GateStatus.UNPROVEN),
    ]
    return (
        "-" if ranked.rank is None else str(ranked.rank),
        ranked.candidate,
        *([letters] if tiers else []),
        _score(ranked) if is_measured(decision, ranked.candidate) else say("not_measured"),
        "–" if ranked.p_best is None or is_alone(decision) else numbers.percent(ranked.p_best),
        *(estimate_text(e, say.language) + (f" (n={e.n})" if is_thin(e, decision) else "") for e in raw),
        "-" if coverage is None else estimate_text(coverage, say.language),
        "; ".join(found) or say("closing.pass"),
    )


def _score(ranked: RankedCandidate) -> str:
    return numbers.fixed(ranked.score, 3) + f" [{', '.join(map(_bound, (ranked.low, ranked.high)))}]"


def _bound(value: float | None) -> str:
    return "–" if value is None else numbers.fixed(value, 3)


def estimate_text(estimate: Estimate, language: str = "en") -> str:
    """Return the value with its interval and how much of it is a bound, or that it was not measured."""
    say = _Words(language)
    if estimate.value is None:
        return say("not_measured")
    value = numbers.of_metric(estimate.metric, estimate.value)
    if (bounded := estimate.bounded) is not None:
        value = f"≈ {value} " + say("measured.estimated", estimated=str(bounded.calls), priced=str(bounded.of))
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return value
    low, high = (numbers.of_metric(estimate.metric, bound) for bound in (estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"
