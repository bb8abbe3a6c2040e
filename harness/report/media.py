"""What a page plays and shows: players and pictures for the first samples, links for those behind them."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from harness.core.media import Audio, Image, Video
from harness.report.cases import SampleView
from harness.report.clips import Clip, clips
from harness.report.evidence import Evidence
from harness.report.shown import Shown
from harness.report.shown import shown as seen

OPENED = 200
"""Samples whose media are opened, to be drawn and embedded; of the others they are linked as they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """By sha256."""

    clips: Mapping[str, Clip]
    pictures: Mapping[str, Shown]
    films: Mapping[str, Shown]


def media(evidence: Evidence, samples: Sequence[SampleView], page: Path) -> Media:
    """Return the media of `samples`, in this order until a page is full; links are relative to `page`."""
    opened, linked = samples[:OPENED], samples[OPENED:]

    def link(medium: Audio | Image | Video) -> str:
        return quote(Path(os.path.relpath(evidence.media_path(medium.sha256), page.parent)).as_posix())

    def left(media: Iterable[Image] | Iterable[Video]) -> dict[str, Shown]:
        return {it.sha256: Shown(href=link(it), embedded=False, width=it.width, height=it.height) for it in media}

    return Media(
        clips={it.sha256: Clip(href=link(it), embedded=False, outline=None) for it in _audios(linked)}
        | dict(clips(evidence, _audios(opened), page)),
        pictures=left(_images(linked)) | dict(seen(evidence, _images(opened), page)),
        films=left(_films(linked)) | dict(seen(evidence, _films(opened), page)),
    )


def _audios(samples: Iterable[SampleView]) -> Iterable[Audio]:
    for sample in samples:
        yield from [sample.recording] if sample.recording is not None else []
        yield from (answer.audio for answer in sample.answers if answer is not None and answer.audio is not None)


def _images(samples: Iterable[SampleView]) -> Iterable[Image]:
    for sample in samples:
        yield from sample.images
        yield from (answer.image for answer in sample.answers if answer is not None and answer.image is not None)


def _films(samples: Iterable[SampleView]) -> Iterable[Video]:
    for sample in samples:
        yield from (answer.video for answer in sample.answers if answer is not None and answer.video is not None)
