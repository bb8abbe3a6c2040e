"""Chat completions: always streamed, so that the first token can be timed."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from harness.clients import litellm_door
from harness.clients.events import Stream, read
from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Exchange, Wire
from harness.clients.target import Target
from harness.clients.usage import chat_usage
from harness.core.calls import ChatRequest, Failure, Output
from harness.core.canonical import Json


@dataclass(slots=True, kw_only=True)
class _Told:
    """What LiteLLM hands over, put together."""

    text: str = ""
    reasoning: str = ""
    tool_calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    finish_reason: str | None = None
    model: str | None = None
    usage: Any = None
    first_at: float | None = None

    @property
    def silent(self) -> bool:
        return not self.text and not self.reasoning and not self.tool_calls

    def take(self, chunk: Any) -> None:
        self.model = getattr(chunk, "model", None) or self.model
        self.usage = getattr(chunk, "usage", None) or self.usage
        for choice in chunk.choices[:1]:
            delta = choice.delta
            thought, calls = getattr(delta, "reasoning_content", None), delta.tool_calls or ()
            if self.first_at is None and (delta.content or thought or calls):
                self.first_at = time.monotonic()
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
            self.finish_reason = choice.get("finish_reason")

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
    usage = chat_usage(told.usage, silent=told.silent)
    outcome = _outcome(told, seen, target, wire.last.media_type if wire.last else "")
    return Heard(outcome=outcome, usage=usage, content=content, client_first_at=told.first_at)


def _with_media(message: Mapping[str, Json], read_media: Callable[[str], bytes]) -> dict[str, Any]:
    """Return `message` with the bytes of the pictures that it names, as `data:` URLs."""
    content = message.get("content")
    if not isinstance(content, list):
        return dict(message)
    return {**message, "content": [_part(part, read_media) for part in content]}


def _part(part: Any, read_media: Callable[[str], bytes]) -> Any:
    image = part.get("image_url") if isinstance(part, dict) else None
    if not isinstance(image, dict) or "sha256" not in image:
        return part
    encoded = base64.b64encode(read_media(image["sha256"])).decode()
    return {**part, "image_url": {"url": f"data:{image['mime']};base64,{encoded}"}}


def _seen(told: _Told, exchange: Exchange | None) -> tuple[Stream, Content]:
    """What the raw bytes say. A body that is no stream arrived whole, at its last byte."""
    if exchange is None:
        return Stream(), Content()
    body = bytes(exchange.body)
    if exchange.media_type == "application/json" and body.lstrip()[:1] in (b"{", b"["):
        end = len(body) - 1
        return _whole(told, body), Content(first=end, answer=end, last=end)
    seen = read(body)
    return seen, Content(first=seen.first, answer=seen.answer, last=seen.last) if seen.known else Content()


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
    text = told.text or seen.refusal
    if seen.refusal and not told.text:
        finish = "content_filter"
    if not text.strip() and not told.tool_calls and finish != "content_filter":
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
