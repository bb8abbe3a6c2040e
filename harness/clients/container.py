"""Audio containers as bytes: where the audio starts, and a header that says how long it is."""

_UNKNOWN = (0, 0xFFFFFFFF, 0x7FFFFFFF)
"""What servers that stream write where a WAV's size belongs."""


def audio_start(data: bytes) -> int | None:
    """Offset of the first audio-bearing byte: after the header of a WAV, Ogg, FLAC or ID3-tagged file, else 0.

    None where the header has not ended.
    """
    if data[:4] in (b"RIFF", b"RF64"):
        at = _wav_data(data)
        start = None if at is None else at + 8
    elif data[:4] == b"OggS":
        start = _ogg_audio(data)
    elif data[:4] == b"fLaC":
        start = _flac_audio(data)
    elif data[:3] == b"ID3":
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=False))
    else:
        start = 0
    return start if start is not None and start < len(data) else None


def repaired(data: bytes) -> bytes:
    """Return a WAV whose header states its true size, where it was sent before the size was known; else `data`."""
    at = _wav_data(data) if data[:4] == b"RIFF" else None
    if at is None or int.from_bytes(data[at + 4 : at + 8], "little") not in _UNKNOWN:
        return data
    size = len(data) - at - 8
    return data[:4] + _le(len(data) - 8) + data[8 : at + 4] + _le(size) + data[at + 8 :]


def bytes_per_s(data: bytes) -> int | None:
    """How many bytes of a WAV are a second of it, by its `fmt` chunk; None for other formats: theirs vary."""
    at = 12
    while data[:4] in (b"RIFF", b"RF64") and at + 20 <= len(data):
        if data[at : at + 4] == b"fmt ":
            return int.from_bytes(data[at + 16 : at + 20], "little") or None
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return None


def missing_bytes(data: bytes) -> int:
    """How many bytes a WAV lacks of what its header promises; 0 for other formats and where it promises nothing."""
    at = _wav_data(data) if data[:4] == b"RIFF" else None
    if at is None:
        return 0
    promised = int.from_bytes(data[at + 4 : at + 8], "little")
    return 0 if promised in _UNKNOWN else max(0, at + 8 + promised - len(data))


def _le(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _wav_data(data: bytes) -> int | None:
    """Offset of the `data` chunk of a RIFF file."""
    at = 12
    while at + 8 <= len(data):
        if data[at : at + 4] == b"data":
            return at
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2  # chunks are padded to even sizes
    return None


def _ogg_audio(data: bytes) -> int | None:
    """Offset of the first page with a granule position: header pages have none (RFC 3533, RFC 7845)."""
    at = 0
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        segments = data[at + 26]
        if any(data[at + 6 : at + 14]):
            return at + 27 + segments
        at += 27 + segments + sum(data[at + 27 : at + 27 + segments])
    return None


def _flac_audio(data: bytes) -> int | None:
    """Offset after the metadata block that is marked as the last."""
    at = 4
    while at + 4 <= len(data):
        last, size = data[at] & 0x80, int.from_bytes(data[at + 1 : at + 4], "big")
        at += 4 + size
        if last:
            return at
    return None
