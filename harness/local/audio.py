"""Samples to PCM bytes, and clips of any usual format to samples at 16 kHz."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.core.sound import too_much

Samples = NDArray[np.float32]
"""Mono, in [-1, 1]."""

HEARD_AT = 16_000
"""Sample rate in Hz of every engine that listens."""

BLOCK = 65_536
"""Frames that are decoded at once, so that only one channel is ever held whole."""

SHORTEST = HEARD_AT // 10
"""Fewest samples that engines get."""


def pcm16(samples: NDArray[Any]) -> bytes:
    """Return `samples` as little-endian 16-bit PCM; what passes ±1 is clipped."""
    scaled: NDArray[np.int16] = (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")
    return scaled.tobytes()


def heard(clip: bytes) -> Samples:
    """Decode `clip` (WAV, FLAC, Ogg, MP3), mix it to mono and resample it to 16 kHz.

    Silence follows a clip of less than a tenth of a second, which no engine could hear: it must be judged like any
    other, or the voice that blips would be judged without its blips. ValueError where it is no audio, has no samples or
    is more than is decoded.
    """
    import soundfile
    import soxr

    try:
        with soundfile.SoundFile(io.BytesIO(clip)) as file:
            rate = file.samplerate
            if why := too_much(frames=file.frames, rate=rate, channels=file.channels):
                raise ValueError(f"the clip is not decoded: {why}")
            blocks = [block.mean(axis=1) for block in file.blocks(BLOCK, dtype="float32", always_2d=True)]
    except soundfile.SoundFileError as error:
        raise ValueError(f"the clip cannot be decoded: {error}") from error
    mono = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    if not len(mono):
        raise ValueError("the clip has no samples")
    samples: Samples = mono if rate == HEARD_AT else soxr.resample(mono, rate, HEARD_AT)
    return np.pad(np.clip(samples, -1.0, 1.0), (0, max(0, SHORTEST - len(samples))))
