"""A live session while it lasts: it is opened, talked into and closed, and what comes out of it is stamped.

No tap stands between: the stamps are those of this process, and say by how much its event loop may have delayed them.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx

from harness.clients import litellm_door
from harness.clients.deadlines import DeadlineExceeded
from harness.clients.line import Line
from harness.clients.pulse import Pulse
from harness.clients.tap import TooLarge, Wire
from harness.clients.target import Target
from harness.clients.told import Told
from harness.core.canonical import Json

OPEN = 200
"""Status of a session that has begun, as of any request that was taken."""
_GOODBYE_S = 1.0
"""How long a provider may take to say goodbye."""


class Over(Exception):
    """The session has ended, or an error has come."""


class Session:
    """What `opened` yields."""

    def __init__(self, wire: Wire, host: str) -> None:
        self.wire = wire
        self.exchange = wire.begin(host)
        self.told = Told()
        self.line = Line(self._arrived, self.end)
        self.pulse = Pulse(wire.clock)
        self._over = False
        self._news = asyncio.Event()

    def say(self, frame: bytes) -> None:
        """Say 16-bit samples."""
        self.line.say(type="input_audio_buffer.append", audio=base64.b64encode(frame).decode())

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until `holds()`; Over where it will not, DeadlineExceeded where an answer that has begun goes silent."""
        while not holds():
            self.demand()
            self._news.clear()
            try:
                async with asyncio.timeout(self.wire.deadlines.idle_timeout_s if self.told.heard else None):
                    await self._news.wait()
            except TimeoutError as error:
                raise DeadlineExceeded(self.wire.deadlines.silent) from error

    def demand(self) -> None:
        """Raise Over where the session goes on no longer."""
        if self._over:
            raise Over

    def end(self, *_: object) -> None:
        """Nothing more comes."""
        self._over = True
        self._news.set()

    def _arrived(self, text: str) -> None:
        exchange, at = self.exchange, self.wire.clock()
        if exchange.status is None:
            exchange.status, exchange.head_out = OPEN, True
        exchange.arrived(text.encode() + b"\n", at, self.pulse.lag_s())
        if exchange.size > self.wire.limit:
            exchange.error = TooLarge(f"the session has brought more than {self.wire.limit:,} bytes")
        else:
            self.told.take(text, end=exchange.size - 1, at=at)
        if exchange.error or self.told.error or self.told.broken:
            self._over = True
        self._news.set()


@asynccontextmanager
async def opened(target: Target, account: Mapping[str, Json], timeout_s: float, wire: Wire) -> AsyncIterator[Session]:
    """Open a session and close it; what it has brought is in its `told` even where it ended before its time.

    DeadlineExceeded after `timeout_s`; what became of a session that never began is raised as of any request.
    """
    litellm = litellm_door.load()
    session = Session(wire, urlsplit(target.base_url or "").hostname or target.model)
    away = wire.wall() - wire.clock()
    forwarding = asyncio.create_task(
        litellm._arealtime(
            model=target.model, websocket=session.line, api_base=target.base_url, api_key=target.api_key,
            timeout=timeout_s, **account,
        )
    )  # fmt: skip
    forwarding.add_done_callback(session.end)
    try:
        async with asyncio.timeout(timeout_s):
            with suppress(Over):
                yield session
    except DeadlineExceeded:
        raise
    except TimeoutError as error:
        raise DeadlineExceeded(wire.deadlines.late) from error
    finally:
        exchange = session.exchange
        if exchange.status is not None:
            wire.went_out(exchange, exchange.sent)  # only now is it known since when something was asked
        wire.close(exchange, wire.clock())
        exchange.clock_drift_s = abs(wire.wall() - wire.clock() - away)
        exchange.chunks[:] = [
            chunk for chunk in exchange.chunks if chunk.at >= exchange.sent
        ]  # before, nothing was asked
        session.pulse.stop()
        session.line.hang_up()
        _, late = await asyncio.wait([forwarding], timeout=_GOODBYE_S)
        for task in late:
            task.cancel()
        failure = (await asyncio.gather(forwarding, return_exceptions=True))[0]
    if exchange.error is not None:
        raise exchange.error
    if exchange.status is None:
        _refuse(session, failure)


def _refuse(session: Session, failure: object) -> NoReturn:
    """Raise why a session never began: the provider's own status and words, or why nobody could be asked."""
    exchange, cause = session.exchange, session.line.cause
    response = _response(cause)
    if response is not None:
        headers = [(name, value) for name, value in response.headers.raw_items() if name.lower() != "content-encoding"]
        content = response.body or b""
        exchange.head_out = True
        exchange.answered(exchange.closed or exchange.sent, httpx.Response(response.status_code, headers=headers))
        exchange.arrived(content, exchange.closed or exchange.sent, 0.0)
        exchange.error = httpx.ReadError(f"the handshake was refused with {response.status_code}")
    elif "redirect" in str(cause):  # of which the status is not told
        exchange.head_out = True
        exchange.answered(exchange.closed or exchange.sent, httpx.Response(307))
        exchange.error = httpx.ReadError(str(cause))
    elif isinstance(cause, OSError) and not isinstance(cause, TimeoutError | ConnectionResetError):
        exchange.error = httpx.ConnectError(str(cause))
    elif cause is None and isinstance(failure, Exception):  # LiteLLM asked nobody
        session.wire.exchanges.remove(exchange)
        raise failure
    else:
        exchange.head_out = True
        exchange.error = httpx.ReadError(str(cause))
    raise exchange.error


def _response(cause: BaseException | None) -> Any:
    """Return the provider's refusal, where that is what LiteLLM was handling, or what led to it."""
    while cause is not None and not hasattr(cause, "response"):
        cause = cause.__context__
    return getattr(cause, "response", None)
