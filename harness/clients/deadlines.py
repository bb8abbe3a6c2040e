"""How long an attempt may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Kept by our own clock on raw bytes: a client library's timeout is per read, so a drip outlives it."""

    timeout_s: float
    """Wall time of the whole attempt."""
    idle_timeout_s: float
    """Longest silence once a response's body has begun."""

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
