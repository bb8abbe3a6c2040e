"""The one retry policy: which failures of a call are tried again, and how long it waits before."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tenacity import AsyncRetrying, RetryCallState

from harness.clients.deadlines import Deadlines
from harness.clients.faults import RETRIED, RETRIED_ONCE, UNCONNECTED, settled
from harness.clients.reply import Reply
from harness.clients.send import send
from harness.clients.tap import Watch
from harness.clients.target import Target
from harness.clients.usage import total
from harness.core.calls import Attempt, Failure, Marks, Output, Usage
from harness.core.requests import Request

Once = Callable[..., Awaitable[Reply]]
"""What makes one attempt: `send`, with its tap bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient a call is, and the lane that it waits in."""

    max_attempts: int = 3
    """Attempts that the provider took up; see `is_unspent`."""
    first_wait_s: float = 0.5
    """Doubled with every attempt; half of each wait is random."""
    longest_wait_s: float = 30.0
    """Of one wait that is ours; a provider's Retry-After may be longer."""
    max_wait_s: float = 120.0
    """All waits of a call after its first attempt together, not those behind other calls. A Retry-After beyond it
    parks whoever asks for it."""

    def wait_s(self, number: int, rng: random.Random) -> float:
        """Seconds to wait after the failure of this number (1-based), where nobody says how long."""
        # the exponent is bounded since a float is: 2.0 ** 1024 raises
        ceiling = min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(number - 1, 64))
        return ceiling * rng.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A call's outcome with all of its attempts."""

    outcome: Output | Failure
    attempts: tuple[Attempt, ...]
    marks: Marks
    """Of the last attempt."""
    usage: Usage
    """All attempts together, as far as their meters are known."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """sha256 → media that the outcome names."""


async def call(
    request: Request,
    target: Target,
    policy: RetryPolicy,
    deadlines: Deadlines,
    read_media: Callable[[str], bytes],
    *,
    before_attempt: Callable[[int], Awaitable[float]],
    after_attempt: Callable[[Attempt], None] = lambda _: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    once: Once = send,
    watch: Watch | None = None,
) -> Answer:
    """Send `request` until it is answered, cannot be, or patience ends; deadlines are those of one attempt.

    `before_attempt(number)` runs before each attempt (1-based), may wait, and returns for how many seconds that was
    the provider's wish; `after_attempt` hears of each as it ends. What they raise ends the call. `watch` hears when
    each request goes out.
    """
    attempts: list[Attempt] = []
    spent: list[Usage] = []
    paused_s = 0.0

    async def attempt() -> Reply:
        nonlocal paused_s
        number = len(attempts) + 1
        before_s = await before_attempt(number)
        paused_s += before_s if number > 1 else 0.0
        started, begun = now(), clock()
        reply = await once(request, target, deadlines, read_media, now=now, watch=watch)
        attempts.append(_attempt(number, started, (clock() - begun) * 1000, reply))
        spent.append(reply.usage)
        after_attempt(attempts[-1])
        return reply

    retrying = AsyncRetrying(
        sleep=sleep,
        stop=lambda state: (
            sum(not is_unspent(each) for each in attempts) >= policy.max_attempts
            or paused_s + _slept_s(state) > policy.max_wait_s
        ),
        wait=lambda state: max(policy.wait_s(state.attempt_number, rng), _reply(state).retry_after_s or 0.0),
        retry=lambda state: _worth_another(_reply(state), [a.outcome for a in attempts]),
        retry_error_callback=_reply,
    )
    reply: Reply = await retrying(attempt)
    usage = spent[0]
    for more in spent[1:]:
        usage = total(usage, more)
    return Answer(
        outcome=settled(reply.outcome), attempts=tuple(attempts), marks=reply.marks, usage=usage, blobs=reply.blobs
    )


def is_throttled(attempt: Attempt) -> bool:
    """Whether the provider turned the request away for now: it says nothing of the call, and all of the account."""
    return attempt.outcome == "rate_limit" or (attempt.outcome in RETRIED and attempt.retry_after_s is not None)


def is_unspent(attempt: Attempt) -> bool:
    """Whether an attempt is none of `max_attempts`: it was turned away for now, or nobody was there to be asked."""
    return is_throttled(attempt) or attempt.outcome == UNCONNECTED


def _worth_another(reply: Reply, outcomes: list[str]) -> bool:
    if not isinstance(reply.outcome, Failure):
        return False
    kind = reply.outcome.kind
    return kind in RETRIED or (kind in RETRIED_ONCE and outcomes.count(kind) == 1)


def _slept_s(state: RetryCallState) -> float:
    return float(state.idle_for + state.upcoming_sleep)


def _reply(state: RetryCallState) -> Reply:
    assert state.outcome is not None, "tenacity asks after an attempt"
    reply: Reply = state.outcome.result()
    return reply


def _attempt(number: int, started: datetime, duration_ms: float, reply: Reply) -> Attempt:
    failure = reply.outcome if isinstance(reply.outcome, Failure) else None
    return Attempt(
        number=number,
        started=started.isoformat(),
        duration_ms=duration_ms,
        outcome=failure.kind if failure else "ok",
        http_status=reply.http_status,
        request_id=reply.request_id,
        retry_after_s=reply.retry_after_s,
        wire_requests=reply.wire_requests,
        may_be_billed=reply.may_be_billed,
        detail=(reply.detail or failure.message) if failure else None,
    )
