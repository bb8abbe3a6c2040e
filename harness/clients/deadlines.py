"""How long an attempt may take."""

from dataclasses import dataclass, replace

from harness.core.requests import Request, VideoRequest

PATIENCE = 10
"""Clips take minutes where answers take seconds: with a minute for these, ten, which is what client libraries give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Kept by our own clock on raw bytes: a client library's timeout is per read, so a drip outlives it."""

    timeout_s: float
    """Wall time of the whole attempt."""
    idle_timeout_s: float
    """Longest silence once a response's body has begun."""

    def of(self, request: Request) -> "Deadlines":
        """Return those of an attempt at `request`: a job that makes a clip has PATIENCE times as long."""
        return replace(self, timeout_s=PATIENCE * self.timeout_s) if isinstance(request, VideoRequest) else self

    @property
    def late(self) -> str:
        """What is said when `timeout_s` has passed."""
        return f"not finished within {self.timeout_s:g} s"

    @property
    def silent(self) -> str:
        """What is said when `idle_timeout_s` has passed."""
        return f"nothing came for {self.idle_timeout_s:g} s in the middle of the response"


class DeadlineExceeded(TimeoutError):
    """A deadline has passed; the message says which."""
