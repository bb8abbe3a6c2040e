"""Pictures that were asked about, for the page: in it where they fit, links where they do not."""

import base64
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from harness.core import pictures
from harness.core.calls import Image
from harness.errors import BakeoffError
from harness.report.evidence import Evidence

EMBEDDED_BYTES = 10_000_000
"""Of all pictures of a page together, as they stand in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture as the page shows it."""

    href: str | None
    """A `data:` URI, a relative link, or None where the file is gone or is no picture."""
    embedded: bool
    width: int
    height: int


def shown(evidence: Evidence, images: Iterable[Image], page: Path) -> Mapping[str, Shown]:
    """Return a picture by sha256; the first ones are embedded until EMBEDDED_BYTES are used, the others linked.

    One that is asked about several times stands in the page as often, and counts so.
    """
    made: dict[str, Shown] = {}
    left = EMBEDDED_BYTES
    for image, times in Counter(images).items():
        made[image.sha256] = one = _shown(evidence, image, page, left // times)
        left -= times * len(one.href or "") if one.embedded else 0
    return made


def _shown(evidence: Evidence, image: Image, page: Path, most: int) -> Shown:
    size = {"width": image.width, "height": image.height}
    try:
        data = evidence.read_media(image.sha256)
        mime = pictures.header(data).mime
    except (OSError, BakeoffError, ValueError):
        return Shown(href=None, embedded=False, **size)
    href = f"data:{mime};base64,{base64.b64encode(data).decode()}"
    if len(href) <= most:
        return Shown(href=href, embedded=True, **size)
    link = os.path.relpath(evidence.media_path(image.sha256), page.parent)
    return Shown(href=quote(Path(link).as_posix()), embedded=False, **size)
