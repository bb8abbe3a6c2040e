"""What a header says is what Pillow reads; what is too much, or no picture, is refused before it is decoded."""

import contextlib
import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from harness.core import pictures
from harness.core.pictures import Header, header
from tests.pictures import picture

KINDS: dict[str, dict[str, Any]] = {
    "png": {"kind": "PNG"},
    "jpeg": {"kind": "JPEG"},
    "jpeg progressive": {"kind": "JPEG", "progressive": True, "comment": b"x" * 300},
    "jpeg with a thumbnail's worth of exif": {"kind": "JPEG", "exif": b"Exif\0\0" + b"\xff\xc0\0\x11\x08\0\1\0\1" * 9},
    "gif": {"kind": "GIF"},
    "webp": {"kind": "WEBP"},
    "webp lossless": {"kind": "WEBP", "lossless": True},
    "webp with metadata": {"kind": "WEBP", "exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"},
}
SIZES = [(1, 1), (8, 6), (300, 5), (5, 300), (1025, 769)]


def png(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel: tiny on the disk, whatever its size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)
def test_the_header_is_what_pillow_reads(options: dict[str, Any], size: tuple[int, int]) -> None:
    data = picture(*size, **options)
    with Pillow.open(io.BytesIO(data)) as reference:
        assert header(data) == Header(mime=reference.get_format_mimetype(), width=size[0], height=size[1])


def test_an_animation_has_the_size_of_its_screen() -> None:
    target = io.BytesIO()
    frames = [Pillow.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    assert header(target.getvalue()) == Header(mime="image/gif", width=20, height=10)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "none of PNG, JPEG, WebP and GIF", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "none of", id="svg"),
        pytest.param(b"%PDF-1.7", "none of", id="pdf"),
        pytest.param(b"BM" + bytes(60), "none of", id="bmp"),
        pytest.param(b"RIFF\0\0\0\0WAVEfmt ", "none of", id="sound"),
        pytest.param(picture()[:20], "ends before", id="png-cut"),
        pytest.param(picture(kind="JPEG")[:30], "ends before", id="jpeg-cut"),
        pytest.param(picture(kind="WEBP")[:28], "ends before", id="webp-cut"),
        pytest.param(picture(kind="WEBP", lossless=True)[:23], "ends before", id="webp-lossless-cut"),
        pytest.param(b"RIFF\0\0\0\0WEBPJUNK" + bytes(40), "damaged", id="webp-of-junk"),
        pytest.param(b"\xff\xd8\xff\xd9" + bytes(9), "damaged", id="jpeg-without-a-frame"),
        pytest.param(b"\xff\xd8\xff\xe0\0\2junk" + bytes(9), "damaged", id="jpeg-of-junk"),
        pytest.param(png(0, 10), "no pixels", id="empty"),
        pytest.param(png(12_000, 12_000), "12,000 × 12,000 pixels are more than 40,000,000", id="bomb"),
        pytest.param(png(2**31, 2**31), "more than 40,000,000", id="monster"),
    ],
)
def test_what_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        header(data)


def test_forty_megapixels_are_taken() -> None:
    assert header(png(8000, 5000)).width == 8000


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 50)
    with pytest.raises(ValueError, match="more than 50"):
        header(picture())


def test_a_jpeg_of_empty_segments_ends_soon() -> None:
    with pytest.raises(ValueError, match="ends before"):
        header(b"\xff\xd8" + b"\xff\xe0\0\0" * 1_000_000)


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=80),
    start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]),
)
def test_any_bytes_have_a_header_or_a_reason(data: bytes, start: bytes) -> None:
    with contextlib.suppress(ValueError):
        found = header(start + data)
        assert 0 < found.width * found.height <= pictures.MOST_PIXELS
