"""The header of a WAV whose length is not known yet."""

import struct

UNKNOWN = 0xFFFFFFFF


def stream_header(sample_rate: int) -> bytes:
    """Return the 44 bytes before mono 16-bit PCM that is sent as it is made; both sizes are 0xFFFFFFFF.

    Layout: Microsoft's RIFF WAVE, `fmt ` of 16 bytes, format 1.
    """
    block = 2
    form = struct.pack("<4sI4s", b"RIFF", UNKNOWN, b"WAVE")
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate, sample_rate * block, block, 8 * block)
    return form + fmt + struct.pack("<4sI", b"data", UNKNOWN)
