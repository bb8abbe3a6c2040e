"""A channel between two processes of one run: numbered frames over an inherited pair of sockets.

Nobody else can open it, so it needs no address and no secret; its end of file tells each side that the other has gone.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import cast

_FRAME = struct.Struct("!BII")
"""Kind, number of what it belongs to, bytes that follow."""


class Channel(asyncio.Protocol):
    """One end. `heard(kind, number, payload)` gets every frame in order; `lost()` is called once, at the end."""

    def __init__(self, heard: Callable[[int, int, bytes], None], lost: Callable[[], None]) -> None:
        self._heard, self._lost = heard, lost
        self._left = bytearray()
        self._needed = 0
        """How many bytes `left` must have before there is anything to hear."""
        self._transport: asyncio.Transport | None = None

    def send(self, kind: int, number: int, *parts: bytes) -> None:
        """Queue a frame; nothing happens where the other side has gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.writelines((_FRAME.pack(kind, number, sum(map(len, parts))), *parts))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._left += data
            if len(self._left) < self._needed:  # a clip of 25 MB comes in a hundred pieces: none is looked at twice
                return
            data = bytes(self._left)
        at, self._needed = 0, _FRAME.size
        while len(data) - at >= _FRAME.size:
            kind, number, size = _FRAME.unpack_from(data, at)
            end = at + _FRAME.size + size
            if end > len(data):
                self._needed = end - at
                break
            self._heard(kind, number, data[at + _FRAME.size : end])
            at = end
        self._left = bytearray(data[at:])

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._lost()
