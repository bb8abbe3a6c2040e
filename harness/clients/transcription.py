"""Transcription of a clip."""

import json
from collections.abc import Callable
from dataclasses import replace

from harness.clients import litellm_door
from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Wire
from harness.clients.target import Target
from harness.core.calls import Output, TranscriptionRequest, Usage

_SUFFIX = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac"}
_PLAIN = ("text", "srt", "vtt")


async def ask(
    request: TranscriptionRequest,
    target: Target,
    *,
    timeout_s: float,
    wire: Wire,
    read_media: Callable[[str], bytes],
) -> Heard:
    """Send the clip and return its text; an empty text is an Output, since a clip can be silent.

    The language is sent as its primary subtag (`en` of `en-GB`), which is what these endpoints know.
    """
    litellm = litellm_door.load()
    audio = request.audio
    name = f"clip.{_SUFFIX.get(audio.mime, 'bin')}"
    clip = read_media(audio.sha256)
    language = {"language": request.language.partition("-")[0]} if request.language else {}
    response = await litellm.atranscription(
        model=target.model,
        file=(name, clip, audio.mime),
        api_base=target.base_url,
        api_key=target.api_key,
        max_retries=0,
        timeout=litellm_door.timeout(timeout_s),
        **language,
        **target.resolved(request.params),
    )
    exchange = wire.last
    last = len(exchange.body) - 1 if exchange and exchange.body else None
    usage = Usage(input_audio_seconds=audio.seconds, source="measured")
    heard = Heard(outcome=Output(text=response.text or ""), usage=usage, content=Content(last=last))
    if exchange is not None and request.params.get("response_format") not in _PLAIN:
        try:
            json.loads(exchange.body)
        except ValueError:  # LiteLLM takes any page for a transcript
            message = f"the response ({exchange.media_type or 'no content type'}) is no JSON"
            return replace(heard, outcome=failed("protocol", message, target))
    return heard
