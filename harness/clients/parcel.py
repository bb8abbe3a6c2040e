"""Documents with bytes beside them, as they go over a channel between a run and its workers."""

import json
from collections.abc import Mapping

from harness.core.canonical import Json, to_json


def pack(document: object, blobs: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """Return the parts of a payload: one line of JSON, then the bytes of each blob."""
    sizes: Json = [[name, len(data)] for name, data in blobs.items()]
    line = json.dumps([to_json(document), sizes], separators=(",", ":"))
    return (line.encode(), b"\n", *blobs.values())


def unpack(payload: bytes) -> tuple[Json, dict[str, bytes]]:
    """Return what `pack` was given, the document as plain JSON."""
    line, _, rest = payload.partition(b"\n")
    document, sizes = json.loads(line)
    blobs, at = {}, 0
    for name, size in sizes:
        blobs[name] = rest[at : at + size]
        at += size
    return document, blobs
