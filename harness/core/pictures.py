"""What a picture's header says, and how much picture is decoded: told by content, before any memory is taken."""

import struct
from dataclasses import dataclass

from harness.core.wording import worded

MOST_PIXELS = 40_000_000
"""A PNG of 18 kB can hold 144 million pixels."""
MOST_BYTES = 20 * 2**20
"""Of one picture; providers take between 5 and 20 MB."""
FORMATS = "PNG, JPEG, WebP and GIF"

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a frame, which holds the size; the three others are tables."""
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Format and size in pixels."""

    mime: str
    width: int
    height: int


def header(data: bytes) -> Header:
    """Return what the first bytes say; ValueError says why a picture cannot be taken.

    PNG: W3C PNG, IHDR. JPEG: ITU T.81, annex B. GIF: GIF89a, logical screen. WebP: RFC 9649.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(worded("the picture has {n:,} bytes, more than {most:,}", n=len(data), most=MOST_BYTES))
    try:
        found = _header(data)
    except (struct.error, IndexError):
        raise ValueError(worded("the picture ends before it says how large it is")) from None
    if found is None:
        raise ValueError(
            worded("the file is no picture that is taken: its content is none of {formats}", formats=FORMATS)
        )
    if found.width < 1 or found.height < 1:
        raise ValueError(worded("the picture has no pixels"))
    if found.width * found.height > MOST_PIXELS:
        raise ValueError(
            worded(
                "{width:,} × {height:,} pixels are more than {most:,}",
                width=found.width,
                height=found.height,
                most=MOST_PIXELS,
            )
        )
    return found


def _header(data: bytes) -> Header | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        width, height = struct.unpack_from(">II", data, 16)
        return Header(mime="image/png", width=width, height=height)
    if data.startswith(b"\xff\xd8\xff"):
        width, height = _jpeg(data)
        return Header(mime="image/jpeg", width=width, height=height)
    if data.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", data, 6)
        return Header(mime="image/gif", width=width, height=height)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        width, height = _webp(data)
        return Header(mime="image/webp", width=width, height=height)
    return None


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError(worded("the JPEG is damaged: a segment does not begin with a marker"))
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        elif marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        elif marker in (0xD9, 0xDA):
            raise ValueError(worded("the JPEG is damaged: it has no frame before its pixels"))
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            at += 2 + max(2, length)


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(_exactly(data, at, 3), "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(_exactly(data, 21, 4), "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (size & 0x3FFF for size in struct.unpack_from("<HH", data, 26))
    else:
        raise ValueError(worded("the WebP is damaged: it does not begin with a picture"))
    return width, height


def _exactly(data: bytes, at: int, count: int) -> bytes:
    if len(data) < at + count:
        raise IndexError
    return data[at : at + count]
