"""Clips that can be told apart: a tone whose pitch is the text's, in a WAV as streaming servers send it."""

import array
import hashlib
import math

RATE = 16000


def header(size: int = 0xFFFFFFFF) -> bytes:
    """The 44 bytes before the samples; a server that streams does not know the size and says 0xFFFFFFFF."""

    def le(value: int, width: int) -> bytes:
        return min(value, (1 << 8 * width) - 1).to_bytes(width, "little")

    format_chunk = le(1, 2) + le(1, 2) + le(RATE, 4) + le(2 * RATE, 4) + le(2, 2) + le(16, 2)
    return b"RIFF" + le(size + 36, 4) + b"WAVEfmt " + le(16, 4) + format_chunk + b"data" + le(size, 4)


def speak(text: str) -> bytes:
    """16-bit mono samples at RATE: 40 ms a character, at least 0.2 s; the same text gives the same bytes."""
    pitch = 200 + int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big") / 100
    count = int(RATE * max(0.2, 0.04 * len(text)))
    return array.array("h", (int(8000 * math.sin(2 * math.pi * pitch * i / RATE)) for i in range(count))).tobytes()


def samples(wav: bytes) -> bytes:
    """The bytes of the data chunk; empty where there is none."""
    at = 12
    while at + 8 <= len(wav):
        if wav[at : at + 4] == b"data":
            return wav[at + 8 :]
        at += 8 + int.from_bytes(wav[at + 4 : at + 8], "little")
    return b""
