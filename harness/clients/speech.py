"""Speech synthesis: the clip, how long it is, and which byte of it was the first to carry sound."""

import asyncio

from harness.clients import litellm_door
from harness.clients.clip import described
from harness.clients.container import audio_start, bytes_per_s, missing_bytes, repaired
from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Exchange, Wire
from harness.clients.target import Target
from harness.core.calls import Output, Usage
from harness.core.requests import SpeechRequest

_DEFAULT_VOICE = "default"
"""LiteLLM refuses to send an OpenAI-compatible server no voice at all."""


async def ask(
    request: SpeechRequest,
    target: Target,
    *,
    timeout_s: float,
    wire: Wire,
) -> Heard:
    """Send `request` and decode the head of the clip; errors of LiteLLM pass through."""
    litellm = litellm_door.load()
    voice = request.voice or (_DEFAULT_VOICE if target.model.startswith("openai/") else None)
    response = await litellm.aspeech(
        model=target.model,
        input=request.text,
        voice=voice,
        response_format=request.response_format,
        api_base=target.base_url,
        api_key=target.api_key,
        max_retries=0,
        timeout=litellm_door.timeout(timeout_s),
        **target.resolved(request.params),
    )
    data: bytes = response.content
    usage = Usage(input_characters=len(request.text), source="measured")
    content = _content(wire.last, data)
    if not data:
        return Heard(outcome=failed("empty_response", "the clip has no bytes", target), usage=usage, content=content)
    if lacking := missing_bytes(data):
        failure = failed("cut", f"the clip ended {lacking:,} bytes before the length in its header", target)
        return Heard(outcome=failure, usage=usage, content=content)
    clip = repaired(data)
    try:
        audio = await asyncio.to_thread(described, clip)
    except ValueError as error:
        failure = failed("protocol", f"the clip ({_type(wire.last)}) cannot be decoded: {error}", target)
        return Heard(outcome=failure, usage=usage, content=content)
    if audio.seconds == 0:
        return Heard(outcome=failed("empty", "the clip has no samples", target), usage=usage, content=content)
    usage = Usage(input_characters=len(request.text), output_audio_seconds=audio.seconds, source="measured")
    return Heard(outcome=Output(audio=audio), usage=usage, content=content, blobs={audio.sha256: clip})


def _content(exchange: Exchange | None, data: bytes) -> Content:
    if exchange is None or not exchange.body:
        return Content()
    last = len(exchange.body) - 1
    # a clip inside JSON can be played when the JSON is whole
    if bytes(exchange.body[:4]) != data[:4]:
        return Content(audio=last, last=last)
    return Content(audio=audio_start(data), last=last, bytes_per_s=bytes_per_s(data))


def _type(exchange: Exchange | None) -> str:
    return (exchange.media_type if exchange else "") or "no content type"
