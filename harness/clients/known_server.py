"""A chat server on loopback whose latency is known: what the measuring itself is measured against."""

import argparse
import asyncio
import json
import os
import re
import socket
import time
from typing import cast

import uvloop

from harness.clients.channel import Channel

ADDRESS, TRUTH = range(1, 3)
"""Kinds of frames: ADDRESS is the port as text, TRUTH a JSON list of a request's first word and its true time to the
first token in ms, counted from the last byte of the request."""

FIRST_S, GAP_S, CHUNKS = 0.05, 0.005, 8
"""How the answer comes: the first token after 50 ms, then seven more."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class Connection(asyncio.Protocol):
    """One client; answers its requests one after the other."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._left = b""
        self._transport: asyncio.Transport | None = None
        self._answering: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        received = time.monotonic()
        self._left += data
        head, found, rest = self._left.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or length is None or len(rest) < int(length[1]):
            return
        body, self._left = rest[: int(length[1])], rest[int(length[1]) :]
        task = asyncio.get_running_loop().create_task(self._answer(json.loads(body), received))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    def connection_lost(self, _: Exception | None) -> None:
        for task in self._answering:
            task.cancel()

    async def _answer(self, body: dict[str, object], received: float) -> None:
        messages = body["messages"]
        assert isinstance(messages, list)
        assert self._transport is not None
        self._transport.write(_HEAD + _event({"delta": {"role": "assistant", "content": ""}}))
        for number in range(CHUNKS):
            await asyncio.sleep(received + FIRST_S + number * GAP_S - time.monotonic())
            at = time.monotonic()
            self._transport.write(_event({"delta": {"content": "word "}}))
            if number == 0:
                truth = [str(messages[-1]["content"]).split()[0], (at - received) * 1000]
                self._channel.send(TRUTH, 0, json.dumps(truth).encode())
        self._transport.write(
            _event({"delta": {}, "finish_reason": "stop"}) + _chunk(b"data: [DONE]\n\n") + _chunk(b"")
        )


def _event(choice: dict[str, object]) -> bytes:
    event = {"id": "known", "object": "chat.completion.chunk", "created": 1, "model": "known",
             "choices": [{"index": 0, **choice}]}  # fmt: skip
    return _chunk(b"data: " + json.dumps(event).encode() + b"\n\n")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def serve(fd: int) -> None:
    """Answer on a free port of loopback until the other end of the channel is closed."""
    loop = asyncio.get_running_loop()
    channel = Channel(lambda *_: None, lambda: os._exit(0))
    await loop.create_unix_connection(lambda: channel, sock=socket.socket(fileno=fd))
    server = await loop.create_server(lambda: Connection(channel), "127.0.0.1", 0)
    channel.send(ADDRESS, 0, str(server.sockets[0].getsockname()[1]).encode())
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m harness.clients.known_server", description=__doc__)
    parser.add_argument("--channel", type=int, required=True, metavar="FD", help="our end of the socket pair")
    uvloop.run(serve(parser.parse_args().channel))


if __name__ == "__main__":
    main()
