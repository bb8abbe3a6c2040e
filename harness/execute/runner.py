"""The runner: sends what a run still lacks, answers first and then the instruments, and says how it ended."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Protocol

from harness.clients import litellm_door
from harness.clients.deadlines import Deadlines
from harness.clients.faults import CANDIDATE_UNUSABLE, PROVIDER_UNUSABLE
from harness.clients.retry import Once, RetryPolicy
from harness.clients.retry import call as call_client
from harness.clients.send import send
from harness.clients.target import Target, resolve, variables
from harness.core.calls import Call, Failure, Record, Role
from harness.core.candidates import Candidate
from harness.core.runs import Bakeoff
from harness.errors import (
    PRECEDENCE,
    BakeoffError,
    BudgetStop,
    CredentialsError,
    IncompleteError,
    Interrupted,
    UsageError,
)
from harness.execute.budget import Budget, refuse_unpriced, worst_attempt
from harness.execute.courier import CallClient, Courier
from harness.execute.lanes import LOCAL, Lane, lanes
from harness.execute.plan import instrument_calls
from harness.execute.progress import Progress
from harness.execute.signals import Stop, heeded
from harness.store.ledger import Count, Ledger
from harness.store.media import Media
from harness.store.redaction import Redactor, secrets

DRAIN_S = 30.0
"""How long the first interrupt waits for the calls in flight."""


class Engines(Protocol):
    """The embedded engines; `local.host.Host` in a real run."""

    async def start(self, name: str) -> None:
        """Start an engine unless it runs; returns when it is ready. UsageError where it cannot be started."""

    def url(self, name: str) -> str:
        """Address of a running engine, without /v1."""

    async def stop(self, name: str) -> None:
        """End an engine; nothing where it does not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended; `counts` are those of the store, over every resume."""

    counts: tuple[Count, ...]
    exit_code: int
    notices: tuple[str, ...]
    """What the user must know, each one sentence."""
    fatal: Mapping[str, str]
    """Candidate → why nothing more was sent to it."""

    @property
    def outputs(self) -> int:
        """Answers that arrived."""
        return sum(count.outputs for count in self.counts if count.role is Role.ANSWER)

    @property
    def answered(self) -> int:
        """Answers that can be judged: those that arrived, and failures of the candidates' own, which score 0."""
        return self.outputs + sum(count.failed_candidate for count in self.counts if count.role is Role.ANSWER)


async def run(
    bakeoff: Bakeoff,
    ledger: Ledger,
    media: Media,
    *,
    env: Mapping[str, str],
    engines: Engines,
    progress: Progress,
    client: CallClient | None = None,
    once: Once = send,
    stop: Stop | None = None,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RunResult:
    """Send every call of `ledger` that has no final word or failed for no fault of its candidate.

    UsageError and CredentialsError come before anything is sent, StoreError whenever the disk fails. All else ends in
    a result: faults of providers are records, a spent budget and an interrupt leave calls pending. `client` is the
    real one by default, and makes each attempt with `once`.
    """
    stop = stop or Stop(drain_s=DRAIN_S, say=progress.note)
    story = _Story(
        bakeoff=bakeoff,
        ledger=ledger,
        env=env,
        engines=engines,
        progress=progress,
        stop=stop,
        clock=clock,
        warm_up=litellm_door.load if client is None else lambda: None,
    )
    calls = ledger.pending(Role.ANSWER, retry_failed=True)
    refuse_unpriced(bakeoff, calls)
    story.check_credentials(calls)
    story.warn_of_uncertain()
    courier = Courier(
        ledger=ledger,
        media=media,
        budget=Budget(bakeoff.settings.budget_usd, spent=ledger.spent()),
        stop=stop,
        progress=progress,
        redactor=Redactor(secrets(env, story.used())),
        client=client or partial(call_client, once=once),
        policy=RetryPolicy(max_attempts=bakeoff.settings.max_attempts),
        deadlines=Deadlines(timeout_s=bakeoff.settings.timeout_s, idle_timeout_s=bakeoff.settings.idle_timeout_s),
        reach=story.reach,
        unusable=story.fatal.keys(),
        rng=random.Random(bakeoff.seed),
        clock=clock,
        now=now,
    )
    with heeded(stop):
        await story.answers(calls, courier)
        await story.instruments(courier)
    return story.result()


@dataclass(slots=True, kw_only=True)
class _Story:
    """What has become of a run so far."""

    bakeoff: Bakeoff
    ledger: Ledger
    env: Mapping[str, str]
    engines: Engines
    progress: Progress
    stop: Stop
    clock: Callable[[], float]
    warm_up: Callable[[], object]
    """Loads what the first call would wait for."""
    candidates: Mapping[str, Candidate] = field(init=False)
    fatal: dict[str, str] = field(default_factory=dict)
    unstarted: set[str] = field(default_factory=set)
    """Those of `fatal` whose engine does not start."""
    budget_stop: str | None = None
    notices: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    """Embedded engines that are up."""

    def __post_init__(self) -> None:
        bakeoff = self.bakeoff
        self.candidates = {c.name: c for c in (*bakeoff.instruments.values(), *bakeoff.candidates)}

    def reach(self, candidate: Candidate) -> Target:
        url = self.engines.url(_engine(candidate)) if candidate.is_local else None
        return resolve(candidate, engine_url=url, env=self.env)

    def check_credentials(self, calls: Sequence[Call]) -> None:
        """Raise CredentialsError where a key is missing that a call or an instrument will need."""
        measuring = self.bakeoff.instruments.values() if calls else ()
        for name in sorted({call.candidate for call in calls} | {candidate.name for candidate in measuring}):
            if not self.candidates[name].is_local:
                self.reach(self.candidates[name])

    def used(self) -> frozenset[str]:
        """Names of the environment variables whose values are sent to somebody."""
        return frozenset(name for candidate in self.candidates.values() for name in variables(candidate))

    def warn_of_uncertain(self) -> None:
        if uncertain := self.ledger.uncertain():
            bounds = (worst_attempt(call, self.candidates[call.candidate]) for call in uncertain)
            dollars = sum((bound for bound in bounds if bound), Decimal(0))
            most = f" (at most ${dollars:f})" if dollars else ""
            self.say(
                f"{len(uncertain)} calls were in flight when an earlier process ended; they may have been billed{most}"
                " and are sent again."
            )

    async def answers(self, calls: Sequence[Call], courier: Courier) -> None:
        # every engine is loaded before the first call: loading would disturb what is measured beside it
        for name in sorted({_engine(c) for call in calls if (c := self.candidates[call.candidate]).is_local}):
            if self.stop.asked:
                return
            await self._start(name)
        await self._send("answers", calls, courier)

    async def instruments(self, courier: Courier) -> None:
        """Measure every answer that has arrived, also those of earlier processes."""
        if self.stop.asked or not self.bakeoff.instruments:
            return
        self.ledger.add_calls(instrument_calls(self.bakeoff, self.ledger.records(Role.ANSWER)))
        calls = self.ledger.pending(Role.INSTRUMENT, retry_failed=True)
        refuse_unpriced(self.bakeoff, calls)
        if calls:
            await self._stop_engines()  # each instrument then has the whole machine
            await self._send("instruments", calls, courier, alone=True)

    async def _send(self, phase: str, calls: Sequence[Call], courier: Courier, *, alone: bool = False) -> None:
        """Send `calls` through their lanes; `alone`: one engine at a time is loaded."""
        if not calls:
            return
        self.warm_up()
        self.progress.phase(phase, Counter(call.candidate for call in calls))
        settings = self.bakeoff.settings
        found = lanes(
            calls, self.candidates, max_in_flight=settings.max_in_flight, clock=self.clock, sleep=self.stop.sleep
        )
        tasks = [
            asyncio.create_task(self._work(lane, courier, alone=alone))
            for lane in found
            for _ in range(min(lane.width, len(lane.waiting)))
        ]

        def cancel() -> None:
            for task in tasks:
                task.cancel()

        with self.stop.cancelling(cancel):
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            finally:
                cancel()
                ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _work(self, lane: Lane, courier: Courier, *, alone: bool) -> None:
        while lane.waiting and not self.stop.asked:
            call = lane.waiting.popleft()
            candidate = self.candidates[call.candidate]
            if candidate.name in self.fatal:
                continue
            if lane.name == LOCAL:
                try:
                    await self._start(_engine(candidate), alone=alone)
                except UsageError as error:  # calls have been paid by now: what they brought is kept
                    self.unstarted.add(candidate.name)
                    self._give_up(candidate.name, str(error))
                    continue
            try:
                record = await courier.deliver(call, candidate, lane)
            except BudgetStop as reached:
                self.budget_stop = f"{reached}."
                self.stop.ask()
                return
            if record is not None:
                self._heed(record, candidate)

    def _heed(self, record: Record, candidate: Candidate) -> None:
        """After a failure that the next call would meet too, send nothing more to whoever it concerns."""
        failure = record.outcome
        if not isinstance(failure, Failure):
            return
        if failure.kind in PROVIDER_UNUSABLE:
            concerned = [c for c in self.candidates.values() if _account(c) == _account(candidate)]
        elif failure.kind in CANDIDATE_UNUSABLE:
            concerned = [candidate]
        else:
            return
        for other in concerned:
            self._give_up(other.name, failure.message)

    def _give_up(self, name: str, why: str) -> None:
        if name not in self.fatal:
            self.fatal[name] = why
            self.say(f"Nothing more is sent to {name}: {why}")

    async def _start(self, name: str, *, alone: bool = False) -> None:
        """Have an engine ready, also one that died since; `alone`: and no other."""
        if alone:
            await self._stop_engines(but=name)
        await self.engines.start(name)
        if name not in self.running:
            self.running.append(name)

    async def _stop_engines(self, *, but: str | None = None) -> None:
        for name in [name for name in self.running if name != but]:
            await self.engines.stop(name)
            self.running.remove(name)

    def say(self, text: str) -> None:
        self.notices.append(text)
        self.progress.note(text)

    def result(self) -> RunResult:
        counts = self.ledger.counts()
        short = list(
            _shortcomings(counts, self.bakeoff.settings.max_infra_failure_rate, self.ledger.commonest_failures())
        )
        bugs = sum(count.failed_harness for count in counts)
        codes = {
            Interrupted.exit_code: self.stop.interrupted,
            BakeoffError.exit_code: bugs > 0,
            BudgetStop.exit_code: self.budget_stop is not None,
            CredentialsError.exit_code: bool(self.fatal.keys() - self.unstarted),
            IncompleteError.exit_code: bool(short or self.unstarted) or not counts,
            0: True,
        }
        notices = [*self.notices, *filter(None, [self.budget_stop]), *short]
        if bugs:
            notices.append(f"{bugs} calls failed by a bug of Bakeoff's own; the store holds the tracebacks.")
        if pending := sum(count.pending for count in counts):
            notices.append(f"{pending} planned calls have not been answered.")
        return RunResult(
            counts=counts,
            exit_code=next(code for code in PRECEDENCE if codes.get(code)),
            notices=tuple(notices),
            fatal=self.fatal,
        )


def _engine(candidate: Candidate) -> str:
    """Name of the engine of an embedded candidate."""
    return candidate.model.partition("/")[2]


def _account(candidate: Candidate) -> tuple[str, str | None, str | None]:
    """Whose key and credit a candidate uses."""
    return candidate.provider, candidate.base_url, candidate.api_key_env


def _shortcomings(counts: Sequence[Count], most: float, why: Mapping[tuple[Role, str], str]) -> Iterator[str]:
    """Name the candidates of which too little was measured to decide, with the commonest cause."""
    for count in counts:
        cause = f" Most often: {why[count.role, count.candidate]}" if (count.role, count.candidate) in why else ""
        what = "answers" if count.role is Role.ANSWER else f"{count.role} calls"
        if not count.outputs + count.failed_candidate:
            yield f"{count.candidate}: none of its {count.planned} {what} can be used.{cause}"
        elif count.failed_infra > most * count.planned:
            yield (
                f"{count.candidate}: {count.failed_infra} of {count.planned} {what} failed for no fault of its own."
                + cause
            )
