"""What an embedded engine can do; one engine a file, each with `load(files, *, threads)`.

Language models and live sessions are the exceptions: llama.py and live.py have `listen(name, files, *, threads, port)`,
since llama.cpp brings a server of its own, and a session is no request.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from harness.local.audio import Samples


@runtime_checkable
class Speaker(Protocol):
    """A voice."""

    @property
    def sample_rate(self) -> int:
        """In Hz."""

    @property
    def voices(self) -> Sequence[str]:
        """The first is the default."""

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield PCM16 as it is made, a sentence or less at a time; closing it stops the synthesis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was heard."""

    text: str
    language: str
    """As given or, if none was, as detected: an ISO 639-1 code."""


@runtime_checkable
class Listener(Protocol):
    """A recogniser of speech."""

    @property
    def languages(self) -> Sequence[str]:
        """ISO 639-1 codes."""

    def transcribe(self, samples: "Samples", *, language: str | None) -> Transcript:
        """Write down `samples` (mono, 16 kHz)."""


@runtime_checkable
class Rater(Protocol):
    """A predictor of how people would rate a clip."""

    def rate(self, samples: "Samples") -> Mapping[str, float]:
        """Return `sig`, `bak` and `ovrl`, each a mean opinion score from 1 to 5, of `samples` (mono, 16 kHz)."""


@runtime_checkable
class Embedder(Protocol):
    """What turns texts into vectors."""

    def count(self, texts: Sequence[str]) -> int:
        """Return how many tokens `texts` have."""

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return a vector for each text, [n, dimensions]."""


@runtime_checkable
class Ranker(Protocol):
    """What says how relevant documents are to a query."""

    def rank(self, query: str, documents: Sequence[str]) -> Sequence[float]:
        """Return the relevance of each document, in their order."""


@runtime_checkable
class Reader(Protocol):
    """What reads the text in a picture: plain OCR, which understands no question."""

    def read(self, data: bytes) -> str:
        """Return the text in a picture (PNG, JPEG, WebP, GIF), line by line; ValueError where it cannot be decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A program to be checked."""

    program: str
    """Python that nobody trusts."""
    entry_point: str
    """The function in it that is checked."""
    check: str
    """Trusted Python that defines `check(candidate)`, which raises where the function is not what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a check."""

    passed: bool
    reason: str


@runtime_checkable
class Executor(Protocol):
    """What runs programs that nobody trusts."""

    def execute(self, job: Job) -> Verdict:
        """Run a program and check it."""


Served = Speaker | Listener | Rater | Embedder | Ranker | Reader | Executor
