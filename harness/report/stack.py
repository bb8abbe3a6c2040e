"""What the answers of each candidate have cost, part by part, and what it has cost to measure them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.core.calls import BOUNDED_SOURCES, Record
from harness.pricing.cost import parts
from harness.report.numbers import Number, number, number_id, usd
from harness.report.phrases import Phrase, Piece
from harness.report.slots import SlotEvidence
from harness.report.standing import BAR, Segment, Tag, tag

PARTS = (
    "request",
    "input",
    "cached",
    "output",
    "reasoning",
    "audio",
    "pictures",
    "video",
    "machine",
    "stages",
    "whole",
)
"""In the order in which they are drawn; after them the stages of cascades."""
INSTRUMENTS = "instruments"
"""Drawn last: it is no part of what the answers cost."""
STAGE = "stage."
NOT_MEASURED = Phrase(key="not_measured")
AT_LEAST = Phrase(key="stack.at_least")
ESTIMATED = Phrase(key="stack.estimated")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRow:
    tag: Tag
    cells: tuple[Number | None, ...]
    """In the order of the columns; None: nothing was paid for it."""
    segments: tuple[Segment, ...] | None
    """None where some cost is not known: a bar would say how long it is."""
    doubt: Phrase | None
    """Why the row does not say all that it cost, or not exactly; None: it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackView:
    columns: tuple[Piece, ...]
    """Those parts that somebody has paid for; a stage by its name."""
    rows: tuple[StackRow, ...]


def stack(of: SlotEvidence) -> StackView | None:
    """Return the view; None where nothing is known to have cost anything. Bars have one scale: the dearest fills it."""
    readings = {name: _readings(of, name) for name in of.candidates}
    bills = {name: _bill(of, name, found) for name, found in readings.items()}
    paid = dict.fromkeys(part for bill in bills.values() for part, dollars in bill.items() if dollars)
    if not paid:
        return None
    doubts = {name: _doubt(of, name, found) for name, found in readings.items()}
    known = {name for name, doubt in doubts.items() if doubt in (None, ESTIMATED)}
    most = max((sum(bills[name].values(), Decimal(0)) for name in known), default=Decimal(0))
    stages = [part for part in paid if part.startswith(STAGE)]
    columns = [part for part in (*PARTS, *stages, INSTRUMENTS) if part in paid]
    return StackView(
        columns=tuple(part.removeprefix(STAGE) if part in stages else Phrase(key=f"part.{part}") for part in columns),
        rows=tuple(
            StackRow(
                tag=tag(of, name),
                cells=tuple(_cells(of, name, bill, columns)),
                segments=tuple(_segments(bill, columns, most)) if name in known else None,
                doubt=doubts[name],
            )
            for name, bill in bills.items()
        ),
    )


def _readings(of: SlotEvidence, name: str) -> Sequence[Record]:
    """Return every call that measured the candidate's answers: one that failed may be billed too."""
    keys = of.answers_of(name).call_keys() if of.readings else ()
    return [reading for key in keys for reading in of.readings.get(key, ())]


def _doubt(of: SlotEvidence, name: str, readings: Sequence[Record]) -> Phrase | None:
    answers = of.answers_of(name)
    costs = {*answers.counts("cost_usd"), *(it.cost_usd for it in readings)}
    if costs <= {None}:
        return NOT_MEASURED
    if None in costs:
        return AT_LEAST
    sources = {*answers.counts("cost_source"), *(it.cost_source for it in readings)}
    return ESTIMATED if any(source in BOUNDED_SOURCES for source in sources) else None


def _bill(of: SlotEvidence, name: str, readings: Sequence[Record]) -> Mapping[str, Decimal]:
    """Return dollars by part, those of a cascade by stage where its stages are all that it cost."""
    answers, configured = of.answers_of(name), of.configured.get(name)
    bill = {} if configured is None else parts(answers, configured)
    priced = answers.where(answers.known("cost_usd")).call_keys() if of.stages else ()
    stages = _sums((f"{STAGE}{it.call.stage}", it.cost_usd) for key in priced for it in of.stages.get(key, ()))
    if stages and sum(stages.values()) == bill.get("stages"):
        bill = stages
    return {**bill, **_sums((INSTRUMENTS, it.cost_usd) for it in readings)}


def _sums(paid: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part, dollars in paid:
        found[part] = found.get(part, Decimal(0)) + (dollars or 0)
    return found


def _cells(of: SlotEvidence, name: str, bill: Mapping[str, Decimal], columns: Sequence[str]) -> Iterator[Number | None]:
    for part in columns:
        dollars = bill.get(part, Decimal(0))
        shown = number(dollars, usd(dollars), id=number_id(of.slot, "cost", name, f"part.{part}"))
        yield shown if dollars else None


def _segments(bill: Mapping[str, Decimal], columns: Sequence[str], most: Decimal) -> Iterator[Segment]:
    start, whole = Decimal(0), most or 1  # nothing but free answers
    for shade, part in enumerate(columns):
        dollars = bill.get(part, Decimal(0))
        yield Segment(shade=shade, start=round(BAR * start / whole), width=round(BAR * dollars / whole))
        start += dollars
