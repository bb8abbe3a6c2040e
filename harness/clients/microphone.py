"""What the user says, as a microphone hears it: each frame is sent when it is over, so that a second takes a second."""

import asyncio
from collections.abc import Iterator

from harness.clients.session import Session
from harness.core.sound import RAW_RATE

FRAME_BYTES = int(RAW_RATE * 0.02) * 2
"""Twenty milliseconds."""


class Microphone:
    """Is on from the moment at which it is made."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.begun = self.at = session.wire.clock()
        """`at`: until when it has been heard; monotonic seconds."""

    async def hear(self, frame: bytes) -> None:
        """Say 16-bit samples at RAW_RATE; Over where the session is."""
        self.at += seconds(frame)
        await asyncio.sleep(self.at - self._session.wire.clock())
        self._session.demand()
        self._session.say(frame)


def frames(recording: bytes) -> Iterator[bytes]:
    """Yield `recording` in frames, of which the last may be shorter."""
    for at in range(0, len(recording), FRAME_BYTES):
        yield recording[at : at + FRAME_BYTES]


def seconds(recording: bytes) -> float:
    """How long 16-bit samples at RAW_RATE are."""
    return len(recording) / (2 * RAW_RATE)
