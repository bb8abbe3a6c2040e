"""Goodput: what a machine of one's own serves within the latency that a product needs, as a run measured it."""

from collections.abc import Iterable

from harness.core.calls import Output, Record


def goodput(records: Iterable[Record], *, within_ms: float) -> float | None:
    """Return good answers for each second of the machine; None where it served nothing, or nobody timed it.

    Good is an answer that is whole within `within_ms`; one that failed, came late or was not timed takes the machine's
    time all the same. The machine's seconds are shared by what it served at once, so this is its throughput at the
    concurrency of the run.
    """
    good, busy_s = 0, 0.0
    for record in records:
        busy_s += record.usage.busy_seconds or 0.0
        took = record.marks.total_ms
        good += isinstance(record.outcome, Output) and record.marks.valid and took is not None and took <= within_ms
    return good / busy_s if busy_s and good else None
