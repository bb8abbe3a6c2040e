"""Deadlines of an attempt, kept by our own clock: a client library's timeout is per read, so a drip outlives it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from harness.clients.tap import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long an attempt may take."""

    timeout_s: float
    """Wall time of the whole attempt."""
    idle_timeout_s: float
    """Longest silence once a response's body has begun."""


class DeadlineExceeded(TimeoutError):
    """A deadline has passed; the message says which."""


@asynccontextmanager
async def enforce(deadlines: Deadlines, wire: Wire) -> AsyncIterator[None]:
    """Cancel what runs inside when a deadline passes, and raise DeadlineExceeded."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadlines.timeout_s
    try:
        async with asyncio.timeout_at(end) as scope:

            def on_bytes() -> None:
                with suppress(RuntimeError):  # the scope has ended: there is nothing left to extend
                    scope.reschedule(min(end, loop.time() + deadlines.idle_timeout_s))

            wire.on_bytes = on_bytes
            yield
    except Exception as error:  # the client library may have turned the cancellation into an error of its own
        if not scope.expired():
            raise
        if loop.time() >= end - 0.001:
            message = f"not finished within {deadlines.timeout_s:g} s"
        else:
            message = f"nothing came for {deadlines.idle_timeout_s:g} s in the middle of the response"
        raise DeadlineExceeded(message) from error
