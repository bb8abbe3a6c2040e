"""Room kept on the disk, so that what a provider has served still lands when everything else is full."""

import heapq
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from harness.core import videos
from harness.core.requests import (
    ChatRequest,
    EmbeddingRequest,
    ImageRequest,
    RagRequest,
    Request,
    SessionRequest,
    SpeechRequest,
    VideoRequest,
    is_spoken,
)
from harness.core.wording import worded
from harness.errors import StoreError

NAME = "ballast"
CALL_BYTES = 128 * 1024
"""Room for one call in flight: the pages of the database that its rows touch, and what an error says."""
TOKEN_BYTES = 16
"""Eight of text for each token that may come, once in the WAL and once in the database."""
SPOKEN_TOKEN_BYTES = 4_000
"""A token of sound is up to 80 ms, at 24 kHz."""
CHARACTER_BYTES = 24_000
"""Half a second of 24 kHz WAV for each character that is spoken: digits are the slowest."""
CLIP_BYTES = 2 * 2**20
"""Even one word may come as 48 kHz stereo, and go on for ten seconds."""
MOST_CLIP_BYTES = 64 * 2**20
"""No larger clip is accepted."""
VECTOR_BYTES = 4 * 4096
"""32-bit floats; few models have more dimensions."""
PICTURE_BYTES = 8 * 2**20
"""A PNG of 1536 x 1024 pixels without any two alike has five."""
VIDEO_BYTES = 4 * 2**20
"""Of a second: 4K at 30 Mbit/s; what is smaller or quieter takes a tenth."""
CHECKPOINT_BYTES = 4 * 1024 * 1024
"""What SQLite copies at once from its WAL of 1,000 pages into the database."""
LOOK_EVERY_S = 1.0
ADVICE = worded("free some space or check the disk, then resume: everything committed is kept")


def room(loads: Iterable[int], in_flight: int) -> int:
    """Return how many bytes so many calls may bring at once, from what each brings: the largest of them."""
    return CHECKPOINT_BYTES + sum(heapq.nlargest(in_flight, loads))


class Ballast:
    """A file that takes up room until the disk is full; with its end nothing more is sent, and what is out lands."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / NAME
        self._clock = clock
        self._size = 0
        self._given_up = False
        self._looked = -LOOK_EVERY_S
        self._one_at_a_time = threading.Lock()

    def load(self, size: int) -> None:
        """Take up `size` bytes; StoreError where as much again is not free, which sending needs."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                _take_up(handle, size)
                os.ftruncate(handle, size)
            finally:
                os.close(handle)
        except OSError as error:
            self.remove()
            raise self._full(
                worded(
                    "{size:.1f} MB for what is in flight cannot be set aside: {strerror}",
                    size=size / 1000000.0,
                    strerror=error.strerror,
                )
            ) from error
        self._size, self._given_up, self._looked = size, False, self._clock() - LOOK_EVERY_S
        try:
            self.check()
        except StoreError:
            self.remove()
            raise

    def give_up(self) -> bool:
        """Free the room, from any thread; return whether there ever was any, so that a write is worth a second try."""
        with self._one_at_a_time:
            if self._size and not self._given_up:
                self._given_up = True
                self.remove()
            return self._given_up

    def check(self) -> None:
        """Raise StoreError where nothing more may be sent; looks at the disk at most every second."""
        if self._given_up:
            raise self._full(worded("the disk is full"))
        now = self._clock()
        if self._size and now - self._looked >= LOOK_EVERY_S:
            self._looked = now
            disk = os.statvfs(self._path.parent)
            free = disk.f_bavail * disk.f_frsize
            if free < self._size:
                raise self._full(worded("the disk is nearly full: {free:.1f} MB are left", free=free / 1000000.0))

    def remove(self) -> None:
        """Leave nothing behind."""
        self._path.unlink(missing_ok=True)

    def _full(self, what: str) -> StoreError:
        return StoreError(
            worded("{folder}: {what}; nothing more is sent", folder=self._path.parent, what=what), hint=ADVICE
        )


def brings(request: Request) -> int:
    """Return how many bytes the answer to `request` may take on the disk."""
    match request:
        case ChatRequest():
            clip = min(request.max_tokens * SPOKEN_TOKEN_BYTES, MOST_CLIP_BYTES) if is_spoken(request) else 0
            return CALL_BYTES + request.max_tokens * TOKEN_BYTES + clip
        case SessionRequest():
            return CALL_BYTES + min(request.max_tokens * SPOKEN_TOKEN_BYTES, MOST_CLIP_BYTES)
        case SpeechRequest():
            clip = max(CLIP_BYTES, len(request.text) * CHARACTER_BYTES)
            return CALL_BYTES + min(clip, MOST_CLIP_BYTES)
        case EmbeddingRequest():
            return CALL_BYTES + len(request.texts) * VECTOR_BYTES
        case RagRequest():
            written, searched = request.max_tokens * TOKEN_BYTES, len(request.documents) * VECTOR_BYTES
            return CALL_BYTES + written + searched
        case ImageRequest():
            return CALL_BYTES + PICTURE_BYTES
        case VideoRequest():
            return CALL_BYTES + min(request.seconds * VIDEO_BYTES, videos.MOST_BYTES)
        case _:
            return CALL_BYTES


def _take_up(handle: int, size: int) -> None:
    """Have the disk give a file all its bytes; holes would keep nothing free."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
        return
    zeros, written = bytes(2**20), 0  # macOS
    while written < size:
        written += os.pwrite(handle, zeros[: size - written], written)
    os.fsync(handle)
