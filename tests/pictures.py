"""Small pictures for tests, made by Pillow."""

import hashlib
import io
from typing import Any

from PIL import Image as Pillow

from harness.core.media import Image


def picture(width: int = 8, height: int = 6, *, kind: str = "PNG", colour: str = "red", **options: Any) -> bytes:
    """The bytes of a picture of one colour."""
    target = io.BytesIO()
    Pillow.new("RGB", (width, height), colour).save(target, kind, **options)
    return target.getvalue()


def noun(data: bytes, *, width: int = 8, height: int = 6, mime: str = "image/png") -> Image:
    return Image(sha256=hashlib.sha256(data).hexdigest(), mime=mime, width=width, height=height, size=len(data))
