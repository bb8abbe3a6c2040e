"""Lanes: the queue of each candidate and its places in flight. Embedded engines share an exclusive one."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.core.calls import Attempt, Call, Role
from harness.core.candidates import Candidate
from harness.execute.pace import Pace, Sleep, most_tokens
from harness.execute.sharing import LOCAL, lane_name, lane_widths
from harness.execute.throttle import Parked, Throttle

Paces = dict[str, tuple[Pace, Pace]]
"""Candidate → its requests and its tokens over time."""

HELD_UP_S = 5.0
"""Whoever has let nothing through for longer is no longer waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A call in its lane's queue."""

    call: Call
    block: int
    """In which block of samples it stands; lanes are kept near each other by it."""


@dataclass(slots=True, kw_only=True)
class Places:
    """Places in flight, counted."""

    most: int
    taken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How a request came to leave."""

    rounds: tuple[int, ...] = ()
    """In which it was sent, by each of its throttles."""
    paused_s: float = 0.0
    """How long it waited for a pause to end; waiting behind other calls is none."""


class Bell:
    """Wakes all who wait for something to change; they look for themselves what it was."""

    def __init__(self, sleep: Sleep) -> None:
        self._rung = asyncio.Event()
        self._sleep = sleep

    def ring(self) -> None:
        self._rung.set()
        self._rung.clear()

    async def heard(self, within_s: float = math.inf) -> None:
        """Wait for the next ring, at most so long."""
        if math.isinf(within_s):
            await self._rung.wait()
            return
        waits = [asyncio.ensure_future(self._rung.wait()), asyncio.ensure_future(self._sleep(within_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Calls that wait for the same limits, in plan order."""

    name: str
    """A candidate's name, a machine's address, or `LOCAL`."""
    waiting: deque[Turn]
    own: Places
    shared: Places
    """Over all lanes that share them."""
    throttles: Mapping[str, Sequence[Throttle]]
    """Candidate → its account's and its own; an embedded engine has none."""
    paces: Mapping[str, tuple[Pace, Pace]]
    """Candidate → its requests and its tokens over time, in whatever lane they go out."""
    door: asyncio.Lock
    """Lets one call at a time wait for its place: turns that pile up before a place is free would go out in a burst."""
    bell: Bell
    """Rung when a place is free or an account has changed."""
    clock: Callable[[], float]
    warming: dict[str, float] = field(default_factory=dict)
    """Key of each warm-up call under way → when it began; `dispatch` keeps it."""

    async def enter(self, call: Call, check: Callable[[], None]) -> Entry:
        """Wait for a place in flight and take it; nobody keeps a place to wait for a rate or for the end of a pause.

        `check` is asked after each wait, and what it raises ends this one. Returns what `hear` takes.
        """
        requests, tokens = self.paces[call.candidate]
        throttles = self.throttles.get(call.candidate, ())
        paused_s = [throttle.paused_s(self.clock()) for throttle in throttles]
        async with self.door:
            await requests.wait()
            if tokens.is_limited:
                await tokens.wait(most_tokens(call.request))
            check()
            while wait_s := self._wait_s(throttles):
                await self.bell.heard(wait_s)
                check()
            self.own.taken += 1
            self.shared.taken += 1
            now = self.clock()
            waited = [throttle.paused_s(now) - before for throttle, before in zip(throttles, paused_s, strict=True)]
            return Entry(rounds=tuple(throttle.send() for throttle in throttles), paused_s=max(waited, default=0.0))

    def hear(self, call: Call, entry: Entry, attempt: Attempt | None) -> Parked | None:
        """Tell its throttles how a request ended, None where nobody saw it; returns why one is parked, if now it is."""
        now, throttles = self.clock(), self.throttles.get(call.candidate, ())
        parked = [t.hear(sent_in, attempt, now) for t, sent_in in zip(throttles, entry.rounds, strict=True)]
        self.bell.ring()
        return next(filter(None, parked), None)

    def is_held_up(self) -> bool:
        """Whether a pause or its warm-up keeps its next call back for so long that no other lane need wait for it."""
        throttles, now = self.throttles.get(self.waiting[0].call.candidate, ()), self.clock()
        is_slow = self.is_warming() and now - min(self.warming.values()) > HELD_UP_S
        return is_slow or any(throttle.troubled_s(now) > HELD_UP_S for throttle in throttles)

    def is_warming(self) -> bool:
        """Whether its next call is measured, and waits for the end of the warm-up calls beside it."""
        return bool(self.warming) and self.waiting[0].call.role is not Role.WARMUP

    def leave(self) -> None:
        """Give a place back."""
        self.own.taken -= 1
        self.shared.taken -= 1
        self.bell.ring()

    def _wait_s(self, throttles: Sequence[Throttle]) -> float:
        if self.own.taken >= self.own.most or self.shared.taken >= self.shared.most:
            return math.inf
        now = self.clock()
        return max((throttle.wait_s(now) for throttle in throttles), default=0.0)


def lanes(
    calls: Sequence[Call],
    candidates: Mapping[str, Candidate],
    *,
    max_in_flight: int,
    throttles: Mapping[str, Sequence[Throttle]],
    bell: Bell,
    clock: Callable[[], float],
    sleep: Sleep,
    paces: Paces | None = None,
) -> list[Lane]:
    """Sort `calls` into lanes; those that share places get them in turn, so that candidates advance side by side.

    `paces` are those of earlier lanes, and get what they lack.
    """
    remote, alone = Places(most=max_in_flight), Places(most=1)
    widths = lane_widths(calls, candidates, max_in_flight=max_in_flight)
    paces = {} if paces is None else paces
    for model in {m.name: m for c in calls for m in candidates[c.candidate].models}.values():
        if model.name not in paces:
            limits = model.requests_per_minute, model.tokens_per_minute
            requests, tokens = (Pace(limit, clock=clock, sleep=sleep) for limit in limits)
            paces[model.name] = requests, tokens
    found: dict[str, list[Turn]] = {name: [] for name in widths}
    for turn in _turns(calls, size=max(16, 2 * max_in_flight)):
        found[lane_name(candidates[turn.call.candidate])].append(turn)

    def lane(name: str, waiting: list[Turn]) -> Lane:
        return Lane(
            name=name,
            waiting=deque(waiting),
            own=Places(most=widths[name]),
            shared=alone if name == LOCAL else remote,
            throttles=throttles,
            paces=paces,
            door=asyncio.Lock(),
            bell=bell,
            clock=clock,
        )

    return [lane(name, waiting) for name, waiting in found.items()]


def _turns(calls: Iterable[Call], *, size: int) -> Iterable[Turn]:
    """Number the blocks of `size` samples. The answers to one sample follow one another in plan order; all else is
    sent at the beginning.
    """
    sample, last = -1, None
    for call in calls:
        place = (call.suite, call.task, call.sample, call.epoch)
        if call.role is Role.ANSWER and place != last:
            sample, last = sample + 1, place
        yield Turn(call=call, block=sample // size if call.role is Role.ANSWER else 0)
