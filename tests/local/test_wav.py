"""The streamed header is a WAV header that decoders accept."""

import io
import struct

import numpy as np
import pytest
import soundfile

from harness.local.wav import stream_header


@pytest.mark.parametrize("rate", [8_000, 22_050, 24_000])
def test_header(rate: int) -> None:
    header = stream_header(rate)
    riff, size, wave, fmt, length, form, channels, found, per_second, block, bits, data, count = struct.unpack(
        "<4sI4s4sIHHIIHH4sI", header
    )
    assert (riff, wave, fmt, data) == (b"RIFF", b"WAVE", b"fmt ", b"data")
    assert (length, form, channels, block, bits) == (16, 1, 1, 2, 16)
    assert (found, per_second) == (rate, 2 * rate)
    assert size == count == 0xFFFFFFFF


def test_a_decoder_reads_what_follows() -> None:
    pcm = np.arange(-1000, 1000, dtype="<i2")
    samples, rate = soundfile.read(io.BytesIO(stream_header(24_000) + pcm.tobytes()), dtype="int16")
    assert rate == 24_000
    np.testing.assert_array_equal(samples, pcm)
