"""Media in the store as nouns: a clip, a picture, a video, embeddings; and how a message names them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.core.canonical import Json, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A clip in the media store."""

    sha256: str
    mime: str
    seconds: float
    sample_rate: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """Embeddings in the media store: `count` rows of `dimensions` little-endian 32-bit floats, and nothing else."""

    sha256: str
    count: int
    dimensions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in the media store."""

    sha256: str
    mime: str
    """As its content says, whatever its name does."""
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A clip in the media store, as its container's head describes it."""

    sha256: str
    mime: str
    """As its content says."""
    seconds: float
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes."""


def media_part(medium: Image | Audio) -> Json:
    """Return the part of a message that shows or plays `medium`."""
    kind = "image_url" if isinstance(medium, Image) else "input_audio"
    return {"type": kind, kind: to_json(medium)}


def media_parts(messages: Sequence[Mapping[str, Json]]) -> Iterator[Mapping[str, Json]]:
    """Yield each medium that messages name, as its noun in JSON."""
    for message in messages:
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            named = part.get(str(part.get("type"))) if isinstance(part, dict) else None
            if isinstance(named, dict) and "sha256" in named:
                yield named
