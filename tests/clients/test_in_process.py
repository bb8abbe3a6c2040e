import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from harness.clients.in_process import InProcessTap
from harness.clients.marks import marks
from harness.clients.reply import Content
from harness.clients.tap import Encoded, TooLarge, Wire, forward
from tests.clients.trip import wire_of

pytestmark = pytest.mark.alone


class Body(httpx.AsyncByteStream):
    def __init__(self, *parts: bytes, before: Callable[[], None] = lambda: None) -> None:
        self._parts, self._before = parts, before

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            await asyncio.sleep(0.03)
            self._before()
            await asyncio.sleep(0)
            yield part


def watched(response: httpx.Response, wire: Wire) -> httpx.Response:
    """Send one request through the tap and read the whole response."""
    sent: list[httpx.Request] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return response

    async def exchange() -> httpx.Response:
        async with InProcessTap().listen(wire):
            reply = await forward(handle, httpx.Request("POST", "http://example.test/v1"))
            await reply.aread()
            assert sent[0].headers["accept-encoding"] == "identity"
            return reply

    return asyncio.run(exchange())


def test_every_chunk_is_stamped() -> None:
    wire = wire_of(limit=100)
    began = time.monotonic()
    headers = {"x-request-id": "r1", "content-type": "audio/wav; rate=1", "set-cookie": "secret", "retry-after": "2"}
    assert watched(httpx.Response(200, headers=headers, stream=Body(b"abc", b"de")), wire).content == b"abcde"
    [exchange] = wire.exchanges
    assert [chunk.end for chunk in exchange.chunks] == [3, 5]
    times = [began, exchange.sent, exchange.headers_at, *(c.at for c in exchange.chunks), exchange.closed]
    assert times == sorted(times)
    assert exchange.chunks[1].at - exchange.chunks[0].at >= 0.03
    assert exchange.headers == {k: v for k, v in headers.items() if k != "set-cookie"}
    assert (exchange.media_type, exchange.request_id) == ("audio/wav", "r1")
    assert (exchange.status, exchange.error) == (200, None)
    assert [exchange.arrival(offset) for offset in (0, 2, 3, 5, None)] == [
        exchange.chunks[0], exchange.chunks[0], exchange.chunks[1], None, None,
    ]  # fmt: skip


def test_busy_loop_is_noticed() -> None:
    wire = wire_of(limit=100)
    watched(httpx.Response(200, stream=Body(b"abc", before=lambda: time.sleep(0.1))), wire)
    assert wire.exchanges[0].chunks[0].lag_s > 0.05


def test_idle_loop_is_not_blamed() -> None:
    wire = wire_of(limit=100)
    watched(httpx.Response(200, stream=Body(*[b"abc"] * 5)), wire)
    assert min(chunk.lag_s for chunk in wire.exchanges[0].chunks) < 0.01


def test_body_beyond_the_limit() -> None:
    wire = wire_of(limit=4)
    with pytest.raises(TooLarge):
        watched(httpx.Response(200, stream=Body(b"abc", b"de", b"fg")), wire)
    assert isinstance(wire.exchanges[0].error, TooLarge)
    assert len(wire.exchanges[0].chunks) == 2, "nothing is read after the limit"


def test_compressed_response_is_refused() -> None:
    wire = wire_of(limit=100)
    with pytest.raises(Encoded, match="gzip"):
        watched(httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Body(b"abc")), wire)
    assert wire.exchanges[0].closed is not None


def test_redirect_has_no_address_to_follow() -> None:
    reply = watched(httpx.Response(302, headers={"location": "http://evil.test"}, stream=Body()), wire_of(limit=9))
    assert reply.status_code == 302
    assert not reply.has_redirect_location


def test_transport_error_is_kept() -> None:
    wire = wire_of(limit=9)

    async def handle(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async def exchange() -> None:
        async with InProcessTap().listen(wire):
            await forward(handle, httpx.Request("POST", "http://example.test/v1"))

    with pytest.raises(httpx.ConnectError):
        asyncio.run(exchange())
    assert isinstance(wire.exchanges[0].error, httpx.ConnectError)


def test_concurrent_attempts_have_wires_of_their_own() -> None:
    async def one(name: bytes) -> Wire:
        wire = wire_of(limit=100)

        async def handle(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=Body(name, name))

        async with InProcessTap().listen(wire):
            await (await forward(handle, httpx.Request("POST", "http://example.test/v1"))).aread()
        return wire

    async def both() -> list[Wire]:
        return await asyncio.gather(one(b"a"), one(b"b"))

    assert [wire.exchanges[0].body for wire in asyncio.run(both())] == [b"aa", b"bb"]


def test_nobody_listens() -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"location": "kept"}, request=request)

    async def exchange() -> httpx.Response:
        return await forward(handle, httpx.Request("POST", "http://example.test/v1"))

    assert asyncio.run(exchange()).headers["location"] == "kept"


def test_cancelled_request_is_closed() -> None:
    wire = wire_of(limit=9)

    async def handle(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(3600)
        raise AssertionError

    async def exchange() -> None:
        async with InProcessTap().listen(wire), asyncio.timeout(0.05):
            await forward(handle, httpx.Request("POST", "http://example.test/v1"))

    with contextlib.suppress(TimeoutError):
        asyncio.run(exchange())
    assert wire.exchanges[0].closed is not None


def test_a_machine_that_slept_is_noticed() -> None:
    walls = iter([1000.0])
    wire = wire_of(limit=9, wall=lambda: next(walls, 1000.0 + 3600) + time.monotonic())
    watched(httpx.Response(200, stream=Body(b"abc")), wire)
    assert wire.exchanges[0].clock_drift_s == pytest.approx(3600, abs=0.1)
    assert not marks(wire, Content(first=0, answer=0, last=2)).valid
