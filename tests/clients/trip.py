"""One trip through real LiteLLM to a fake provider and back, in an event loop of its own."""

import asyncio
from typing import Any

from harness.clients.deadlines import Deadlines
from harness.clients.reply import Reply
from harness.clients.send import send
from harness.clients.target import Target
from harness.core.calls import Audio, ChatRequest, MosRequest, Request, SpeechRequest, TranscriptionRequest
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


EVERY_ENDPOINT = {"chat": chat(), "speech": speech(), "transcription": transcription(), "mos": mos()}


def target(url: str, *, model: str = "openai/fake/echo") -> Target:
    return Target(candidate="candidate", model=model, base_url=url, api_key=KEY)


async def attempt(
    request: Request,
    url: str,
    *,
    model: str = "openai/fake/echo",
    timeout_s: float = 10.0,
    idle_timeout_s: float = 5.0,
    clip: bytes = CLIP,
) -> Reply:
    deadlines = Deadlines(timeout_s=timeout_s, idle_timeout_s=idle_timeout_s)
    return await send(request, target(url, model=model), deadlines, lambda _: clip)


def trip(request: Request, provider: FakeProvider | None = None, **options: Any) -> Reply:
    """Send `request` once to `provider`, which keeps its truth log."""
    provider = provider or FakeProvider()

    async def there_and_back() -> Reply:
        async with provider:
            return await attempt(request, provider.url, **options)

    return asyncio.run(there_and_back())
