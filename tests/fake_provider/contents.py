"""Answers that arrive whole and are wrong: one function for each way, for streams and plain bodies alike."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fake_provider.faults import Answer, Fault, raw_body
from tests.fake_provider.truth import Exchange

Event = dict[str, Any]
STREAM = "text/event-stream"
_BLOCK = 2**16


def sse(*events: Mapping[str, Any], done: bool = True) -> bytes:
    """The body of a chat stream."""
    head = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1, "model": "fake/echo"}
    lines = [f"data: {json.dumps({**head, **event})}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def delta(reason: str | None = None, **content: Any) -> Event:
    """One chunk of a chat stream: what it adds, and the finish reason that it brings."""
    return {"choices": [{"index": 0, "delta": content, "finish_reason": reason}]}


def stream(*parts: bytes) -> Fault:
    """Status 200 with exactly this stream."""
    return raw_body(b"".join(parts), content_type=STREAM)


def either(*, streamed: bytes, plain: bytes) -> Fault:
    """Status 200 with one body for a request that streams, with the other for one that does not."""

    async def fault(exchange: Exchange, answer: Answer) -> None:
        body = stream(streamed) if exchange.streams else raw_body(plain)
        await body(exchange, answer)

    return fault


def malformed() -> Fault:
    """JSON that ends where it should not: an event of the stream, or the whole body."""
    return either(streamed=sse(delta(content="He"), done=False) + b'data: {"choi\n\n' + sse(), plain=b'{"text": "He')


def not_utf8() -> Fault:
    """Latin-1 where UTF-8 is due."""
    text = json.dumps({"text": "na\xefve", "choices": [{"message": {"content": "na\xefve"}}]}, ensure_ascii=False)
    event = json.dumps(delta(content="na\xefve"), ensure_ascii=False)
    streamed = f"data: {event}\n\n".encode("latin-1") + sse(delta("stop"))
    return either(streamed=streamed, plain=text.encode("latin-1"))


def no_choices() -> Fault:
    """A well-formed chat response in which nobody says anything."""
    usage = {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 5}
    return either(
        streamed=sse({"choices": [], "usage": usage}), plain=json.dumps({"choices": [], "usage": usage}).encode()
    )


def only_done() -> Fault:
    return stream(sse())


def null_content(*, tool: str | None = None) -> Fault:
    """Content that is null: beside a call of `tool`, or beside nothing."""
    call = {"index": 0, "id": "call-1", "type": "function", "function": {"name": tool, "arguments": "{}"}}
    calls = {"tool_calls": [call]} if tool else {}
    message: Event = {"role": "assistant", "content": None, **calls}
    reason = "tool_calls" if tool else "stop"
    return either(
        streamed=sse(delta(**message), delta(reason)),
        plain=json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": reason}]}).encode(),
    )


def without_usage() -> Fault:
    """The normal answer, but the provider says nothing about tokens."""
    return altered(lambda event: event.pop("usage", None))


def reported_usage(**usage: Any) -> Fault:
    """The normal answer, but with this usage."""

    def change(event: Event) -> None:
        if event.get("usage"):
            event["usage"] = usage

    return altered(change)


def other_model(name: str) -> Fault:
    """The normal answer, which says that it comes from another model."""
    return altered(lambda event: event.update(model=name))


def altered(change: Callable[[Event], object]) -> Fault:
    """The normal answer, with `change` made to each event of a stream, or to the whole of a plain body."""

    async def fault(exchange: Exchange, answer: Answer) -> None:
        write, reply = exchange.write, exchange.reply

        async def write_changed(data: bytes, note: str = "body") -> None:
            await write(b"data: " + changed(data[6:]) + b"\n\n" if data.startswith(b"data: {") else data, note)

        async def reply_changed(code: int, data: bytes, **options: Any) -> None:
            await reply(code, changed(data), **options)

        def changed(data: bytes) -> bytes:
            event = json.loads(data)
            change(event)
            return json.dumps(event).encode()

        exchange.write, exchange.reply = write_changed, reply_changed  # type: ignore[method-assign]
        await answer(exchange)

    return fault


def rearranged(order: Callable[[Sequence[tuple[bytes, str]]], Sequence[tuple[bytes, str]]]) -> Fault:
    """The normal answer, with its writes (bytes and note) put into another order, doubled or left out."""

    async def fault(exchange: Exchange, answer: Answer) -> None:
        write, kept = exchange.write, []

        async def keep(data: bytes, note: str = "body") -> None:
            kept.append((data, note))

        exchange.write = keep  # type: ignore[method-assign]
        await answer(exchange)
        for data, note in order(kept):
            await write(data, note)

    return fault


def oversized(size: int) -> Fault:
    """A body of `size` bytes: very long events, or a clip that never ends."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        await exchange.start(content_type=STREAM if exchange.streams else "audio/wav")
        block = sse(delta(content="x" * _BLOCK), done=False) if exchange.streams else b"x" * _BLOCK
        for _block in range(size // _BLOCK):
            await exchange.write(block)

    return fault


def gzip_bomb(size: int) -> Fault:
    """A small compressed body that unpacks to `size` bytes, although the request declined compression."""
    return raw_body(gzip.compress(bytes(size)), content_encoding="gzip")
