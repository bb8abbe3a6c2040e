"""The selection memo that somebody can sign (MADR 4.0 with its evidence, methodology.md 5), in English or Chinese."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from harness.core.canonical import to_json
from harness.core.decision import Decision
from harness.core.traffic import Product
from harness.report.document import Block, Bullets, Document, Heading, Paragraph, Span, Spans, plain
from harness.report.evidence import Evidence
from harness.report.measures import CallsRow
from harness.report.phrases import Phrase
from harness.report.speaker import PAGE, Speaker, strong
from harness.report.story import conclusion, story
from harness.report.view import RunView, View, view
from harness.report.volumes import VOLUMES

FOR_PEOPLE = ("status: ", "decision-makers: ", "consulted: ", "informed: ")
"""How the lines begin that whoever signs completes."""
FORMATS = ("md", "docx")
RISKS = ("data", "retirement", "limits", "vendor", "contamination", "drift")
TERMS = ("gate", "value", "score", "interval", "p_best", "near_tie", "verdict", "coverage", "cluster", "holm")
"""What a reader may not know, in the order of the glossary."""
RERUN = ("model", "traffic", "candidate", "crossover", "canary", "quarter")


def memo(
    evidence: Evidence,
    decisions: Sequence[Decision],
    *,
    language: str = "en",
    volumes: Sequence[int] = VOLUMES,
    evidence_sha256: str = "",
    product: Product | None = None,
) -> Document:
    """Return the memo; every figure in it is a figure of the report, or a month's cost made of one.

    `volumes` are requests a month, `evidence_sha256` is that of what was decided on, `product` what the candidates cost
    with the traffic that is known of it.
    """
    shown, speak = view(evidence, decisions), Speaker(language)
    frozen = evidence.manifest.rules if shown.run.imported is None else {}
    return Document(
        language=language,
        matter=_matter(shown, volumes, product),
        blocks=tuple(_blocks(speak, shown, volumes, frozen, product)),
        record=_record(speak, shown, evidence_sha256),
    )


def file_name(format_: str, language: str) -> str:
    """Return what a memo is called: `memo.md`, `memo.zh.docx`."""
    return f"memo.{format_}" if language == "en" else f"memo.{language}.{format_}"


def _matter(shown: View, volumes: Sequence[int], product: Product | None) -> Mapping[str, object]:
    """Return the head of the memo: what is signed, and what was given."""
    run = shown.run
    return {
        "status": "proposed",
        "incomplete": run.incomplete is not None,
        "date": (run.finished or run.started)[:10],
        "decision-makers": [],
        "consulted": [],
        "informed": [],
        "run": run.run_id,
        "verdicts": {slot.slot: slot.verdict.kind for slot in shown.slots},
        "recommended": {slot.slot: slot.verdict.winner and slot.verdict.winner.name for slot in shown.slots},
        "requests_a_month": list(volumes),
        **({} if product is None else {"traffic": to_json(product.traffic)}),
    }


def _record(speak: Speaker, shown: View, evidence_sha256: str) -> Mapping[str, object]:
    """Return on what it was decided."""
    run = shown.run
    return {
        "evidence": evidence_sha256 or None,
        "data": run.data_sha256,
        "rules": {slot.slot: slot.verdict.rule_sha256 for slot in shown.slots},
        "models": {model.name: model.model for model in run.models},
        "prices": {model.name: plain(speak.say(model.price)) for model in run.models},
        "tool": f"bakeoff {run.tool}" if run.tool is not None else "bakeoff",
    }


def _blocks(
    speak: Speaker, shown: View, volumes: Sequence[int], frozen: Mapping[str, str], product: Product | None
) -> Iterator[Block]:
    run = shown.run
    yield Heading(level=1, spans=speak.say("memo.title", name=run.name))
    if run.imported is not None:
        yield Paragraph(spans=speak.say(run.imported))
    if run.incomplete is not None:
        allowed = (Span(text=" "), *speak.say("page.incomplete_allowed")) if run.incomplete_allowed else ()
        yield Paragraph(spans=(*strong(speak.say(run.incomplete)), *allowed))
    counts = {"answered": run.answered, "planned": run.planned, "errors": run.errors}
    yield Paragraph(spans=speak.joined(speak.say("memo.context", name=run.name, **counts), speak.say("memo.incumbent")))
    yield Heading(level=2, spans=speak.say("memo.decision"))
    for slot in shown.slots:
        yield from conclusion(speak, slot, volumes, frozen.get(slot.slot), alone=len(shown.slots) == 1)
    yield Heading(level=2, spans=speak.say("memo.risks"))
    yield Paragraph(spans=speak.say("memo.people"))
    yield Bullets(items=tuple(speak.say(f"memo.risk.{risk}") for risk in RISKS))
    yield Heading(level=2, spans=speak.say("memo.rerun"))
    yield Bullets(items=tuple(speak.say(f"memo.rerun.{cause}") for cause in RERUN))
    for slot in shown.slots:
        yield from story(speak, run, slot, volumes, frozen.get(slot.slot), product)
    yield Heading(level=2, spans=speak.say("memo.method"))
    yield from _method(speak, shown)
    yield Heading(level=2, spans=speak.say("memo.appendix"))
    yield Bullets(
        items=(
            speak.say("memo.reproduce", command=shlex.join(["bakeoff", "memo", run.run_id, "--lang", speak.language])),
            speak.say("memo.verify", command=shlex.join(["bakeoff", "verify", run.run_id])),
            speak.say("memo.links", page=PAGE),
        )
    )
    yield Paragraph(spans=speak.say("memo.glossary"))
    yield Bullets(items=tuple(speak.say(f"memo.term.{term}") for term in TERMS))


def _method(speak: Speaker, shown: View) -> Iterator[Block]:
    run = shown.run
    yield Paragraph(spans=speak.say("method.rule"))
    for slot in shown.slots:
        if slot.geometric:
            yield Paragraph(spans=speak.say("method.slot", slot=slot.label, said=speak.say("method.geometric")))
    if run.stop_rule:
        yield Paragraph(spans=speak.say("memo.stop_rule", hash=run.stop_rule))
    drawn = {(slot.draws.raw, slot.seed.raw): slot for slot in reversed(shown.slots)}
    lines = [speak.say("method.draws", draws=slot.draws, seed=slot.seed) for slot in drawn.values()]
    for suite in run.suites:
        names = {"suite": suite.name, "version": suite.version, "digest": suite.digest}
        lines.append(speak.say("memo.suite", licence=suite.licence or Phrase(key="memo.unlicensed"), **names))
    for model in run.models:
        if model.params is not None:
            lines.append(speak.say("memo.model", name=model.name, model=model.model, params=model.params))
    for it in run.instruments:
        counts = {"calls": it.calls, "failures": it.failures}
        lines.append(speak.say("memo.instrument", name=it.name, candidate=it.candidate, model=it.model, **counts))
    rows = [row for slot in shown.slots for row in slot.calls]
    lines += [_calls(speak, row) for row in rows if _fell_short(row)]
    if not all(map(_fell_short, rows)):
        lines.append(speak.say("memo.calls_rest" if any(map(_fell_short, rows)) else "memo.calls_all"))
    settings = [speak.say("memo.setting", name=name, value=value) for name, value in run.settings]
    if settings:
        lines.append(speak.say("memo.settings", settings=speak.listed(settings)))
    lines.append(_spend(speak, run))
    yield Bullets(items=tuple(lines))
    yield from _foreseen(speak, run)
    yield Paragraph(spans=speak.say(run.imported or "method.latency"))
    yield Paragraph(spans=speak.say("memo.month"))
    yield Paragraph(spans=speak.say("method.limits"))


def _foreseen(speak: Speaker, run: RunView) -> Iterator[Block]:
    if run.foreseen is None:
        return
    yield Paragraph(spans=speak.say(run.foreseen.basis))
    yield Bullets(
        items=tuple(
            speak.say(
                "foreseen.line", what=row.what, expected=row.expected, low=row.low, high=row.high, actual=row.actual
            )
            for row in run.foreseen.rows
        )
    )


def _fell_short(row: CallsRow) -> bool:
    """Whether anything but an answer came of what was planned, or something is odd about an answer."""
    short = (row.candidate_faults, row.infra_faults, row.harness_faults, row.excluded, row.pending)
    return bool(row.warnings) or any(number.raw != "0" for number in short)


def _calls(speak: Speaker, row: CallsRow) -> Spans:
    pending = Phrase(key="pending.none", args={"pending": row.pending})
    if row.why is not None:
        pending = Phrase(key="pending.because", args={"pending": row.pending, "why": row.why})
    counted = speak.say(
        "memo.calls_line",
        candidate=row.tag.name,
        answered=row.answered,
        planned=row.planned,
        candidate_faults=row.candidate_faults,
        infra=row.infra_faults,
        harness=row.harness_faults,
        excluded=row.excluded,
        pending=pending,
    )
    return speak.joined(counted, *(speak.say("memo.warning", warning=warning) for warning in row.warnings))


def _spend(speak: Speaker, run: RunView) -> Spans:
    spent = speak.say("memo.spend", billed=run.billed, machine=run.machine)
    beside = () if run.unrecorded is None else speak.say("memo.unrecorded", unrecorded=run.unrecorded)
    return speak.joined(spent, beside)
