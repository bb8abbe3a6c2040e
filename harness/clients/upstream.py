"""Connections to providers, inside the tap's process: kept alive, one request at a time on each."""

import asyncio
import os
import ssl
import time
from collections import defaultdict
from functools import cache
from typing import Protocol, cast

import certifi
import httptools

from harness.clients.frames import Origin
from harness.clients.pulse import Pulse

_IDLE_S = 30.0
"""A connection that was idle for longer may be closing at the other end. A shorter limit opens new ones after each
pause of a busy sender: at 256 in flight, four seconds cost three connections where one was enough."""
_MOST_HEAD_BYTES = 256 * 1024
"""Of a response's status line and headers."""


class Refused(Exception):
    """No connection: nobody was asked anything."""


class Passage(Protocol):
    """What a connection tells of the response that it carries."""

    def head(self, status: int, headers: list[tuple[bytes, bytes]], at: float, lag_s: float) -> None: ...

    def body(self, data: bytes, at: float, lag_s: float) -> None: ...

    def done(self, at: float) -> None: ...

    def broken(self, why: str, at: float) -> None: ...


class Upstream(asyncio.Protocol):
    """One connection; a passage holds it from `carry` until it is done, broken or `abort`ed."""

    def __init__(self, pool: "Pool", origin: Origin) -> None:
        self._pool, self.origin = pool, origin
        self.idle_since = time.monotonic()
        self._transport: asyncio.Transport | None = None
        self._passage: Passage | None = None

    def carry(self, passage: Passage, request: bytes) -> float:
        """Write `request` and return when; what comes back goes to `passage`. Refused where the connection has gone."""
        if self._transport is None:
            raise Refused("it was dropped as soon as it was there")
        self._passage = passage
        self._expect()
        sent = time.monotonic()
        self._transport.write(request)
        return sent

    def abort(self) -> None:
        """Drop the connection: the provider should stop working, and what still comes belongs to nobody."""
        self._passage = None
        if self._transport is not None:
            self._transport.abort()

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def _expect(self) -> None:
        """Make ready for the next response."""
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._head_bytes = 0
        self._head_done = self._told = self._complete = self._keep_alive = False

    # -- what the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        at, lag_s = time.monotonic(), self._pool.pulse.lag_s()
        passage = self._passage
        if passage is None:  # an unasked word on an idle connection
            self.abort()
            return
        why = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            why = "it switched protocols"
        except httptools.HttpParserError as error:
            why = f"what came is no HTTP: {error}"
        if self._head_done:
            self._tell(passage, at, lag_s)
        else:
            self._head_bytes += len(data)
            if self._head_bytes > _MOST_HEAD_BYTES:
                why = "the head of the response does not end"
        if self._passage is not passage:  # it has had enough
            return
        if self._complete:
            self._keep_alive &= why is None
            self._end(at)
        elif why is not None:
            self._break(why, at)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._pool.closed(self)
        if self._passage is None:
            return
        if exc is None and self._head_done and not self._is_framed():
            self._end(time.monotonic())  # a body without a length ends with its connection
        else:
            self._break(
                "the connection was dropped" if exc is None else f"the connection broke: {exc}", time.monotonic()
            )

    # -- what the parser calls

    def on_message_begin(self) -> None:
        if self._complete:
            raise ValueError("more than one response to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._head_done = True

    def on_body(self, data: bytes) -> None:
        self._parts.append(data)

    def on_message_complete(self) -> None:
        if 100 <= self._parser.get_status_code() < 200:  # the response itself is still to come
            self._headers.clear()
            self._head_done = False
            return
        self._complete = True
        # later the parser has forgotten
        self._keep_alive = self._parser.should_keep_alive()

    def _tell(self, passage: Passage, at: float, lag_s: float) -> None:
        if not self._told:
            self._told = True
            passage.head(self._parser.get_status_code(), self._headers, at, lag_s)
        if self._parts and self._passage is passage:
            parts, self._parts = self._parts, []
            passage.body(parts[0] if len(parts) == 1 else b"".join(parts), at, lag_s)

    def _is_framed(self) -> bool:
        return any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self._headers)

    def _end(self, at: float) -> None:
        passage, self._passage = self._passage, None
        self.idle_since = at
        if self._keep_alive and self.is_open:
            self._pool.free(self)
        elif self._transport is not None:
            self._transport.close()
        if passage is not None:
            passage.done(at)

    def _break(self, why: str, at: float) -> None:
        passage = self._passage
        self.abort()
        if passage is not None:
            passage.broken(why, at)


class Pool:
    """All connections of the tap."""

    def __init__(self) -> None:
        self.pulse = Pulse(time.monotonic, every_s=0.005)
        self._idle: dict[Origin, list[Upstream]] = defaultdict(list)

    def idle(self, origin: Origin) -> Upstream | None:
        """Take a connection that is open and free; the one that was used last."""
        idle = self._idle[origin]
        while idle:
            upstream = idle.pop()
            if upstream.is_open and time.monotonic() - upstream.idle_since < _IDLE_S:
                return upstream
            upstream.abort()
        return None

    async def connect(self, origin: Origin) -> Upstream:
        """Open a connection; Refused says why there is none."""
        upstream = Upstream(self, origin)
        loop = asyncio.get_running_loop()
        tls = None if origin.tls is None else _context(origin.verify)
        try:
            if tls is not None and origin.tunnel is not None:
                await _tunnel(loop, upstream, origin, tls)
            else:
                host, port = (origin.proxy_host, origin.proxy_port) if origin.proxy_host else (origin.host, origin.port)
                await loop.create_connection(lambda: upstream, host, port, ssl=tls, server_hostname=origin.tls)
        except ssl.SSLCertVerificationError as error:
            raise Refused(f"its certificate is not trusted: {error.verify_message}") from error
        except OSError as error:
            raise Refused(error.strerror or str(error) or type(error).__name__) from error
        return upstream

    def free(self, upstream: Upstream) -> None:
        self._idle[upstream.origin].append(upstream)

    def closed(self, upstream: Upstream) -> None:
        if upstream in self._idle[upstream.origin]:
            self._idle[upstream.origin].remove(upstream)


async def _tunnel(loop: asyncio.AbstractEventLoop, upstream: Upstream, origin: Origin, tls: ssl.SSLContext) -> None:
    """Have the proxy connect us to the origin, then speak TLS through it."""
    assert origin.proxy_host is not None
    assert origin.tunnel is not None
    transport, opening = await loop.create_connection(_Opening, origin.proxy_host, origin.proxy_port)
    try:
        transport.write(origin.tunnel.encode("latin-1"))
        status = await opening.status
        if not 200 <= status < 300:
            raise Refused(f"the proxy {origin.proxy_host} answers {status}")
        transport.set_protocol(upstream)
        secured = await loop.start_tls(transport, upstream, tls, server_hostname=origin.tls)
        assert secured is not None
        upstream.connection_made(secured)
    except BaseException:
        transport.abort()
        raise


class _Opening(asyncio.Protocol):
    """Waits for a proxy's answer to CONNECT."""

    def __init__(self) -> None:
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # what a tunnel is
        except httptools.HttpParserError as error:
            self._fail(f"the proxy's answer is no HTTP: {error}")

    def on_headers_complete(self) -> None:
        if not self.status.done():
            self.status.set_result(self._parser.get_status_code())

    def connection_lost(self, _: Exception | None) -> None:
        self._fail("the proxy dropped the connection")

    def _fail(self, why: str) -> None:
        if not self.status.done():
            self.status.set_exception(Refused(why))


@cache
def _context(verify: bool) -> ssl.SSLContext:
    """Trust what `SSL_CERT_FILE` or `SSL_CERT_DIR` name, else the certificates that LiteLLM's client trusts."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        context = ssl.create_default_context()
    else:
        context = ssl.create_default_context(cafile=certifi.where())
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
