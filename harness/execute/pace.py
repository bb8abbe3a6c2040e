"""A candidate's limits for a minute, in requests and in tokens, spread over time."""

import math
from collections.abc import Awaitable, Callable

from harness.core.canonical import canonical
from harness.core.requests import ChatRequest, Request, SessionRequest

Sleep = Callable[[float], Awaitable[object]]


class Pace:
    """Spreads amounts evenly over time, so that a provider's limit for a minute holds in every part of it."""

    def __init__(self, per_minute: float | None, *, clock: Callable[[], float], sleep: Sleep) -> None:
        self._seconds_each = 60 / per_minute if per_minute else 0.0
        self._clock, self._sleep = clock, sleep
        self._free_at = clock()

    @property
    def is_limited(self) -> bool:
        return self._seconds_each > 0

    async def wait(self, amount: float = 1.0) -> None:
        """Wait for the turn of `amount` units; turns are given in the order in which they are asked for."""
        now = self._clock()
        turn = max(now, self._free_at)
        self._free_at = turn + amount * self._seconds_each
        if turn > now:
            await self._sleep(turn - now)


def most_tokens(request: Request) -> int:
    """Upper bound of what a provider counts against its limit: three bytes a token, and the longest answer."""
    answer = request.max_tokens if isinstance(request, ChatRequest | SessionRequest) else 0
    return math.ceil(len(canonical(request)) / 3) + answer
