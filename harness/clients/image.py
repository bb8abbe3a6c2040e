"""Pictures that are made, or made of others: what came, told by its content before anything decodes it."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from harness.clients import litellm_door
from harness.clients.faults import failed
from harness.clients.link import Unfetched, fetched
from harness.clients.reply import Content, Heard
from harness.clients.tap import Wire
from harness.clients.target import Target
from harness.clients.usage import image_usage
from harness.core import pictures
from harness.core.calls import Output
from harness.core.media import Image
from harness.core.requests import ImageRequest


async def ask(
    request: ImageRequest,
    target: Target,
    *,
    timeout_s: float,
    wire: Wire,
    read_media: Callable[[str], bytes],
    sleep: Callable[[float], Awaitable[None]],
) -> Heard:
    """Have a picture made, or those of the request edited; errors of LiteLLM pass through.

    One picture is asked for. Where a provider answers with a link, it is fetched from there, without a key; its time
    ends with its last byte either way.
    """
    litellm = litellm_door.load()
    common = {
        "model": target.model,
        "prompt": request.prompt,
        "api_base": target.base_url,
        "api_key": target.api_key,
        "max_retries": 0,
        "timeout": litellm_door.timeout(timeout_s),
        **target.resolved(request.params),
    }
    if request.images:
        shown = [read_media(one.sha256) for one in request.images]  # LiteLLM names their type by their content
        response = await litellm.aimage_edit(image=shown, **common)
    else:
        response = await litellm.aimage_generation(**common)
    made = list(response.data or ())
    usage = image_usage(getattr(response, "usage", None), images=len(made))
    if not made:
        return Heard(outcome=failed("empty_response", "no picture came", target), usage=usage, content=_all_of(wire))
    try:
        if (link := _link(made[0])) is not None:
            data = await fetched(link, target, wire, timeout_s=timeout_s, sleep=sleep)
        else:
            data = await asyncio.to_thread(_bytes, made[0])
        found = pictures.header(data)
    except Unfetched as why:
        failure = failed("not_fetched", f"the picture was made, and its link brought nothing: {why}", target)
        return Heard(outcome=failure, usage=usage)
    except ValueError as error:
        failure = failed("protocol", f"the picture cannot be taken: {error}", target)
        return Heard(outcome=failure, usage=usage, content=_all_of(wire))
    sha256 = hashlib.sha256(data).hexdigest()
    image = Image(sha256=sha256, mime=found.mime, width=found.width, height=found.height, size=len(data))
    return Heard(outcome=Output(image=image), usage=usage, content=_all_of(wire), blobs={sha256: data})


def _all_of(wire: Wire) -> Content:
    """Return the content that ends with the last byte that came."""
    return Content(last=len(wire.last.body) - 1 if wire.last and wire.last.body else None)


def _link(made: Any) -> str | None:
    """Return where a picture lies that did not come with the response."""
    link = getattr(made, "url", None)
    elsewhere = isinstance(link, str) and link and not link.startswith("data:") and not getattr(made, "b64_json", None)
    return link if elsewhere else None


def _bytes(made: Any) -> bytes:
    """Return the bytes of a picture as LiteLLM hands it over; ValueError where they are not there."""
    encoded, link = getattr(made, "b64_json", None), getattr(made, "url", None)
    if not encoded and isinstance(link, str) and link.startswith("data:"):
        encoded = link.partition(",")[2]
    if not isinstance(encoded, str) or not encoded:
        raise ValueError("it is not there")
    if len(encoded) > 4 * (pictures.MOST_BYTES // 3 + 1):
        raise ValueError(f"it has more than {pictures.MOST_BYTES:,} bytes")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"it is not base64: {error}") from error
