"""What a request asks of an engine, checked against what the engine can do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.core.canonical import Json
from harness.local.multipart import parse

MOST_CHARACTERS = 4096
"""Of a text to speak: OpenAI's own limit."""
MOST_AUDIO_BYTES = 25 * 2**20
"""Of a clip: OpenAI's own limit."""
SPEEDS = (0.5, 2.0)
MEDIA_TYPES = {"wav": "audio/wav", "pcm": "audio/pcm"}
"""Formats of speech that are served."""
_SPEECH_FIELDS = ("model", "input", "voice", "response_format", "speed")
_TRANSCRIPTION_FIELDS = ("model", "file", "language", "response_format", "temperature")
_TRANSCRIPT_FORMATS = ("json", "verbose_json", "text")


class Refused(Exception):
    """A request that cannot be served; becomes OpenAI's error JSON."""

    def __init__(self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code

    @property
    def body(self) -> Mapping[str, Json]:
        """OpenAI's shape of an error."""
        error: Json = {
            "message": str(self),
            "type": "invalid_request_error",
            "param": self.param,
            "code": self.code,
        }
        return {"error": error}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A text to be spoken."""

    text: str
    voice: str
    speed: float
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """A clip to be written down."""

    clip: bytes
    language: str | None
    format: str


def speech(body: bytes, *, model: str, voices: Sequence[str]) -> Speech:
    """Read the JSON of `/v1/audio/speech`; a parameter that is not served is refused, never dropped."""
    try:
        request = json.loads(body)
    except ValueError as error:
        raise Refused(f"the body is no JSON: {error}") from error
    if not isinstance(request, dict):
        raise Refused("the body must be a JSON object")
    _demand_known(request, _SPEECH_FIELDS, model)
    text, speed, voice = request.get("input"), request.get("speed", 1.0), request.get("voice") or "default"
    if not isinstance(text, str) or not text.strip():
        raise Refused("`input` must be a text that is not empty", param="input")
    if len(text) > MOST_CHARACTERS:
        message = f"`input` has {len(text):,} characters, more than {MOST_CHARACTERS:,}"
        raise Refused(message, param="input", code="string_above_max_length")
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise Refused(f"`speed` must be a number from {SPEEDS[0]} to {SPEEDS[1]}", param="speed")
    if voice not in ("default", *voices):
        raise Refused(f"`voice` must be `default` or one of {', '.join(voices)}", param="voice")
    kind = request.get("response_format", "wav")
    if kind not in tuple(MEDIA_TYPES):  # not in the mapping: a list has no hash
        raise Refused(f"`response_format` must be one of {', '.join(MEDIA_TYPES)}", param="response_format")
    return Speech(text=text, voice=voices[0] if voice == "default" else voice, speed=float(speed), format=kind)


def transcription(content_type: str, body: bytes, *, model: str, languages: Sequence[str]) -> Transcription:
    """Read the form of `/v1/audio/transcriptions`; a parameter that is not served is refused, never dropped."""
    try:
        form = {field.name: field for field in parse(content_type, body)}
        texts = {name: field.text for name, field in form.items() if name != "file"}
    except ValueError as error:
        raise Refused(str(error)) from error
    if "file" not in form:
        raise Refused("the form has no `file`", param="file")
    _demand_known(texts, _TRANSCRIPTION_FIELDS, model)
    language, kind = texts.get("language") or None, texts.get("response_format", "json")
    if language is not None and language not in languages:
        raise Refused(f"`language` {language!r} is none that the model knows", param="language")
    if kind not in _TRANSCRIPT_FORMATS:
        raise Refused(f"`response_format` must be one of {', '.join(_TRANSCRIPT_FORMATS)}", param="response_format")
    if texts.get("temperature", "0") not in ("0", "0.0"):
        raise Refused("`temperature` must be 0: decoding is greedy", param="temperature")
    return Transcription(clip=form["file"].content, language=language, format=kind)


def _demand_known(given: Mapping[str, object], known: Sequence[str], model: str) -> None:
    for name in given:
        if name not in known:
            raise Refused(f"the parameter `{name}` is not served; these are: {', '.join(known)}", param=name)
    if given.get("model", model) != model:
        message = f"the model {given['model']!r} is not served here; this is {model!r}"
        raise Refused(message, status=404, param="model", code="model_not_found")
