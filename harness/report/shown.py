"""Pictures and clips that were asked about or made, for the page: in it where they fit, links where they do not."""

import base64
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from harness.core import pictures, videos
from harness.core.media import Image, Video
from harness.errors import BakeoffError
from harness.report.evidence import Evidence

EMBEDDED_BYTES = 10_000_000
"""Of all pictures of a page together, as they stand in it; and of all clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture or clip as the page shows it."""

    href: str | None
    """A `data:` URI, a relative link, or None where the file is gone or is not what it was."""
    embedded: bool
    width: int
    height: int


def shown(evidence: Evidence, media: Iterable[Image | Video], page: Path) -> Mapping[str, Shown]:
    """Return each by its sha256; the first ones are embedded until EMBEDDED_BYTES are used, the others linked.

    One that is asked about several times stands in the page as often, and counts so.
    """
    made: dict[str, Shown] = {}
    left = EMBEDDED_BYTES
    for medium, times in Counter(media).items():
        made[medium.sha256] = one = _shown(evidence, medium, page, left // times)
        left -= times * len(one.href or "") if one.embedded else 0
    return made


def _shown(evidence: Evidence, medium: Image | Video, page: Path, most: int) -> Shown:
    size = {"width": medium.width, "height": medium.height}
    try:
        data = evidence.read_media(medium.sha256)
        mime = (videos.header(data) if isinstance(medium, Video) else pictures.header(data)).mime
    except (OSError, BakeoffError, ValueError):
        return Shown(href=None, embedded=False, **size)
    href = f"data:{mime};base64,{base64.b64encode(data).decode()}"
    if len(href) <= most:
        return Shown(href=href, embedded=True, **size)
    link = os.path.relpath(evidence.media_path(medium.sha256), page.parent)
    return Shown(href=quote(Path(link).as_posix()), embedded=False, **size)
