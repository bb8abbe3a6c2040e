"""What the answers of each candidate have cost, part by part, and what it has cost to measure them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from harness.pricing.cost import parts
from harness.report.numbers import Number, number, number_id, usd
from harness.report.slots import SlotEvidence
from harness.report.standing import BAR, Segment, Tag, tag

PARTS = (
    "request", "input", "cached", "output", "reasoning", "audio", "pictures", "video", "machine", "stages", "whole",
    "instruments",
)  # fmt: skip
"""In the order in which they are drawn; the last is no part of what the answers cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRow:
    tag: Tag
    cells: tuple[Number | None, ...]
    """In the order of the columns; None: nothing was paid for it."""
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackView:
    columns: tuple[str, ...]
    """Of `PARTS`, those that somebody has paid for."""
    rows: tuple[StackRow, ...]


def stack(of: SlotEvidence) -> StackView | None:
    """Return the view; None where nothing is known to have cost anything. Bars have one scale: the dearest fills it."""
    bills = {name: _bill(of, name) for name in of.candidates}
    most = max((sum(bill.values(), Decimal(0)) for bill in bills.values()), default=Decimal(0))
    if not most:
        return None
    columns = tuple(part for part in PARTS if any(bill.get(part) for bill in bills.values()))
    return StackView(columns=columns, rows=tuple(_row(of, name, bill, columns, most) for name, bill in bills.items()))


def _bill(of: SlotEvidence, name: str) -> Mapping[str, Decimal]:
    bill: dict[str, Decimal] = {}
    for record in of.answers_of(name):
        found = {} if name not in of.configured else parts(record, of.configured[name])
        measuring = [reading.cost_usd or Decimal(0) for reading in of.readings.get(record.call.key, ())]
        for part, dollars in [*found.items(), ("instruments", sum(measuring, Decimal(0)))]:
            bill[part] = bill.get(part, Decimal(0)) + dollars
    return bill


def _row(of: SlotEvidence, name: str, bill: Mapping[str, Decimal], columns: tuple[str, ...], most: Decimal) -> StackRow:
    cells, segments, start = [], [], Decimal(0)
    for shade, part in enumerate(columns):
        dollars = bill.get(part, Decimal(0))
        shown = number(dollars, usd(dollars), id=number_id(of.slot, "cost", name, f"part.{part}"))
        cells.append(shown if dollars else None)
        segments.append(Segment(shade=shade, start=round(BAR * start / most), width=round(BAR * dollars / most)))
        start += dollars
    return StackRow(tag=tag(of, name), cells=tuple(cells), segments=tuple(segments))
