"""What is sent and what came of it: calls, attempts, outputs, failures, records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from harness.core.canonical import Json, to_json

SECRET_IN_ANSWER = "repeated a secret, which was taken out of its answer"
"""Detail of an attempt whose output was changed; everything else in an output is as it came."""


class Role(StrEnum):
    """Why a call is made."""

    ANSWER = "answer"
    STAGE = "stage"
    """One step of a cascade's answer; the answer itself is a call too, and its record sums them up."""
    ORACLE = "oracle"
    """A cascade's answer once more, with what one stage said replaced by what it should have said."""
    INSTRUMENT = "instrument"
    WARMUP = "warmup"


class Fault(StrEnum):
    """Whose failure it is. Only the candidate's own scores 0; the others lower coverage."""

    CANDIDATE = "candidate"
    INFRA = "infra"
    HARNESS = "harness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A clip in the media store."""

    sha256: str
    mime: str
    seconds: float
    sample_rate: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """Embeddings in the media store: `count` rows of `dimensions` little-endian 32-bit floats, and nothing else."""

    sha256: str
    count: int
    dimensions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A document of a ranking, and how relevant its candidate finds it, on the candidate's own scale."""

    document: str
    """Its id."""
    relevance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in the media store."""

    sha256: str
    mime: str
    """As its content says, whatever its name does."""
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A clip in the media store, as its container's head describes it."""

    sha256: str
    mime: str
    """As its content says."""
    seconds: float
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes."""


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


def media_part(medium: Image | Audio) -> Json:
    """Return the part of a message that shows or plays `medium`."""
    kind = "image_url" if isinstance(medium, Image) else "input_audio"
    return {"type": kind, kind: to_json(medium)}


def media_parts(messages: Sequence[Mapping[str, Json]]) -> Iterator[Mapping[str, Json]]:
    """Yield each medium that messages name, as its noun in JSON."""
    for message in messages:
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            named = part.get(str(part.get("type"))) if isinstance(part, dict) else None
            if isinstance(named, dict) and "sha256" in named:
                yield named


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The planned unit that costs money or runs a model."""

    key: str
    """sha256 of all that makes the answer what it is; see execute/plan.py."""
    role: Role
    candidate: str
    """Name of the candidate, or of the instrument's candidate."""
    request: Request
    suite: str
    task: str
    sample: str
    epoch: int = 0
    instrument: str | None = None
    """Instrument calls: the instrument's name."""
    measures: str | None = None
    """Instrument calls: key of the answer that is measured; oracle calls: of the one that failed."""
    stage: str | None = None
    """Stage calls: the stage's name; oracle calls: that of the stage that is replaced."""
    part_of: str | None = None
    """Stage calls: key of the answer, or of the oracle call, that they belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Disjoint meters of one call. None is unknown, never zero."""

    input_tokens: int | None = None
    """Fresh prompt tokens: neither cached nor audio nor, where a picture is made, those of pictures."""
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    """Kept for some minutes."""
    cache_write_1h_tokens: int | None = None
    """Kept for an hour, which costs more."""
    output_tokens: int | None = None
    """Answer tokens: neither reasoning nor audio nor those of a picture that is made."""
    reasoning_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_characters: int | None = None
    input_audio_seconds: float | None = None
    output_audio_seconds: float | None = None
    input_image_tokens: int | None = None
    output_image_tokens: int | None = None
    output_images: int | None = None
    input_images: int | None = None
    """That a clip is made of."""
    output_video_seconds: float | None = None
    output_video_pixels: int | None = None
    """Of one frame: no meter, it says which price a second has."""
    search_units: int | None = None
    """What a reranker bills by: a query with up to as many documents as the provider says."""
    busy_seconds: float | None = None
    """Self-hosted: how long this call held the machine; calls that it serves at once share the time."""
    source: str = "none"
    """`provider` (as reported), `measured` (by us), `estimated` (the bound, where the provider said nothing), `none`
    (nobody said anything), `suspect` (reported, with numbers that cannot be true: charged with the bound)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Times on the wire in milliseconds after the request was sent, from a monotonic clock (methodology.md 3)."""

    headers_ms: float | None = None
    first_byte_ms: float | None = None
    ttft_ms: float | None = None
    """First token of any kind."""
    ttfo_ms: float | None = None
    """First answer token, after reasoning."""
    ttfa_ms: float | None = None
    """First audio-bearing byte, after any container header."""
    gap_ms: float | None = None
    """Speech: the longest wait between two pieces of audio."""
    stall_ms: float | None = None
    """Speech: how long a player is silent that begins with the first audio and plays as it comes."""
    total_ms: float | None = None
    """Last content."""
    closed_ms: float | None = None
    queue_ms: float | None = None
    """Wait in our own lane and between attempts, pauses of the account included; never part of a latency."""
    sentences_ms: tuple[float, ...] = ()
    """When each sentence of a text was known to be whole, where that was asked for."""
    client_ttft_ms: float | None = None
    """What the client library would have reported: shown beside, never ranked."""
    valid: bool = True
    """False where the marks cannot be trusted (several wire attempts that may be billed, a lagging loop)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request on the wire inside a call."""

    number: int
    """1-based."""
    started: str
    """UTC, ISO 8601."""
    duration_ms: float
    outcome: str
    """`ok`, or the kind of its failure."""
    http_status: int | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    wire_requests: int = 1
    """What the tap counted of those that may be billed; other than 1 makes the attempt's marks invalid. How a job is
    getting on is asked as often as it takes, and its clip is fetched, for nothing."""
    may_be_billed: bool = False
    detail: str | None = None
    """Redacted. What a person needs to understand a failure; of an output, `SECRET_IN_ANSWER` where that holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a candidate or an instrument returned. A refusal or a content filter is an Output too."""

    text: str | None = None
    reasoning: str | None = None
    audio: Audio | None = None
    image: Image | None = None
    video: Video | None = None
    vectors: Vectors | None = None
    ranking: tuple[Ranked, ...] = ()
    """Best first; each document at most once."""
    tool_calls: tuple[Mapping[str, Json], ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    """Numbers of an instrument: `ovrl`, `sig`, ...; of a conversation, its turns (`core.turns`)."""
    finish_reason: str | None = None
    model: str | None = None
    """The model's name as echoed by the provider."""

    @property
    def said(self) -> str | None:
        """What a person reads of it: the text, or a ranking's documents from the best on."""
        return self.text if not self.ranking else " > ".join(place.document for place in self.ranking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a call has no output."""

    fault: Fault
    kind: str
    """`timeout`, `rate_limit`, `context_too_long`, `truncated`, `empty`, `protocol`, `bug`, ..."""
    message: str
    """Redacted; one sentence."""
    partial: str | None = None
    """Text that had arrived before a stream broke, for forensics."""


IMPORTED = "imported"
"""Source of a cost that the log of another tool states: nothing here follows from usage and prices."""
BOUNDED_SOURCES = ("estimated", "stages_estimated")
"""Sources of a cost that is an upper bound, at least in part: no usage came that could be billed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The final word on one call."""

    call: Call
    outcome: Output | Failure
    attempts: tuple[Attempt, ...]
    marks: Marks
    usage: Usage
    cost_usd: Decimal | None
    """None: not measured. Includes attempts that failed and may be billed."""
    cost_source: str
    """`provider`, `measured`, `estimated`, `machine`, `stages` (their sum), `stages_estimated` (some of them are),
    `imported` (as another tool has worked it out) or `unpriced`."""
    finished: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """What may have been billed beside the records: of calls that were broken off, or failed and were asked again."""

    calls: int = 0
    usd: Decimal = Decimal(0)
    """The most that it can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An output with its place: all that judging takes."""

    key: str
    """Of its call."""
    candidate: str
    suite: str
    task: str
    sample: str
    instrument: str | None
    measures: str | None
    output: Output
