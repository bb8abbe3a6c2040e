"""The truth log: what a request was, and when each byte of its response was handed to the socket."""

import asyncio
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of a response body."""

    at: float
    """time.monotonic, just before the write: one clock for every process of a machine."""
    end: int
    """Body offset after it."""
    note: str
    """`role`, `reasoning`, `content`, `finish`, `usage`, `done`, `header`, `audio`, `session`, `body`;
    `heard` is no write."""


@dataclass(slots=True, kw_only=True)
class Served:
    """One request and what became of it."""

    path: str
    model: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]
    """The JSON body, or the form's fields (`file` as bytes)."""
    received: float
    images: list[str] = field(default_factory=list)
    """sha256 of the bytes of each picture, in order."""
    status: int | None = None
    writes: list[Write] = field(default_factory=list)
    closed: float | None = None

    def first(self, *notes: str) -> float:
        """When the first write with one of `notes` happened; ValueError if none did."""
        return min(w.at for w in self.writes if w.note in notes)

    def last(self, *notes: str) -> float:
        """When the last write with one of `notes` happened; ValueError if none did."""
        return max(w.at for w in self.writes if w.note in notes)

    def truth(self) -> dict[str, Any]:
        """What may leave the process: neither headers, which hold a key, nor what was asked."""
        return {
            "path": self.path, "model": self.model, "received": self.received, "images": self.images,
            "status": self.status,
            "writes": [asdict(write) for write in self.writes], "closed": self.closed,
        }  # fmt: skip


class Exchange:
    """One request in the making: the only way to answer, so that nothing is sent without being stamped."""

    def __init__(self, request: web.Request, served: Served) -> None:
        self.request = request
        self.served = served
        self.streams = bool(served.body.get("stream")) and not served.model.endswith("/plain")
        """Whether the normal answer is a stream of events."""
        self._response: web.StreamResponse | None = None
        self._sent = 0

    async def start(self, code: int = 200, *, content_type: str = "application/json", **headers: str) -> None:
        """Send the status line and headers; underscores in `headers` become dashes."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        response = web.StreamResponse(status=code, headers={"x-request-id": "req-fake", **fields})
        response.headers["content-type"] = content_type
        await self._prepare(response)

    async def upgrade(self) -> web.WebSocketResponse:
        """Become a WebSocket: each write is then one text message."""
        response = web.WebSocketResponse()
        await self._prepare(response)
        return response

    def note(self, note: str) -> None:
        """Log a moment at which nothing is written."""
        self.served.writes.append(Write(at=time.monotonic(), end=self._sent, note=note))

    async def write(self, data: bytes, note: str = "body") -> None:
        assert self._response is not None, "start() comes first"
        self._sent += len(data)
        self.served.writes.append(Write(at=time.monotonic(), end=self._sent, note=note))
        if isinstance(self._response, web.WebSocketResponse):
            await self._response.send_str(data.decode())
        else:
            await self._response.write(data)

    async def reply(self, code: int, data: bytes, *, content_type: str = "application/json", **headers: str) -> None:
        """A whole response of known length."""
        await self.start(code, content_type=content_type, content_length=str(len(data)), **headers)
        if data:
            await self.write(data)

    async def reset(self) -> None:
        """Drop the connection at once."""
        assert self.request.transport is not None
        self.request.transport.abort()
        await asyncio.sleep(0)

    async def end(self) -> web.StreamResponse:
        if self._response is None:
            await self.start(500)
        assert self._response is not None
        if isinstance(self._response, web.WebSocketResponse):
            await self._response.close()
        elif self.request.transport is not None and not self.request.transport.is_closing():
            await self._response.write_eof()
        self.served.closed = time.monotonic()
        return self._response

    async def _prepare(self, response: web.StreamResponse) -> None:
        self._response = response
        self.served.status = response.status
        await response.prepare(self.request)
