"""The exception tree; each class owns the exit code that the process ends with.

BakeoffError                     70  a bug of ours, unless a subclass says otherwise
├── UsageError                    2  config, data or command line; nothing was sent
│   └── NewerStoreError           2  the run folder was written by a newer Bakeoff
├── CredentialsError              3  a key is missing or refused, a provider is unusable
├── IncompleteError               4  a candidate has no usable samples, or too many infra failures
├── BudgetStop                    5  the budget would have been exceeded
├── TapError                     70  the process that times the requests has ended
├── WorkerError                  70  a process that makes the attempts has ended
├── StoreError                   74  disk full, read-only, damaged
├── StoreLockedError             75  another process writes this run
└── Interrupted                 130  SIGINT, SIGTERM or SIGHUP
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is written."""

    file: str
    line: int
    """1-based; so is the column."""
    column: int | None = None
    excerpt: str | None = None
    """The line of the file, as written; never one that holds a key."""
    length: int = 1
    """How many characters of the excerpt are meant."""

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with what the user wrote, and how to mend it."""

    code: str
    """A stable code such as `E202`; docs/errors.md lists them."""
    message: str
    file: str | None = None
    line: int | None = None
    """1-based."""
    column: int | None = None
    """1-based."""
    excerpt: str | None = None
    """The line of the file, as written; never one that holds a key."""
    length: int = 1
    """How many characters of the excerpt are wrong."""
    hint: str | None = None
    """What to do: a did-you-mean, a command, a link into the docs."""

    @classmethod
    def at(cls, place: Place | None, code: str, message: str, *, hint: str | None = None) -> "Problem":
        """Return a problem at `place`; None: nobody wrote it in a file."""
        if place is None:
            return cls(code=code, message=message, hint=hint)
        return cls(
            code=code, message=message, file=place.file, line=place.line, column=place.column, excerpt=place.excerpt,
            length=place.length, hint=hint,
        )  # fmt: skip


class BakeoffError(Exception):
    """The root. `str()` is one sentence that a user can act on."""

    exit_code: ClassVar[int] = 70

    def __init__(self, said: Sequence[Problem] | str, *, hint: str | None = None) -> None:
        """`said`: every problem found, not only the first, where a file or the command line is to blame."""
        self.problems = () if isinstance(said, str) else tuple(said)
        messages = [said] if isinstance(said, str) else [problem.message for problem in said]
        super().__init__(messages[0] if len(messages) == 1 else "; ".join(messages))
        self.hint = hint


class UsageError(BakeoffError):
    """The user's input cannot be used."""

    exit_code = 2

    def __init__(self, said: Sequence[Problem] | str, *, hint: str | None = None) -> None:
        super().__init__([Problem(code="E100", message=said, hint=hint)] if isinstance(said, str) else said, hint=hint)


class NewerStoreError(UsageError):
    """The run folder has a newer schema than this Bakeoff reads."""


class CredentialsError(BakeoffError):
    """A key is missing or refused, or a provider cannot be used at all."""

    exit_code = 3


class IncompleteError(BakeoffError):
    """Too little was measured to decide."""

    exit_code = 4


class BudgetStop(BakeoffError):
    """The next call could have passed the budget, or one of its ceilings."""

    exit_code = 5

    def __init__(self, message: str, *, hint: str, candidates: frozenset[str] | None = None) -> None:
        """`candidates`: to whom nothing more is sent for it; None: to nobody."""
        super().__init__(message, hint=hint)
        self.candidates = candidates


class TapError(BakeoffError):
    """The process that forwards and times the requests has ended: no provider's fault, and nobody's latency."""


class WorkerError(BakeoffError):
    """A process that makes the attempts of a run has ended."""


class StoreError(BakeoffError):
    """The run folder cannot be written or read."""

    exit_code = 74


class StoreLockedError(BakeoffError):
    """Another process writes this run folder."""

    exit_code = 75


class Interrupted(BakeoffError):
    """A signal ended the run; what was served is kept."""

    exit_code = 130


NO_CANDIDATE_PASSES = 1
"""Exit code of a run that measured everything and found nothing to recommend."""

PRECEDENCE = (130, 74, 75, 70, 5, 3, 2, 4, 1, 0)
"""Which exit code stands where several hold, strongest first."""
