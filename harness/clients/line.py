"""The stand-in for the WebSocket to which LiteLLM forwards a live session: all of us that its private adapter sees.

LiteLLM knows how each provider's session is opened, and offers that to its proxy alone: `_arealtime` forwards between
the provider and a WebSocket that the proxy's user has opened. A contract test says when the stand-in no longer fits
(docs/decisions/0013).
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any


class Line:
    """A WebSocket as LiteLLM's proxy has one with its user, without a network."""

    def __init__(self, on_text: Callable[[str], None], on_close: Callable[[], None]) -> None:
        self.scope: Mapping[str, Any] = {"type": "websocket", "headers": []}
        self.headers: Mapping[str, str] = {}
        self.query_params: Mapping[str, str] = {}
        self.cause: BaseException | None = None
        """What LiteLLM was handling when it gave up: a refused handshake, a connection that could not be made."""
        self._on_text, self._on_close = on_text, on_close
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()

    # -- what LiteLLM calls

    async def accept(self, *_: object, **__: object) -> None:
        """It is open already."""

    async def receive_text(self) -> str:
        text = await self._outgoing.get()
        if text is None:
            raise RuntimeError("disconnected")
        return text

    async def send_text(self, data: str) -> None:
        if (cause := sys.exception()) is not None:  # `data` is what LiteLLM makes of it
            self.cause = cause
        else:
            self._on_text(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        del code, reason  # an error event has said it, and better
        self.cause = self.cause or sys.exception()
        self._on_close()

    # -- what we call

    def say(self, **event: Any) -> None:
        self._outgoing.put_nowait(json.dumps(event))

    def hang_up(self) -> None:
        self._outgoing.put_nowait(None)
