"""The tap in the sender's own transport: its stamps wait for a busy event loop, and say by how much."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from harness.clients.deadlines import DeadlineExceeded
from harness.clients.pulse import Pulse
from harness.clients.tap import Exchange, Handle, TooLarge, Wire, listened_to, listening


class InProcessTap:
    """Stamps what passes through the transport of this process."""

    @asynccontextmanager
    async def listen(self, wire: Wire) -> AsyncIterator[None]:
        with listening(self, wire):
            async with _deadlines(wire):
                yield

    async def carry(self, request: httpx.Request, wire: Wire, handle: Handle, *, verify: bool) -> httpx.Response:  # noqa: ARG002 - the transport knows
        exchange = wire.begin(request.url.host)
        pulse = Pulse(wire.clock)
        away = wire.wall() - wire.clock()
        try:
            response = await handle(request)
            try:
                exchange.answered(wire.clock(), response)
            except Exception:
                await response.aclose()
                raise
        except BaseException as error:
            exchange.error = error
            wire.close(exchange, wire.clock())
            pulse.stop()
            raise
        response.stream = _Stamped(response.stream, wire, exchange, pulse, away)
        return response


def head_sent() -> None:
    """Called by a transport that knows when a request's head goes out: what came before was the connection."""
    wire = listened_to()
    if wire is not None and wire.last is not None and wire.last.headers_at is None:
        wire.went_out(wire.last, wire.clock())


@asynccontextmanager
async def _deadlines(wire: Wire) -> AsyncIterator[None]:
    """Cancel what runs inside when a deadline passes, and raise DeadlineExceeded."""
    loop, deadlines = asyncio.get_running_loop(), wire.deadlines
    end = loop.time() + deadlines.timeout_s
    try:
        async with asyncio.timeout_at(end) as scope:

            def until(when: float) -> None:
                with suppress(RuntimeError):  # the scope has ended: there is nothing left to extend
                    scope.reschedule(when)

            wire.on_bytes = lambda: until(min(end, loop.time() + deadlines.idle_timeout_s))
            wire.on_closed = lambda: until(end)
            yield
    except Exception as error:  # the client library may have turned the cancellation into an error of its own
        if not scope.expired():
            raise
        raise DeadlineExceeded(deadlines.late if loop.time() >= end - 0.001 else deadlines.silent) from error


class _Stamped(httpx.AsyncByteStream):
    """A response body that stamps what passes through it."""

    def __init__(self, inner: object, wire: Wire, exchange: Exchange, pulse: Pulse, away: float) -> None:
        assert isinstance(inner, httpx.AsyncByteStream)
        self._inner, self._wire, self._exchange, self._pulse, self._away = inner, wire, exchange, pulse, away

    async def __aiter__(self) -> AsyncIterator[bytes]:
        exchange, wire = self._exchange, self._wire
        try:
            async for data in self._inner:
                exchange.arrived(data, wire.clock(), self._pulse.lag_s())
                if exchange.size > wire.limit:
                    raise TooLarge(f"the response is larger than {wire.limit:,} bytes")
                wire.on_bytes()
                yield data
        except BaseException as error:
            if not isinstance(error, GeneratorExit):  # the reader has had enough, which is no fault
                exchange.error = error
            raise
        finally:
            self._close()

    async def aclose(self) -> None:
        self._close()
        await self._inner.aclose()

    def _close(self) -> None:
        self._pulse.stop()
        if self._exchange.closed is None:
            wire = self._wire
            wire.close(self._exchange, wire.clock())
            self._exchange.clock_drift_s = abs(wire.wall() - wire.clock() - self._away)
            wire.on_closed()
