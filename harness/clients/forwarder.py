"""The tap's process: forwards requests to providers, stamps what happens on the wire, keeps deadlines and caps.

It retries nothing, follows no redirect, and stores neither a header nor a key.
"""

import argparse
import asyncio
import json
import os
import socket
import time
from collections.abc import Callable

import uvloop

from harness.clients.channel import Channel
from harness.clients.frames import AT, BODY, CANCEL, END, HEAD, REQUEST, SENT, STAMP, Order, Origin
from harness.clients.upstream import Pool, Refused, Upstream

_CONNECT_S = 10.0
_LINGER_S = 0.25
"""How long a response that nobody reads may take to end by itself, which saves its connection for the next request."""


class Forwarder:
    """Serves the one channel to the process that sends."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.channel = Channel(self._heard, lambda: os._exit(0))
        self._carried: dict[int, Carried] = {}

    def _heard(self, kind: int, number: int, payload: bytes) -> None:
        if kind == REQUEST:
            told, _, request = payload.partition(b"\n")
            order = json.loads(told)
            order["origin"] = Origin(**order["origin"])
            self._carried[number] = Carried(self, number, Order(**order), request)
            self._carried[number].begin()
        elif kind == CANCEL and number in self._carried:
            self._carried[number].cancel()

    def forget(self, number: int) -> None:
        del self._carried[number]


class Carried:
    """One request on its way; a `Passage`."""

    def __init__(self, forwarder: Forwarder, number: int, order: Order, request: bytes) -> None:
        self._forwarder, self._number, self._order, self._request = forwarder, number, order, request
        self._loop = asyncio.get_running_loop()
        self._upstream: Upstream | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._sent: float | None = None
        self._away = 0.0
        """Wall clock minus monotonic clock when the request was sent."""
        self._received = 0
        self._heard_at: float | None = None
        """When the last bytes of the body came."""
        self._ended = False

    def begin(self) -> None:
        self._due = self._loop.time() + self._order.timeout_s
        self._timer = self._loop.call_at(self._due, self._late)
        upstream = self._forwarder.pool.idle(self._order.origin)
        if upstream is None:
            self._connecting = self._loop.create_task(self._connect())
        else:
            self._send(upstream)

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(_CONNECT_S):
                upstream = await self._forwarder.pool.connect(self._order.origin)
            self._send(upstream)
        except Refused as error:
            self._end("connect", str(error))
        except TimeoutError:
            self._end("connect", f"no connection within {_CONNECT_S:g} s")
        except Exception as error:  # a host that is no name, ...: whatever it is, somebody waits for an answer
            self._end("connect", f"{type(error).__name__}: {error}")

    def _send(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._sent = upstream.carry(self, self._request)
        self._request = b""
        self._away = time.time() - time.monotonic()
        if self._order.watched:
            self._tell(SENT, AT.pack(self._sent))

    # -- what the connection tells

    def head(self, status: int, headers: list[tuple[bytes, bytes]], at: float, lag_s: float) -> None:  # noqa: ARG002 - no mark is ranked by it
        told = [status, self._sent, at, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]]
        self._tell(HEAD, json.dumps(told).encode())

    def body(self, data: bytes, at: float, lag_s: float) -> None:
        self._received += len(data)
        if self._heard_at is None:
            self._watch_silence()
        self._heard_at = self._loop.time()
        self._tell(BODY, STAMP.pack(at, lag_s), data)
        if self._received > self._order.limit:
            self._drop("too_large", f"the response is larger than {self._order.limit:,} bytes")

    def done(self, at: float) -> None:
        self._end(None, None, at)

    def broken(self, why: str, at: float) -> None:
        self._end("broken", why, at)

    # -- what ends it otherwise

    def cancel(self) -> None:
        """Stop soon: a sender that has seen the end of a stream is gone before the end of its response."""
        if self._sent is None:
            self._drop("cancelled", None)
            return
        self._loop.call_later(_LINGER_S, self._drop, "cancelled", None)

    def _late(self) -> None:
        if self._sent is None:  # nobody was asked, so nobody was slow
            self._drop("connect", f"no connection within {self._order.timeout_s:g} s")
        else:
            self._drop("late", None)

    def _watch_silence(self) -> None:
        """One timer that looks when silence would be too long, rather than one that moves with every chunk."""

        def look() -> None:
            assert self._heard_at is not None
            left = self._heard_at + self._order.idle_timeout_s - self._loop.time()
            if left <= 0:
                self._drop("silent", None)
            else:
                self._arm(left, look)

        self._arm(self._order.idle_timeout_s, look)

    def _arm(self, after_s: float, look: Callable[[], None]) -> None:
        """Wait for whichever comes first, the look or the end of the whole attempt."""
        self._timer.cancel()
        due = self._loop.time() + after_s
        self._timer = self._loop.call_at(*((due, look) if due < self._due else (self._due, self._late)))

    def _drop(self, what: str, why: str | None) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        if self._upstream is not None and not self._ended:
            self._upstream.abort()
        self._end(what, why)

    def _end(self, what: str | None, why: str | None, at: float | None = None) -> None:
        if self._ended:
            return
        self._ended = True
        self._timer.cancel()
        now = time.monotonic()
        drift_s = 0.0 if self._sent is None else abs(time.time() - now - self._away)
        told = {"at": at or now, "sent": self._sent, "drift_s": drift_s, "what": what, "why": why}
        self._tell(END, json.dumps(told).encode())
        self._forwarder.forget(self._number)

    def _tell(self, kind: int, *parts: bytes) -> None:
        self._forwarder.channel.send(kind, self._number, *parts)


async def serve(fd: int) -> None:
    """Forward until the other end of the channel is closed."""
    forwarder = Forwarder()
    await asyncio.get_running_loop().create_unix_connection(lambda: forwarder.channel, sock=socket.socket(fileno=fd))
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m harness.clients.forwarder", description=__doc__)
    parser.add_argument("--channel", type=int, required=True, metavar="FD", help="our end of the socket pair")
    uvloop.run(serve(parser.parse_args().channel))


if __name__ == "__main__":
    main()
