"""What the answers of each candidate have cost, part by part, and what it has cost to measure them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRow:
    tag: Tag
    cells: tuple[Number | None, ...]
    """In the order of the columns; None: nothing was paid for it."""
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackView:
    columns: tuple[Piece, ...]
    """Those parts that somebody has paid for; a stage by its name."""
    rows: tuple[StackRow, ...]


def stack(of: SlotEvidence) -> StackView | None:
    """Return the view; None where nothing is known to have cost anything. Bars have one scale: the dearest fills it."""
    bills = {name: _bill(of, name) for name in of.candidates}
    most = max((sum(bill.values(), Decimal(0)) for bill in bills.values()), default=Decimal(0))
    if not most:
        return None
    paid = dict.fromkeys(part for bill in bills.values() for part, dollars in bill.items() if dollars)
    stages = [part for part in paid if part.startswith(STAGE)]
    columns = [part for part in (*PARTS, *stages, INSTRUMENTS) if part in paid]
    return StackView(
        columns=tuple(part.removeprefix(STAGE) if part in stages else Phrase(key=f"part.{part}") for part in columns),
        rows=tuple(_row(of, name, bill, columns, most) for name, bill in bills.items()),
    )


def _bill(of: SlotEvidence, name: str) -> Mapping[str, Decimal]:
    """Return dollars by part, those of a cascade by stage where its stages are all that it cost."""
    answers, configured = of.answers_of(name), of.configured.get(name)
    bill = {} if configured is None else parts(answers, configured)
    keys = answers.column("key")
    priced = [key for key, cost in zip(keys, answers.column("cost_usd"), strict=True) if cost is not None]
    stages = _sums((f"{STAGE}{it.call.stage}", it.cost_usd) for key in priced for it in of.stages.get(key, ()))
    if stages and sum(stages.values()) == bill.get("stages"):
        bill = stages
    measuring = (it.cost_usd for key in keys for it in of.readings.get(key, ()))
    return {**bill, **_sums((INSTRUMENTS, dollars) for dollars in measuring)}


def _sums(paid: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part, dollars in paid:
        found[part] = found.get(part, Decimal(0)) + (dollars or 0)
    return found


def _row(of: SlotEvidence, name: str, bill: Mapping[str, Decimal], columns: Sequence[str], most: Decimal) -> StackRow:
    cells, segments, start = [], [], Decimal(0)
    for shade, part in enumerate(columns):
        dollars = bill.get(part, Decimal(0))
        shown = number(dollars, usd(dollars), id=number_id(of.slot, "cost", name, f"part.{part}"))
        cells.append(shown if dollars else None)
        segments.append(Segment(shade=shade, start=round(BAR * start / most), width=round(BAR * dollars / most)))
        start += dollars
    return StackRow(tag=tag(of, name), cells=tuple(cells), segments=tuple(segments))
