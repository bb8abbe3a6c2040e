"""Media of samples: read from beside the suite or out of a `data:` URL, within limits, and told by their content."""

import base64
import binascii
import hashlib
import os
import stat
from pathlib import Path

from harness.core import pictures, recordings
from harness.core.media import Audio, Image
from harness.core.wording import worded

DATA = "data:"


def is_data(written: str) -> bool:
    """Whether a sample's file is a `data:` URL, which holds its bytes itself."""
    return written.startswith(DATA)


def content(root: Path, written: str) -> bytes:
    """Return the bytes of a sample's file, at most `pictures.MOST_BYTES`; ValueError says why not.

    A path has been found to be `inside` `root`; what it names is opened without following a link that has come since.
    """
    return _decoded(written) if is_data(written) else _read((root / written).resolve())


def picture(data: bytes) -> Image:
    """Return the noun of the picture `data`; ValueError where it is none that is taken."""
    found = pictures.header(data)
    return Image(
        sha256=hashlib.sha256(data).hexdigest(),
        mime=found.mime,
        width=found.width,
        height=found.height,
        size=len(data),
    )


def recording(data: bytes) -> Audio:
    """Return the noun of the recording `data`; ValueError where it is none that is taken."""
    found = recordings.header(data)
    return Audio(
        sha256=hashlib.sha256(data).hexdigest(),
        mime=found.mime,
        seconds=found.seconds,
        sample_rate=found.sample_rate,
        size=len(data),
    )


def short(written: str) -> str:
    """Return a sample's file as it may be kept and shown: a `data:` URL without its bytes."""
    return f"{written.partition(',')[0]},..." if is_data(written) else written


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise ValueError(worded("it is no regular file"))
            data = file.read(pictures.MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(worded("it cannot be read: {strerror}", strerror=error.strerror)) from error
    if len(data) > pictures.MOST_BYTES:
        raise ValueError(worded("it has more than {most:,} bytes", most=pictures.MOST_BYTES))
    return data


def _decoded(url: str) -> bytes:
    kind, comma, encoded = url.partition(",")
    if not comma or not kind.endswith(";base64"):
        raise ValueError(worded("a data URL is written data:image/png;base64,..."))
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(worded("the data URL is not base64: {error}", error=error)) from error
