"""A cascade's answer: each stage is asked with what those before it said, and has a call and a record of its own."""

import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial, reduce
from typing import TYPE_CHECKING

from harness.clients.pieces import SENTENCES
from harness.clients.usage import total
from harness.core.calls import BOUNDED_SOURCES, Call, Failure, Marks, Output, Ranked, Record, Role, Usage
from harness.core.candidates import Candidate, Stage
from harness.core.canonical import Json, from_json
from harness.core.media import Audio
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    RagRequest,
    Request,
    RerankRequest,
    SpeechRequest,
    TranscriptionRequest,
)
from harness.execute import requests
from harness.execute.fusion import fused
from harness.execute.plan import call_key
from harness.execute.prompts import PromptError, stage_renderer
from harness.pricing.worst import SECONDS_PER_CHARACTER, TRANSCRIPT_TOKENS_PER_SECOND
from harness.store import ballast

if TYPE_CHECKING:
    from harness.store.ledger import Ledger

STAGES, STAGES_ESTIMATED = "stages", "stages_estimated"
"""Source of a cost that is the sum of those of its stages, where none or where some are estimated."""

MOST_TOKENS = 256
"""Bounds the answer of a language model in a cascade that is asked to speak: such a task states no bound."""

CHARACTERS_PER_TOKEN = 8
"""Of an answer, at most and on its average: plain text has four, code and long words a little more."""

RANKS = frozenset({"embedding", "rerank"})
"""Modalities of stages that search."""

Carry = Callable[[Call, Candidate], Awaitable[Record | None]]
"""Carries the call of one stage to its record; None where it may not be sent any more."""


async def deliver(
    call: Call,
    cascade: Candidate,
    *,
    ledger: "Ledger",
    done: Mapping[str, Record],
    carry: Carry,
    read: Callable[[str], bytes],
    keep: Callable[[bytes], str],
    now: Callable[[], datetime],
    given: Callable[[Call], Record | None] | None = None,
) -> Record | None:
    """Ask one stage after the other and commit the record of the whole; None where it is pending.

    `done` are the stages of earlier processes, by key: none is paid twice. `given` are those that need not be asked at
    all; they are no part of what the whole took and cost. `read` and `keep` find a clip by its sha256 and store one.
    """
    records: list[Record] = []
    asked: list[Record] = []

    async def ask(model: Candidate, part: Call) -> Record | None:
        if part.key in done:
            return done[part.key]
        await ledger.add_stage(part)
        return await carry(part, model)

    for stage in cascade.stages:
        part = part_of(call, stage, cascade, records)
        if given is not None and (known := given(part)) is not None:
            records.append(known)
            continue
        if stage.by_sentence:
            speak, key = partial(ask, stage.candidate), partial(_key, call, stage)
            from harness.execute.aloud import aloud  # a plan reads this file too, and is quick without asyncio

            record = await aloud(part, records[-1], ask=speak, key=key, read=read, keep=keep)
        else:
            record = await ask(stage.candidate, part)
        if record is None:
            return None
        records.append(record)
        asked.append(record)
        if isinstance(record.outcome, Failure):
            break
    whole = _whole(call, cascade, records, asked, now())
    await ledger.commit(whole)
    return whole


def part_of(call: Call, stage: Stage, cascade: Candidate, before: Sequence[Record]) -> Call:
    """Return the call of a stage, from the records of those before it."""
    request = _request(call.request, stage, cascade, before)
    part = replace(
        call, role=Role.STAGE, candidate=stage.candidate.name, request=request, stage=stage.name, part_of=call.key
    )
    return replace(part, key=_key(call, stage, request))


def _key(whole: Call, stage: Stage, request: Request, number: int | None = None) -> str:
    """Return the key of a stage's call; `number`: that of its n-th sentence, for the same may be said twice."""
    return call_key(
        request=request,
        identity=stage.candidate.identity,
        place=(whole.suite, whole.task, whole.sample),
        epoch=whole.epoch,
        role=Role.STAGE,
        under=(stage.name if number is None else f"{stage.name}/{number}", whole.key),
    )


def _request(asked: Request, stage: Stage, cascade: Candidate, before: Sequence[Record]) -> Request:
    """Return what a stage is asked, by what its candidate does; the first one is shown the media of the question."""
    rankings = _rankings(cascade, before)
    told = {
        earlier.name: _shown(_found(asked, [rankings[earlier.name]], stage.top))
        if earlier.name in rankings
        else _text(record)
        for earlier, record in zip(cascade.stages, before, strict=False)
    }
    candidate, does = stage.candidate, stage.candidate.modalities
    if "transcription" in does:
        own = asked if isinstance(asked, TranscriptionRequest) else None
        params = {**(own.params if own else {}), **candidate.params}
        return requests.transcription(_heard(asked, before), params, language=own.language if own else None)
    names = list(rankings)[-1:] if stage.reads is None else stage.reads
    documents = _found(asked, [rankings[name] for name in names], stage.top) if names else _documents(asked)
    prompt = stage_renderer(stage.input)(_prompt(asked), told, documents)
    if does & RANKS:
        ranked = asked.params if isinstance(asked, RerankRequest) else {}
        return requests.ranking(prompt, documents, {**ranked, **candidate.params}, candidate)
    if "tts" in does:
        spoken = _spoken(asked) if isinstance(asked, SpeechRequest) else {}
        return requests.speech(prompt, {**spoken, **candidate.params}, candidate, language=None)
    if isinstance(asked, RagRequest):
        written = {**asked.params, **candidate.params}
        messages: list[Mapping[str, Json]] = [{"role": "user", "content": prompt}]
        if asked.system is not None:
            messages.insert(0, {"role": "system", "content": asked.system})
        return requests.chat(messages, written, max_tokens=asked.max_tokens)
    following = cascade.stages[len(before) + 1 : len(before) + 2]
    timed = SENTENCES if any(stage.by_sentence for stage in following) else None
    if not isinstance(asked, ChatRequest):
        message: Mapping[str, Json] = {"role": "user", "content": prompt}
        return replace(requests.chat([message], candidate.params, max_tokens=MOST_TOKENS), timed=timed)
    shown: list[Json] = [] if before else [dict(part) for part in _parts(asked) if part.get("type") == "image_url"]
    content: Json = [*shown, {"type": "text", "text": prompt}] if shown else prompt
    messages = [*asked.messages[:-1], {"role": "user", "content": content}]
    params = {**asked.params, **candidate.params}
    return replace(requests.chat(messages, params, max_tokens=asked.max_tokens), timed=timed)


def _spoken(asked: SpeechRequest) -> dict[str, Json]:
    """Return the parameters that `asked` was made of."""
    voice: dict[str, Json] = {} if asked.voice is None else {"voice": asked.voice}
    return {"response_format": asked.response_format, **voice, **asked.params}


def _prompt(asked: Request) -> str:
    """Return the words of what a cascade is asked."""
    if isinstance(asked, SpeechRequest):
        return asked.text
    if isinstance(asked, RagRequest | RerankRequest):
        return asked.query
    if isinstance(asked, ChatRequest):
        return "\n".join(str(part["text"]) for part in _parts(asked) if part.get("type") == "text")
    return ""


def _parts(asked: ChatRequest) -> Iterator[Mapping[str, Json]]:
    content = asked.messages[-1].get("content")
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    elif isinstance(content, list | tuple):
        yield from (part for part in content if isinstance(part, Mapping))


def _documents(asked: Request) -> tuple[Document, ...]:
    return asked.documents if isinstance(asked, RagRequest | RerankRequest) else ()


def _found(asked: Request, rankings: Sequence[Sequence[str]], top: int | None) -> tuple[Document, ...]:
    """Return the `top` documents of fused rankings, best first."""
    known = {document.id: document for document in _documents(asked)}
    return tuple(known[name] for name in list(fused(rankings))[:top] if name in known)


def _shown(documents: Sequence[Document]) -> str:
    """Return documents as a prompt shows them, each with the id by which it can be cited."""
    return "\n".join(f"[{document.id}] {document.text}" for document in documents)


def _rankings(cascade: Candidate, before: Sequence[Record]) -> dict[str, tuple[str, ...]]:
    """Return stage → ids of the documents that it ranked, best first; of those that rank."""
    return {
        stage.name: tuple(place.document for place in record.outcome.ranking)
        if isinstance(record.outcome, Output)
        else ()
        for stage, record in zip(cascade.stages, before, strict=False)
        if stage.candidate.modalities & RANKS
    }


def _heard(asked: Request, before: Sequence[Record]) -> Audio:
    """Return the clip that a stage hears: what the one before it said, or what the cascade is asked."""
    for record in reversed(before):
        if isinstance(record.outcome, Output) and record.outcome.audio is not None:
            return record.outcome.audio
    if isinstance(asked, TranscriptionRequest):
        return asked.audio
    if isinstance(asked, ChatRequest):
        for part in _parts(asked):
            if part.get("type") == "input_audio":
                return from_json(Audio, part["input_audio"])
    raise ValueError("a stage hears, and there is nothing to be heard")


def _text(record: Record) -> str:
    return (isinstance(record.outcome, Output) and record.outcome.text) or ""


def unasked(part: Call, outcome: Output) -> Record:
    """Return a record of a stage that nobody was asked."""
    return Record(
        call=part, outcome=outcome, attempts=(), marks=Marks(), usage=Usage(), cost_usd=Decimal(0), cost_source=STAGES,
        finished="",
    )  # fmt: skip


def largest_requests(
    call: Call, cascade: Candidate, *, said: Mapping[str, str] | None = None
) -> Iterator[tuple[Request, Candidate]]:
    """Yield the largest request that each stage may be sent, with who is sent it; `said`: stage → its text, if known.

    What a stage will say is not known yet: it is taken to use every token that it may, to speak as slowly as the bound
    of a price takes anybody to, or to find the longest documents first.
    """
    known = said or {}

    def answer(stage: Stage, request: Request) -> Output:
        return Output(text=known[stage.name]) if stage.name in known else longest(request)

    return stage_requests(call, cascade, answer)


def stage_requests(
    call: Call, cascade: Candidate, answer: Callable[[Stage, Request], Output]
) -> Iterator[tuple[Request, Candidate]]:
    """Yield the request of each stage, with who is sent it, where `answer` is what a stage says to its own."""
    before = list[Record]()
    for stage in cascade.stages:
        part = part_of(call, stage, cascade, before)
        yield part.request, stage.candidate
        before.append(unasked(part, answer(stage, part.request)))


def brings(call: Call, cascade: Candidate) -> int:
    """Return how many bytes a call to `cascade` may take on the disk at once, one stage being in flight at a time.

    A clip of sentences is written when the last of them has come, which may be nearly all of it.
    """
    most = ballast.brings(call.request)
    try:
        for stage, (request, _) in zip(cascade.stages, largest_requests(call, cascade), strict=True):
            most = max(most, ballast.brings(request) * (2 if stage.by_sentence else 1))
    except PromptError:  # the longest answer would make a later stage's question too long
        speaks = any("tts" in stage.candidate.modalities for stage in cascade.stages)
        most += 2 * ballast.MOST_CLIP_BYTES if speaks else 0
    return most


def longest(request: Request) -> Output:
    """Return the most that may be answered."""
    match request:
        case SpeechRequest():
            seconds = float(len(request.text) * SECONDS_PER_CHARACTER)
            return Output(audio=Audio(sha256="", mime="audio/wav", seconds=seconds, sample_rate=0, size=0))
        case TranscriptionRequest():
            tokens = math.ceil(request.audio.seconds * TRANSCRIPT_TOKENS_PER_SECOND)
        case ChatRequest():
            tokens = request.max_tokens
        case RerankRequest():
            return _ranked({document.id: len(document.text) for document in request.documents})
        case EmbeddingRequest():
            return _ranked(dict(zip(request.ranks, map(len, request.texts[1:]), strict=False)))
        case _:
            raise TypeError(f"no stage is sent a {type(request).__name__}")
    return Output(text="x" * (tokens * CHARACTERS_PER_TOKEN))


def _ranked(lengths: Mapping[str, int]) -> Output:
    longest_first = sorted(lengths, key=lambda name: -lengths[name])
    return Output(ranking=tuple(Ranked(document=name, relevance=lengths[name]) for name in longest_first))


def _whole(
    call: Call, cascade: Candidate, stages: Sequence[Record], records: Sequence[Record], now: datetime
) -> Record:
    """Sum up the records of the `stages` that were asked: times follow one another, meters and dollars add up."""
    last = stages[-1]
    outcome = last.outcome
    if isinstance(outcome, Failure):
        outcome = replace(outcome, message=f"{last.call.stage}: {outcome.message}")
    elif cascade.fuses:
        found = _rankings(cascade, stages)
        worth = fused([found[name] for name in cascade.fuses])
        outcome = Output(ranking=tuple(Ranked(document=name, relevance=value) for name, value in worth.items()))
    else:
        outcome = replace(outcome, model=None)
    costs = [record.cost_usd for record in records]
    known = [cost for cost in costs if cost is not None]
    priced = len(known) == len(costs)
    bounded = any(record.cost_source in BOUNDED_SOURCES for record in records)
    return Record(
        call=call,
        outcome=outcome,
        attempts=(),
        marks=_marks([record.marks for record in records]) if records else Marks(),
        usage=reduce(total, (record.usage for record in records), Usage()),
        cost_usd=sum(known, Decimal(0)) if priced else None,
        cost_source=(STAGES_ESTIMATED if bounded else STAGES) if priced else "unpriced",
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
        gap_ms=last.gap_ms,
        stall_ms=last.stall_ms,
        total_ms=later(last.total_ms),
        closed_ms=later(last.closed_ms),
        queue_ms=sum(queued) if queued else None,
        valid=all(marks.valid for marks in stages),
    )
