"""The tap in a process of its own: what a run sends through, and how its marks come back."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from harness.clients.channel import Channel
from harness.clients.child import Child
from harness.clients.deadlines import DeadlineExceeded
from harness.clients.frames import AT, BODY, CANCEL, END, HEAD, REQUEST, SENT, STAMP, Order
from harness.clients.outgoing import origin_of, wire_form
from harness.clients.tap import Exchange, Handle, TooLarge, Wire, listening
from harness.core.children import child_environment
from harness.core.wording import worded
from harness.errors import TapError

TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_GRACE_S = 60.0
"""How long the client library may take beyond the wire before that is called our own fault."""


class ProcessTap:
    """Starts the tap's process with the context and ends it with it; when this process dies, so does the tap.

    Of `env` it sees no key, only the allow-list and which certificates are trusted; what it has to say goes to `log`.
    """

    def __init__(self, *, env: Mapping[str, str], log: Path) -> None:
        self._env, self._log = env, log
        self._numbers = count(1)
        self._passing: dict[int, _Passing] = {}
        self._channel = Channel(self._heard, self._lost)
        self._dead = False
        self._child: Child | None = None

    async def __aenter__(self) -> Self:
        env = child_environment(self._env, also=TRUST)
        self._child = await Child.start("harness.clients.forwarder", channel=self._channel, env=env, log=self._log)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._child is not None
        await self._child.end()

    @property
    def pid(self) -> int:
        """Process id of the tap."""
        assert self._child is not None
        return self._child.pid

    @asynccontextmanager
    async def listen(self, wire: Wire) -> AsyncIterator[None]:
        """See `Tap`. The tap keeps the deadlines; TapError where it is silent long after them."""
        most_s = wire.deadlines.timeout_s + _GRACE_S
        try:
            with listening(self, wire):
                async with asyncio.timeout(most_s) as scope:
                    yield
        except Exception as error:  # the client library may have turned the cancellation into an error of its own
            if not scope.expired():
                raise
            raise TapError(
                worded(
                    "a request had no end after {seconds:g} s: the process that forwards and times the "
                    "requests hangs, or the client library does",
                    seconds=most_s,
                ),
                hint=worded("what was served is kept"),
            ) from error

    async def carry(self, request: httpx.Request, wire: Wire, handle: Handle, *, verify: bool) -> httpx.Response:  # noqa: ARG002 - nothing leaves from here
        await request.aread()
        form = wire_form(request)
        exchange = wire.begin(request.url.host)
        passing = _Passing(self, next(self._numbers), exchange, wire)
        try:
            order = Order(
                origin=origin_of(request, verify=verify),
                limit=wire.limit,
                timeout_s=wire.deadlines.timeout_s,
                idle_timeout_s=wire.deadlines.idle_timeout_s,
                watched=wire.watch is not None,
            )
            if self._dead:
                raise self._died()
            self._passing[passing.number] = passing
            self._channel.send(REQUEST, passing.number, json.dumps(asdict(order)).encode(), b"\n", form)
            return await passing.head
        except BaseException as error:
            exchange.error = exchange.error or error
            passing.drop()
            raise

    def cancel(self, number: int) -> None:
        """Let go of a request whose rest nobody wants."""
        if self._passing.pop(number, None) is not None:
            self._channel.send(CANCEL, number)

    def _heard(self, kind: int, number: int, payload: bytes) -> None:
        passing = self._passing.get(number)
        if passing is None:  # cancelled meanwhile
            return
        if kind == SENT:
            passing.went_out(*AT.unpack(payload))
        elif kind == HEAD:
            passing.answered(*json.loads(payload))
        elif kind == BODY:
            passing.arrived(payload)
        elif kind == END:
            del self._passing[number]
            passing.ended(json.loads(payload))

    def _lost(self) -> None:
        self._dead = True
        passing, self._passing = list(self._passing.values()), {}
        for each in passing:
            each.fail(self._died())

    def _died(self) -> TapError:
        return TapError(
            worded("the process that forwards and times the requests has ended; nothing more can be measured"),
            hint=worded(
                "what it said is in logs/{name} of the run's folder; what was served is kept", name=self._log.name
            ),
        )


class _Passing(httpx.AsyncByteStream):
    """One request with the tap, and the stream of its response."""

    def __init__(self, tap: ProcessTap, number: int, exchange: Exchange, wire: Wire) -> None:
        self.number = number
        self.head: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
        self._tap, self._exchange, self._wire = tap, exchange, wire
        self._away = wire.wall() - wire.clock()
        self._parts: deque[bytes] = deque()
        self._over = False
        self._news = asyncio.Event()

    # -- what the tap says

    def went_out(self, at: float) -> None:
        self._wire.went_out(self._exchange, at)

    def answered(self, status: int, sent: float, at: float, headers: list[tuple[str, str]]) -> None:
        self._exchange.sent, self._exchange.head_out = sent, True
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        response = httpx.Response(status, headers=raw, stream=self)
        try:
            self._exchange.answered(at, response)
        except Exception as error:
            self.fail(error)
            self.drop()
        else:
            if not self.head.done():
                self.head.set_result(response)

    def arrived(self, payload: bytes) -> None:
        at, lag_s = STAMP.unpack_from(payload)
        data = payload[STAMP.size :]
        self._exchange.arrived(data, at, lag_s)
        self._parts.append(data)
        self._news.set()

    def ended(self, told: Mapping[str, Any]) -> None:
        exchange = self._exchange
        if told["sent"] is not None:
            exchange.sent, exchange.head_out = told["sent"], True
        self._wire.close(exchange, told["at"])
        exchange.clock_drift_s = told["drift_s"]
        if told["what"] is None:
            self._over = True
            self._news.set()
        else:
            self.fail(self._error(told["what"], told["why"]))

    def fail(self, error: Exception) -> Exception:
        """End with `error`, and return it."""
        exchange = self._exchange
        exchange.error = exchange.error or error
        self._wire.close(exchange, self._wire.clock())
        self._over = True
        self._news.set()
        if not self.head.done():
            self.head.set_exception(error)
            self.head.exception()  # whoever waits has it; nobody may wait
        return error

    def drop(self) -> None:
        """Let go of what may still come: the reader has had enough, which is no fault."""
        exchange = self._exchange
        self._over = True
        if exchange.closed is None:
            self._wire.close(exchange, exchange.chunks[-1].at if exchange.chunks else self._wire.clock())
            exchange.clock_drift_s = abs(self._wire.wall() - self._wire.clock() - self._away)
        self._tap.cancel(self.number)

    def _error(self, what: str, why: str | None) -> Exception:
        deadlines = self._wire.deadlines
        match what:
            case "connect":
                return httpx.ConnectError(why or "")
            case "late":
                return DeadlineExceeded(deadlines.late)
            case "silent":
                return DeadlineExceeded(deadlines.silent)
            case "too_large":
                return TooLarge(why)
            case _:
                return httpx.ReadError(why or what)

    # -- what the client library reads

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            if self._parts:
                data = b"".join(self._parts)
                self._parts.clear()
                yield data
            elif self._over:
                if self._exchange.error is not None:
                    raise self._exchange.error
                return
            else:
                self._news.clear()
                await self._news.wait()

    async def aclose(self) -> None:
        self.drop()
