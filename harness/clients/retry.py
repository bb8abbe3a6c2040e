"""The one retry policy: which failures are tried again, and how long to wait before."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tenacity import AsyncRetrying, RetryCallState

from harness.clients.deadlines import Deadlines
from harness.clients.faults import RETRIED, RETRIED_ONCE
from harness.clients.reply import Reply
from harness.clients.send import send
from harness.clients.target import Target
from harness.clients.usage import total
from harness.core.calls import Attempt, Failure, Marks, Output, Request, Usage

Once = Callable[..., Awaitable[Reply]]
"""What makes one attempt: `send`, with its tap bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient a call is."""

    max_attempts: int = 3
    first_wait_s: float = 0.5
    """Doubled with every attempt; half of each wait is random."""
    longest_wait_s: float = 30.0
    """Of one wait that is ours; a provider's Retry-After may be longer."""
    max_wait_s: float = 120.0
    """All waits of a call together. A Retry-After beyond it ends the call instead of holding its place."""


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
    before_attempt: Callable[[int], Awaitable[None]],
    after_attempt: Callable[[Attempt], None] = lambda _: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    once: Once = send,
) -> Answer:
    """Send `request` until it is answered, cannot be, or patience ends; deadlines are those of one attempt.

    `before_attempt(number)` runs before each attempt (1-based) and may wait; `after_attempt` hears of each as it ends.
    """
    attempts: list[Attempt] = []
    spent: list[Usage] = []

    async def attempt() -> Reply:
        number = len(attempts) + 1
        await before_attempt(number)
        started, begun = now(), clock()
        reply = await once(request, target, deadlines, read_media, now=now)
        attempts.append(_attempt(number, started, (clock() - begun) * 1000, reply))
        spent.append(reply.usage)
        after_attempt(attempts[-1])
        return reply

    retrying = AsyncRetrying(
        sleep=sleep,
        stop=lambda state: state.attempt_number >= policy.max_attempts or _waited_s(state) > policy.max_wait_s,
        wait=lambda state: _wait_s(state, policy, rng),
        retry=lambda state: _worth_another(_reply(state), [a.outcome for a in attempts]),
        retry_error_callback=_reply,
    )
    reply: Reply = await retrying(attempt)
    usage = spent[0]
    for more in spent[1:]:
        usage = total(usage, more)
    return Answer(outcome=reply.outcome, attempts=tuple(attempts), marks=reply.marks, usage=usage, blobs=reply.blobs)


def _worth_another(reply: Reply, outcomes: list[str]) -> bool:
    if not isinstance(reply.outcome, Failure):
        return False
    kind = reply.outcome.kind
    return kind in RETRIED or (kind in RETRIED_ONCE and outcomes.count(kind) == 1)


def _wait_s(state: RetryCallState, policy: RetryPolicy, rng: random.Random) -> float:
    """Seconds before the next attempt: what the provider asks for, at least the jittered exponential wait."""
    ceiling = min(policy.longest_wait_s, policy.first_wait_s * 2.0 ** (state.attempt_number - 1))
    return max(ceiling * rng.uniform(0.5, 1.0), _reply(state).retry_after_s or 0.0)


def _waited_s(state: RetryCallState) -> float:
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
