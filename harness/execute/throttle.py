"""Whether a request may leave now, by its account or by its candidate; a state machine that is told the time."""

import math
import random
from dataclasses import dataclass

from harness.clients.retry import RetryPolicy, is_throttled
from harness.core.calls import Attempt

UNWELL = frozenset({"server_error", "server_timeout", "connection", "reset", "cut", "stream_error", "timeout"})
"""Kinds of failure that say that a provider is not well; all others are answers of a provider that is."""
OF_ACCOUNT = frozenset({"rate_limit"})
"""Kinds of trouble that all who use the same key share; any other is one candidate's: its model may be down alone."""
UNSENT = frozenset({"bug", "not_sent"})
"""Kinds that say nothing of a provider: it was not asked."""
BREAK_AFTER = 5
"""So many of them in a row open the circuit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Why an account, or a candidate, is asked no more in this run."""

    wait_s: float | None
    """What it asks to wait, in seconds from now; None: it does not say."""
    troubled_s: float
    """How long it has let nothing through."""


class Throttle:
    """The pause, the probe, the width and the circuit breaker of an account or of one candidate.

    Each heeds its own troubles and no others. A request belongs to the round in which it was sent. A pause ends the
    round; the next one begins with one request alone, the probe. An answer reopens it, another refusal pauses it again,
    longer. Of requests that were under way when the pause began only a longer Retry-After is heard. Times are seconds
    of one monotonic clock.
    """

    def __init__(
        self,
        *,
        of_account: bool,
        most_in_flight: int,
        policy: RetryPolicy,
        rng: random.Random,
        first_alone: bool = False,
    ) -> None:
        """`first_alone`: it begins like after a pause, so that a refused key or a dead model costs one request."""
        self.parked: Parked | None = None
        self.width = float(most_in_flight)
        """Most in flight: halved by a refusal, one more for each width of answers."""
        self._most = float(most_in_flight)
        self._of_account, self._policy, self._rng = of_account, policy, rng
        self._in_flight = 0
        self._round = 0
        self._alone, self._probing = first_alone, False
        self._opens_at = -math.inf
        self._paused_s = 0.0
        """Of all pauses, to their ends."""
        self._unwell = 0
        """Failures in a row."""
        self._pauses = 0
        """In a row."""
        self._troubled_since: float | None = None

    def wait_s(self, now: float) -> float:
        """Seconds until a request may leave; infinite where one that is in flight must end first."""
        if now < self._opens_at:
            return self._opens_at - now
        full = self._probing if self._alone else self._in_flight >= max(1, int(self.width))
        return math.inf if full else 0.0

    def paused_s(self, now: float) -> float:
        """Seconds that it has been paused until now, all pauses together."""
        return self._paused_s - max(0.0, self._opens_at - now)

    def troubled_s(self, now: float) -> float:
        """How long nothing has come through since the first pause, the present one counted to its end."""
        return 0.0 if self._troubled_since is None else max(now, self._opens_at) - self._troubled_since

    def send(self) -> int:
        """Count a request that leaves; returns its round."""
        self._in_flight += 1
        self._probing = self._alone
        return self._round

    def hear(self, sent_in: int, attempt: Attempt | None, now: float) -> Parked | None:
        """Take note of how a request ended, None where nobody saw it; returns why it is parked, if now it is.

        `sent_in` is what `send` returned.
        """
        self._in_flight -= 1
        current = sent_in == self._round
        if current:
            self._probing = False
        if attempt is None or attempt.outcome in UNSENT or self.parked is not None:
            return None
        is_trouble = is_throttled(attempt) or attempt.outcome in UNWELL
        if is_trouble and (attempt.outcome in OF_ACCOUNT) is not self._of_account:
            return None
        if is_throttled(attempt):
            if current:
                self.width = max(1.0, min(self.width, self._in_flight + 1) / 2)
                return self._pause(now, attempt.retry_after_s)
            return self._prolong(now, attempt.retry_after_s) if self._alone else None
        if current and attempt.outcome in UNWELL:
            self._unwell += 1
            return self._pause(now, None) if self._alone or self._unwell >= BREAK_AFTER else None
        if current:
            self._reopen()
        return None

    def _pause(self, now: float, asked_s: float | None) -> Parked | None:
        self._pauses += 1
        self._round += 1
        self._alone = True
        self._close_until(now + max(self._policy.wait_s(self._pauses, self._rng), asked_s or 0.0), now)
        if self._troubled_since is None:
            self._troubled_since = now
        return self._park_beyond_patience(now, asked_s)

    def _prolong(self, now: float, asked_s: float | None) -> Parked | None:
        self._close_until(now + (asked_s or 0.0), now)
        return self._park_beyond_patience(now, asked_s)

    def _close_until(self, then: float, now: float) -> None:
        self._paused_s += max(0.0, then - max(now, self._opens_at))
        self._opens_at = max(then, self._opens_at)

    def _park_beyond_patience(self, now: float, asked_s: float | None) -> Parked | None:
        since = now if self._troubled_since is None else self._troubled_since
        if self._opens_at - since > self._policy.max_wait_s:
            self.parked = Parked(wait_s=asked_s, troubled_s=now - since)
        return self.parked

    def _reopen(self) -> None:
        self._alone = False
        self._unwell = self._pauses = 0
        self._troubled_since = None
        self.width = min(self._most, self.width + 1 / self.width)
