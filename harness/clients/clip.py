"""Clips as they are kept and as chats take them: described by their headers, raw samples put into a container."""

import hashlib
import io
import wave
from collections.abc import Sequence

from harness.core.media import Audio
from harness.core.sound import RAW_RATE, too_much

RAW = ("pcm16", "wav")
"""Formats whose streams may have no header: providers that stream `wav` send its samples alone."""
_MIME = {"WAV": "audio/wav", "WAVEX": "audio/wav", "MP3": "audio/mpeg", "OGG": "audio/ogg", "FLAC": "audio/flac"}


def described(clip: bytes) -> Audio:
    """Describe `clip` from its header alone; ValueError where it is no audio, or more than is ever decoded."""
    import soundfile

    try:
        info = soundfile.info(io.BytesIO(clip))
    except soundfile.SoundFileError as error:
        raise ValueError(str(error).rpartition(": ")[2]) from error  # before it stands an address of memory
    if why := too_much(frames=info.frames, rate=info.samplerate, channels=info.channels):
        raise ValueError(why)
    return Audio(
        sha256=hashlib.sha256(clip).hexdigest(),
        mime=_MIME.get(info.format, "application/octet-stream"),
        seconds=info.frames / info.samplerate,
        sample_rate=info.samplerate,
        size=len(clip),
    )


def with_header(sound: bytes, format_: str) -> bytes:
    """Return `sound`, which was asked for as `format_`, as a file: raw samples become a WAV."""
    return sound if sound[:4] == b"RIFF" or format_ not in RAW else _wav(sound, RAW_RATE)


def as_wav(clip: bytes) -> bytes:
    """Return `clip` as a WAV of 16 bits, which every chat that hears takes."""
    if clip[:4] == b"RIFF":
        return clip
    import soundfile

    described(clip)
    file = io.BytesIO()
    samples, rate = soundfile.read(io.BytesIO(clip), dtype="int16")
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def joined(clips: Sequence[bytes]) -> bytes:
    """Return the clips one after the other, as a WAV of 16 bits; ValueError where their rates differ."""
    import soundfile

    rates = {audio.sample_rate for audio in map(described, clips)}
    if len(rates) != 1:
        raise ValueError(f"they have {len(rates)} sample rates")
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rates.pop(), channels=1, format="WAV", subtype="PCM_16") as whole:
        for clip in clips:
            samples, _ = soundfile.read(io.BytesIO(clip), dtype="int16", always_2d=True)
            whole.write(samples[:, 0])
    return file.getvalue()


def _wav(samples: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples[: len(samples) & ~1])
    return file.getvalue()
