"""Clips play from the page, or from beside it, or are said to be gone."""

import base64
import hashlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

import harness.core.sound
import harness.report.clips
from harness.core.media import Audio
from harness.report.clips import BINS, HEIGHT, Clip, clips
from tests.report.benches import Bench, freeze, tone

PAGE = Path("/runs/one/report.html")


def clip_of(data: bytes | None, *, page: Path = PAGE, folder: Path = Path("/runs/one/media")) -> Clip:
    """Return the clip of a page made from `data`; None is a lost file."""
    bench, sha256 = Bench(), hashlib.sha256(data or b"").hexdigest()
    if data is not None:
        bench.clips[sha256] = data
    audio = Audio(sha256=sha256, mime="audio/wav", seconds=1.0, sample_rate=22050, size=len(data or b""))
    return clips(freeze(bench, folder=folder), [audio], page)[sha256]


def test_a_clip_is_embedded_as_small_mono_mp3() -> None:
    data = tone(1.5, 200)
    clip = clip_of(data)
    assert clip.embedded
    assert clip.href is not None
    kind, encoded = clip.href.split(",")
    assert kind == "data:audio/mpeg;base64"
    mp3 = base64.b64decode(encoded)
    assert len(mp3) < len(data) / 5
    heard, rate = soundfile.read(io.BytesIO(mp3))
    assert heard.ndim == 1
    assert rate == 22050
    assert len(heard) / rate == pytest.approx(1.5, abs=0.1)


def test_the_outline_follows_the_loudness() -> None:
    wave = np.concatenate([np.zeros(8000), 0.5 * np.ones(8000), np.zeros(8000)])
    target = io.BytesIO()
    soundfile.write(target, wave, 24000, format="WAV", subtype="PCM_16")
    outline = clip_of(target.getvalue()).outline
    assert outline is not None
    strokes = [(int(x), int(y), int(h)) for x, y, h in re.findall(r"M(\d+) (\d+)v(\d+)", outline)]
    assert [x for x, _, _ in strokes] == list(range(BINS))
    assert all(y + y + h == HEIGHT for _, y, h in strokes)
    heights = [h for _, _, h in strokes]
    assert heights[2] == heights[-3] == 2
    assert heights[BINS // 2] == 2 * round(0.5 * (HEIGHT // 2 - 1))


def test_stereo_is_mixed() -> None:
    target = io.BytesIO()
    soundfile.write(target, np.zeros((4000, 2)), 16000, format="WAV", subtype="PCM_16")
    assert clip_of(target.getvalue()).embedded


def test_what_does_not_fit_is_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness.report.clips, "EMBEDDED_BYTES", 100)
    data = tone(0.5, 200)
    sha256 = hashlib.sha256(data).hexdigest()
    clip = clip_of(data)
    assert not clip.embedded
    assert clip.href == f"media/{sha256[:2]}/{sha256}"
    assert clip.outline is not None


def test_the_budget_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    audios = []
    for pitch in (150, 200, 250):
        data = tone(1.0, pitch)
        sha256 = hashlib.sha256(data).hexdigest()
        bench.clips[sha256] = data
        audios.append(Audio(sha256=sha256, mime="audio/wav", seconds=1.0, sample_rate=22050, size=len(data)))
    sizes = [len(clip.href or "") for clip in clips(freeze(bench), audios, PAGE).values()]
    monkeypatch.setattr(harness.report.clips, "EMBEDDED_BYTES", sizes[0] + sizes[1])
    made = clips(freeze(bench), [*audios, *audios], PAGE)
    assert [clip.embedded for clip in made.values()] == [True, True, False]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"RIFF\x00\x00\x00\x00WAVE", id="torn"),
        pytest.param(b"<html>no audio</html>", id="not audio"),
        pytest.param(tone(0.3, 200)[:44], id="header alone"),
    ],
)
def test_what_cannot_be_decoded_is_linked_as_it_came(data: bytes) -> None:
    clip = clip_of(data)
    assert not clip.embedded
    assert clip.outline is None
    assert clip.href is not None
    assert clip.href.startswith("media/")


def test_a_long_clip_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness.core.sound, "LONGEST_S", 0.2)
    clip = clip_of(tone(0.3, 200))
    assert clip.outline is None
    assert not clip.embedded


def test_an_odd_rate_is_linked() -> None:
    target = io.BytesIO()
    soundfile.write(target, np.zeros(4000), 10000, format="WAV", subtype="PCM_16")
    clip = clip_of(target.getvalue())
    assert not clip.embedded
    assert clip.outline is not None


def test_a_lost_clip_is_no_link() -> None:
    assert clip_of(None) == Clip(href=None, embedded=False, outline=None)


def test_links_are_relative_and_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness.report.clips, "EMBEDDED_BYTES", 0)
    clip = clip_of(tone(0.3, 200), page=Path("/runs/other/report.html"), folder=Path("/runs/my run/media"))
    assert clip.href is not None
    assert clip.href.startswith("../my%20run/media/")
