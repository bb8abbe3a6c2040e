"""A pilot: the first samples of every task are asked, and say what the others will take."""

from collections.abc import Iterable, Mapping, Sequence

from harness.core.calls import Call, Output, Record, Usage
from harness.core.candidates import Candidate
from harness.core.forecast import NOTHING, Range
from harness.core.runs import Bakeoff, Plan
from harness.execute.budget import is_billed
from harness.execute.forecast import Known, Place, by_place
from harness.execute.likely import Likely
from harness.metrics.prediction import predicted_total

READ = (
    "input_tokens", "cached_tokens", "cache_write_tokens", "cache_write_1h_tokens", "input_audio_tokens",
    "input_image_tokens",
)  # fmt: skip
WRITTEN = ("output_tokens", "reasoning_tokens", "output_audio_tokens", "output_image_tokens")


def pilot_keys(calls: Iterable[Call], samples: int) -> frozenset[str]:
    """Return the keys of the calls that ask the first `samples` of each task, once.

    A plan has them in random order, so they stand for the others; every candidate is asked the same.
    """
    first: dict[tuple[str, str], dict[str, None]] = {}
    keys = set()
    for call in calls:
        chosen = first.setdefault((call.suite, call.task), {})
        if call.epoch == 0 and (call.sample in chosen or len(chosen) < samples):
            chosen[call.sample] = None
            keys.add(call.key)
    return frozenset(keys)


def learnt(
    bakeoff: Bakeoff,
    plan: Plan,
    *,
    samples: int,
    answers: Sequence[Record],
    stages: Iterable[Record],
    readings: Iterable[Record],
) -> Known:
    """Return what the records of a pilot say of the whole of `plan`; `stages`: those of the answers of cascades."""
    parts: dict[str, list[Record]] = {}
    for record in stages:
        parts.setdefault(str(record.call.part_of), []).append(record)
    planned = {place: len(calls) for place, calls in by_place(plan.calls).items()}
    models = {model.name: model for model in (*bakeoff.models, *bakeoff.candidates)}
    came: dict[Place, list[Record]] = {}
    for record in answers:
        came.setdefault((record.call.candidate, record.call.suite, record.call.task), []).append(record)
    read: dict[str, list[Record]] = {}
    for record in readings:
        read.setdefault(str(record.call.instrument), []).append(record)
    return Known(
        samples=samples,
        answered={
            place: _whole(records, parts, models, planned[place]) for place, records in came.items() if place in planned
        },
        measured={
            name: _whole(records, {}, models, plan.instrument_calls[name])
            for name, records in read.items()
            if name in plan.instrument_calls
        },
    )


def _whole(
    records: Sequence[Record], parts: Mapping[str, Sequence[Record]], models: Mapping[str, Candidate], planned: int
) -> Likely:
    """Return what `planned` calls take, of which `records` are the first."""
    paid = [parts.get(record.call.key, [record]) for record in records]  # of a cascade, its stages
    return Likely(
        input_tokens=_counted(records, READ, planned),
        output_tokens=_counted(records, WRITTEN, planned),
        usd=_dollars(paid, models, planned, billed=True),
        machine_usd=_dollars(paid, models, planned, billed=False),
        seconds=predicted_total([_took_s(record) for record in records], planned),
    )


def _counted(records: Sequence[Record], meters: Sequence[str], planned: int) -> Range | None:
    counts = [_sum(record.usage, meters) for record in records]
    known = [count for count in counts if count is not None]
    return predicted_total(known, planned) if known else None


def _sum(usage: Usage, meters: Sequence[str]) -> float | None:
    counts = [value for meter in meters if (value := getattr(usage, meter)) is not None]
    return float(sum(counts)) if counts else None


def _dollars(
    paid: Sequence[Sequence[Record]], models: Mapping[str, Candidate], planned: int, *, billed: bool
) -> Range | None:
    """Return the dollars of the calls that a provider bills, or of those that one's own machine serves."""
    mine = [[r for r in records if is_billed(models[r.call.candidate]) is billed] for records in paid]
    if not any(mine):
        return NOTHING
    if any(r.cost_usd is None and isinstance(r.outcome, Output) for records in mine for r in records):
        return None
    sums = [sum(float(record.cost_usd or 0) for record in records) for records in mine]
    return predicted_total(sums, planned)


def _took_s(record: Record) -> float:
    """Return how long a call took, with its attempts; of a cascade, its stages after one another."""
    tried = sum(attempt.duration_ms for attempt in record.attempts)
    return (tried or record.marks.total_ms or 0.0) / 1000
