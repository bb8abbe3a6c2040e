"""Hears who speaks by loudness alone, as a microphone brings it: where a turn begins, and where it has ended."""

from collections.abc import Iterator

import numpy as np

from harness.core.sound import RAW_RATE

FRAME_BYTES = RAW_RATE // 50 * 2
"""Twenty milliseconds, over which loudness is taken."""
LOUD = 0.01
"""Root mean square of a frame that is speech, of full scale: -40 dB."""
BEGINS_AFTER = 3
"""Loud frames in a row: a click is no speech."""
KEPT_FRAMES = 15
"""What is kept from before a turn begins, so that its first sound is not lost."""


class Detector:
    """Keeps the sound of the turn that is being spoken."""

    def __init__(self, *, silence_s: float) -> None:
        self._ends_after = max(1, round(silence_s * RAW_RATE * 2 / FRAME_BYTES))
        self._rest = b""
        self._frames: list[bytes] = []
        self._loud = self._quiet = 0
        self._speaking = False

    def hear(self, sound: bytes) -> Iterator[bytes | None]:
        """Yield None where somebody begins to speak, and the turn's samples where it has ended."""
        self._rest += sound
        while len(self._rest) >= FRAME_BYTES:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
            samples = np.frombuffer(frame, "<i2").astype(np.float64) / 32768
            loud = bool(np.sqrt(np.mean(samples**2)) > LOUD)
            self._frames.append(frame)
            self._loud, self._quiet = (self._loud + 1, 0) if loud else (0, self._quiet + 1)
            if not self._speaking and self._loud == BEGINS_AFTER:
                self._speaking = True
                yield None
            elif self._speaking and self._quiet == self._ends_after:
                turn, self._frames, self._speaking = b"".join(self._frames), [], False
                yield turn
            if not self._speaking:
                del self._frames[:-KEPT_FRAMES]
