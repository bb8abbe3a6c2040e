"""One function for each fault; each stands in for the normal answer of one request."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from tests.fake_provider.truth import Exchange

Answer = Callable[[Exchange], Awaitable[None]]
"""What the server does with a request."""
Fault = Callable[[Exchange, Answer], Awaitable[None]]
"""What it does instead; the normal answer is given, for faults that begin like it."""


def status(code: int, *, message: str = "scripted", error_code: str | None = None, **headers: str) -> Fault:
    """An error response in OpenAI's shape; `retry_after="2"` becomes the header."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        body = {"error": {"message": message, "type": "error", "code": error_code}}
        await exchange.reply(code, json.dumps(body).encode(), **headers)

    return fault


def insufficient_quota() -> Fault:
    return status(429, message="You exceeded your current quota", error_code="insufficient_quota")


def model_not_found() -> Fault:
    return status(404, message="The model does not exist", error_code="model_not_found")


def context_too_long() -> Fault:
    message = "This model's maximum context length is 2048 tokens. However, your messages resulted in 9000 tokens."
    return status(400, message=message, error_code="context_length_exceeded")


def echo_key() -> Fault:
    """401 whose message repeats the key that was sent."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        key = exchange.request.headers.get("authorization", "").removeprefix("Bearer ")
        body = {"error": {"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"}}
        await exchange.reply(401, json.dumps(body).encode())

    return fault


def reset(*, after_writes: int | None = None) -> Fault:
    """The connection is dropped before the response, or after so many writes of the normal answer."""
    if after_writes is None:

        async def before(exchange: Exchange, _: Answer) -> None:
            await exchange.reset()

        return before
    return _interrupted(after_writes, Exchange.reset)


def clean_eof(*, after_writes: int = 2) -> Fault:
    """The body ends properly, but too early: a stream without its terminal event."""

    async def nothing(_: Exchange) -> None: ...

    return _interrupted(after_writes, nothing)


def hang(*, after_writes: int = 0) -> Fault:
    """Silence: before the response, or after so many writes of the normal answer."""

    async def sleep(_: Exchange) -> None:
        await asyncio.sleep(3600)

    async def before(exchange: Exchange, _: Answer) -> None:
        await sleep(exchange)

    return _interrupted(after_writes, sleep) if after_writes else before


def drip(*, every_s: float = 0.05, data: bytes = b": keep-alive\n\n") -> Fault:
    """A stream that never says anything and never ends."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        await exchange.start(content_type="text/event-stream")
        while True:
            await exchange.write(data, "drip")
            await asyncio.sleep(every_s)

    return fault


def raw_body(data: bytes, *, content_type: str = "application/json", **headers: str) -> Fault:
    """Status 200 with exactly this body."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        await exchange.reply(200, data, content_type=content_type, **headers)

    return fault


def short_body(data: bytes, *, promised: int, content_type: str = "audio/wav") -> Fault:
    """Status 200, but the connection closes before the promised length."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        await exchange.start(content_type=content_type, content_length=str(promised))
        await exchange.write(data)
        assert exchange.request.transport is not None
        exchange.request.transport.close()

    return fault


def malformed_body() -> Fault:
    """A captive portal: HTML with status 200."""
    return raw_body(b"<html>Please log in</html>", content_type="text/html")


def malformed_chunk() -> Fault:
    """A stream with a broken event in its middle."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        await exchange.start(content_type="text/event-stream")
        await exchange.write(b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "He"}}]}\n\n', "content")
        await exchange.write(b'data: {"id": "1", "choi\n\n')
        await exchange.write(b"data: [DONE]\n\n", "done")

    return fault


def empty() -> Fault:
    """A well-formed answer without any content: only a role and a finish reason, or a body of no bytes."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        if not exchange.streams:
            await exchange.reply(200, b"", content_type="audio/wav")
            return
        await exchange.start(content_type="text/event-stream")
        delta = {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}
        stop = {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        for event in (delta, stop):
            await exchange.write(f"data: {json.dumps(event)}\n\n".encode(), "role")
        await exchange.write(b"data: [DONE]\n\n", "done")

    return fault


class _Enough(Exception):
    """The normal answer has written as much as the fault lets it."""


def _interrupted(after_writes: int, then: Callable[[Exchange], Awaitable[None]]) -> Fault:
    async def fault(exchange: Exchange, answer: Answer) -> None:
        write = exchange.write

        async def counted(data: bytes, note: str = "body") -> None:
            if len(exchange.served.writes) >= after_writes:
                raise _Enough
            await write(data, note)

        exchange.write = counted  # type: ignore[method-assign]
        try:
            await answer(exchange)
        except _Enough:
            await then(exchange)

    return fault
