"""The memo's story of one slot: what to choose, why, what it costs, and what would change our mind."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.core.decision import VerdictKind
from harness.core.traffic import Product
from harness.report.cases import BadCase, SampleView
from harness.report.document import Block, Bullets, Heading, Paragraph, Quotation, Span, Spans, Table
from harness.report.margin import margin
from harness.report.numbers import Number, count
from harness.report.phrases import Measured, Phrase
from harness.report.speaker import PAGE, Speaker, strong
from harness.report.standing import HEADLINE_LATENCIES, RankingRow
from harness.report.view import RunView, SlotView
from harness.report.volumes import middle, month
from harness.report.weighing import CriterionView, DifferenceRow, GateCell, GateView, MatrixRow

EXAMPLES = 3
"""Verbatim bad answers of one slot."""
EXAMPLE_CHARACTERS = 800
_MEASURED = ("metric.quality", *(f"metric.{metric}" for metric in HEADLINE_LATENCIES))


def conclusion(
    speak: Speaker, slot: SlotView, volumes: Sequence[int], frozen_sha256: str | None, *, alone: bool
) -> Iterator[Block]:
    """Yield what is signed: whom to choose, why, what would change it, what speaks against it, what it costs.

    `frozen_sha256`: of the rule that was written down before the first call. `alone`: the memo has no other slot.
    """
    verdict = slot.verdict
    if not alone:
        yield Heading(level=3, spans=speak.show(slot.label))
    yield Paragraph(spans=strong(speak.joined(*map(speak.say, verdict.advice))))
    lines = [speak.say("memo.why", why=speak.joined(*_why(speak, slot)))]
    flip = (
        () if verdict.flip is None or verdict.flip.key == "change.nobody" else (verdict.flip,)
    )  # the sentence says it
    if changes := (*verdict.changes, *verdict.breakevens, *flip):
        lines.append(speak.say("memo.changes", changes=speak.joined(*map(speak.say, changes))))
    if against := [*map(speak.say, slot.cases.turned), *_caveats(speak, slot)]:
        lines.append(speak.say("memo.risk", caveat=speak.joined(*against)))
    if verdict.winner is not None:
        lines += _chosen(speak, slot, volumes)
    if verdict.unproven and verdict.about is not None:
        metrics = speak.listed(verdict.unproven)
        lines.append(speak.say("memo.waiver", candidate=verdict.about.name, metrics=metrics))
    if not verdict.rule_is_frozen:
        key = "memo.rule_unfrozen" if frozen_sha256 is None else "memo.reweighed"
        lines.append(speak.say(key, hash=verdict.rule_sha256))
    yield Bullets(items=tuple(lines))


def _chosen(speak: Speaker, slot: SlotView, volumes: Sequence[int]) -> Iterator[Spans]:
    """Yield how good the choice is, what it costs, and who comes next."""
    if measured := [fact for fact in slot.verdict.facts if fact.label.key in _MEASURED]:
        facts = (speak.say("memo.fact", label=fact.label, value=replace(fact.cell, n=None)) for fact in measured)
        yield speak.say("memo.measured", facts=speak.joined(*facts))
    cost = next((row.cells[0] for row in slot.costs if row.tag == slot.verdict.winner), None)
    if cost is not None:
        yield _cost(speak, cost, middle(volumes))
    yield _fallback(speak, slot)


def story(
    speak: Speaker, run: RunView, slot: SlotView, volumes: Sequence[int], frozen_sha256: str | None,
    product: Product | None = None,
) -> Iterator[Block]:  # fmt: skip
    """Yield what the conclusion rests on, section by section.

    `product`: what the candidates cost with its traffic; without it the section on margins is left out.
    """
    sections = {
        "memo.drivers": _drivers(speak, slot, frozen_sha256),
        "memo.results": _results(speak, slot),
        "memo.sensitivity": _sensitivity(speak, slot),
        "memo.costs": _costs(speak, slot, volumes),
        **({} if product is None else {"memo.margin": margin(speak, product, slot.slot, _places(slot))}),
        "memo.cases": _cases(speak, slot),
        "memo.confirmation": _confirmation(speak, run, slot),
    }
    yield Heading(level=2, spans=speak.say("memo.slot", slot=slot.label))
    for name, blocks in sections.items():
        yield Heading(level=3, spans=speak.say(name))
        yield from blocks


def _about(slot: SlotView) -> RankingRow | None:
    """Return the line of whom the verdict is about."""
    about = slot.verdict.about
    return next((row for row in slot.ranking if about is not None and row.tag == about), None)


def _why(speak: Speaker, slot: SlotView) -> Iterator[Spans]:
    verdict, about = slot.verdict, _about(slot)
    yield speak.told(verdict.sentence, verdict.said, verdict.sentence_id)
    if about is not None:
        yield speak.say("memo.sureness", p_best=about.chance, score=about.score)
        if about.no_spread:
            yield speak.say("memo.no_spread")
    if verdict.lead is not None:
        yield speak.say(verdict.lead.said)
    yield speak.say(slot.basis)


def _cost(speak: Speaker, cost: Measured, requests: int) -> Spans:
    if not isinstance(cost.value, Number):
        return speak.say("memo.cost", cost=cost)
    return speak.say("memo.cost_month", cost=cost, requests=count(requests), month=month(speak, cost, requests))


def _fallback(speak: Speaker, slot: SlotView) -> Spans:
    others = [row for row in slot.ranking if row.rank is not None and row.tag != slot.verdict.winner]
    if not others:
        return speak.say("memo.no_fallback")
    key = "memo.fallback_unproven" if others[0].status == "unproven" else "memo.fallback"
    return speak.say(key, candidate=others[0].tag.name)


def _caveats(speak: Speaker, slot: SlotView) -> list[Spans]:
    verdict = slot.verdict
    said = verdict.caveats_said or (None,) * len(verdict.caveats)
    pairs = zip(verdict.caveats, said, strict=True)
    return [speak.told(text, () if it is None else (it,), id) for (id, text), it in pairs]


def _drivers(speak: Speaker, slot: SlotView, frozen_sha256: str | None) -> Iterator[Block]:
    yield Table(
        head=tuple(speak.say(f"column.{key}") for key in ("criterion", "metric", "weight", "worst", "ideal", "scale")),
        rows=tuple(
            tuple(map(speak.show, (c.name, c.label, c.weight, c.worst, c.ideal, c.scale))) for c in slot.criteria
        ),
    )
    passed = all(cell is not None and cell.status == "pass" for row in slot.gate_rows for cell in row.cells)
    said = "memo.gate_passed" if passed and slot.gate_rows else "memo.gate"
    gates = [speak.say(said, metric=gate.label, limit=gate.limit) for gate in slot.gates]
    weighing = [] if slot.weighing is None else [speak.say(slot.weighing)]
    key = "memo.rule_unfrozen" if frozen_sha256 is None else "memo.rule_changed"
    key = "memo.rule_frozen" if slot.verdict.rule_is_frozen else key
    yield Bullets(items=(*gates, *weighing, speak.say(key, hash=slot.verdict.rule_sha256, frozen=frozen_sha256 or "")))


def _unranked(speak: Speaker, slot: SlotView) -> Iterator[Spans]:
    """Yield who is not ranked, and why."""
    ranked = {row.tag for row in slot.ranking}
    for row in slot.ranking:
        name = row.tag.name
        if row.stopped is not None:
            yield speak.say("memo.stopped", candidate=name, stopped=row.stopped)
        elif row.rank is None and row.failed:
            yield speak.say("memo.out", candidate=name, metrics=speak.listed(row.failed))
        elif row.rank is None:
            yield speak.say("memo.unranked", candidate=name)
    yield from (speak.say("memo.unranked", candidate=tag.name) for tag in slot.tags if tag not in ranked)


def _results(speak: Speaker, slot: SlotView) -> Iterator[Block]:
    if any(cell is None or cell.status != "pass" for row in slot.gate_rows for cell in row.cells):
        yield Table(
            head=(speak.say("column.candidate"), *(_gate_head(speak, gate) for gate in slot.gates)),
            rows=tuple((speak.show(r.tag.name), *(_gate(speak, cell) for cell in r.cells)) for r in slot.gate_rows),
        )
    places = {row.tag: row for row in slot.ranking}
    if slot.matrix:
        heads = (speak.say("memo.weighed", name=c.name, weight=c.column_weight) for c in slot.criteria)
        yield Table(
            head=(
                *(speak.say(f"column.{key}") for key in ("candidate", "rank")),
                *heads,
                *(speak.say(f"column.{key}") for key in ("score", "p_best")),
            ),
            rows=tuple(_matrix_row(speak, row, places.get(row.tag)) for row in slot.matrix),
        )
    else:
        yield Paragraph(spans=speak.say("ranking.none"))
    if lines := (*_unranked(speak, slot), *(_difference(speak, row) for row in slot.differences)):
        yield Bullets(items=lines)


def _gate_head(speak: Speaker, gate: GateView) -> Spans:
    return speak.say("memo.gate_head", metric=gate.label, limit=gate.limit)


def _gate(speak: Speaker, cell: GateCell | None) -> Spans:
    if cell is None:
        return speak.say("not_measured")
    status = Phrase(key=f"status.{cell.status}")
    if cell.bound is None:
        return speak.say("memo.gate_cell", status=status, value=cell.value)
    return speak.say("memo.gate_bound", status=status, value=cell.value, bound=cell.bound)


def _matrix_row(speak: Speaker, row: MatrixRow, line: RankingRow | None) -> tuple[Spans, ...]:
    cells = (speak.say("memo.matrix_cell", measured=cell.raw, product=cell.product) for cell in row.cells)
    rank, chance = ("", "") if line is None or line.rank is None else (line.rank, line.chance)
    return (speak.show(row.tag.name), speak.show(rank), *cells, speak.show(row.score), speak.show(chance))


def _difference(speak: Speaker, row: DifferenceRow) -> Spans:
    pair = speak.say("difference.pair", leader=row.leader, challenger=row.challenger, metric=row.label)
    if row.p_holm is None:
        return speak.say("memo.difference", pair=pair, difference=row.difference)
    said = speak.say("memo.difference_p", pair=pair, difference=row.difference, p=row.p_holm)
    if row.together is not None:
        said = speak.joined(said, speak.say("memo.together", interval=row.together))
    if row.detectable is None:
        return said
    key = "memo.blind" if row.detectable.key == "difference.blind" else "memo.detectable"
    return speak.joined(said, speak.say(key, **row.detectable.args))


def _sensitivity(speak: Speaker, slot: SlotView) -> Iterator[Block]:
    lines = [speak.say(change) for criterion in slot.criteria for change in criterion.crossings]
    leader = next((row.tag.name for row in slot.ranking if row.leads), None)
    lines += [
        speak.say("memo.without", criterion=c.name, leader=c.without)
        for c in slot.criteria
        if c.without not in (None, leader)
    ]
    if slot.profiles is not None:
        lines.append(speak.say(slot.profiles.said))
    if slot.firmness is not None:
        lines += [speak.say(line) for line in (*slot.firmness.lines, *slot.firmness.advice)]
    yield Bullets(items=tuple(lines) or (speak.say("memo.no_sensitivity"),))
    if slot.profiles is not None:
        names = (speak.show(profile.name) for profile in slot.profiles.profiles)
        yield Table(
            head=(speak.say("column.candidate"), *names, speak.say("column.regret")),
            rows=tuple(
                (speak.show(r.tag.name), *map(speak.say, r.cells), speak.show(r.regret)) for r in slot.profiles.rows
            ),
        )


def _costs(speak: Speaker, slot: SlotView, volumes: Sequence[int]) -> Iterator[Block]:
    columns = ("candidate", "spent", "price", "source")
    heads = {key: speak.say(f"column.{key}") for key in columns}
    heads |= {key: speak.say(f"metric.{key}") for key in ("usd_per_1k_requests", "usd_per_good_answer")}
    order = ("candidate", "usd_per_1k_requests", "usd_per_good_answer", "spent", "price", "source")
    yield Table(
        head=tuple(heads[key] for key in order),
        rows=tuple(
            (
                speak.show(row.tag.name),
                *map(speak.show, row.cells),
                speak.show(row.spent),
                speak.show(row.price),
                speak.listed(row.sources) or speak.show(""),
            )
            for row in slot.costs
        ),
    )
    units = [
        speak.say("memo.units", candidate=r.tag.name, units=speak.listed(r.units, ";")) for r in slot.costs if r.units
    ]
    if units:
        yield Bullets(items=tuple(units))
    months = (speak.say("memo.month_head", requests=count(volume)) for volume in volumes)
    yield Table(
        head=(heads["candidate"], *months),
        rows=tuple(
            (speak.show(row.tag.name), *(month(speak, row.cells[0], volume) for volume in volumes))
            for row in slot.costs
        ),
    )


def _places(slot: SlotView) -> dict[str, str]:
    """Return candidate → where its cost stands in the report, of those whose cost is known."""
    known = ((row.tag.name, row.cells[0].value) for row in slot.costs)
    return {name: value.id for name, value in known if isinstance(value, Number)}


def _cases(speak: Speaker, slot: SlotView) -> Iterator[Block]:
    if not slot.cases.worst:
        yield Paragraph(spans=speak.say("bad.none"))
        return
    yield Paragraph(spans=speak.say("caption.bad"))
    yield Table(
        head=(speak.say("column.slice"), *(speak.show(tag.name) for tag in slot.tags)),
        rows=tuple(
            (speak.say("memo.slice", kind=row.kind, name=row.of.label), *map(speak.show, row.cells))
            for row in slot.cases.counts
            if row.of.kind != "slice.tag"
        ),
    )
    samples = {sample.anchor: sample for sample in slot.cases.samples}
    for case in slot.cases.worst[:EXAMPLES]:
        yield from _example(speak, case, samples[case.anchor])


def _example(speak: Speaker, case: BadCase, sample: SampleView) -> Iterator[Block]:
    name = "".join(span.text for span in speak.say("memo.case", suite=case.suite, task=case.task, id=case.id))
    yield Paragraph(spans=(Span(text=name, link=f"{PAGE}#{case.anchor}", strong=True),))
    yield Quotation(text=case.input[:EXAMPLE_CHARACTERS])
    for tag, why, heard in case.who:
        yield Paragraph(spans=speak.say("memo.bad_answer", candidate=tag.name, why=why))
        answer = sample.answers[sample.tags.index(tag)]
        said = answer.text if answer is not None and answer.text else "" if heard in why else heard
        if said:
            yield Quotation(text=said[:EXAMPLE_CHARACTERS])


def _confirmation(speak: Speaker, run: RunView, slot: SlotView) -> Iterator[Block]:
    winner, context = slot.verdict.winner, {"name": run.name, "slot": slot.label}
    if winner is None:
        yield Paragraph(spans=speak.say("memo.confirm_none"))
        yield Paragraph(spans=speak.say("memo.y_none", **context))
        return
    caveats = slot.cases.turned or slot.verdict.caveats
    accepted = speak.say("memo.accepted_caveats" if caveats else "memo.accepted_risks")
    yield Paragraph(spans=speak.say("memo.confirm", candidate=winner.name))
    row = next((row for row in slot.matrix if row.tag == winner), None)
    gates = [speak.say("memo.limit", metric=gate.label, limit=gate.limit) for gate in slot.gates]
    measured = [] if row is None else [_limit(speak, c, m.raw) for c, m in zip(slot.criteria, row.cells, strict=True)]
    if limits := (*gates, *(limit for limit in measured if limit)):
        yield Bullets(items=limits)
    if slot.verdict.kind == VerdictKind.TOSS_UP:
        yield Paragraph(spans=speak.say("memo.y_any", winner=winner.name, accepted=accepted, **context))
        return
    others = [item.tag.name for item in slot.ranking if item.tag != winner]
    criteria = speak.listed([criterion.name for criterion in slot.criteria], "and")
    yield Paragraph(
        spans=speak.say(
            "memo.y",
            winner=winner.name,
            others=speak.listed(others, "and"),
            criteria=criteria,
            accepted=accepted,
            **context,
        )
        if others
        else speak.say("memo.y_alone", winner=winner.name, criteria=criteria, accepted=accepted, **context)
    )


def _limit(speak: Speaker, criterion: CriterionView, measured: Measured) -> Spans:
    """Return the bad end of the interval as a limit, or the worst anchor if that is stricter; nothing without."""
    worst, ideal = float(criterion.worst.raw), float(criterion.ideal.raw)
    rising = ideal > worst
    bound = measured.low if rising else measured.high
    if bound is None:
        return ()
    if worst != ideal and (float(bound.raw) < worst) == rising:
        bound = criterion.worst
    limit = Phrase(key="gate.min" if rising else "gate.max", args={"limit": bound})
    return speak.say("memo.limit", metric=criterion.label, limit=limit)
