"""Chat completions: always streamed, so that the first token can be timed."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from harness.clients import litellm_door
from harness.clients.clip import RAW, as_wav, described, with_header
from harness.clients.container import repaired
from harness.clients.events import Stream, read
from harness.clients.faults import failed
from harness.clients.pieces import SENTENCES, whole_at
from harness.clients.reply import Content, Heard
from harness.clients.tap import Exchange, Wire
from harness.clients.target import Target
from harness.clients.usage import chat_usage
from harness.core.calls import Failure, Output
from harness.core.canonical import Json
from harness.core.media import media_parts
from harness.core.requests import ChatRequest, is_spoken


@dataclass(slots=True, kw_only=True)
class _Told:
    """What LiteLLM hands over, put together."""

    text: str = ""
    reasoning: str = ""
    tool_calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    transcript: str = ""
    """What the model says that it speaks."""
    sound: list[str] = field(default_factory=list)
    """Pieces of a clip, each in base64 of its own."""
    finish_reason: str | None = None
    model: str | None = None
    usage: Any = None
    first_at: float | None = None

    @property
    def silent(self) -> bool:
        return not (self.text or self.reasoning or self.tool_calls or self.transcript or self.sound)

    def take(self, chunk: Any) -> None:
        self.model = getattr(chunk, "model", None) or self.model
        self.usage = getattr(chunk, "usage", None) or self.usage
        for choice in chunk.choices[:1]:
            delta = choice.delta
            thought, calls = getattr(delta, "reasoning_content", None), delta.tool_calls or ()
            audio = getattr(delta, "audio", None)
            if self.first_at is None and (delta.content or thought or calls or audio):
                self.first_at = time.monotonic()
            self._take_audio(audio)
            self.text += delta.content or ""
            self.reasoning += thought or ""
            for call in calls:
                self._take_call(call)
            self.finish_reason = choice.finish_reason or self.finish_reason

    def take_whole(self, document: Mapping[str, Any]) -> None:
        """Take a response that is one document; errors where it has not the shape of OpenAI's."""
        self.usage = json.loads(json.dumps(document.get("usage")), object_hook=lambda part: SimpleNamespace(**part))
        self.finish_reason = None  # LiteLLM has made one up
        for choice in document["choices"][:1]:
            message = choice["message"]
            self.text = "" + (message.get("content") or "")
            self.reasoning = "" + (message.get("reasoning_content") or "")
            for index, call in enumerate(message.get("tool_calls") or ()):
                called = call["function"]
                self.tool_calls[index] = {
                    "id": call.get("id"),
                    "name": called["name"],
                    "arguments": called["arguments"],
                }
            self._take_audio(message.get("audio"))
            self.finish_reason = choice.get("finish_reason")

    def _take_audio(self, audio: Any) -> None:
        if audio:
            self.transcript += audio.get("transcript") or ""
            self.sound += [piece] if (piece := audio.get("data")) else []

    def _take_call(self, call: Any) -> None:
        known = self.tool_calls.setdefault(call.index, {"id": None, "name": "", "arguments": ""})
        known["id"] = call.id or known["id"]
        known["name"] += call.function.name or ""
        known["arguments"] += call.function.arguments or ""


async def ask(
    request: ChatRequest, target: Target, *, timeout_s: float, wire: Wire, read_media: Callable[[str], bytes]
) -> Heard:
    """Send `request`, with its media in it, and judge what came; errors of LiteLLM pass through."""
    litellm = litellm_door.load()
    told = _Told()
    stream = await litellm.acompletion(
        model=target.model,
        messages=[_with_media(message, read_media) for message in request.messages],
        stream=True,
        stream_options={"include_usage": True},
        api_base=target.base_url,
        api_key=target.api_key,
        max_retries=0,
        timeout=litellm_door.timeout(timeout_s),
        _skip_mcp_handler=True,  # else LiteLLM wants the package mcp as soon as there are tools
        **{"max_tokens": request.max_tokens, **target.resolved(request.params)},
    )
    try:
        async for chunk in stream:
            told.take(chunk)
    finally:
        await stream.aclose()
    seen, content = _seen(told, wire.last)
    if request.timed == SENTENCES and content.last is not None:
        content = replace(content, sentences=tuple(whole_at(told.text, seen.growth, content.last)))
    usage = chat_usage(told.usage, silent=told.silent)
    outcome = _outcome(told, seen, target, wire.last.media_type if wire.last else "")
    heard = Heard(outcome=outcome, usage=usage, content=content, client_first_at=told.first_at)
    return _spoken(heard, told.sound, request, target) if is_spoken(request) else heard


def _spoken(heard: Heard, pieces: Sequence[str], request: ChatRequest, target: Target) -> Heard:
    """Add the clip that was spoken; the seconds of both sides are metered, where the provider counts no tokens."""
    if not isinstance(heard.outcome, Output):
        return heard
    seconds = sum(float(str(part["seconds"])) for part in media_parts(request.messages) if "seconds" in part)
    usage = replace(heard.usage, input_audio_seconds=seconds or None)
    if not pieces:  # it has answered in words alone, which nobody hears
        return replace(heard, usage=usage)
    wanted = request.params.get("audio")
    try:
        sound = b"".join(map(base64.b64decode, pieces))
        clip = repaired(with_header(sound, str(wanted.get("format")) if isinstance(wanted, dict) else RAW[0]))
        audio = described(clip)
    except ValueError as error:
        failure = failed("protocol", f"the clip in the answer cannot be decoded: {error}", target)
        return replace(heard, outcome=failure, usage=usage)
    if audio.seconds == 0:
        return replace(heard, outcome=failed("empty", "the clip has no samples", target), usage=usage)
    return replace(
        heard,
        outcome=replace(heard.outcome, audio=audio),
        usage=replace(usage, output_audio_seconds=audio.seconds),
        blobs={audio.sha256: clip},
    )


def _with_media(message: Mapping[str, Json], read_media: Callable[[str], bytes]) -> dict[str, Any]:
    """Return `message` with the bytes of the media that it names: pictures as `data:` URLs, recordings as WAV."""
    content = message.get("content")
    if not isinstance(content, list):
        return dict(message)
    return {**message, "content": [_part(part, read_media) for part in content]}


def _part(part: Any, read_media: Callable[[str], bytes]) -> Any:
    match part:
        case {"type": "image_url", "image_url": {"sha256": sha256, "mime": mime}}:
            encoded = base64.b64encode(read_media(sha256)).decode()
            return {**part, "image_url": {"url": f"data:{mime};base64,{encoded}"}}
        case {"type": "input_audio", "input_audio": {"sha256": sha256}}:
            encoded = base64.b64encode(as_wav(read_media(sha256))).decode()
            return {**part, "input_audio": {"data": encoded, "format": "wav"}}
        case _:
            return part


def _seen(told: _Told, exchange: Exchange | None) -> tuple[Stream, Content]:
    """What the raw bytes say. A body that is no stream arrived whole, at its last byte."""
    if exchange is None:
        return Stream(), Content()
    body = bytes(exchange.body)
    if exchange.media_type == "application/json" and body.lstrip()[:1] in (b"{", b"["):
        end = len(body) - 1
        return _whole(told, body), Content(first=end, answer=end, audio=end if told.sound else None, last=end)
    seen = read(body)
    if not seen.known:
        return seen, Content()
    return seen, Content(first=seen.first, answer=seen.answer, audio=seen.audio, last=seen.last)


def _whole(told: _Told, body: bytes) -> Stream:
    """Read a response that is one JSON document: LiteLLM imitates a stream of it, or passes over it."""
    seen = Stream()
    try:
        document = json.loads(body.decode())
        if isinstance(document, dict) and "choices" in document:
            if told.silent:
                told.take_whole(document)
            seen.finish_reason, seen.model = told.finish_reason, document.get("model")
            seen.known = seen.finished = True
            for choice in document["choices"][:1]:
                seen.refusal = choice["message"].get("refusal") or ""
    except ValueError as error:  # UnicodeDecodeError is one too
        seen.broken = str(error)
    except (AttributeError, TypeError, KeyError):
        seen.broken = "it has not the shape of a chat completion"
    return seen


def _outcome(told: _Told, seen: Stream, target: Target, media_type: str) -> Output | Failure:
    if seen.broken:
        message = f"the response ({media_type or 'no content type'}) cannot be read: {seen.broken}"
        return failed("protocol", message, target, partial=seen.text)
    if seen.error:
        return failed("stream_error", f"the stream ended with an error: {seen.error}", target, partial=seen.text)
    if seen.known and not seen.finished:
        return failed("cut", "the stream ended without its terminal event", target, partial=seen.text)
    if told.silent and not seen.known:
        return failed("protocol", f"the response ({media_type or 'no content type'}) is no answer to a chat", target)
    finish = told.finish_reason if seen.finish_reason or not seen.known else None  # LiteLLM makes one up
    text = told.text or told.transcript or seen.refusal
    if seen.refusal and text == seen.refusal:
        finish = "content_filter"
    if not text.strip() and not told.sound and not told.tool_calls and finish != "content_filter":
        if finish == "length":
            return failed("truncated", "max_tokens was used up before the answer began", target, partial=seen.text)
        if told.silent and finish is None:
            return failed("empty_response", "the response holds no answer, not even an empty one", target)
        return failed("empty", "the answer is empty", target)
    return Output(
        text=text,
        reasoning=told.reasoning or None,
        tool_calls=tuple(_call(call) for _, call in sorted(told.tool_calls.items())),
        finish_reason=finish,
        model=seen.model or told.model,
    )


def _call(call: Mapping[str, Any]) -> Mapping[str, Json]:
    return {"id": call["id"], "name": call["name"], "arguments": call["arguments"]}
