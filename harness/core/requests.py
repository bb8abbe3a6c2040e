"""What is asked of a candidate: the request of each kind of task."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.canonical import Json
from harness.core.media import Audio, Image, media_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """Messages in OpenAI's shape; media parts name the media by sha256, see `media_part`.

    The client puts the bytes in when it sends.
    """

    messages: tuple[Mapping[str, Json], ...]
    max_tokens: int
    params: Mapping[str, Json] = field(default_factory=dict)
    timed: str | None = None
    """What of the answer is dated beside its first and last content: `sentences`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """Text to be spoken."""

    text: str
    voice: str | None = None
    response_format: str = "wav"
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionRequest:
    """A clip to be written down."""

    audio: Audio
    language: str | None = None
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MosRequest:
    """A clip to be judged by a MOS predictor."""

    audio: Audio


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRequest:
    """A program that a model has written, to be run and checked where it can reach nothing."""

    program: str
    entry_point: str
    """The function in it that is checked."""
    check: str
    """The suite's own Python: defines `check(candidate)`, which raises where the function is not what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A passage that may be found."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRequest:
    """A batch of texts to be turned into vectors, in one request."""

    texts: tuple[str, ...]
    """As they are sent, with the prefixes that a model wants."""
    ranks: tuple[str, ...] = ()
    """Where the first text is a query: the ids of the others, which are ranked for it."""
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankRequest:
    """Documents to be put in the order of their relevance to a query."""

    query: str
    documents: tuple[Document, ...]
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RagRequest:
    """A question to be answered from documents that must be searched first: only cascades are asked it."""

    query: str
    documents: tuple[Document, ...]
    max_tokens: int
    """Of each text that a stage writes."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """For the stages that write."""
    system: str | None = None
    """For them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """A picture to be made, or made of others."""

    prompt: str
    images: tuple[Image, ...] = ()
    """What is to be edited."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """`size`, `quality`, ..."""


MOST_ANSWERS = 4
"""After so many answers a scripted session ends: one to each thing that is said, and two that nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How a live session goes on after its recording, where the provider hears who speaks and decides when it does."""

    listen_s: float
    """How long is listened after what the user says last."""
    interruption: Audio | None = None
    """What the user says into the answer."""
    interrupt_after_s: float = 0.0
    """How long the answer has been heard by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """A recording that is played in a live session, at its own pace, and answered aloud."""

    audio: Audio
    max_tokens: int
    """Of an answer, sound and words together."""
    instructions: str | None = None
    voice: str | None = None
    params: Mapping[str, Json] = field(default_factory=dict)
    """Of the session, in the shape of OpenAI's `session.update`; `turn_detection` is how a script's provider hears."""
    script: Script | None = None
    """None: we say when the recording has ended, and listen to the answer alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """A clip to be made: one job is ordered, asked after until it has ended, and its clip is fetched."""

    prompt: str
    seconds: int
    """How long the clip is to be: what it costs is bounded by it."""
    size: str | None = None
    """`1280x720`; None: the provider's own choice."""
    images: tuple[Image, ...] = ()
    """What it is to begin with or to keep to; at most one."""
    params: Mapping[str, Json] = field(default_factory=dict)


Request = (
    ChatRequest
    | SpeechRequest
    | TranscriptionRequest
    | MosRequest
    | ExecutionRequest
    | EmbeddingRequest
    | RerankRequest
    | RagRequest
    | ImageRequest
    | SessionRequest
    | VideoRequest
)


def is_spoken(request: ChatRequest) -> bool:
    """Whether the answer is asked for in sound too."""
    modalities = request.params.get("modalities")
    return isinstance(modalities, list) and "audio" in modalities


def media_named(request: Request) -> frozenset[str]:
    """Return the sha256 of every medium that has to be read before `request` can be sent."""
    if isinstance(request, ChatRequest):
        return frozenset(str(named["sha256"]) for named in media_parts(request.messages))
    if isinstance(request, ImageRequest | VideoRequest):
        return frozenset(image.sha256 for image in request.images)
    recordings = [getattr(request, "audio", None)]
    if isinstance(request, SessionRequest) and request.script is not None:
        recordings.append(request.script.interruption)
    return frozenset(audio.sha256 for audio in recordings if audio is not None)
