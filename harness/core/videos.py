"""What a video's container says of it: length and size, told by content, without decoding a frame."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 100 * 2**20
"""Of one clip: eight seconds of 4K take about forty."""
MOST_SECONDS = 3600.0
MOST_PIXELS = 40_000_000
"""Of one frame; 8K has 33 million."""
FORMATS = "MP4 and WebM"

_MOST_PARTS = 10_000
"""Boxes or elements that are looked at: an honest clip has some dozens before its frames."""
_BOX_HEAD = 8
"""Bytes: size and kind."""
_CUT = "the video ends before its container does"
_TOO_MANY = f"the video has more than {_MOST_PARTS:,} parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Format, length, and size of a frame as it is shown."""

    mime: str
    seconds: float
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A box of MP4 or an element of WebM."""

    kind: bytes
    start: int
    """Of what it holds."""
    end: int


def header(data: bytes) -> Header:
    """Return what the container says; ValueError says why a video cannot be taken.

    MP4: ISO/IEC 14496-12, sections 8.2 to 8.5. WebM: RFC 9559 over RFC 8794.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"the video has {len(data):,} bytes, more than {MOST_BYTES:,}")
    try:
        if data[4:8] == b"ftyp":
            found = _mp4(data)
        elif data.startswith(b"\x1a\x45\xdf\xa3"):
            found = _webm(data)
        else:
            raise ValueError(f"the file is no video that is taken: its content is none of {FORMATS}")
    except (struct.error, IndexError):
        raise ValueError(_CUT) from None
    except KeyError:
        raise ValueError("the video is damaged: its container lacks a part") from None
    if not 0 < found.seconds <= MOST_SECONDS:
        raise ValueError(f"the video says that it lasts {found.seconds:g} s")
    if found.width < 1 or found.height < 1:
        raise ValueError("the video has no pixels")
    if found.width * found.height > MOST_PIXELS:
        raise ValueError(f"{found.width:,} × {found.height:,} pixels are more than {MOST_PIXELS:,}")
    return found


# -- MP4 ---------------------------------------------------------------------------------------------------------------


def _mp4(data: bytes) -> Header:
    top = {box.kind: box for box in _boxes(data, 0, len(data))}
    moov, mdat = top.get(b"moov"), top.get(b"mdat")
    if moov is None:
        raise ValueError("the video has no table of contents")
    if mdat is None or mdat.start == mdat.end:
        raise ValueError("the video holds no frames")
    parts = list(_boxes(data, moov.start, moov.end))
    movie = {box.kind: box for box in parts}
    times = movie[b"mvhd"].start
    (scale,) = struct.unpack_from(">I", data, times + (20 if data[times] else 12))
    for track in parts:
        if track.kind == b"trak" and (shown := _shown(data, track)) is not None:
            duration, width, height = shown
            if not duration and b"mvex" in movie:
                duration = _fragments(data, movie[b"mvex"])
            mime = "video/quicktime" if data[8:12] == b"qt  " else "video/mp4"
            return Header(mime=mime, seconds=duration / scale if scale else 0.0, width=width, height=height)
    raise ValueError("the file has no track of pictures")


def _shown(data: bytes, track: _Part) -> tuple[int, int, int] | None:
    """Return duration, width and height of a track of pictures; None of any other."""
    parts = {box.kind: box for box in _boxes(data, track.start, track.end)}
    media = {box.kind: box for box in _boxes(data, parts[b"mdia"].start, parts[b"mdia"].end)}
    handler, head = media[b"hdlr"].start, parts[b"tkhd"].start
    if data[handler + 8 : handler + 12] != b"vide":
        return None
    long = bool(data[head])
    duration = _duration(data, head + (28 if long else 20), long=long)
    matrix = head + (52 if long else 40)
    across, down = (struct.unpack_from(">i", data, matrix + 16 * at)[0] for at in (0, 1))
    width, height = (side >> 16 for side in struct.unpack_from(">II", data, matrix + 36))
    return (duration, height, width) if not across and not down else (duration, width, height)  # turned by 90 degrees


def _fragments(data: bytes, extends: _Part) -> int:
    """Return the duration of all fragments together; 0 where it is not said."""
    head = next((box.start for box in _boxes(data, extends.start, extends.end) if box.kind == b"mehd"), None)
    return 0 if head is None else _duration(data, head + 4, long=bool(data[head]))


def _duration(data: bytes, at: int, *, long: bool) -> int:
    """Return a duration in the file's own units; 0 where it says that it is not known."""
    (units,) = struct.unpack_from(">Q" if long else ">I", data, at)
    return 0 if units == (2**64 if long else 2**32) - 1 else int(units)


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Part]:
    for _ in range(_MOST_PARTS):
        if end - at < _BOX_HEAD:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + _BOX_HEAD
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        until = end if size == 0 else at + size
        if not start <= until <= end:
            raise ValueError(_CUT)
        yield _Part(kind=kind, start=start, end=until)
        at = until
    raise ValueError(_TOO_MANY)


# -- WebM --------------------------------------------------------------------------------------------------------------


def _webm(data: bytes) -> Header:
    top = {part.kind: part for part in _elements(data, 0, len(data))}
    kinds = {part.kind: part for part in _within(data, top[b"\x1a\x45\xdf\xa3"])}
    if _bytes(data, kinds[b"\x42\x82"]).rstrip(b"\0") != b"webm":
        raise ValueError(f"the file is no video that is taken: its content is none of {FORMATS}")
    segment = {part.kind: part for part in _within(data, top[b"\x18\x53\x80\x67"])}
    if b"\x1f\x43\xb6\x75" not in segment:
        raise ValueError("the video holds no frames")
    info = {part.kind: part for part in _within(data, segment[b"\x15\x49\xa9\x66"])}
    scale_ns = int.from_bytes(_bytes(data, info[b"\x2a\xd7\xb1"])) if b"\x2a\xd7\xb1" in info else 1_000_000
    lasting = _bytes(data, info[b"\x44\x89"]) if b"\x44\x89" in info else bytes(4)
    (units,) = struct.unpack(">d" if len(lasting) == struct.calcsize(">d") else ">f", lasting)
    for track in _within(data, segment[b"\x16\x54\xae\x6b"]):
        parts = {part.kind: part for part in _within(data, track)} if track.kind == b"\xae" else {}
        if b"\xe0" in parts:
            sides = {part.kind: int.from_bytes(_bytes(data, part)) for part in _within(data, parts[b"\xe0"])}
            width, height = sides[b"\xb0"], sides[b"\xba"]
            return Header(mime="video/webm", seconds=units * scale_ns / 1e9, width=width, height=height)
    raise ValueError("the file has no track of pictures")


def _bytes(data: bytes, part: _Part) -> bytes:
    return data[part.start : part.end]


def _within(data: bytes, part: _Part) -> Iterator[_Part]:
    return _elements(data, part.start, part.end)


def _elements(data: bytes, at: int, end: int) -> Iterator[_Part]:
    for _ in range(_MOST_PARTS):
        if at >= end:
            return
        start = at + _length(data[at])
        kind = data[at:start]
        length = _length(data[start])
        size = int.from_bytes(data[start : start + length]) & (1 << 7 * length) - 1
        start += length
        until = end if size == (1 << 7 * length) - 1 else start + size  # all ones: as long as what holds it
        if until > end:
            raise ValueError(_CUT)
        yield _Part(kind=kind, start=start, end=until)
        at = until
    raise ValueError(_TOO_MANY)


def _length(first: int) -> int:
    """Return how many bytes a number has whose first byte is `first`: one more than zeros lead it."""
    if not first:
        raise ValueError("the WebM is damaged: a number has no length")
    return 9 - first.bit_length()
