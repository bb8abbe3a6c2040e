"""Samples become PCM without wrapping round; clips of any rate are heard at 16 kHz."""

import io
import tracemalloc

import numpy as np
import pytest
import soundfile

from harness.local.audio import HEARD_AT, SHORTEST, heard, pcm16


def clip(samples: np.ndarray, rate: int, kind: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind)
    return file.getvalue()


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


@pytest.mark.parametrize(
    ("value", "sample"),
    [
        pytest.param(0.0, 0, id="silence"),
        pytest.param(1.0, 32767, id="full"),
        pytest.param(-1.0, -32767, id="full, negative"),
        pytest.param(1.5, 32767, id="clipped, not wrapped"),
        pytest.param(-3.0, -32767, id="clipped, negative"),
    ],
)
def test_pcm16(value: float, sample: int) -> None:
    assert pcm16(np.array([value], dtype=np.float32)) == sample.to_bytes(2, "little", signed=True)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100])
def test_a_tone_is_heard_at_16_khz(rate: int, kind: str) -> None:
    samples = heard(clip(tone(rate), rate, kind))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(HEARD_AT, rel=0.1 if kind == "MP3" else 0.01)  # MP3 pads
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum.argmax() * HEARD_AT / len(samples) == pytest.approx(440, rel=0.01)


def test_channels_are_mixed() -> None:
    stereo = np.stack([tone(HEARD_AT), -tone(HEARD_AT)], axis=1)
    assert np.abs(heard(clip(stereo, HEARD_AT))).max() < 1e-3


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("count", [1, 100, 799])
def test_silence_follows_a_short_clip(rate: int, count: int) -> None:
    samples = heard(clip(np.full(count, 0.5), rate))
    assert (len(samples), samples.dtype) == (SHORTEST, np.float32)
    assert not samples[count * HEARD_AT // rate + 1 :].any()
    assert count == 1 or samples[: count * HEARD_AT // rate].mean() > 0.2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "cannot be decoded", id="empty"),
        pytest.param(b"<html>", "cannot be decoded", id="no audio"),
        pytest.param(clip(np.zeros(0), 16_000), "no samples", id="no samples"),
    ],
)
def test_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        heard(data)


@pytest.mark.parametrize(
    ("bomb", "message"),
    [
        pytest.param(clip(np.zeros(4 * 8_000 * 3600, np.int16), 8_000, "FLAC"), "14,400 s are more", id="four hours"),
        pytest.param(clip(np.zeros((10, 200)), 16_000), "200 channels are more", id="channels"),
        pytest.param(clip(np.zeros(10), 2_000_000), "2,000,000 Hz are more", id="rate"),
    ],
)
def test_a_bomb_is_refused_by_its_header(bomb: bytes, message: str) -> None:
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    with pytest.raises(ValueError, match=message):
        heard(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000
