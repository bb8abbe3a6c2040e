"""Playback: what somebody hears who begins with the first piece of a clip and plays it as it comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.clients.tap import Chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """Milliseconds; both are 0 where the clip came in one piece."""

    gap_ms: float
    """The longest wait between two pieces of audio."""
    stall_ms: float
    """Silence in all, while the next piece is waited for; so much buffer would have avoided it."""


def playback(chunks: Sequence[Chunk], *, start: int, bytes_per_s: int) -> Playback | None:
    """Play a body of `chunks` whose audio begins at the byte `start`; None where no audio came.

    A piece that comes when all before it has been played makes the player wait, and what it waits is never made up
    for: the silence in all is the most by which any piece is late against a playback without a pause.
    """
    sounding = [chunk for chunk in chunks if chunk.end > start]
    if not sounding:
        return None
    gap, stall = 0.0, 0.0
    for before, chunk in pairwise(sounding):
        gap = max(gap, chunk.at - before.at)
        stall = max(stall, chunk.at - sounding[0].at - (before.end - start) / bytes_per_s)
    return Playback(gap_ms=gap * 1000, stall_ms=stall * 1000)
