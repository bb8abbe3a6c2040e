"""One trip through real LiteLLM to a fake provider and back, in an event loop of its own."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.clients import litellm_door
from harness.clients.clip import with_header
from harness.clients.deadlines import Deadlines
from harness.clients.in_process import InProcessTap
from harness.clients.reply import Reply
from harness.clients.send import send
from harness.clients.tap import Tap, Wire
from harness.clients.tap_process import ProcessTap
from harness.clients.target import Target
from harness.core.canonical import Json, to_json
from harness.core.media import Audio, Image, media_part
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    ExecutionRequest,
    ImageRequest,
    MosRequest,
    Request,
    RerankRequest,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
)
from harness.core.sound import RAW_RATE
from tests.clients.forked import ForkedTap
from tests.fake_provider import FakeProvider
from tests.fake_provider.audio import RATE, header, speak

KEY = "sk-canary-0123456789"
CLIP = header(size=len(speak("a clip"))) + speak("a clip")
AUDIO = Audio(sha256="c" * 64, mime="audio/wav", seconds=0.24, sample_rate=RATE, size=len(CLIP))
REFUSED = "http://127.0.0.1:9/v1"


def chat(text: str = "hello there big world", *, max_tokens: int = 50, **params: Any) -> ChatRequest:
    return ChatRequest(messages=({"role": "user", "content": text},), max_tokens=max_tokens, params=params)


def speech(text: str = "hello there") -> SpeechRequest:
    return SpeechRequest(text=text)


def transcription(audio: Audio = AUDIO, language: str | None = None) -> TranscriptionRequest:
    return TranscriptionRequest(audio=audio, language=language)


def mos() -> MosRequest:
    return MosRequest(audio=AUDIO)


def execution(program: str = "passes = 1") -> ExecutionRequest:
    return ExecutionRequest(program=program, entry_point="f", check="def check(candidate): ...")


def vision(*images: Image, text: str = "what is it") -> ChatRequest:
    """A chat that shows pictures, as the plan renders it."""
    parts: list[Json] = [{"type": "image_url", "image_url": to_json(image)} for image in images]
    message: dict[str, Json] = {"role": "user", "content": [*parts, {"type": "text", "text": text}]}
    return ChatRequest(messages=(message,), max_tokens=50)


def spoken(audio: Audio = AUDIO, **params: Any) -> ChatRequest:
    """A chat that is asked in sound and to be answered in it, as the plan renders it."""
    wanted: dict[str, Json] = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "pcm16"}}
    message: dict[str, Json] = {"role": "user", "content": [media_part(audio)]}
    return ChatRequest(messages=(message,), max_tokens=500, params={**wanted, **params})


def image(prompt: str = "a green field", **changes: Any) -> ImageRequest:
    return ImageRequest(prompt=prompt, **changes)


LIVE_CLIP = with_header(speak("a clip"), "pcm16")
LIVE_AUDIO = replace(AUDIO, sha256="e" * 64, sample_rate=RAW_RATE, seconds=len(speak("a clip")) / (2 * RAW_RATE))


def live(audio: Audio = LIVE_AUDIO, **params: Any) -> SessionRequest:
    """A recording that is played in a live session."""
    return SessionRequest(audio=audio, max_tokens=500, params=params)


def video(prompt: str = "a green field", **changes: Any) -> VideoRequest:
    return VideoRequest(**{"prompt": prompt, "seconds": 4, "size": "1280x720", **changes})


def embedding(*texts: str, ranks: tuple[str, ...] = (), **params: Any) -> EmbeddingRequest:
    return EmbeddingRequest(texts=texts or ("hello there", "big world"), ranks=ranks, params=params)


def rerank(query: str = "big world", *texts: str, **params: Any) -> RerankRequest:
    documents = tuple(Document(id=f"d{n}", text=text) for n, text in enumerate(texts or ("hello", "the big world")))
    return RerankRequest(query=query, documents=documents, params=params)


PICTURE = Image(sha256="d" * 64, mime="image/png", width=8, height=6, size=len(CLIP))
EVERY_ENDPOINT = {
    "chat": chat(),
    "vision": vision(PICTURE),
    "spoken": spoken(),
    "speech": speech(),
    "transcription": transcription(),
    "mos": mos(),
    "execution": execution(),
    "image": image(),
    "image edit": image(images=(PICTURE,)),
    "video": video(),
    "embedding": embedding(),
    "rerank": rerank(),
    "session": live(),
}


def read_media(sha256: str) -> bytes:
    """What the requests above name."""
    return LIVE_CLIP if sha256 == LIVE_AUDIO.sha256 else CLIP


@asynccontextmanager
async def in_process() -> AsyncIterator[Tap]:
    """The tap in this process; LiteLLM's connections end with the event loop that they belong to."""
    yield InProcessTap()
    for cached in litellm_door.load().in_memory_llm_clients_cache.cache_dict.values():
        transport = getattr(getattr(cached, "_client", getattr(cached, "client", None)), "_transport", None)
        if transport is not None:
            await transport.aclose()


@asynccontextmanager
async def process(kind: type[ProcessTap] = ProcessTap) -> AsyncIterator[Tap]:
    """A tap's process for the time of the context, which leaves nothing in its log."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "tap.log"
        async with kind(env=os.environ, log=log) as tap:
            yield tap
        assert not log.exists(), log.read_text()


TAPS: Mapping[str, Callable[[], AbstractAsyncContextManager[Tap]]] = {
    "in process": in_process,
    "process": partial(process, ForkedTap),
}
TAP: ContextVar[str] = ContextVar("TAP", default="in process")
"""Which one `attempt` sends through."""


def wire_of(**options: Any) -> Wire:
    """A wire of an attempt that has a minute."""
    return Wire(**{"deadlines": Deadlines(timeout_s=60, idle_timeout_s=60), **options})


def target(url: str, *, model: str = "openai/fake/echo") -> Target:
    return Target(candidate="candidate", model=model, base_url=url, api_key=KEY)


async def attempt(
    request: Request,
    url: str,
    *,
    model: str = "openai/fake/echo",
    timeout_s: float = 10.0,
    idle_timeout_s: float = 5.0,
    clip: bytes | None = None,
    read_media: Callable[[str], bytes] = read_media,
    tap: str | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Reply:
    deadlines = Deadlines(timeout_s=timeout_s, idle_timeout_s=idle_timeout_s)
    async with TAPS[tap or TAP.get()]() as opened:
        found = read_media if clip is None else lambda _: clip or b""
        return await send(request, target(url, model=model), deadlines, found, tap=opened, sleep=sleep)


def trip(request: Request, provider: FakeProvider | None = None, **options: Any) -> Reply:
    """Send `request` once to `provider`, which keeps its truth log."""
    provider = provider or FakeProvider()

    async def there_and_back() -> Reply:
        async with provider:
            return await attempt(request, provider.url, **options)

    return asyncio.run(there_and_back())


def once(request: Request, url: str, **options: Any) -> Reply:
    """Send `request` once to whoever listens at `url`."""
    return asyncio.run(attempt(request, url, **options))
