"""A server of raw bytes: it answers what no HTTP library would send, and knows what its clients do."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

import httpx

from harness.clients.frames import Origin
from harness.clients.tap import Tap, Wire, forward
from tests.clients.trip import wire_of

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
GAP_S = 0.01
"""Between two parts, so that each travels by itself."""


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Talk:
    """One connection, seen from the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.requests: list[bytes] = []
        self.ended = asyncio.Event()
        """The client has closed the connection, or the play is over."""

    async def request(self) -> bytes:
        """The next request, head and body; IncompleteReadError where the client closes instead."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await self.reader.readexactly(int(lengths[0])) if lengths else b""
        self.requests.append(head + body)
        return head + body

    async def say(self, *parts: bytes) -> None:
        """Write each part by itself."""
        for at, part in enumerate(parts):
            await asyncio.sleep(GAP_S if at else 0)
            self.writer.write(part)
            await self.writer.drain()

    def reset(self) -> None:
        """Drop the connection so that the client hears it."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def gone(self) -> None:
        """Wait until the client has closed the connection."""
        while await self.reader.read(2**16):
            pass


Play = Callable[[Talk], Awaitable[None]]
"""What the server does with a connection; it is closed when the play is over."""


def answering(*parts: bytes, close: bool = False) -> Play:
    """Answer every request with these parts; `close` the connection after the first."""

    async def play(talk: Talk) -> None:
        while True:
            await talk.request()
            await talk.say(*parts)
            if close:
                return

    return play


class Raw:
    """Plays `play` on every connection while its context lasts."""

    def __init__(self, play: Play, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._play, self._tls, self._host = play, tls, host
        self.talks: list[Talk] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, self._host, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for talk in self.talks:
            talk.writer.close()
        for talk in self.talks:
            await talk.ended.wait()
            with suppress(ConnectionError, ssl.SSLError):
                await talk.writer.wait_closed()

    @property
    def url(self) -> str:
        """The api_base, with /v1."""
        return f"{'http' if self._tls is None else 'https'}://{self._host}:{self.port}/v1"

    @property
    def origin(self) -> Origin:
        return Origin(host=self._host, port=self.port, tls=None)

    @property
    def requests(self) -> list[bytes]:
        return [request for talk in self.talks for request in talk.requests]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Talk(reader, writer)
        self.talks.append(talk)
        try:
            await self._play(talk)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            talk.ended.set()


@contextmanager
def in_thread(server: Raw) -> Iterator[Raw]:
    """Run `server` in a loop of its own, which goes on while the caller's stands still."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with server:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def fetch(tap: Tap, url: str, wire: Wire | None = None, *, content: bytes = b"{}") -> httpx.Response:
    """Send one request through `tap`, as a client library's transport would, and read the whole response."""

    async def handle(_: httpx.Request) -> httpx.Response:
        raise AssertionError("the request has left past the tap")

    async with tap.listen(wire or wire_of(limit=2**20)):
        response = await forward(handle, httpx.Request("POST", url, content=content))
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response
