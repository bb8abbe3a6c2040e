"""The tap: what really happened on the wire, stamped below the client library.

`Tap` is the interface. `tap_process.ProcessTap` is the form that a run uses: a process of its own forwards every
request, so its stamps do not wait for the event loop that decodes the answers. `in_process.InProcessTap` lives in the
transport of the process that sends: for tests, and where a request cannot be handed over.
"""

import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import httpx

from harness.clients.deadlines import Deadlines

REQUEST_IDS = ("x-request-id", "request-id", "x-amzn-requestid", "apim-request-id")
KEPT_HEADERS = ("content-type", "retry-after", "retry-after-ms", "openai-poll-after-ms", *REQUEST_IDS)
"""The only response headers that are remembered: none of them can hold a secret."""


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
    may_be_billed: bool = True
    """False of a question after a job, and of the fetch of what it made: who ordered it has paid for them."""
    sent: float
    """When the request's head was handed to the socket; never includes the set-up of a connection."""
    head_out: bool = False
    """The transport says that the request's head went out; httpx's own does not say."""
    headers_at: float | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Those of KEPT_HEADERS that came, in lower case."""
    moved_to: str | None = None
    """Where a redirect points, which nobody follows with a key; it may hold a token, and is recorded nowhere."""
    chunks: list[Chunk] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    """The body as the reader gets it, so that a large one is held once."""
    closed: float | None = None
    clock_drift_s: float = 0.0
    """How far wall clock and monotonic clock parted meanwhile: the machine slept, or its clock was set."""
    error: BaseException | None = None

    @property
    def body(self) -> bytes:
        """What has come of the response's body."""
        if len(self.pieces) > 1:
            self.pieces = [b"".join(self.pieces)]
        return self.pieces[0] if self.pieces else b""

    @property
    def size(self) -> int:
        """Bytes of the body that have come."""
        return self.chunks[-1].end if self.chunks else 0

    def arrived(self, data: bytes, at: float, lag_s: float) -> None:
        """Note a piece of the body."""
        self.pieces.append(data)
        self.chunks.append(Chunk(at, self.size + len(data), lag_s))

    def arrival(self, offset: int | None) -> Chunk | None:
        """The chunk that brought the byte at `offset`."""
        at = len(self.chunks) if offset is None else bisect_right(self.chunks, offset, key=lambda chunk: chunk.end)
        return self.chunks[at] if at < len(self.chunks) else None

    def answered(self, at: float, response: httpx.Response) -> None:
        """Note the head of the response; Encoded where its body could not be stamped."""
        self.headers_at, self.status = at, response.status_code
        self.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        encoding = response.headers.get("content-encoding", "identity")
        if encoding.lower() != "identity":
            raise Encoded(f"the response is compressed ({encoding}) although the request declined that")

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def request_id(self) -> str | None:
        return next((self.headers[name] for name in REQUEST_IDS if name in self.headers), None)


class Watch(Protocol):
    """Told of the requests of an attempt while it is under way, in monotonic seconds."""

    def sent(self, at: float) -> None:
        """The head of a request went out."""

    def closed(self, at: float) -> None:
        """The response to it has ended, or nobody wants the rest; also where the request never went out."""


@dataclass(slots=True, kw_only=True)
class Wire:
    """Everything that one attempt sent and received."""

    limit: int
    """Most bytes of a response body."""
    deadlines: Deadlines
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    on_bytes: Callable[[], None] = lambda: None
    """Told whenever bytes arrive."""
    on_closed: Callable[[], None] = lambda: None
    """Told when no more will, of this response."""
    ordered: bool = False
    """A job has been paid for: what is sent from now on is about it."""
    watch: Watch | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    def begin(self, host: str) -> Exchange:
        """Note that a request goes to `host`."""
        self.exchanges.append(Exchange(host=host, may_be_billed=not self.ordered, sent=self.clock()))
        return self.exchanges[-1]

    @property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    @property
    def order(self) -> Exchange | None:
        """The last one that may be billed: of all but a job, the last one."""
        return next((exchange for exchange in reversed(self.exchanges) if exchange.may_be_billed), None)

    def went_out(self, exchange: Exchange, at: float) -> None:
        """Note when the head of a request went out."""
        exchange.sent, exchange.head_out = at, True
        if self.watch is not None:
            self.watch.sent(at)

    def close(self, exchange: Exchange, at: float) -> None:
        """Note the end of an exchange, unless it has ended."""
        if exchange.closed is None:
            exchange.closed = at
            if self.watch is not None:
                self.watch.closed(at)


Handle = Callable[[httpx.Request], Awaitable[httpx.Response]]
"""What a transport does with a request."""


class Tap(Protocol):
    """Watches the wire for one attempt."""

    def listen(self, wire: Wire) -> AbstractAsyncContextManager[None]:
        """Fill `wire` with what is sent inside the context; it is complete when the context has ended.

        DeadlineExceeded where a deadline of `wire` passes first.
        """

    async def carry(self, request: httpx.Request, wire: Wire, handle: Handle, *, verify: bool) -> httpx.Response:
        """Have `request` sent and return the response, whose stream the tap stamps.

        `handle` is how the transport would send it; `verify` is False where the user wants no certificate checked.
        """


_listening: ContextVar[tuple[Tap, Wire] | None] = ContextVar("listening", default=None)


@contextmanager
def listening(tap: Tap, wire: Wire) -> Iterator[None]:
    """Within the context, requests of this task and its children go through `tap` and fill `wire`."""
    token = _listening.set((tap, wire))
    try:
        yield
    finally:
        _listening.reset(token)


def listened_to() -> Wire | None:
    """The wire that fills in this context; None where nobody listens."""
    now = _listening.get()
    return None if now is None else now[1]


async def forward(handle: Handle, request: httpx.Request, *, verify: bool = True) -> httpx.Response:
    """Send `request` through the tap that listens in this context; through `handle` alone where none does.

    Compression is declined, since stamps and caps are about the bytes of the content. Redirects are not followed:
    the target of one would be shown the key.
    """
    now = _listening.get()
    if now is None:
        return await handle(request)
    tap, wire = now
    request.headers["accept-encoding"] = "identity"
    response = await tap.carry(request, wire, handle, verify=verify)
    if wire.last is not None and response.is_redirect:
        wire.last.moved_to = _moved_to(request.url, response.headers.get("location", ""))
    return httpx.Response(
        response.status_code,
        headers=[(name, value) for name, value in response.headers.raw if name.lower() != b"location"],
        stream=response.stream,
        extensions=response.extensions,
        request=request,
    )


def _moved_to(url: httpx.URL, location: str) -> str | None:
    """Return where a redirect points, in full; None where that is nowhere, or leaves TLS."""
    try:
        there = url.join(location)
    except httpx.InvalidURL:
        return None
    return str(there) if location and (there.scheme == "https" or there.scheme == url.scheme == "http") else None


class Tapped(httpx.AsyncHTTPTransport):
    """Sends through the tap what LiteLLM has no function for."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await forward(super().handle_async_request, request)
