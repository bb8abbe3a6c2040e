"""What a recording's header says: how long it is and how it was sampled, told by content, before it is decoded."""

import struct
from dataclasses import dataclass

from harness.core.sound import too_much
from harness.core.wording import worded

FORMATS = "WAV and FLAC"
WAV_FORMATS = frozenset({1, 3, 0xFFFE})
"""PCM, IEEE float, extensible: a frame has a fixed size, so that the length follows from the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Format, length and rate."""

    mime: str
    frames: int
    sample_rate: int
    channels: int

    @property
    def seconds(self) -> float:
        return self.frames / self.sample_rate


def header(data: bytes) -> Header:
    """Return what the first bytes say; ValueError says why a recording cannot be taken.

    WAV: Microsoft's RIFF multimedia standards. FLAC: RFC 9639, STREAMINFO.
    """
    try:
        found = _header(data)
    except (struct.error, IndexError):
        raise ValueError(worded("the recording ends before it says how long it is")) from None
    if found is None:
        raise ValueError(
            worded("the file is no recording that is taken: its content is none of {formats}", formats=FORMATS)
        )
    if found.frames < 1 or found.sample_rate < 1 or found.channels < 1:
        raise ValueError(worded("the recording has no samples"))
    if why := too_much(frames=found.frames, rate=found.sample_rate, channels=found.channels):
        raise ValueError(why)
    return found


def _header(data: bytes) -> Header | None:
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return _wav(data)
    if data.startswith(b"fLaC"):
        packed = int.from_bytes(struct.unpack_from(">8s", data, 18)[0], "big")
        return Header(
            mime="audio/flac",
            sample_rate=packed >> 44,
            channels=(packed >> 41 & 0b111) + 1,
            frames=packed & (1 << 36) - 1,
        )
    return None


def _wav(data: bytes) -> Header:
    at, channels, rate, frame = 12, 0, 0, 0
    while True:
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            kind, channels, rate, _, frame = struct.unpack_from("<HHIIH", data, at + 8)
            if kind not in WAV_FORMATS or frame < 1:
                raise ValueError(worded("a WAV of the format {kind} is not taken: PCM and float are", kind=kind))
        elif name == b"data":
            there = len(data) - at - 8
            if size > there:
                raise ValueError(
                    worded("the recording ends {size:,} bytes before the length in its header", size=size - there)
                )
            return Header(mime="audio/wav", frames=size // max(1, frame), sample_rate=rate, channels=channels)
        at += 8 + size + size % 2
