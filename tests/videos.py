"""Small videos for tests: whole containers whose frames are noise, as nothing decodes them."""

import hashlib
import struct

from harness.core.media import Video

_UNITS = 1000
"""In a second."""


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _track(kind: bytes, seconds: float, width: int, height: int, *, turned: bool = False) -> bytes:
    one = 0 if turned else 0x10000
    matrix = struct.pack(">9i", one, 0x10000 - one, 0, one - 0x10000, one, 0, 0, 0, 0x40000000)
    head = struct.pack(">IIIIII", 7, 0, 0, 1, 0, round(seconds * _UNITS)) + bytes(16) + matrix
    head += struct.pack(">II", width << 16, height << 16)
    return _box(b"trak", _box(b"tkhd", head), _box(b"mdia", _box(b"hdlr", bytes(8), kind, bytes(13))))


def mp4(
    seconds: float = 4.0,
    width: int = 1280,
    height: int = 720,
    *,
    brand: bytes = b"isom",
    turned: bool = False,
    sound: bool = True,
    pictures: bool = True,
    frames: int = 64,
    last: bool = False,
) -> bytes:
    """An MP4; `last`: its table of contents comes after its frames; `turned`: it is shown on its side."""
    tracks = [_track(b"soun", seconds, 0, 0)] if sound else []
    tracks += [_track(b"vide", seconds, width, height, turned=turned)] if pictures else []
    times = struct.pack(">IIIII", 0, 0, 0, _UNITS, round(seconds * _UNITS)) + bytes(80)
    contents = _box(b"moov", _box(b"mvhd", times), *tracks)
    held = _box(b"mdat", bytes(range(256))[:frames])
    return _box(b"ftyp", brand, bytes(4), b"mp42") + (held + contents if last else contents + held)


def _element(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes.fromhex(kind) + struct.pack(">Q", 1 << 56 | len(body)) + body


def webm(seconds: float = 4.0, width: int = 1280, height: int = 720, *, document: bytes = b"webm") -> bytes:
    """A WebM whose segment has no stated length, as of those that are written while they are made."""
    info = _element("1549a966", _element("2ad7b1", b"\x0f\x42\x40"), _element("4489", struct.pack(">d", seconds * 1e3)))
    sides = [_element("b0", struct.pack(">H", width)), _element("ba", struct.pack(">H", height))]
    tracks = _element("1654ae6b", _element("ae", _element("83", b"\2")), _element("ae", _element("e0", *sides)))
    segment = b"".join([info, tracks, _element("1f43b675", bytes(64))])
    endless = bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7
    return _element("1a45dfa3", _element("4282", document)) + endless + segment


def noun(data: bytes, *, seconds: float = 4.0, width: int = 1280, height: int = 720, mime: str = "video/mp4") -> Video:
    sha256 = hashlib.sha256(data).hexdigest()
    return Video(sha256=sha256, mime=mime, seconds=seconds, width=width, height=height, size=len(data))
