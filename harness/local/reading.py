"""A chat with an engine that reads pictures: which pictures it shows, and how what was read is told."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.core import pictures
from harness.core.canonical import Json
from harness.local.asked import Refused, json_object

MOST_BYTES = 64 * 2**20
"""Of a request: the pictures that a suite's sample may have, in base64, and its words."""
_FIELDS = ("model", "messages", "stream", "stream_options", "temperature", "max_tokens", "max_completion_tokens")
"""Those that are served. Bounds in tokens bind nothing here: what is read is as long as what stands in the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """What of a chat such an engine heeds; it is told nothing of the words."""

    pictures: tuple[bytes, ...]
    stream: bool


def chat(body: bytes, *, model: str) -> Chat:
    """Read the JSON of `/v1/chat/completions`; a parameter that is not served is refused, never dropped."""
    request = json_object(body, _FIELDS, model)
    if request.get("temperature", 0) not in (0, None):
        raise Refused("`temperature` must be 0: nothing is drawn by lot", param="temperature")
    messages = request.get("messages")
    if not isinstance(messages, list):
        raise Refused("`messages` must be a list", param="messages")
    found = tuple(_picture(url) for message in messages for url in _urls(message))
    if not found:
        raise Refused("`messages` show no picture, and this engine reads nothing else", param="messages")
    return Chat(pictures=found, stream=request.get("stream") is True)


def events(text: str, *, model: str) -> Iterator[bytes]:
    """Yield the server-sent events of an answer: all of it at once, since it is known when everything is read."""
    for delta, reason in (({"role": "assistant", "content": ""}, None), ({"content": text}, None), ({}, "stop")):
        choice: Json = {"index": 0, "delta": {**delta}, "finish_reason": reason}
        yield b"data: " + json.dumps(_completion(choice, model, "chat.completion.chunk")).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def document(text: str, *, model: str) -> Mapping[str, Json]:
    """Return the same answer as one JSON document."""
    message: Json = {"role": "assistant", "content": text}
    return _completion({"index": 0, "message": message, "finish_reason": "stop"}, model, "chat.completion")


def _completion(choice: Json, model: str, kind: str) -> dict[str, Json]:
    return {"id": "chatcmpl-local", "object": kind, "created": 0, "model": model, "choices": [choice]}


def _urls(message: Json) -> Iterator[str]:
    content = message.get("content") if isinstance(message, dict) else None
    for part in content if isinstance(content, list) else ():
        image = part.get("image_url") if isinstance(part, dict) else None
        if image is not None:
            yield str(image.get("url") if isinstance(image, dict) else image)


def _picture(url: str) -> bytes:
    kind, found, encoded = url.partition(";base64,")
    if not found or not kind.startswith("data:"):
        raise Refused("a picture is a `data:` URL in base64: nothing is fetched", param="messages")
    try:
        data = base64.b64decode(encoded, validate=True)
        pictures.header(data)  # before anything is decoded
    except (binascii.Error, ValueError) as error:
        raise Refused(f"a picture cannot be read: {error}", param="messages") from error
    return data
