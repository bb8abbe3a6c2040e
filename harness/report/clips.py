"""Audio for the page: small players where they fit, links where they do not, and the outline of each clip."""

import base64
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import soundfile

from harness.core.media import Audio
from harness.core.sound import too_much
from harness.errors import BakeoffError
from harness.report.evidence import Evidence

EMBEDDED_BYTES = 20_000_000
"""Of all clips of a page together, as they stand in it."""
BLOCK = 65_536
"""Frames that are decoded at once."""
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
QUALITY = 0.6
"""libsndfile's compression level in [0, 1]: for speech at 22 kHz about 40 kbit/s."""
BINS = 64
"""Columns of the outline."""
HEIGHT = 24
"""Of the outline, in its own units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One clip as the page plays it."""

    href: str | None
    """A `data:` URI, a relative link, or None where the file is gone."""
    embedded: bool
    outline: str | None
    """The `d` of an SVG path, BINS wide and HEIGHT high; None where the clip cannot be decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decoded:
    mp3: bytes | None
    outline: str


def clips(evidence: Evidence, audios: Iterable[Audio], page: Path) -> Mapping[str, Clip]:
    """Return a clip by sha256; the first ones are embedded until EMBEDDED_BYTES are used, the others linked."""
    made: dict[str, Clip] = {}
    left = EMBEDDED_BYTES
    for audio in audios:
        if audio.sha256 in made:
            continue
        made[audio.sha256] = clip = _clip(evidence, audio, page, left)
        left -= len(clip.href or "") if clip.embedded else 0
    return made


def _clip(evidence: Evidence, audio: Audio, page: Path, left: int) -> Clip:
    try:
        data = evidence.read_media(audio.sha256)
    except (OSError, BakeoffError):
        return Clip(href=None, embedded=False, outline=None)
    decoded = _decode(data)
    outline = None if decoded is None else decoded.outline
    if decoded is not None and decoded.mp3 is not None:
        href = "data:audio/mpeg;base64," + base64.b64encode(decoded.mp3).decode()
        if len(href) <= left:
            return Clip(href=href, embedded=True, outline=outline)
    link = os.path.relpath(evidence.media_path(audio.sha256), page.parent)
    return Clip(href=quote(Path(link).as_posix()), embedded=False, outline=outline)


def _decode(data: bytes) -> _Decoded | None:
    """Return the clip as a mono MP3 with its outline; None for what is no audio that can be read in bounds."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate = file.samplerate
            if too_much(frames=file.frames, rate=rate, channels=file.channels):
                return None
            blocks = [block.mean(axis=1) for block in file.blocks(BLOCK, dtype="float32", always_2d=True)]
    except (soundfile.SoundFileError, ValueError, RuntimeError):
        return None
    mono = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return _Decoded(mp3=_mp3(mono, rate), outline=_outline(mono)) if len(mono) else None


def _mp3(mono: np.ndarray[tuple[int], np.dtype[np.float32]], rate: int) -> bytes | None:
    if rate not in MP3_RATES:
        return None
    target = io.BytesIO()
    soundfile.write(
        target, mono, rate, format="MP3", subtype="MPEG_LAYER_III", compression_level=QUALITY, bitrate_mode="VARIABLE"
    )
    return target.getvalue()


def _outline(mono: np.ndarray[tuple[int], np.dtype[np.float32]]) -> str:
    """Return the peak envelope, mirrored about the middle, as vertical strokes."""
    peaks = [float(np.abs(part).max()) if len(part) else 0.0 for part in np.array_split(np.nan_to_num(mono), BINS)]
    middle, strokes = HEIGHT // 2, []
    for x, peak in enumerate(peaks):
        half = max(1, round(min(1.0, peak) * (middle - 1)))
        strokes.append(f"M{x} {middle - half}v{2 * half}")
    return "".join(strokes)
