"""What a raw event stream says: which bytes carry content, and whether it came to its proper end.

Understood: the streams of OpenAI's chat completions, Anthropic's messages, Gemini's generateContent (server-sent
events) and Ollama's chat (JSON lines). Of any other dialect nothing is claimed.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.clients.container import audio_start

Event = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Stream:
    """What was found; offsets are those of the last byte of the event's line."""

    first: int | None = None
    """First content of any kind: reasoning, answer, refusal, tool call, audio."""
    answer: int | None = None
    """First content that is no reasoning."""
    audio: int | None = None
    """First content that can be played: samples, not a container's header."""
    last: int | None = None
    finished: bool = False
    """`[DONE]`, a finish reason or the dialect's last event was seen."""
    known: bool = False
    """At least one event was of a dialect that is understood, so a missing end is a cut."""
    text: str = ""
    growth: list[tuple[int, int]] = field(default_factory=list)
    """Offset of each event that brought text → characters of the text so far."""
    refusal: str = ""
    finish_reason: str | None = None
    """As the provider spells it."""
    model: str | None = None
    """As the provider echoes it."""
    error: Event | None = None
    """An error sent as an event."""
    broken: str | None = None
    """Why it cannot be read: an event that is no JSON or contradicts what came before, bytes that are no UTF-8."""


@dataclass(slots=True, kw_only=True)
class _Said:
    """One event, whatever its dialect."""

    text: str = ""
    thought: str = ""
    refusal: str = ""
    other: bool = False
    """A tool call or audio."""
    audio: str = ""
    """Base64."""
    finish_reason: str | None = None
    finished: bool = False
    model: str | None = None
    known: bool = field(default=True)


def read(body: bytes) -> Stream:
    """Read a whole stream body, or as much of it as arrived.

    Chunks carry no number, so they count in the order and as often as they come. What follows `[DONE]` is no part of
    the answer. Two different finish reasons, and a choice that was not asked for, leave the answer unclear: `broken`.
    """
    stream = Stream()
    for end, data in _lines(body):
        if data == b"[DONE]":
            stream.finished = stream.known = True
            break
        try:
            event = json.loads(data.decode())
            if isinstance(event, dict):
                _take(stream, event, end)
        except ValueError as error:  # UnicodeDecodeError is one too
            # a line without its newline was cut off, which `finished` tells
            stream.broken = stream.broken or (str(error) if body[end + 1 : end + 2] in (b"\n", b"\r") else None)
        except (AttributeError, TypeError, KeyError):
            stream.broken = stream.broken or "an event has not the shape of its dialect"
    return stream


def _take(stream: Stream, event: Event, end: int) -> None:
    if event.get("error"):
        stream.error = event
    said = _said(event)
    content = bool(said.text or said.refusal or said.other)
    if content or said.thought:
        stream.first = end if stream.first is None else stream.first
        stream.last = end
    if content and stream.answer is None:
        stream.answer = end
    if said.audio and stream.audio is None and audio_start(base64.b64decode(said.audio)) is not None:
        stream.audio = end
    stream.text += said.text
    if said.text:
        stream.growth.append((end, len(stream.text)))
    stream.refusal += said.refusal
    if said.finish_reason and stream.finish_reason not in (None, said.finish_reason):
        stream.broken = stream.broken or f"two finish reasons: {stream.finish_reason}, {said.finish_reason}"
    stream.finish_reason = said.finish_reason or stream.finish_reason
    stream.model = said.model or stream.model
    stream.finished = stream.finished or said.finished or said.finish_reason is not None
    stream.known = stream.known or said.known


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the offset of the last byte and the payload of every event line."""
    start = 0
    for line in body.splitlines(keepends=True):
        start += len(line)
        text = line.rstrip(b"\r\n")
        end = start - (len(line) - len(text)) - 1
        if text.startswith(b"data:"):
            yield end, text[5:].strip()
        elif text.startswith(b"{"):
            yield end, text


def _said(event: Event) -> _Said:
    if isinstance(event.get("choices"), list):
        return _openai(event)
    if isinstance(event.get("candidates"), list):
        return _gemini(event)
    if isinstance(event.get("message"), dict) and isinstance(event.get("done"), bool):
        return _ollama(event)
    if event.get("type") in _ANTHROPIC:
        return _anthropic(event)
    return _Said(known=False)


def _openai(event: Event) -> _Said:
    said = _Said(model=event.get("model") or None)
    for choice in event["choices"]:
        if choice.get("index"):
            raise ValueError("a second choice, where one was asked for")
        delta = choice.get("delta") or {}
        content: Any = delta.get("content") or ""
        for part in content if isinstance(content, list) else [{"text": content}]:  # Mistral's reasoning models
            said.text += part.get("text") or ""
            said.thought += "".join(thought.get("text") or "" for thought in part.get("thinking") or ())
        said.thought += delta.get("reasoning_content") or delta.get("reasoning") or ""
        said.refusal += delta.get("refusal") or ""
        audio = delta.get("audio") or {}
        said.text += audio.get("transcript") or ""
        said.audio += audio.get("data") or ""
        said.other |= bool(delta.get("tool_calls") or delta.get("function_call") or said.audio)
        said.finish_reason = choice.get("finish_reason") or said.finish_reason
    return said


_ANTHROPIC = frozenset(
    (
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    )
)


def _anthropic(event: Event) -> _Said:
    delta = event.get("delta") or {}
    return _Said(
        text=delta.get("text") or "",
        thought=delta.get("thinking") or "",
        other=bool(delta.get("partial_json")),
        finish_reason=delta.get("stop_reason"),
        finished=event["type"] == "message_stop",
        model=(event.get("message") or {}).get("model"),
    )


def _gemini(event: Event) -> _Said:
    said = _Said(model=event.get("modelVersion"))
    for candidate in event["candidates"]:
        for part in (candidate.get("content") or {}).get("parts") or ():
            text = part.get("text") or ""
            if part.get("thought"):
                said.thought += text
            else:
                said.text += text
            said.other |= bool(part.get("functionCall") or part.get("inlineData"))
        said.finish_reason = candidate.get("finishReason") or said.finish_reason
    return said


def _ollama(event: Event) -> _Said:
    message = event["message"]
    return _Said(
        text=message.get("content") or "",
        thought=message.get("thinking") or "",
        other=bool(message.get("tool_calls")),
        finish_reason=event.get("done_reason"),
        finished=event["done"],
        model=event.get("model"),
    )
