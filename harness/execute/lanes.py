"""Lanes: who may send when. Embedded engines share an exclusive one, a machine's candidates its; others have theirs."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.core.calls import Call, ChatRequest, Request
from harness.core.candidates import Candidate
from harness.core.canonical import canonical

LOCAL = "local/"
"""Name of the exclusive lane: a second call on this machine would be measured with the first one's noise."""

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


class SharedTime:
    """Divides a machine's time among the calls that it serves at once: each instant is split evenly.

    `now` is in seconds, from one monotonic clock.
    """

    def __init__(self) -> None:
        self._serving = 0
        self._at = 0.0
        self._share = 0.0
        """Seconds that a call would have been charged that was there from the beginning."""

    def enter(self, now: float) -> float:
        """Begin a call; returns what `leave` takes."""
        self._advance(now)
        self._serving += 1
        return self._share

    def leave(self, entered: float, now: float) -> float:
        """End a call; returns its share of the machine's time in seconds."""
        self._advance(now)
        self._serving -= 1
        return self._share - entered

    def _advance(self, now: float) -> None:
        if self._serving:
            self._share += (now - self._at) / self._serving
        self._at = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Calls that wait for the same limits, in plan order."""

    name: str
    """A candidate's name, a machine's address, or `LOCAL`."""
    waiting: deque[Call]
    width: int
    """Most calls of this lane in flight."""
    shared: asyncio.Semaphore
    """Most calls in flight over all lanes that share it."""
    door: asyncio.Lock
    """Lets one call at a time wait for its place: turns that pile up before a place is free would go out in a burst."""
    paces: Mapping[str, tuple[Pace, Pace]]
    """Candidate → its requests and its tokens over time."""
    machine: SharedTime
    """Of candidates that serve themselves; embedded engines never serve two calls at once."""

    @asynccontextmanager
    async def place(self, call: Call) -> AsyncIterator[None]:
        """Hold one of the places in flight, from the turn of `call` on: nobody needs a place to wait for a rate."""
        async with self.door:
            await self.turn(call)
            await self.shared.acquire()
        try:
            yield
        finally:
            self.shared.release()

    async def turn(self, call: Call) -> None:
        """Wait until the candidate's rates allow one more request."""
        requests, tokens = self.paces[call.candidate]
        await requests.wait()
        if tokens.is_limited:
            await tokens.wait(most_tokens(call.request))


def lanes(
    calls: Iterable[Call],
    candidates: Mapping[str, Candidate],
    *,
    max_in_flight: int,
    clock: Callable[[], float],
    sleep: Sleep,
) -> list[Lane]:
    """Sort `calls` into lanes; those that share places get them in turn, so that candidates advance side by side."""
    remote, alone = asyncio.Semaphore(max_in_flight), asyncio.Semaphore(1)
    found: dict[str, list[Call]] = {}
    for call in calls:
        found.setdefault(_lane(candidates[call.candidate]), []).append(call)

    def lane(name: str, waiting: list[Call]) -> Lane:
        served = [candidates[candidate] for candidate in {call.candidate for call in waiting}]
        most = 1 if name == LOCAL else max_in_flight
        return Lane(
            name=name,
            waiting=deque(waiting),
            width=min(most, *(candidate.max_in_flight or most for candidate in served)),
            shared=alone if name == LOCAL else remote,
            door=asyncio.Lock(),
            paces={
                candidate.name: (
                    Pace(candidate.requests_per_minute, clock=clock, sleep=sleep),
                    Pace(candidate.tokens_per_minute, clock=clock, sleep=sleep),
                )
                for candidate in served
            },
            machine=SharedTime(),
        )

    return [lane(name, waiting) for name, waiting in found.items()]


def _lane(candidate: Candidate) -> str:
    """Name the lane of a candidate: what runs on one machine shares one, since each would measure the others."""
    if candidate.is_local:
        return LOCAL
    if candidate.machine is not None and candidate.base_url is not None:
        return candidate.base_url.rstrip("/")
    return candidate.name


def most_tokens(request: Request) -> int:
    """Upper bound of what a provider counts against its limit: three bytes a token, and the longest answer."""
    answer = request.max_tokens if isinstance(request, ChatRequest) else 0
    return math.ceil(len(canonical(request)) / 3) + answer
