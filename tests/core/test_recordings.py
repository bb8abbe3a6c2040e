"""What a header says is what libsndfile reads; what is too much, or no recording, is refused before it is decoded."""

import contextlib
import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.recordings import Header, header
from tests.fake_provider import audio

FLAC_HEAD = 4 + 4 + 34


def encoded(kind: str, subtype: str, *, frames: int = 4410, rate: int = 22_050, channels: int = 1) -> bytes:
    clip = io.BytesIO()
    wave = np.sin(np.arange(frames * channels) / 9).reshape(frames, channels)
    soundfile.write(clip, wave, rate, format=kind, subtype=subtype)
    return clip.getvalue()


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("WAV", "PCM_16"),
        ("WAV", "PCM_24"),
        ("WAV", "FLOAT"),
        ("WAVEX", "PCM_16"),
        ("FLAC", "PCM_16"),
        ("FLAC", "PCM_24"),
    ],
)
@pytest.mark.parametrize(
    ("frames", "rate", "channels"), [(1, 8_000, 1), (4410, 22_050, 1), (777, 44_100, 2), (96_000, 96_000, 1)]
)
def test_a_header_says_what_libsndfile_reads(kind: str, subtype: str, frames: int, rate: int, channels: int) -> None:
    data = encoded(kind, subtype, frames=frames, rate=rate, channels=channels)
    info = soundfile.info(io.BytesIO(data))
    mime = "audio/flac" if kind == "FLAC" else "audio/wav"
    assert header(data) == Header(mime=mime, frames=info.frames, sample_rate=info.samplerate, channels=info.channels), (
        "as it was read"
    )
    assert header(data).seconds == pytest.approx(frames / rate)


def test_chunks_before_the_sound_are_passed_over() -> None:
    data = encoded("WAV", "PCM_16")
    odd = b"LIST" + struct.pack("<I", 3) + b"abc" + b"\0"
    assert header(data[:12] + odd + data[12:]) == header(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "none of WAV and FLAC", id="nothing"),
        pytest.param(b"ID3\x04" + bytes(60), "none of WAV and FLAC", id="mp3"),
        pytest.param(encoded("FLAC", "PCM_16")[: FLAC_HEAD - 20], "ends before it says how long", id="torn-flac"),
        pytest.param(audio.header(4)[:30], "ends before it says how long", id="torn-wav"),
        pytest.param(audio.header(), "before the length in its header", id="streamed-without-a-size"),
        pytest.param(audio.header(0), "has no samples", id="no-sound"),
        pytest.param(encoded("WAV", "ALAW"), "a WAV of the format 6 is not taken", id="telephone"),
        pytest.param(encoded("FLAC", "PCM_16", frames=6_100, rate=10), "610 s are more than 600", id="too-long"),
        pytest.param(encoded("WAV", "PCM_16", frames=9, channels=9), "9 channels are more than 8", id="too-wide"),
    ],
)
def test_what_cannot_be_taken_says_why(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        header(data)


@given(st.binary(max_size=200), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_hostile_headers_are_refused_or_read(noise: bytes, kept: int) -> None:
    for sound in (encoded("WAV", "PCM_16", frames=9), encoded("FLAC", "PCM_16", frames=9)):
        with contextlib.suppress(ValueError):
            assert header(sound[:kept] + noise).frames >= 1
