"""What a video's container says, and the containers that cannot be taken."""

import struct

import pytest

from harness.core import videos
from harness.core.videos import Header, header
from tests.videos import mp4, webm


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(mp4(), ("video/mp4", 4.0, 1280, 720), id="MP4"),
        pytest.param(mp4(last=True), ("video/mp4", 4.0, 1280, 720), id="contents last"),
        pytest.param(mp4(sound=False), ("video/mp4", 4.0, 1280, 720), id="silent"),
        pytest.param(mp4(turned=True), ("video/mp4", 4.0, 720, 1280), id="filmed upright"),
        pytest.param(mp4(5.042, 1920, 1080), ("video/mp4", 5.042, 1920, 1080), id="no round number"),
        pytest.param(mp4(brand=b"qt  "), ("video/quicktime", 4.0, 1280, 720), id="QuickTime"),
        pytest.param(mp4() + bytes(3), ("video/mp4", 4.0, 1280, 720), id="padding"),
        pytest.param(webm(), ("video/webm", 4.0, 1280, 720), id="WebM"),
    ],
)
def test_length_and_size(data: bytes, found: tuple[str, float, int, int]) -> None:
    mime, seconds, width, height = found
    assert header(data) == Header(mime=mime, seconds=seconds, width=width, height=height)


def test_long_boxes_and_fragments_are_read() -> None:
    whole = mp4(sound=False)
    at = whole.index(b"tkhd") + 4
    long = struct.pack(">IQQIIQ", 1 << 24, 0, 0, 1, 0, 4000) + whole[at + 24 : at + 84]
    track = whole[whole.index(b"trak") - 4 : whole.index(b"mdat") - 4]
    grown = track.replace(whole[at - 8 : at + 84], struct.pack(">I4s", 8 + len(long), b"tkhd") + long)
    grown = struct.pack(">I", len(grown)) + grown[4:]
    whole = whole.replace(track, grown)
    at = whole.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", whole, at)
    assert header(whole[:at] + struct.pack(">I", size + 12) + whole[at + 4 :]) == header(mp4())

    fragmented = mp4(0, sound=False)
    extends = struct.pack(">I4sI4sII", 24, b"mvex", 16, b"mehd", 0, 4000)
    at = fragmented.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", fragmented, at)
    end = at + size
    fragmented = fragmented[:at] + struct.pack(">I", size + 24) + fragmented[at + 4 : end] + extends + fragmented[end:]
    assert header(fragmented) == header(mp4())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "no video that is taken", id="nothing"),
        pytest.param(b"<html>Please log in</html>", "no video that is taken", id="a page"),
        pytest.param(b"GIF89a" + bytes(100), "no video that is taken", id="a picture"),
        pytest.param(mp4()[:-1], "ends before", id="cut"),
        pytest.param(mp4()[:200], "ends before", id="cut in its contents"),
        pytest.param(mp4(frames=0), "holds no frames", id="no frames"),
        pytest.param(mp4()[:20], "no table of contents", id="a head alone"),
        pytest.param(mp4(pictures=False), "no track of pictures", id="sound alone"),
        pytest.param(mp4(0), "lasts 0 s", id="no length"),
        pytest.param(mp4(4000), "lasts 4000 s", id="too long"),
        pytest.param(mp4(width=0), "no pixels", id="no pixels"),
        pytest.param(mp4(width=30_000, height=30_000), "pixels are more", id="too many pixels"),
        pytest.param(b"".join(struct.pack(">I4s", 8, b"ftyp") for _ in range(20_000)), "more than 10,000 parts",
                     id="too many boxes"),
        pytest.param(mp4().replace(b"mvhd", b"none"), "lacks a part", id="no times"),
        pytest.param(webm().replace(b"\x1f\x43\xb6\x75", b"\x10\0\0\0"), "holds no frames", id="WebM without frames"),
        pytest.param(webm().replace(b"\x44\x89", b"\0\x89"), "has no length", id="damaged"),
        pytest.param(webm(document=b"matroska"), "no video that is taken", id="Matroska"),
        pytest.param(webm()[:60], "lacks a part|ends before", id="WebM, cut"),
        pytest.param(webm(float("nan")), "lasts nan", id="no number"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        header(data)


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "MOST_BYTES", 100)
    with pytest.raises(ValueError, match="more than 100"):
        header(mp4())
