"""Embedding: a batch of texts, their vectors, and the ranking that the vectors give."""

import asyncio
import hashlib
import math
import sys
from array import array
from collections.abc import Sequence
from dataclasses import replace
from operator import mul
from typing import Any

from harness.clients import litellm_door
from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Wire
from harness.clients.target import Target
from harness.clients.usage import chat_usage
from harness.core.calls import Output, Ranked
from harness.core.media import Vectors
from harness.core.requests import EmbeddingRequest

_SPEAK_FLOATS = ("openai/", "hosted_vllm/")
"""Their SDK would ask for base64, which not every server of the same shape knows."""


async def ask(request: EmbeddingRequest, target: Target, *, timeout_s: float, wire: Wire) -> Heard:
    """Send all texts in one request; errors of LiteLLM pass through.

    The vectors become one blob of 32-bit floats. Where the request ranks, the first text is the query, and the others
    are ranked by the cosine of their vectors to its own, of equals the one that was given first.
    """
    litellm = litellm_door.load()
    floats = {"encoding_format": "float"} if target.model.startswith(_SPEAK_FLOATS) else {}
    response = await litellm.aembedding(
        model=target.model,
        input=list(request.texts),
        api_base=target.base_url,
        api_key=target.api_key,
        max_retries=0,
        timeout=litellm_door.timeout(timeout_s),
        **{**floats, **target.resolved(request.params)},
    )
    usage = chat_usage(getattr(response, "usage", None), silent=True)
    if usage.source != "none":
        usage = replace(usage, output_tokens=0)  # a vector is no token: what such a one would cost is not owed
    content = Content(last=len(wire.last.body) - 1 if wire.last and wire.last.body else None)
    try:
        outcome, blob = await asyncio.to_thread(_read, response.data, request)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        return Heard(outcome=failed("protocol", f"the vectors cannot be read: {error}", target), usage=usage)
    return Heard(outcome=outcome, usage=usage, content=content, blobs={hashlib.sha256(blob).hexdigest(): blob})


def _read(data: Sequence[Any], request: EmbeddingRequest) -> tuple[Output, bytes]:
    """Return the output and its blob; ValueError and the like where there is not one good vector for each text."""
    found = {item["index"]: item["embedding"] for item in data}
    if len(data) != len(request.texts) or found.keys() != set(range(len(request.texts))):
        raise ValueError(f"{len(data)} vectors came for {len(request.texts)} texts, or not one for each")
    rows = [array("f", found[at]) for at in range(len(found))]
    dimensions = len(rows[0])
    if not dimensions or any(len(row) != dimensions for row in rows):
        raise ValueError("they are empty, or not all of one length")
    if not all(math.isfinite(value) for row in rows for value in row):
        raise ValueError("they hold numbers that are not finite")
    ranking = _ranking(rows, request.ranks)
    flat = array("f", [value for row in rows for value in row])
    if sys.byteorder == "big":
        flat.byteswap()
    blob = flat.tobytes()
    vectors = Vectors(sha256=hashlib.sha256(blob).hexdigest(), count=len(rows), dimensions=dimensions)
    return Output(vectors=vectors, ranking=ranking), blob


def _ranking(rows: "Sequence[array[float]]", ids: Sequence[str]) -> tuple[Ranked, ...]:
    if not ids:
        return ()
    lengths = [math.sqrt(sum(map(mul, row, row))) for row in rows]
    query = rows[0]
    cosines = [
        sum(map(mul, query, row)) / (lengths[0] * length) if lengths[0] and length else 0.0
        for row, length in zip(rows[1:], lengths[1:], strict=True)
    ]
    ranked = [Ranked(document=name, relevance=cosine) for name, cosine in zip(ids, cosines, strict=True)]
    return tuple(sorted(ranked, key=lambda place: -place.relevance))
