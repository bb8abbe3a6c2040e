"""memo.md: the selection memo that somebody can sign (MADR 4.0 with its evidence, methodology.md 5)."""

from collections.abc import Iterable, Sequence

from harness.core.decision import Decision
from harness.report.cases import BadCase, SampleView
from harness.report.evidence import Evidence
from harness.report.markdown import bullets, fenced, foreign, say, show, table, yaml_value
from harness.report.measures import CallsRow, CostRow
from harness.report.phrases import Measured, Phrase, Piece
from harness.report.standing import RankingRow
from harness.report.view import RunView, SlotView, View, view

EXAMPLES = 3
"""Verbatim bad answers of one slot."""
EXAMPLE_CHARACTERS = 800
SENTENCE = 2000
"""Characters of a sentence of decision.json; those are ours, and whole."""


FOR_PEOPLE = ("status: ", "decision-makers: ", "consulted: ", "informed: ")
"""How the lines begin that whoever signs completes."""


def memo_text(evidence: Evidence, decisions: Sequence[Decision], *, evidence_sha256: str = "") -> str:
    """Return the memo; every figure in it is a figure of the report. `evidence_sha256`: of what was decided on."""
    shown = view(evidence, decisions)
    run = shown.run
    sections = [
        _front_matter(shown, evidence_sha256),
        "# " + say("memo.title", name=run.name),
        _stamp(run),
        *(_slot_story(run, slot) for slot in shown.slots),
        "## " + say("memo.method"),
        *_method(shown),
        "## " + say("memo.risks"),
        say("memo.risk_list"),
        "## " + say("memo.rerun"),
        say("memo.rerun_list"),
        "## " + say("memo.appendix"),
        say("memo.reproduce", command=f"bakeoff memo {run.run_id}"),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _front_matter(shown: View, evidence_sha256: str) -> str:
    """Return the head of the memo as YAML."""
    run = shown.run
    fields: dict[str, object] = {
        "status": "proposed",
        "incomplete": run.incomplete is not None,
        "date": (run.finished or run.started)[:10],
        "decision-makers": [],
        "consulted": [],
        "informed": [],
        "run": run.run_id,
        "evidence": evidence_sha256 or None,
        "data": run.data_sha256,
        "rules": {slot.slot: slot.verdict.rule_sha256 for slot in shown.slots},
        "verdicts": {slot.slot: slot.verdict.kind for slot in shown.slots},
        "recommended": {slot.slot: slot.verdict.winner and slot.verdict.winner.name for slot in shown.slots},
        "models": {model.name: model.model for model in run.models},
        "prices": {model.name: say(model.price).replace("\\$", "$") for model in run.models},
        "tool": f"bakeoff {run.tool}" if run.tool is not None else "bakeoff",
    }
    lines = [f"{key}: {yaml_value(value)}" for key, value in fields.items()]
    return "\n".join(["---", *lines, "---"])


def _stamp(run: RunView) -> str:
    """Return what the memo of an incomplete run, or of one that was imported, says before all else."""
    whose = [] if run.imported is None else [say(run.imported)]
    return "\n\n".join([*whose, *filter(None, [_shortfall(run)])])


def _shortfall(run: RunView) -> str:
    if run.incomplete is None:
        return ""
    return f"**{show(run.incomplete)}**" + (" " + say("page.incomplete_allowed") if run.incomplete_allowed else "")


def _slot_story(run: RunView, slot: SlotView) -> str:
    heading = "## " + say("memo.slot", slot=slot.slot)
    parts = [
        heading,
        "### " + say("memo.bottom_line"),
        _bottom_line(slot),
        "### " + say("memo.context"),
        say(
            "memo.context_text",
            name=run.name,
            slot=slot.slot,
            basis=slot.basis,
            answered=run.answered,
            planned=run.planned,
            errors=run.errors,
            pending=run.pending,
        ),
        "### " + say("memo.drivers"),
        _drivers(slot),
        "### " + say("memo.options"),
        _options(slot),
        "### " + say("memo.results"),
        _results(slot),
        "### " + say("memo.sensitivity"),
        _sensitivity(slot),
        "### " + say("memo.costs"),
        bullets(_costs(slot)),
        "### " + say("memo.cases"),
        _cases(slot),
        "### " + say("memo.consequences"),
        _consequences(run, slot),
    ]
    return "\n\n".join(part for part in parts if part)


def _recommendation(slot: SlotView) -> str:
    verdict = slot.verdict
    if verdict.winner is None:
        if verdict.about is None or verdict.kind in ("none", "incomplete"):
            return say("memo.incomplete" if verdict.kind == "incomplete" else "memo.none")
        return say("memo.withheld", leader=verdict.about.name)
    if verdict.kind != "toss-up":
        return say(f"memo.{verdict.kind}", winner=verdict.winner.name)
    tied = [row for row in slot.ranking if row.rank is not None and (row.leads or row.near_tie)]
    names = ", ".join(foreign(row.tag.name) for row in tied)
    return f"{say('memo.toss-up', winner=verdict.winner.name)} {say('memo.ties')} {names}."


def _bottom_line(slot: SlotView) -> str:
    verdict = slot.verdict
    lines = [f"**{_recommendation(slot)}**", foreign(verdict.sentence, SENTENCE)]
    about = next((row for row in slot.ranking if verdict.about is not None and row.tag == verdict.about), None)
    if about is not None:
        lines.append(say("memo.p_best", p_best=about.chance) + " " + say("memo.score") + f" {_score(about)}.")
        cost = next((row.cells[0] for row in slot.costs if row.tag == about.tag), None)
        if cost is not None:
            lines.append(say("metric.usd_per_1k_requests") + f": {_cell(cost)}.")
    if verdict.caveats:
        lines.append(say("memo.risk") + " " + foreign(verdict.caveats[0][1], SENTENCE))
    if verdict.winner is not None:
        lines.append(_fallback(slot))
    if verdict.unproven and verdict.about is not None:
        lines.append(_waiver(slot, verdict.about.name))
    return bullets(lines)


def _fallback(slot: SlotView) -> str:
    winner = slot.verdict.winner
    others = [row for row in slot.ranking if row.rank is not None and row.tag != winner]
    return say("memo.fallback", candidate=others[0].tag.name) if others else say("memo.no_fallback")


def _waiver(slot: SlotView, name: str) -> str:
    metrics = ", ".join(show(metric) for metric in slot.verdict.unproven)
    return say("memo.waiver", candidate=name) + f" {metrics}. " + say("memo.signed")


def _drivers(slot: SlotView) -> str:
    rows = [
        [foreign(c.name), show(c.label), show(c.weight), show(c.worst), show(c.ideal), say(c.scale)]
        for c in slot.criteria
    ]
    head = [say(f"column.{key}") for key in ("criterion", "metric", "weight", "worst", "ideal", "scale")]
    gates = [f"{say('memo.gate')} {show(gate.label)} {say(gate.limit)}." for gate in slot.gates]
    frozen = "memo.rule_frozen" if slot.verdict.rule_is_frozen else "memo.rule_changed"
    return "\n\n".join([table(head, rows), bullets([*gates, say(frozen, hash=slot.verdict.rule_sha256)])])


def _options(slot: SlotView) -> str:
    lines = [_option(row) for row in slot.ranking]
    ranked = {row.tag for row in slot.ranking}
    lines += [say("memo.unranked", candidate=tag.name) for tag in slot.tags if tag not in ranked]
    return bullets([*lines, say("memo.incumbent")])


def _option(row: RankingRow) -> str:
    name = row.tag.name
    if row.rank is None:
        if not row.failed:
            return say("memo.unranked", candidate=name)
        return say("memo.out", candidate=name) + f" {', '.join(show(metric) for metric in row.failed)}."
    return say("memo.ranked", candidate=name, rank=row.rank, score=row.score.value, p_best=row.chance)


def _results(slot: SlotView) -> str:
    head = [say("column.candidate"), *(foreign(c.name) for c in slot.criteria), say("column.score")]
    rows = [
        [foreign(row.tag.name), *(f"{_cell(cell.raw)}, {say(cell.product)}" for cell in row.cells), show(row.score)]
        for row in slot.matrix
    ]
    differences = [
        say("difference.pair", leader=row.leader, challenger=row.challenger, metric=row.label)
        + f": {_cell(row.difference)}"
        + ("" if row.p_holm is None else ", " + say("memo.p_holm", p=row.p_holm))
        for row in slot.differences
    ]
    return "\n\n".join([table(head, rows) if rows else say("ranking.none"), bullets(differences)]).strip()


def _sensitivity(slot: SlotView) -> str:
    lines = [say(change) for change in slot.verdict.changes]
    lines += [say("memo.without", criterion=c.name, leader=c.without) for c in slot.criteria if c.without is not None]
    if slot.firmness is not None:
        lines += [say(line) for line in (*slot.firmness.lines, *slot.firmness.advice)]
    return bullets(lines or [say("memo.no_sensitivity")])


def _costs(slot: SlotView) -> Iterable[str]:
    labels = [say("metric.usd_per_1k_requests"), say("metric.usd_per_good_answer"), say("column.spent")]
    for row in slot.costs:
        cells = [_cell(cell) for cell in (*row.cells, row.spent)]
        measured = "; ".join(f"{label}: {cell}" for label, cell in zip(labels, cells, strict=True))
        units = "".join(f"; {show(unit)}" for unit in row.units)
        yield f"{foreign(row.tag.name)}: {measured}{units}; {say('column.price')}: {show(row.price)}" + _sources(row)


def _sources(row: CostRow) -> str:
    """Say how many calls were charged with what was metered, and how many with an estimate."""
    counted = ", ".join(show(source) for source in row.sources)
    return f"; {say('column.source')}: {counted}." if counted else "."


def _cases(slot: SlotView) -> str:
    counts = slot.cases.counts
    if not slot.cases.worst:
        return say("bad.none")
    head = [say("column.slice"), *(foreign(tag.name) for tag in slot.tags)]
    rows = [[f"{say(row.kind)} {foreign(row.name)}", *(say(cell) for cell in row.cells)] for row in counts]
    samples = {sample.anchor: sample for sample in slot.cases.samples}
    examples = [_example(case, samples.get(case.anchor or "")) for case in slot.cases.worst[:EXAMPLES]]
    return "\n\n".join([say("caption.bad"), table(head, rows), *examples])


def _example(case: BadCase, sample: SampleView | None) -> str:
    lines = [
        f"**{foreign(case.suite)}/{foreign(case.task)}/{foreign(case.id)}**",
        fenced(case.input[:EXAMPLE_CHARACTERS]),
    ]
    for tag, why in case.who:
        lines.append(f"{foreign(tag.name)}: {foreign(why)}")
        answer = None if sample is None else sample.answers[sample.tags.index(tag)]
        if answer is not None and answer.text:
            lines.append(fenced(answer.text[:EXAMPLE_CHARACTERS]))
    return "\n\n".join(lines)


def _consequences(run: RunView, slot: SlotView) -> str:
    winner, context = slot.verdict.winner, {"name": run.name, "slot": slot.slot}
    caveats = [foreign(sentence, SENTENCE) for _, sentence in slot.verdict.caveats]
    bad = [say("memo.caveat") + f" {caveat}" for caveat in caveats] or [say("memo.no_caveats")]
    if winner is None:
        return "\n\n".join([bullets([*bad, say("memo.confirm_none")]), say("memo.y_none", **context)])
    good = "memo.good_tie" if slot.verdict.kind == "toss-up" else "memo.good"
    criteria = ", ".join(foreign(criterion.name) for criterion in slot.criteria)
    why = say("memo.y", winner=winner.name, **context) + f" {criteria}. " + say("memo.y_accepting")
    return "\n\n".join(
        [bullets([say(good, candidate=winner.name), *bad, say("memo.confirm", candidate=winner.name)]), why]
    )


def _method(shown: View) -> Iterable[str]:
    run = shown.run
    yield say("method.rule")
    slots: list[Piece] = [Phrase(key="method.draws", args={"draws": s.draws, "seed": s.seed}) for s in shown.slots]
    yield bullets(
        f"{foreign(slot.slot)}: {say(slot.basis)} {show(draws)}" for slot, draws in zip(shown.slots, slots, strict=True)
    )
    yield bullets(
        say(
            "memo.suite",
            suite=suite.name,
            version=suite.version,
            licence=suite.licence or Phrase(key="memo.unlicensed"),
            digest=suite.digest,
        )
        for suite in run.suites
    )
    yield bullets(
        say("memo.instrument", name=i.name, candidate=i.candidate, model=i.model, calls=i.calls, failures=i.failures)
        for i in run.instruments
    )
    yield bullets(
        say(
            "memo.calls_line",
            candidate=row.tag.name,
            answered=row.answered,
            planned=row.planned,
            candidate_faults=row.candidate_faults,
            infra=row.infra_faults,
            harness=row.harness_faults,
            excluded=row.excluded,
            pending=_pending(row),
        )
        + "".join(f" {show(warning)}." for warning in row.warnings)
        for slot in shown.slots
        for row in slot.calls
    )
    yield _spend(run)
    if run.foreseen is not None:
        yield say(run.foreseen.basis)
        yield bullets(
            say("foreseen.line", what=row.what, expected=row.expected, low=row.low, high=row.high, actual=row.actual)
            for row in run.foreseen.rows
        )
    yield say("method.latency") if run.imported is None else say(run.imported)
    yield say("method.limits")


def _spend(run: RunView) -> str:
    spent = f"{say('summary.billed')}: {_cell(run.billed)}. {say('summary.machine')}: {_cell(run.machine)}."
    return spent if run.unrecorded is None else f"{spent} {say('summary.unrecorded')}: {say(run.unrecorded)}."


def _pending(row: CallsRow) -> Phrase:
    if row.why is None:
        return Phrase(key="pending.none", args={"pending": row.pending})
    return Phrase(key="pending.because", args={"pending": row.pending, "why": row.why})


def _score(row: RankingRow) -> str:
    return _cell(row.score) + (f" ({say('ranking.no_interval')})" if row.no_spread else "")


def _cell(cell: Measured) -> str:
    """Return an estimate with its interval and n, and how much of it is a bound."""
    text = show(cell.value) if cell.estimated is None else f"≈ {show(cell.value)} {say(cell.estimated)}"
    if cell.low is not None or cell.high is not None:
        low, high = (Phrase(key="measured.open") if end is None else end for end in (cell.low, cell.high))
        text += " " + say("measured.interval", low=low, high=high)
    return text if cell.n is None else f"{text}, {say('measured.n', n=cell.n)}"
