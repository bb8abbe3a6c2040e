"""What a request asks of an engine, checked against what the engine can do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.core.canonical import Json
from harness.local.engines import Job
from harness.local.multipart import parse

MOST_CHARACTERS = 4096
"""Of a text to speak: OpenAI's own limit."""
MOST_AUDIO_BYTES = 25 * 2**20
"""Of a clip: OpenAI's own limit."""
SPEEDS = (0.5, 2.0)
MEDIA_TYPES = {"wav": "audio/wav", "pcm": "audio/pcm"}
"""Formats of speech that are served."""
MOST_TEXTS = 2048
"""Of a batch to embed or to rank: OpenAI's own limit."""
_SPEECH_FIELDS = ("model", "input", "voice", "response_format", "speed")
_TRANSCRIPTION_FIELDS = ("model", "file", "language", "response_format", "temperature")
_EMBEDDING_FIELDS = ("model", "input", "encoding_format")
_RANKING_FIELDS = ("model", "query", "documents", "top_n", "return_documents")
_EXECUTION_FIELDS = ("program", "entry_point", "check")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Documents to be ranked."""

    query: str
    documents: tuple[str, ...]
    top_n: int | None


def speech(body: bytes, *, model: str, voices: Sequence[str]) -> Speech:
    """Read the JSON of `/v1/audio/speech`; a parameter that is not served is refused, never dropped."""
    request = json_object(body, _SPEECH_FIELDS, model)
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


def embedding(body: bytes, *, model: str) -> tuple[str, ...]:
    """Read the JSON of `/v1/embeddings` and return its texts; a parameter that is not served is refused."""
    request = json_object(body, _EMBEDDING_FIELDS, model)
    given = request.get("input")
    if request.get("encoding_format", "float") != "float":
        raise Refused("`encoding_format` must be float", param="encoding_format")
    return _texts([given] if isinstance(given, str) else given, "input")


def ranking(body: bytes, *, model: str) -> Ranking:
    """Read the JSON of `/v1/rerank` (Cohere's shape); a parameter that is not served is refused, never dropped."""
    request = json_object(body, _RANKING_FIELDS, model)
    query, top_n = request.get("query"), request.get("top_n")
    if not isinstance(query, str) or not query.strip():
        raise Refused("`query` must be a text that is not empty", param="query")
    if top_n is not None and (type(top_n) is not int or top_n < 1):
        raise Refused("`top_n` must be a whole number above 0", param="top_n")
    if request.get("return_documents"):
        raise Refused("`return_documents` is not served: whoever asks has them", param="return_documents")
    return Ranking(query=query, documents=_texts(request.get("documents"), "documents"), top_n=top_n)


def execution(body: bytes, *, model: str) -> Job:
    """Read the JSON of `/v1/execute`: a program, the function in it that is checked, and the check."""
    request = json_object(body, _EXECUTION_FIELDS, model)
    for name in _EXECUTION_FIELDS:
        if not isinstance(request.get(name), str):
            raise Refused(f"`{name}` must be a text", param=name)
    return Job(**{name: str(request[name]) for name in _EXECUTION_FIELDS})


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


def json_object(body: bytes, known: Sequence[str], model: str) -> dict[str, Json]:
    """Read a JSON body; a parameter that is not among the `known` ones is refused, and so is another model."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the body is no JSON: {error}") from error
    if not isinstance(request, dict):
        raise Refused("the body must be a JSON object")
    _demand_known(request, known, model)
    return request


def _texts(given: Json, name: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(text, str) and text for text in given):
        raise Refused(f"`{name}` must be a list of texts, none of them empty", param=name)
    if len(given) > MOST_TEXTS:
        raise Refused(f"`{name}` has {len(given):,} texts, more than {MOST_TEXTS:,}", param=name)
    return tuple(map(str, given))


def _demand_known(given: Mapping[str, object], known: Sequence[str], model: str) -> None:
    for name in given:
        if name not in known:
            raise Refused(f"the parameter `{name}` is not served; these are: {', '.join(known)}", param=name)
    if given.get("model", model) != model:
        message = f"the model {given['model']!r} is not served here; this is {model!r}"
        raise Refused(message, status=404, param="model", code="model_not_found")
