"""A voice that speaks the first sentence while the others are still being written."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce

from harness.clients.clip import described, joined
from harness.clients.pieces import pieces
from harness.clients.usage import total
from harness.core.calls import BOUNDED_SOURCES, Call, Failure, Fault, Marks, Output, Record, Usage
from harness.core.media import Audio
from harness.core.requests import SpeechRequest

Ask = Callable[[Call], Awaitable[Record | None]]
"""Has one call answered; None where it may not be sent any more."""


async def aloud(
    part: Call, writer: Record, *, ask: Ask, key: Callable[[SpeechRequest, int], str], read: Callable[[str], bytes],
    keep: Callable[[bytes], str],
) -> Record | None:  # fmt: skip
    """Have each sentence of `part` spoken and return the record of all; None where one is pending.

    Its marks count from the end of `writer`, who wrote the text, so that the first audio may come before 0: a sentence
    is spoken when it is whole and the one before it has been spoken. `key` is that of the call of the n-th sentence;
    `keep` puts the joined clip where `read` finds those of the sentences.
    """
    assert isinstance(part.request, SpeechRequest)
    spoken: list[Record] = []
    for number, text in enumerate(pieces(part.request.text) or [part.request.text]):
        request = replace(part.request, text=text)
        record = await ask(replace(part, key=key(request, number), request=request))
        if record is None:
            return None
        spoken.append(record)
        if isinstance(record.outcome, Failure):
            break
    costs = [record.cost_usd for record in spoken]
    known = [cost for cost in costs if cost is not None]
    return replace(
        spoken[-1],
        call=part,
        outcome=await asyncio.to_thread(_outcome, spoken, read, keep),
        attempts=(),
        marks=_marks(writer.marks, [record.marks for record in spoken]),
        usage=reduce(total, (record.usage for record in spoken), Usage()),
        cost_usd=sum(known, Decimal(0)) if len(known) == len(costs) else None,
        cost_source=_source(spoken),
    )


def _source(spoken: Sequence[Record]) -> str:
    """Return where the cost of all comes from: a sum is no surer than the least sure of its parts."""
    unknown = [record for record in spoken if record.cost_usd is None]
    bounded = [record for record in spoken if record.cost_source in BOUNDED_SOURCES]
    return [*spoken, *bounded, *unknown][-1].cost_source


def _outcome(spoken: Sequence[Record], read: Callable[[str], bytes], keep: Callable[[bytes], str]) -> Output | Failure:
    last = spoken[-1].outcome
    if isinstance(last, Failure) or len(spoken) == 1:
        return last
    clips = [r.outcome.audio for r in spoken if isinstance(r.outcome, Output) and r.outcome.audio is not None]
    try:
        clip = joined([read(audio.sha256) for audio in clips])
        audio: Audio = described(clip)
    except ValueError as error:
        message = f"the clips of the sentences cannot be joined: {error}"
        return Failure(fault=Fault.INFRA, kind="protocol", message=message)
    keep(clip)
    return replace(last, audio=audio)


def _marks(writer: Marks, voices: Sequence[Marks]) -> Marks:
    """Return when the sentences were spoken, counted from the end of the text."""
    end, queued = writer.total_ms, [marks.queue_ms for marks in voices if marks.queue_ms is not None]
    marks = Marks(queue_ms=sum(queued) if queued else None, valid=all(each.valid for each in voices))
    if end is None:
        return marks
    written = writer.sentences_ms if len(writer.sentences_ms) >= len(voices) else (end,) * len(voices)
    first, free = None, 0.0
    for whole, voice in zip(written, voices, strict=False):
        if voice.ttfa_ms is None or voice.total_ms is None:
            return marks
        begun = max(whole, free)
        first = begun + voice.ttfa_ms if first is None else first
        free = begun + voice.total_ms
    return replace(marks, ttfa_ms=None if first is None else first - end, total_ms=free - end)
