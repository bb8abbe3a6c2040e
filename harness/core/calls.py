"""What is sent and what came of it: calls, attempts, outputs, failures, records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from harness.core.canonical import Json
from harness.core.media import Audio, Image, Vectors, Video
from harness.core.requests import Request

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
class Ranked:
    """A document of a ranking, and how relevant its candidate finds it, on the candidate's own scale."""

    document: str
    """Its id."""
    relevance: float


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
class Came:
    """How much of a plan has come, and what it was worth: whatever changes there shows in one of these."""

    calls: int
    """Planned, and not called off."""
    came: int
    """Those that have a final word."""
    failed: int
    """Those of them that were lost."""
    last: str | None
    """When the last of them came, UTC in ISO 8601."""
    scores: int
    worth: float
    """Sum of the scores, each times the number of its call: others in their places give another sum."""


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
