"""A chat provider of known speed in a process of its own, fast enough to be nobody's bottleneck.

`python -m benchmarks.server --first-s 0.2 --gap-s 0.01 --chunks 8` prints its address, serves until its stdin ends, and
then prints the truth: one JSON line for each request (see `provider.Served`).
"""

import argparse
import asyncio
import json
import ssl
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httptools
import uvloop

WORD = "42"
FIELDS = ("id", "connection", "nth", "received", "first", "last")
"""What is printed of each request; times are of time.monotonic, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the model is."""

    first_s: float = 0.0
    """From the end of the request to the first content; the role comes at once."""
    gap_s: float = 0.0
    """Between two chunks of content."""
    chunks: int = 1

    @property
    def text(self) -> str:
        """The answer to every question."""
        return " ".join([WORD] * self.chunks)


@dataclass(slots=True, kw_only=True)
class Log:
    """The truth so far; plain lists, since writing it down must cost nothing."""

    connections: int = 0
    served: list[list[Any]] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection of a client; callbacks of httptools' parser among its methods."""

    def __init__(self, pace: Pace, log: Log) -> None:
        self._pace, self._log = pace, log
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._body = bytearray()
        self._requests = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has another parent
        self._log.connections += 1
        self._number = self._log.connections

    def data_received(self, data: bytes) -> None:
        self._received = time.monotonic()
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._body.clear()

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_message_complete(self) -> None:
        self._requests += 1
        asked = json.loads(self._body) if self._body else {}
        served = [len(self._log.served) + 1, self._number, self._requests, self._received, 0.0, 0.0]
        self._log.served.append(served)
        Answer(self._transport, self._loop, self._pace, served, asked).begin()


class Answer:
    """The answer to one request, written when its time has come."""

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, pace: Pace, served: list[Any],
        asked: dict[str, Any],
    ) -> None:  # fmt: skip
        self._transport, self._loop, self._pace, self._served, self._asked = transport, loop, pace, served, asked
        self._received: float = served[3]
        self._usage = {"prompt_tokens": 18, "completion_tokens": pace.chunks, "total_tokens": 18 + pace.chunks}
        self._written = 0

    def begin(self) -> None:
        if not self._asked.get("stream"):
            self._at(self._pace.first_s + (self._pace.chunks - 1) * self._pace.gap_s, self._whole)
            return
        head = (
            f"HTTP/1.1 200 OK\r\nx-request-id: {self._served[0]}\r\ncontent-type: text/event-stream\r\n"
            "transfer-encoding: chunked\r\n\r\n"
        )
        role = head.encode() + self._event({"role": "assistant", "content": ""})
        if self._pace.first_s:
            self._transport.write(role)
            self._at(self._pace.first_s, self._next)
        else:
            self._next(role)

    def _at(self, after_s: float, what: Any) -> None:
        # the loop's clock is time.monotonic
        if after_s:
            self._loop.call_at(self._received + after_s, what)
        else:
            what()

    def _next(self, before: bytes = b"") -> None:
        """Write what is due: the next word, or all that are left where there is no gap; the end after the last."""
        words = 1 if self._pace.gap_s else self._pace.chunks
        parts = [before]
        for _ in range(words):
            parts.append(self._event({"content": f" {WORD}" if self._written else WORD}))
            self._written += 1
        done = self._written == self._pace.chunks
        if done:
            parts.append(self._event({}, finish="stop"))
            if (self._asked.get("stream_options") or {}).get("include_usage"):
                parts.append(self._event(None))
            parts.append(_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        self._served[4] = self._served[4] or time.monotonic()
        self._transport.write(b"".join(parts))
        if done:
            self._served[5] = time.monotonic()
        else:
            self._at(self._pace.first_s + self._written * self._pace.gap_s, self._next)

    def _event(self, delta: dict[str, str] | None, finish: str | None = None) -> bytes:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        event = {**self._head("chat.completion.chunk"), "choices": choices}
        if delta is None:
            event["usage"] = self._usage
        return _chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _whole(self) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": self._pace.text},
                  "finish_reason": "stop"}  # fmt: skip
        body = json.dumps({**self._head("chat.completion"), "choices": [choice], "usage": self._usage})
        self._served[4] = self._served[5] = time.monotonic()
        self._transport.write(
            f"HTTP/1.1 200 OK\r\nx-request-id: {self._served[0]}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}".encode()
        )

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": f"chatcmpl-{self._served[0]}", "object": kind, "created": 1, "model": "fake"}


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def serve(pace: Pace, tls: ssl.SSLContext | None) -> None:
    loop, log = asyncio.get_running_loop(), Log()
    server = await loop.create_server(lambda: Connection(pace, log), "127.0.0.1", 0, ssl=tls, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    print(f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # the benchmark's end of it closes when it has ended, or died
    server.close()
    print(json.dumps({"connections": log.connections}))
    for served in log.served:
        print(json.dumps(dict(zip(FIELDS, served, strict=True))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-s", type=float, default=0.0)
    parser.add_argument("--gap-s", type=float, default=0.0)
    parser.add_argument("--chunks", type=int, default=1)
    parser.add_argument("--certificate", type=Path, help="PEM with the key; the server then speaks TLS")
    options = parser.parse_args()
    tls = None
    if options.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate)
    uvloop.run(serve(Pace(first_s=options.first_s, gap_s=options.gap_s, chunks=options.chunks), tls))


if __name__ == "__main__":
    main()
