"""The tap: what really happened on the wire, stamped below the client library.

`Tap` is the interface; `InProcessTap` is the form that lives in the transport of the process that sends. Its stamps
wait for a busy event loop, so each one carries by how much the loop may have been late.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import httpx

KEPT_HEADERS = (
    "content-type", "retry-after", "retry-after-ms",
    "x-request-id", "request-id", "x-amzn-requestid", "apim-request-id",
)  # fmt: skip
"""The only response headers that are remembered: none of them can hold a secret."""

_PULSE_S = 0.01


class TooLarge(Exception):
    """A response body passed the endpoint's cap; the connection is closed."""


class Encoded(Exception):
    """A response is compressed although the request forbade it, so its bytes cannot be stamped or capped."""


class Chunk(NamedTuple):
    """A piece of a response body."""

    at: float
    """Monotonic seconds."""
    end: int
    """Body offset after it."""
    lag_s: float
    """By how much the stamp may be late, because the event loop was busy."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request on the wire with what came back."""

    host: str
    sent: float
    """When the request's head was handed to the socket; never includes the set-up of a connection."""
    head_out: bool = False
    """The transport says that the request's head went out; httpx's own does not say."""
    headers_at: float | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Those of KEPT_HEADERS that came, in lower case."""
    chunks: list[Chunk] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    closed: float | None = None
    error: BaseException | None = None

    def arrival(self, offset: int | None) -> Chunk | None:
        """The chunk that brought the byte at `offset`."""
        at = len(self.chunks) if offset is None else bisect_right(self.chunks, offset, key=lambda chunk: chunk.end)
        return self.chunks[at] if at < len(self.chunks) else None

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def request_id(self) -> str | None:
        return next((self.headers[name] for name in KEPT_HEADERS[3:] if name in self.headers), None)


@dataclass(slots=True, kw_only=True)
class Wire:
    """Everything that one attempt sent and received."""

    limit: int
    """Most bytes of a response body."""
    clock: Callable[[], float] = time.monotonic
    on_bytes: Callable[[], None] = lambda: None
    """Told whenever bytes arrive."""
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None


class Tap(Protocol):
    """Watches the wire for one attempt."""

    def listen(self, wire: Wire) -> AbstractAsyncContextManager[None]:
        """Fill `wire` with what is sent inside the context; it is complete when the context has ended."""


_listening: ContextVar[Wire | None] = ContextVar("listening", default=None)


class InProcessTap:
    """The tap in the sender's own transport: `forward` is what the transport calls."""

    @asynccontextmanager
    async def listen(self, wire: Wire) -> AsyncIterator[None]:
        token = _listening.set(wire)
        try:
            yield
        finally:
            _listening.reset(token)


Handle = Callable[[httpx.Request], Awaitable[httpx.Response]]
"""What a transport does with a request."""


async def forward(handle: Handle, request: httpx.Request) -> httpx.Response:
    """Send `request` through `handle`, stamping the exchange for whoever listens in this context.

    Compression is declined, since stamps and caps are about the bytes of the content. Redirects are not followed:
    the target of one would be shown the key.
    """
    wire = _listening.get()
    if wire is None:
        return await handle(request)
    exchange = Exchange(host=request.url.host, sent=wire.clock())
    wire.exchanges.append(exchange)
    pulse = _Pulse(wire.clock)
    request.headers["accept-encoding"] = "identity"
    try:
        response = await handle(request)
        exchange.headers_at = wire.clock()
        exchange.status = response.status_code
        exchange.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        encoding = response.headers.get("content-encoding", "identity")
        if encoding.lower() != "identity":
            await response.aclose()
            raise Encoded(f"the response is compressed ({encoding}) although the request declined that")
    except BaseException as error:
        exchange.error, exchange.closed = error, wire.clock()
        pulse.stop()
        raise
    return httpx.Response(
        response.status_code,
        headers=[(name, value) for name, value in response.headers.raw if name.lower() != b"location"],
        stream=_Stamped(response.stream, wire, exchange, pulse),
        extensions=response.extensions,
        request=request,
    )


def head_sent() -> None:
    """Called by a transport that knows when a request's head goes out: what came before was the connection."""
    wire = _listening.get()
    if wire is not None and wire.last is not None and wire.last.headers_at is None:
        wire.last.sent, wire.last.head_out = wire.clock(), True


class _Stamped(httpx.AsyncByteStream):
    """A response body that stamps what passes through it."""

    def __init__(self, inner: object, wire: Wire, exchange: Exchange, pulse: "_Pulse") -> None:
        assert isinstance(inner, httpx.AsyncByteStream)
        self._inner, self._wire, self._exchange, self._pulse = inner, wire, exchange, pulse

    async def __aiter__(self) -> AsyncIterator[bytes]:
        exchange, wire = self._exchange, self._wire
        try:
            async for data in self._inner:
                exchange.body += data
                exchange.chunks.append(Chunk(wire.clock(), len(exchange.body), self._pulse.lag_s()))
                if len(exchange.body) > wire.limit:
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
            self._exchange.closed = self._wire.clock()


class _Pulse:
    """A timer of the event loop that knows by how much the loop is late."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._late_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._schedule()

    def lag_s(self) -> float:
        """Seconds for which the loop may not have looked at its sockets just before now."""
        return max(0.0, self._late_s, self._clock() - self._due)

    def stop(self) -> None:
        self._timer.cancel()

    def _schedule(self) -> None:
        self._due = self._clock() + _PULSE_S
        self._timer = self._loop.call_later(_PULSE_S, self._tick)

    def _tick(self) -> None:
        self._late_s = self._clock() - self._due
        self._schedule()
