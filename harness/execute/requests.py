"""What is sent, made of a prompt and the parameters of a task and its candidate."""

from collections.abc import Mapping, Sequence

from harness.core.candidates import Candidate
from harness.core.canonical import Json
from harness.core.media import Audio
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    RerankRequest,
    Script,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
)

TOKENS_OF_A_WORD_SPOKEN = 16
"""A token of text lasts about a third of a second when it is spoken, which providers count as up to fifty tokens."""
DEFAULT_VOICE = "alloy"
STREAMED = "pcm16"
"""The one format of sound that OpenAI streams."""


def chat(messages: Sequence[Mapping[str, Json]], params: Mapping[str, Json], *, max_tokens: int) -> ChatRequest:
    """Return a chat of `messages`; a bound among `params` takes the place of `max_tokens`."""
    params = dict(params)
    # two names of one bound; it is a field of the request because a budget rests on it
    bounds = [params.pop("max_completion_tokens", None), params.pop("max_tokens", None), max_tokens]
    return ChatRequest(
        messages=tuple(messages),
        max_tokens=next(bound for bound in bounds if isinstance(bound, int)),
        params=params,
    )


def spoken_chat(messages: Sequence[Mapping[str, Json]], params: Mapping[str, Json], *, max_tokens: int) -> ChatRequest:
    """Return a chat that is answered in words and sound by one model; `max_tokens` bounds the words.

    `voice` among `params` names who speaks, `audio` replaces what is asked for as a whole.
    """
    params = dict(params)
    voice = params.pop("voice", DEFAULT_VOICE)
    wanted: dict[str, Json] = {"modalities": ["text", "audio"], "audio": {"voice": voice, "format": STREAMED}}
    return chat(messages, {**wanted, **params}, max_tokens=max_tokens * TOKENS_OF_A_WORD_SPOKEN)


def session(
    audio: Audio, params: Mapping[str, Json], *, instructions: str | None, max_tokens: int, script: Script | None
) -> SessionRequest:
    """Return the live session in which `audio` is played; `max_tokens` bounds the words of an answer.

    `turn_detection` among `params` is the provider's business in a scripted session alone.
    """
    params = dict(params)
    voice = params.pop("voice", None)
    if script is None:
        params.pop("turn_detection", None)
    return SessionRequest(
        audio=audio,
        max_tokens=max_tokens * TOKENS_OF_A_WORD_SPOKEN,
        instructions=instructions,
        voice=None if voice is None else str(voice),
        params=params,
        script=script,
    )


def transcription(audio: Audio, params: Mapping[str, Json], *, language: str | None) -> TranscriptionRequest:
    """Return the request to write `audio` down; a language among `params` wins."""
    params = dict(params)
    told = params.pop("language", language)
    return TranscriptionRequest(audio=audio, language=None if told is None else str(told), params=params)


def speech(text: str, params: Mapping[str, Json], candidate: Candidate, *, language: str | None) -> SpeechRequest:
    """Return the request to speak `text`."""
    params = dict(params)
    voice, response_format = params.pop("voice", None), params.pop("response_format", "wav")
    if candidate.is_local and language is not None:  # providers hear the language in the text and know no such field
        params.setdefault("language", language)
    return SpeechRequest(
        text=text,
        voice=None if voice is None else str(voice),
        response_format=str(response_format),
        params=params,
    )


def ranking(
    query: str, documents: Sequence[Document], params: Mapping[str, Json], candidate: Candidate
) -> EmbeddingRequest | RerankRequest:
    """Ask an embedder for the vectors of query and documents, and anyone else to rank the documents."""
    params = dict(params)
    before_query, before_document = (str(params.pop(name, "")) for name in ("query_prefix", "document_prefix"))
    if "embedding" not in candidate.modalities:
        return RerankRequest(query=query, documents=tuple(documents), params=params)
    texts = (before_query + query, *(before_document + document.text for document in documents))
    return EmbeddingRequest(texts=texts, ranks=tuple(document.id for document in documents), params=params)
