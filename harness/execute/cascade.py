"""A cascade's answer: each stage is asked with what those before it said, and has a call and a record of its own."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import reduce

from harness.clients.usage import total
from harness.core.calls import (
    Audio,
    Call,
    ChatRequest,
    Failure,
    Marks,
    Output,
    Record,
    Request,
    Role,
    SpeechRequest,
    TranscriptionRequest,
    Usage,
)
from harness.core.candidates import Candidate, Stage
from harness.core.canonical import Json
from harness.execute import requests
from harness.execute.plan import call_key
from harness.execute.prompts import stage_renderer
from harness.store.ledger import Ledger

STAGES = "stages"
"""Source of a cost that is the sum of those of its stages."""

MOST_TOKENS = 256
"""Bounds the answer of a language model in a cascade that is asked to speak: such a task states no bound."""

Carry = Callable[[Call, Candidate], Awaitable[Record | None]]
"""Carries the call of one stage to its record; None where it may not be sent any more."""


async def deliver(
    call: Call,
    cascade: Candidate,
    *,
    ledger: Ledger,
    done: Mapping[str, Record],
    carry: Carry,
    now: Callable[[], datetime],
) -> Record | None:
    """Ask one stage after the other and commit the record of the whole; None where it is pending.

    `done` are the stages of earlier processes, by key: none is paid twice.
    """
    records: list[Record] = []
    for stage in cascade.stages:
        part = _part(call, stage, cascade, records)
        record = done.get(part.key)
        if record is None:
            await ledger.add_stage(part)
            record = await carry(part, stage.candidate)
        if record is None:
            return None
        records.append(record)
        if isinstance(record.outcome, Failure):
            break
    whole = _whole(call, records, now())
    await ledger.commit(whole)
    return whole


def _part(call: Call, stage: Stage, cascade: Candidate, before: Sequence[Record]) -> Call:
    request = _request(call.request, stage, cascade, before)
    key = call_key(
        request=request,
        identity=stage.candidate.identity,
        place=(call.suite, call.task, call.sample),
        epoch=call.epoch,
        role=Role.STAGE,
        under=(stage.name, call.key),
    )
    return replace(
        call, key=key, role=Role.STAGE, candidate=stage.candidate.name, request=request, stage=stage.name,
        part_of=call.key,
    )  # fmt: skip


def _request(asked: Request, stage: Stage, cascade: Candidate, before: Sequence[Record]) -> Request:
    """Return what a stage is asked, by what its candidate does; the first one is shown the media of the question."""
    told = dict(zip((s.name for s in cascade.stages), map(_text, before), strict=False))
    candidate, does = stage.candidate, stage.candidate.modalities
    if "transcription" in does:
        return TranscriptionRequest(
            audio=_heard(asked, before), language=getattr(asked, "language", None), params=candidate.params
        )
    prompt = stage_renderer(stage.input)(_prompt(asked), told)
    if "tts" in does:
        spoken = asked.params if isinstance(asked, SpeechRequest) else {}
        return requests.speech(prompt, {**spoken, **candidate.params}, candidate, language=None)
    if not isinstance(asked, ChatRequest):
        return requests.chat([{"role": "user", "content": prompt}], candidate.params, max_tokens=MOST_TOKENS)
    shown: list[Json] = [] if before else [dict(part) for part in _parts(asked) if part.get("type") == "image_url"]
    content: Json = [*shown, {"type": "text", "text": prompt}] if shown else prompt
    messages = [*asked.messages[:-1], {"role": "user", "content": content}]
    return requests.chat(messages, {**asked.params, **candidate.params}, max_tokens=asked.max_tokens)


def _prompt(asked: Request) -> str:
    """Return the words of what a cascade is asked."""
    if isinstance(asked, SpeechRequest):
        return asked.text
    if isinstance(asked, ChatRequest):
        return "\n".join(str(part["text"]) for part in _parts(asked) if part.get("type") == "text")
    return ""


def _parts(asked: ChatRequest) -> Iterator[Mapping[str, Json]]:
    content = asked.messages[-1].get("content")
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    elif isinstance(content, list | tuple):
        yield from (part for part in content if isinstance(part, Mapping))


def _heard(asked: Request, before: Sequence[Record]) -> Audio:
    """Return the clip that a stage hears: what the one before it said, or what the cascade is asked."""
    for record in reversed(before):
        if isinstance(record.outcome, Output) and record.outcome.audio is not None:
            return record.outcome.audio
    if isinstance(asked, TranscriptionRequest):
        return asked.audio
    raise ValueError("a stage hears, and there is nothing to be heard")


def _text(record: Record) -> str:
    return (isinstance(record.outcome, Output) and record.outcome.text) or ""


def _whole(call: Call, records: Sequence[Record], now: datetime) -> Record:
    """Sum up the stages: times follow one another, meters and dollars add up."""
    last = records[-1]
    outcome = last.outcome
    if isinstance(outcome, Failure):
        outcome = replace(outcome, message=f"{last.call.stage}: {outcome.message}")
    else:
        outcome = replace(outcome, model=None)
    costs = [record.cost_usd for record in records]
    known = [cost for cost in costs if cost is not None]
    priced = len(known) == len(costs)
    return Record(
        call=call,
        outcome=outcome,
        attempts=(),
        marks=_marks([record.marks for record in records]),
        usage=reduce(total, (record.usage for record in records), Usage()),
        cost_usd=sum(known, Decimal(0)) if priced else None,
        cost_source=STAGES if priced else "unpriced",
        finished=now.isoformat(),
    )


def _marks(stages: Sequence[Marks]) -> Marks:
    """Return the marks of the last stage, later by the whole time of those before it.

    What lies between two stages is our own ledger, which no product would wait for.
    """
    *before, last = stages
    times = [marks.total_ms for marks in before]
    known = [time for time in times if time is not None]
    queued = [marks.queue_ms for marks in stages if marks.queue_ms is not None]

    def later(time: float | None) -> float | None:
        return None if time is None or len(known) < len(times) else sum(known) + time

    return Marks(
        headers_ms=later(last.headers_ms),
        first_byte_ms=later(last.first_byte_ms),
        ttft_ms=later(last.ttft_ms),
        ttfo_ms=later(last.ttfo_ms),
        ttfa_ms=later(last.ttfa_ms),
        total_ms=later(last.total_ms),
        closed_ms=later(last.closed_ms),
        queue_ms=sum(queued) if queued else None,
        valid=all(marks.valid for marks in stages),
    )
