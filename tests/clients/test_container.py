import io

import numpy as np
import pytest
import soundfile

from harness.clients.container import audio_start, missing_bytes, repaired
from tests.fake_provider.audio import header, speak

PCM = speak("x")


def encoded(**options: str) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    soundfile.write(file, noise, 16000, **options)
    return file.getvalue()


def with_list_chunk(wav: bytes) -> bytes:
    """An odd-sized chunk with its padding before the data, as encoders write their name."""
    return wav[:36] + b"LIST" + (5).to_bytes(4, "little") + b"INFOx\0" + wav[36:]


@pytest.mark.parametrize(
    ("data", "start"),
    [
        pytest.param(header() + PCM, 44, id="wav"),
        pytest.param(with_list_chunk(header() + PCM), 58, id="wav with another chunk"),
        pytest.param(header(), None, id="wav that is only a header"),
        pytest.param(header()[:30], None, id="part of a header"),
        pytest.param(b"ID3\x04\0\0\0\0\x02\x01" + b"t" * 257 + b"\xff\xfb", 267, id="mp3 with ID3 tag"),
        pytest.param(b"\xff\xfb\x90\0", 0, id="mp3 without tag"),
        pytest.param(PCM, 0, id="bare samples"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_audio_start(data: bytes, start: int | None) -> None:
    assert audio_start(data) == start


def test_audio_start_of_ogg() -> None:
    data = encoded(format="OGG", subtype="VORBIS")
    start = audio_start(data)
    assert start is not None
    assert b"vorbis" in data[:start], "the header packets come first"
    assert data.rindex(b"OggS", 0, start) > data.rindex(b"vorbis")


def test_audio_start_of_flac() -> None:
    data = encoded(format="FLAC")
    start = audio_start(data)
    assert start is not None
    assert data[start] == 0xFF, "a frame begins with its sync code"
    assert data[start + 1] & 0xFC == 0xF8


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
@pytest.mark.parametrize("shape", [bytes, with_list_chunk], ids=["plain", "another chunk"])
def test_streamed_wav_is_repaired(size: int, shape: object) -> None:
    true = header(len(PCM)) + PCM
    assert callable(shape)
    fixed = repaired(shape(header(size) + PCM))
    assert int.from_bytes(fixed[4:8], "little") == len(fixed) - 8
    assert soundfile.info(io.BytesIO(fixed)).frames == len(PCM) // 2
    if shape is bytes:
        assert fixed == true


@pytest.mark.parametrize("data", [header(len(PCM)) + PCM, b"ID3 whatever", b"", header()[:20]])
def test_what_needs_no_repair_stays(data: bytes) -> None:
    assert repaired(data) == data


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (header(len(PCM)) + PCM, 0),
        (header(len(PCM)) + PCM[:-10], 10),
        (header(len(PCM)) + PCM + b"extra", 0),
        (header() + PCM, 0),
        (b"OggS", 0),
    ],
)
def test_missing_bytes(data: bytes, missing: int) -> None:
    assert missing_bytes(data) == missing
