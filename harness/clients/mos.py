"""A MOS predictor: posts a clip to `/audio/mos` of an embedded engine, which LiteLLM has no endpoint for."""

import json
from collections.abc import Callable

import httpx

from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Wire, forward
from harness.clients.target import Target
from harness.core.calls import MosRequest, Output, Usage


class _Tapped(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await forward(super().handle_async_request, request)


async def ask(
    request: MosRequest,
    target: Target,
    *,
    timeout_s: float,
    wire: Wire,
    read_media: Callable[[str], bytes],
) -> Heard:
    """Return the engine's numbers (`sig`, `bak`, `ovrl`, 1 to 5) as `Output.values`; httpx's errors pass through."""
    clip = read_media(request.audio.sha256)
    async with httpx.AsyncClient(transport=_Tapped(), timeout=timeout_s + 5) as client:
        response = await client.post(
            f"{target.base_url}/audio/mos", content=clip, headers={"content-type": request.audio.mime}
        )
        response.raise_for_status()
    usage = Usage(input_audio_seconds=request.audio.seconds, source="measured")
    content = Content(last=len(wire.last.body) - 1 if wire.last and wire.last.body else None)
    try:
        values = {str(name): float(value) for name, value in json.loads(response.content).items()}
    except (ValueError, TypeError, AttributeError) as error:
        failure = failed("protocol", f"the response is no map of numbers: {error}", target)
        return Heard(outcome=failure, usage=usage, content=content)
    return Heard(outcome=Output(values=values), usage=usage, content=content)
