"""Transcription of a clip."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

from harness.clients import litellm_door
from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Exchange, Wire
from harness.clients.target import Target
from harness.core.calls import Output, Usage
from harness.core.requests import TranscriptionRequest

_SUFFIX = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac"}
_PLAIN = ("text", "srt", "vtt")
_CHARSET = re.compile(r"charset=\"?([^\s;\"]+)", re.IGNORECASE)


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
    heard = Heard(outcome=Output(text=response.text), usage=usage, content=Content(last=last))
    if exchange is not None and (why := _unreadable(exchange, request, response.text)):
        message = f"the response ({exchange.media_type or 'no content type'}) {why}"
        return replace(heard, outcome=failed("protocol", message, target))
    return heard


def _unreadable(exchange: Exchange, request: TranscriptionRequest, text: object) -> str | None:
    """Say what is wrong with a response that LiteLLM took for a transcript: it takes any page, and any bytes."""
    body = bytes(exchange.body)
    charset = _CHARSET.search(exchange.headers.get("content-type", ""))
    try:
        if request.params.get("response_format") in _PLAIN:
            body.decode(charset[1] if charset else "utf-8")
        else:
            json.loads(body)
    except UnicodeDecodeError as error:
        return f"is no text: {error}"
    except LookupError:
        return "is text in an unknown charset"
    except ValueError:
        return "is no JSON"
    return None if isinstance(text, str) else "holds no transcript"
