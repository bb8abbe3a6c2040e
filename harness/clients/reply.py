"""What one attempt gives back: an outcome with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.calls import Failure, Marks, Output, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Where in the response's body the content is: offsets of single bytes, None where there is none."""

    first: int | None = None
    """The byte that completes the first token of any kind."""
    answer: int | None = None
    """The byte that completes the first token of the answer."""
    audio: int | None = None
    """The first byte of audio after any container header."""
    last: int | None = None
    """The last byte of content."""
    sentences: tuple[int, ...] = ()
    """The byte that completes each sentence, where that was asked for."""
    bytes_per_s: int | None = None
    """How many bytes of the body, from `audio` on, are played in a second; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an endpoint made of a response."""

    outcome: Output | Failure
    usage: Usage = field(default_factory=Usage)
    content: Content = field(default_factory=Content)
    client_first_at: float | None = None
    """Monotonic seconds at which the client library handed over the first content."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """sha256 → media that the outcome names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One attempt: at most one request on the wire that may be billed."""

    outcome: Output | Failure
    marks: Marks
    usage: Usage
    http_status: int | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    wire_requests: int = 0
    """What the tap counted of those that may be billed; other than 1 makes the marks invalid."""
    may_be_billed: bool = False
    """It failed without usage after the provider had begun to work on it."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    detail: str | None = None
    """What a person needs to understand a failure: the head of a body, a traceback. Never holds the key."""
