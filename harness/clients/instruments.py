"""Instruments that LiteLLM has no endpoint for: a MOS predictor hears a clip, a sandbox checks a program."""

import json
from collections.abc import Callable, Mapping

import httpx

from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Tapped, Wire
from harness.clients.target import Target
from harness.core.calls import Failure, Output, Usage
from harness.core.requests import ExecutionRequest, MosRequest


async def rate(
    request: MosRequest, target: Target, *, timeout_s: float, wire: Wire, read_media: Callable[[str], bytes]
) -> Heard:
    """Return the predictor's numbers (`sig`, `bak`, `ovrl`, 1 to 5) as `Output.values`; httpx's errors pass through."""
    audio = request.audio
    clip, headers = read_media(audio.sha256), {"content-type": audio.mime}
    document = await _post("audio/mos", clip, headers, target, timeout_s)
    usage = Usage(input_audio_seconds=audio.seconds, source="measured")
    return Heard(outcome=_numbers(document, target), usage=usage, content=_content(wire))


async def execute(request: ExecutionRequest, target: Target, *, timeout_s: float, wire: Wire) -> Heard:
    """Return whether the program passed as `Output.values`, and why not as its text; httpx's errors pass through."""
    job = {"program": request.program, "entry_point": request.entry_point, "check": request.check}
    headers = {"content-type": "application/json"}
    document = await _post("execute", json.dumps(job).encode(), headers, target, timeout_s)
    return Heard(outcome=_verdict(document, target), usage=Usage(source="measured"), content=_content(wire))


async def _post(path: str, body: bytes, headers: Mapping[str, str], target: Target, timeout_s: float) -> bytes:
    async with httpx.AsyncClient(transport=Tapped(), timeout=timeout_s + 5) as client:
        response = await client.post(f"{target.base_url}/{path}", content=body, headers=headers)
        response.raise_for_status()
        return response.content


def _numbers(document: bytes, target: Target) -> Output | Failure:
    try:
        return Output(values={str(name): float(value) for name, value in json.loads(document).items()})
    except (ValueError, TypeError, AttributeError) as error:
        return failed("protocol", f"the response is no map of numbers: {error}", target)


def _verdict(document: bytes, target: Target) -> Output | Failure:
    try:
        said = json.loads(document)
        passed, reason = said["passed"], said["reason"]
    except (ValueError, TypeError, KeyError) as error:
        return failed("protocol", f"the response is no verdict: {error}", target)
    return Output(text=str(reason), values={"passed": float(passed is True)})


def _content(wire: Wire) -> Content:
    return Content(last=len(wire.last.body) - 1 if wire.last and wire.last.body else None)
