"""One attempt: a request to a target, at most once on the wire, and everything that can be known about it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from harness.clients import (
    chat,
    embedding,
    image,
    instruments,
    litellm_door,
    realtime,
    rerank,
    speech,
    transcription,
    video,
)
from harness.clients.deadlines import Deadlines
from harness.clients.faults import detail, judged, may_be_billed, retry_after_s
from harness.clients.in_process import InProcessTap
from harness.clients.marks import marks
from harness.clients.reply import Heard, Reply
from harness.clients.reserved import RESERVED
from harness.clients.tap import Tap, Watch, Wire
from harness.clients.target import Target
from harness.core import videos
from harness.core.requests import (
    MOST_ANSWERS,
    ChatRequest,
    EmbeddingRequest,
    ExecutionRequest,
    ImageRequest,
    MosRequest,
    RagRequest,
    Request,
    RerankRequest,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
    is_spoken,
)
from harness.errors import BakeoffError

_MIB = 2**20


async def send(
    request: Request,
    target: Target,
    deadlines: Deadlines,
    read_media: Callable[[str], bytes],
    *,
    tap: Tap | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    watch: Watch | None = None,
) -> Reply:
    """Send `request` once and return the attempt. Nothing that a provider does raises; a bug is a harness Failure.

    BakeoffError where nothing can be measured any more: LiteLLM has changed, the tap has died.

    `read_media` returns the bytes of a medium by its sha256; `tap` is the in-process one by default; `now` is the wall
    clock that Retry-After dates are held against; `sleep` is between questions after what was ordered; `watch` is
    told of the wire at once.
    """
    if not isinstance(request, MosRequest | ExecutionRequest):
        litellm_door.load()  # takes seconds the first time, which are no part of the deadline
    tap, wire = tap or InProcessTap(), Wire(limit=_limit(request), deadlines=deadlines, watch=watch)
    error: Exception | None = None
    try:
        _check(request)
        async with tap.listen(wire):
            heard = await _ask(request, target, deadlines.timeout_s, wire, read_media, sleep=sleep, now=now)
    except Exception as caught:  # the one place: providers' faults get their kind, all else is a bug of ours
        over = next((e for e in (caught, wire.last and wire.last.error) if isinstance(e, BakeoffError)), None)
        if over is not None:
            raise over from caught
        error = caught
        heard = Heard(outcome=judged(caught, wire, target))
    order, exchange = wire.order, wire.last
    usage = heard.usage
    if order is not None and exchange is not None and exchange.closed is not None:
        usage = replace(usage, busy_seconds=exchange.closed - order.sent)
    return Reply(
        outcome=heard.outcome,
        marks=marks(wire, heard.content, client_first_at=heard.client_first_at),
        usage=usage,
        http_status=exchange.status if exchange else None,
        request_id=order.request_id if order else None,
        retry_after_s=retry_after_s(exchange.headers, now()) if exchange else None,
        wire_requests=sum(each.may_be_billed for each in wire.exchanges),
        may_be_billed=usage.source == "none" and may_be_billed(heard.outcome, wire),
        blobs=heard.blobs,
        detail=detail(heard.outcome, error, wire, target),
    )


async def _ask(
    request: Request,
    target: Target,
    timeout_s: float,
    wire: Wire,
    read_media: Callable[[str], bytes],
    *,
    sleep: Callable[[float], Awaitable[None]],
    now: Callable[[], datetime],
) -> Heard:
    match request:
        case ChatRequest():
            return await chat.ask(request, target, timeout_s=timeout_s, wire=wire, read_media=read_media)
        case SpeechRequest():
            return await speech.ask(request, target, timeout_s=timeout_s, wire=wire)
        case TranscriptionRequest():
            return await transcription.ask(request, target, timeout_s=timeout_s, wire=wire, read_media=read_media)
        case EmbeddingRequest():
            return await embedding.ask(request, target, timeout_s=timeout_s, wire=wire)
        case RerankRequest():
            return await rerank.ask(request, target, timeout_s=timeout_s, wire=wire)
        case ImageRequest():
            return await image.ask(request, target, timeout_s=timeout_s, wire=wire, read_media=read_media, sleep=sleep)
        case SessionRequest():
            return await realtime.ask(request, target, timeout_s=timeout_s, wire=wire, read_media=read_media)
        case VideoRequest():
            return await video.ask(
                request, target, timeout_s=timeout_s, wire=wire, read_media=read_media, sleep=sleep, now=now
            )
        case MosRequest():
            return await instruments.rate(request, target, timeout_s=timeout_s, wire=wire, read_media=read_media)
        case ExecutionRequest():
            return await instruments.execute(request, target, timeout_s=timeout_s, wire=wire)
        case RagRequest():
            raise ValueError("a question over documents goes to the stages of a cascade, never to a model")


def _check(request: Request) -> None:
    reserved = RESERVED & set(getattr(request, "params", ()))
    if reserved:
        raise ValueError(
            f"the parameters {sorted(reserved)} belong to Bakeoff and cannot be set by a candidate or task"
        )


def _limit(request: Request) -> int:
    """Most bytes of a response: an honest one stays far below."""
    match request:
        case ChatRequest():
            # a streamed token is about 250 bytes; one of sound is up to 80 ms, 5 kB at 24 kHz in base64
            return 8 * _MIB + (8192 if is_spoken(request) else 1024) * request.max_tokens
        case SessionRequest():
            return 8 * _MIB + 8192 * request.max_tokens * (1 if request.script is None else MOST_ANSWERS)
        case SpeechRequest():
            return 64 * _MIB  # eleven minutes at 48 kHz mono
        case EmbeddingRequest():
            return 8 * _MIB + len(request.texts) * _MIB // 8  # 4096 numbers of 25 digits are 100 kB
        case ImageRequest():
            return 40 * _MIB  # 20 MB in base64, and its usage
        case VideoRequest():
            return videos.MOST_BYTES * 4 // 3 + _MIB  # some send it in base64
        case RerankRequest() | TranscriptionRequest() | MosRequest() | ExecutionRequest() | RagRequest():
            return 8 * _MIB
