"""The stages of a cascade's answer one after the other: when each began, how long it took, what it cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from harness.core.calls import Record
from harness.report.numbers import Number, Raw, milliseconds, number, number_id, usd
from harness.report.slots import SlotEvidence

WIDTH = 1000
"""Of the longest answer's bar, in its own units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBar:
    """One call of a stage: a stage that speaks sentence by sentence has several."""

    name: str
    start: Number | None
    """After the answer was asked for: what lies between two stages is our own ledger, and is left out."""
    took: Number | None
    cost: Number | None
    left: int
    width: int


def waterfall(of: SlotEvidence, answer: Record) -> tuple[StageBar, ...]:
    """Return the bars of an answer; nothing for one that has no stages."""
    records = of.stages.get(answer.call.key, ())
    timed = list(_times(of, answer, records))
    whole = max((start + took for _, start, took in timed if start is not None and took is not None), default=0.0)

    def shown(i: int, metric: str, value: Raw | None, text: str) -> Number | None:
        if value is None:
            return None
        call = answer.call
        where = (call.suite, call.task, call.sample, str(call.epoch), f"stage.{i}.{metric}")
        return number(value, text, id=number_id(of.slot, "samples", call.candidate, *where))

    bars = []
    for i, (record, start, took) in enumerate(timed):
        known = start is not None and took is not None and whole > 0
        cost = record.cost_usd
        bars.append(
            StageBar(
                name=str(record.call.stage),
                start=shown(i, "start_ms", start, "" if start is None else milliseconds(start)),
                took=shown(i, "total_ms", took, "" if took is None else milliseconds(took)),
                cost=shown(i, "cost_usd", cost, "" if cost is None else usd(cost)),
                left=round(WIDTH * (start or 0.0) / whole) if known else 0,
                width=max(2, round(WIDTH * (took or 0.0) / whole)) if known else 0,
            )
        )
    return tuple(bars)


def _times(
    of: SlotEvidence, answer: Record, records: Sequence[Record]
) -> Iterator[tuple[Record, float | None, float | None]]:
    """Yield each call with when it began and how long it took; None where that, or what it waited for, is not known."""
    cascade = of.configured.get(answer.call.candidate)
    aloud = {stage.name for stage in (cascade.stages if cascade is not None else ()) if stage.by_sentence}
    at: float | None = 0.0
    begun, writer = at, None
    for name, group in groupby(records, key=lambda record: record.call.stage):
        calls = list(group)
        if name not in aloud or writer is None:
            for record in calls:
                took = record.marks.total_ms if record.marks.valid else None
                yield record, at, took
                begun, writer = at, record
                at = None if at is None or took is None else at + took
            continue
        end = writer.marks.total_ms
        heard = writer.marks.sentences_ms
        whole = heard if len(heard) >= len(calls) else (end,) * len(calls)
        free: float | None = 0.0
        for record, ready in zip(calls, whole, strict=False):
            took = record.marks.total_ms if record.marks.valid else None
            first = None if free is None or ready is None else max(ready, free)
            yield record, None if begun is None or first is None else begun + first, took
            free = None if first is None or took is None else first + took
        at = None if begun is None or free is None else begun + free
