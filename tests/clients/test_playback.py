"""Playback of a clip that comes in pieces: the waits between them, and the silence that a listener hears."""

import random

import pytest

from harness.clients.container import bytes_per_s
from harness.clients.playback import playback
from harness.clients.tap import Chunk
from tests.fake_provider.audio import header

RATE = 1000
"""Bytes a second, in these tests."""
HEAD = 44


def pieces(*arrivals: tuple[float, int]) -> list[Chunk]:
    """Chunks by second and number of bytes."""
    end, found = 0, []
    for at, size in arrivals:
        end += size
        found.append(Chunk(at, end, 0.0))
    return found


@pytest.mark.parametrize(
    ("arrivals", "gap_ms", "stall_ms"),
    [
        pytest.param([(1.0, HEAD + 5000)], 0, 0, id="whole"),
        pytest.param([(1.0, HEAD), (1.4, 500), (1.6, 500)], 200, 0, id="in time, and the header is no audio"),
        pytest.param([(1.0, HEAD + 500), (1.8, 500), (2.0, 500)], 800, 300, id="late once"),
        pytest.param([(1.0, HEAD + 100), (1.3, 100), (1.6, 100)], 300, 400, id="late twice"),
        pytest.param([(1.0, HEAD + 100), (1.3, 1000), (2.0, 100)], 700, 200, id="late, then ahead"),
    ],
)
def test_waits_and_silence(arrivals: list[tuple[float, int]], gap_ms: float, stall_ms: float) -> None:
    played = playback(pieces(*arrivals), start=HEAD, bytes_per_s=RATE)
    assert played is not None
    assert (played.gap_ms, played.stall_ms) == (pytest.approx(gap_ms), pytest.approx(stall_ms))


@pytest.mark.parametrize("seed", range(50))
def test_silence_is_that_of_a_player_that_is_watched_millisecond_by_millisecond(seed: int) -> None:
    rng = random.Random(seed)
    arrivals, at = [(0.0, 200)], 0
    for _ in range(rng.randint(1, 12)):
        at += rng.randint(1, 400)
        arrivals.append((at / 1000, rng.randint(1, 400)))
    played = playback(pieces(*arrivals), start=0, bytes_per_s=RATE)
    silent, buffered, waiting = 0, 0, list(arrivals)
    while waiting:  # a byte a millisecond
        now = (silent + sum(size for _, size in arrivals) - sum(size for _, size in waiting) - buffered) / 1000
        while waiting and waiting[0][0] <= now + 1e-9:
            buffered += waiting.pop(0)[1]
        if waiting:
            silent, buffered = (silent + 1, buffered) if buffered == 0 else (silent, buffered - 1)
    assert played is not None
    assert played.stall_ms == pytest.approx(silent, abs=1.01)


def test_without_audio_nothing_is_played() -> None:
    assert playback(pieces((1.0, 40)), start=HEAD, bytes_per_s=RATE) is None


def test_the_pace_is_that_of_the_header() -> None:
    assert bytes_per_s(header()) == 2 * 16_000
    assert bytes_per_s(b"RIFF") is None
    assert bytes_per_s(b"OggS" + b"\0" * 100) is None
