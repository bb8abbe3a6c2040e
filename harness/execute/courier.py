"""The courier: carries one call from its lane over the wire into the ledger."""

import asyncio
import random
import traceback
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from harness.clients.deadlines import Deadlines
from harness.clients.retry import Answer, RetryPolicy, is_unspent
from harness.clients.tap import Watch
from harness.clients.target import Target
from harness.core.calls import SECRET_IN_ANSWER, Attempt, Call, Failure, Fault, Marks, Record, Usage
from harness.core.candidates import Candidate
from harness.core.redaction import Redactor
from harness.core.requests import Request
from harness.errors import BakeoffError, StoreError, TapError, WorkerError
from harness.execute.budget import Budget, is_billed, is_free, record_cost, worst_attempt
from harness.execute.cleaning import cleaned, is_flagged
from harness.execute.lanes import Entry, Lane
from harness.execute.machine_time import SharedTime, Stay
from harness.execute.progress import Progress
from harness.execute.sharing import lane_name
from harness.execute.signals import Stop
from harness.execute.throttle import Parked
from harness.store.ledger import Ledger
from harness.store.media import Media


class CallClient(Protocol):
    """How a call is made; `clients.retry.call` in a real run."""

    def __call__(
        self,
        request: Request,
        target: Target,
        policy: RetryPolicy,
        deadlines: Deadlines,
        read_media: Callable[[str], bytes],
        *,
        before_attempt: Callable[[int], Awaitable[float]],
        after_attempt: Callable[[Attempt], None],
        sleep: Callable[[float], Awaitable[None]],
        rng: random.Random,
        watch: Watch | None,
    ) -> Awaitable[Answer]: ...


class Halted(Exception):
    """The run may not send any more, or not to this candidate; the call stays pending."""


@dataclass(slots=True, kw_only=True)
class _Trip:
    """What has happened to a call so far."""

    worst: Decimal | None
    """The most that one attempt can cost, in dollars; None: not known."""
    queued_ms: float = 0.0
    """In the lane and between attempts, over all of them."""
    sent: bool = False
    placed: bool = False
    """It holds a place in flight: until its record has landed, or its next attempt must wait."""
    entered: Entry | None = None
    """While an attempt is under way: what `Lane.enter` gave."""
    billed: int = 0
    """Attempts so far that may cost money."""
    held: Decimal = Decimal(0)
    """Set aside in the budget."""
    intended: Decimal = Decimal(0)
    """The most that what was sent may cost."""
    stay: Stay | None
    """On the machine that serves it, where others may be served at once; None: nothing is to be shared."""

    def let_go(self, call: Call, lane: Lane) -> None:
        """Give the place back; nothing where none is held."""
        if self.entered is not None:
            lane.hear(call, self.entered, None)
            self.entered = None
        if self.placed:
            lane.leave()
            self.placed = False

    def share(self, answer: Answer) -> Answer:
        """Return `answer` with the machine's time split among the calls that it served at once."""
        busy_s = answer.usage.busy_seconds
        if self.stay is None or busy_s is None:
            return answer
        return replace(answer, usage=replace(answer.usage, busy_seconds=self.stay.share(busy_s)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """All that calls share on their way."""

    ledger: Ledger
    media: Media
    budget: Budget
    stop: Stop
    progress: Progress
    redactor: Redactor
    client: CallClient
    policy: RetryPolicy
    deadlines: Deadlines
    reach: Callable[[Candidate], Target]
    unusable: Collection[str]
    """Candidates to which nothing may be sent any more."""
    heed: Callable[[Candidate, str, str, Parked | None], None]
    """Hears of every attempt at once: the kind of its outcome, what is known of it, whether it parked the account."""
    rng: random.Random
    clock: Callable[[], float]
    now: Callable[[], datetime]
    machines: Mapping[str, SharedTime] = field(default_factory=lambda: defaultdict(SharedTime))
    """Name of a lane → the time of the machine that candidates of ours run on."""

    async def deliver(
        self, call: Call, candidate: Candidate, lane: Lane, *, placed: Callable[[], None]
    ) -> Record | None:
        """Send `call` and commit its record; None where it may not be sent any more and is pending.

        `placed` is told when it has its place in flight. BudgetStop where its worst case could pass a ceiling. When
        it is cancelled, the call is pending again. TapError and WorkerError where nobody will see its end: it stays an
        intent, as after a kill, and so do those that are cancelled with it.
        """
        shares = candidate.machine is not None and not candidate.is_local  # an engine serves one call after the other
        stay = Stay(self.machines[lane_name(candidate)]) if shares else None
        trip = _Trip(worst=worst_attempt(call, candidate), stay=stay)
        record: Record | None = None
        try:
            try:
                answer = await self._ask(call, candidate, lane, trip, placed)
                record = await self._land(self._record(call, candidate, answer, trip), answer.blobs)
            except (TapError, WorkerError):
                self.stop.blind = True
                raise
            except (Halted, BakeoffError):
                raise
            except Exception as error:  # the one place where a bug of ours becomes a record
                record = await self._land(self._bug(call, candidate, error, trip), {})
        except Halted:
            return None
        finally:
            unseen = self.stop.blind and trip.entered is not None
            trip.let_go(call, lane)
            if stay is not None:  # before anything is awaited, or others would be charged too little meanwhile
                stay.closed(self.clock())  # it was broken off, and nobody has told
            if record is None and trip.sent and not unseen:
                await self.ledger.release(call.key, trip.intended)
            await self.budget.settle(call.candidate, trip.held, _spent(record, trip, candidate))
        self.progress.finished(record)
        return record

    async def _ask(
        self, call: Call, candidate: Candidate, lane: Lane, trip: _Trip, placed: Callable[[], None]
    ) -> Answer:
        worst = trip.worst or Decimal(0)

        def check() -> None:
            if self.stop.asked or candidate.name in self.unusable:
                raise Halted

        async def before_attempt(number: int) -> float:
            asked = self.clock()
            trip.let_go(call, lane)
            check()
            # money first: who waits for it must not keep a place that another needs to spend what it holds
            more = worst * (trip.billed + 1) - trip.held
            await self.budget.hold(call.candidate, more, holding=trip.held)
            trip.held += more
            trip.entered = await lane.enter(call, check)
            trip.placed = True
            self.budget.count_request(call.candidate)
            placed()
            try:
                await self.ledger.intend(call.key, number, trip.held)
            except asyncio.CancelledError:  # the writer commits it all the same
                await self.ledger.release(call.key, trip.intended)
                raise
            trip.intended, trip.sent = trip.held, True
            trip.queued_ms += (self.clock() - asked) * 1000
            return trip.entered.paused_s

        def after_attempt(attempt: Attempt) -> None:
            if is_free(attempt):
                self.budget.uncount_request(call.candidate)
            else:
                trip.billed += 1
            trip.intended = worst * trip.billed
            assert trip.entered is not None, "before_attempt() comes first"
            parked = lane.hear(call, trip.entered, attempt)
            trip.entered = None
            said = "" if attempt.outcome == "ok" else self.redactor.clean(attempt.detail or attempt.outcome)
            if said:
                self.progress.detail(f"{_place(call)}: attempt {attempt.number} failed ({attempt.outcome}): {said}")
            self.heed(candidate, attempt.outcome, said, parked)
            if is_unspent(attempt) and candidate.name in self.unusable:
                raise Halted  # nobody has taken it up: no word on the call itself

        async def sleep(seconds: float) -> None:
            trip.let_go(call, lane)
            begun = self.clock()
            self.progress.detail(f"{_place(call)}: waits {seconds:.1f} s before it is asked again")
            await self.stop.sleep(seconds)
            trip.queued_ms += (self.clock() - begun) * 1000

        return await self.client(
            call.request,
            self.reach(candidate),
            self.policy,
            self.deadlines.of(call.request),
            self.media.get,
            before_attempt=before_attempt,
            after_attempt=after_attempt,
            sleep=sleep,
            rng=self.rng,
            watch=trip.stay,
        )

    async def _land(self, record: Record, blobs: Mapping[str, bytes]) -> Record:
        """Write media, then the record that names them. It is paid for: a cancellation waits until it has landed."""
        if not blobs:
            await self.ledger.commit(record)
            return record
        landing = asyncio.create_task(self._write(record, blobs))
        try:
            await asyncio.shield(landing)
        except asyncio.CancelledError:
            await landing
            raise
        return record

    async def _write(self, record: Record, blobs: Mapping[str, bytes]) -> None:
        for data in blobs.values():
            await asyncio.to_thread(self.keep, data)
        await self.ledger.commit(record)

    def keep(self, data: bytes) -> str:
        """Store a medium and return its sha256, from any thread; on a full disk, in the room that was set aside."""
        try:
            return self.media.put(data)
        except StoreError:
            if not self.ledger.make_room():
                raise
            return self.media.put(data)

    def _record(self, call: Call, candidate: Candidate, answer: Answer, trip: _Trip) -> Record:
        answer = cleaned(trip.share(answer), self.redactor)
        if is_flagged(answer):
            self.progress.note(f"{call.candidate} {SECRET_IN_ANSWER} ({call.suite}/{call.task}/{call.sample}).")
        usd, source = record_cost(answer, candidate, trip.worst)
        return Record(
            call=call,
            outcome=answer.outcome,
            attempts=answer.attempts,
            marks=replace(answer.marks, queue_ms=trip.queued_ms if trip.sent else None),
            usage=answer.usage,
            cost_usd=usd,
            cost_source=source,
            finished=self.now().isoformat(),
        )

    def _bug(self, call: Call, candidate: Candidate, error: Exception, trip: _Trip) -> Record:
        finished = self.now().isoformat()
        known = is_billed(candidate) and trip.worst is not None
        message = self.redactor.clean(f"{type(error).__name__}: {error}")
        attempt = Attempt(
            number=1,
            started=finished,
            duration_ms=0.0,
            outcome="bug",
            wire_requests=0,
            may_be_billed=trip.sent,
            detail=self.redactor.clean("".join(traceback.format_exception(error))),
        )
        return Record(
            call=call,
            outcome=Failure(fault=Fault.HARNESS, kind="bug", message=message),
            attempts=(attempt,),
            marks=Marks(queue_ms=trip.queued_ms if trip.sent else None, valid=False),
            usage=Usage(),
            cost_usd=trip.intended if known else None,
            cost_source="estimated" if known else "unpriced",
            finished=finished,
        )


def _place(call: Call) -> str:
    return f"{call.candidate}, {call.suite}/{call.task}/{call.sample}"


def _spent(record: Record | None, trip: _Trip, candidate: Candidate) -> Decimal:
    """Dollars that the budget has lost: the record's cost, or what an unseen or unmetered end may have cost."""
    if not is_billed(candidate):
        return Decimal(0)
    return trip.intended if record is None or record.cost_usd is None else record.cost_usd
