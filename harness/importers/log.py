"""What a log of another tool says, in our nouns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from harness.core.calls import Failure, Marks, Output, Usage
from harness.core.candidates import Candidate
from harness.core.canonical import Json
from harness.core.suites import Sample

LOGGED_ERROR = "logged_error"
"""Kind of a failure that another tool has written down: whose fault it was is not known, so it is nobody's score."""
NOT_RUN = "not_run"
"""Kind of an answer that was planned, and that a log which was cut short does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a scorer of the tool said of one answer, on its own scale."""

    value: float | None
    """None: no number, or it could not judge."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedTask:
    """A task, and how the tool judged its answers."""

    suite: str
    name: str
    version: str
    scorers: Mapping[str, str]
    """Name → its parameters, in the order of the tool: the first is its main one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAnswer:
    """What came when a candidate was asked a sample once."""

    candidate: str
    suite: str
    task: str
    sample: Sample
    epoch: int
    messages: tuple[Mapping[str, Json], ...]
    """What was asked."""
    outcome: Output | Failure
    verdicts: Mapping[str, Verdict]
    marks: Marks = field(default_factory=Marks)
    usage: Usage = field(default_factory=Usage)
    usd: Decimal | None = None
    """As the tool has worked it out; None where it did not."""
    cached: bool = False
    """It came from the tool's own cache: nothing was asked, so nothing was timed or billed."""
    finished: str | None = None
    """UTC, ISO 8601; None: the log's own end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One log, or several that were merged."""

    tool: str
    """`promptfoo`, `inspect_ai`, `lm_eval`, `evalscope`."""
    version: str
    """Empty: it does not say."""
    files: Mapping[str, str]
    """Path as it was given → sha256."""
    candidates: tuple[Candidate, ...]
    tasks: tuple[LoggedTask, ...]
    answers: tuple[LoggedAnswer, ...]
    finished: str
    """UTC, ISO 8601."""
    counted: Mapping[str, int] = field(default_factory=dict)
    """What is to be known of some answers, as it follows "so many of them" → how many."""
    notices: tuple[str, ...] = ()
    """What else a reader of its numbers must know, each one sentence."""

    @property
    def source(self) -> str:
        """The tool with its version."""
        return f"{self.tool} {self.version}" if self.version else f"{self.tool} (its version is not in the log)"
