"""Small bake-offs, a client that needs no network, and a watcher that remembers: for tests of execution."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from harness.clients.deadlines import Deadlines
from harness.clients.retry import Answer, RetryPolicy
from harness.clients.tap import Watch
from harness.clients.target import Target
from harness.core.calls import Attempt, Failure, Fault, Marks, Output, Record, Usage
from harness.core.candidates import Candidate, Machine, Prices
from harness.core.canonical import to_json
from harness.core.manifest import Manifest
from harness.core.media import Audio
from harness.core.requests import Request, SpeechRequest
from harness.core.runs import Bakeoff, RunSettings
from harness.core.scores import MOS, TRANSCRIBER, Reading, Score, Scorer
from harness.core.suites import Sample, Suite, Task
from harness.errors import UsageError
from harness.execute.plan import plan
from harness.store.ledger import Ledger, StoredSample

STARTED = "2026-11-23T04:00:00+00:00"
WAV = b"RIFF-a-clip"
KEY = "canary-4711-secret"


@dataclass(frozen=True, kw_only=True)
class Heard(Scorer):
    """Needs both instruments that hear."""

    needs = (TRANSCRIBER, MOS)

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Right(Scorer):
    """Needs nothing."""

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score:
        raise NotImplementedError


def remote(name: str, *, usd: str | None = "0.000001", **changes: object) -> Candidate:
    prices = None
    if usd is not None:
        each = {"input_cost_per_token": Decimal(usd), "output_cost_per_token": Decimal(usd)}
        prices = Prices(usd=each, source="test")
    values: dict[str, object] = {
        "name": name,
        "model": f"acme/{name}",
        "modalities": frozenset({"text"}),
        "api_key_env": "ACME_API_KEY",
        "prices": prices,
    }
    return Candidate(**{**values, **changes})  # type: ignore[arg-type]


def embedded(name: str, modality: str = "text") -> Candidate:
    return Candidate(
        name=name,
        model=f"local/{name}",
        modalities=frozenset({modality}),
        machine=Machine(usd_per_hour=Decimal("3.6")),
        weights_sha256="ef" * 32,
    )


def text_suite(n: int = 4, **changes: object) -> Suite:
    samples = tuple(Sample(id=f"s{i}", input=f"{i}+{i}?", target=str(2 * i)) for i in range(n))
    values: dict[str, object] = {
        "name": "sums", "modality": "text", "samples": samples, "scorers": (Right(),), "primary": "right",
        "max_tokens": 10,
    }  # fmt: skip
    return Suite(name="arith", version=1, tasks=(Task(**{**values, **changes}),))  # type: ignore[arg-type]


def voice_suite(n: int = 2) -> Suite:
    samples = tuple(Sample(id=f"v{i}", input=f"Say {i}.") for i in range(n))
    task = Task(name="voice", modality="tts", samples=samples, scorers=(Heard(),), primary="heard", language="en")
    return Suite(name="voices", version=1, tasks=(task,))


def bakeoff(
    *candidates: Candidate,
    suites: Sequence[Suite] = (),
    instruments: Mapping[str, Candidate] | None = None,
    epochs: int = 1,
    seed: int = 0,
    **settings: object,
) -> Bakeoff:
    return Bakeoff(
        name="test",
        suites=tuple(suites) or (text_suite(),),
        candidates=candidates,
        instruments=instruments or {},
        rules={},
        settings=RunSettings(**{"warm_up": 0, **settings}),  # type: ignore[arg-type]
        epochs=epochs,
        seed=seed,
    )


def voices(*candidates: Candidate, n: int = 2) -> Bakeoff:
    return bakeoff(
        *candidates,
        suites=[voice_suite(n)],
        instruments={"transcriber": embedded("whisper", "transcription"), "mos": embedded("dnsmos", "mos")},
    )


def start(of: Bakeoff, folder: Path) -> Ledger:
    suites = [
        {"name": s.name, "tasks": [
            {"name": t.name, "modality": t.modality, "slot": t.modality, "primary": t.primary} for t in s.tasks]}
        for s in of.suites
    ]  # fmt: skip
    manifest = Manifest(
        run_id="r", name=of.name, started=STARTED, config={"suites": to_json(suites)}, suites={}, scorers={}, rules={},
        environment={},
    )  # fmt: skip
    samples = [
        StoredSample(suite=suite.name, task=task.name, sample=sample)
        for suite in of.suites
        for task in suite.tasks
        for sample in task.loaded
    ]
    return Ledger.create(folder, manifest, samples, plan(of).calls)


def answered(text: str = "42", *, usage: Usage | None = None) -> Answer:
    return Answer(
        outcome=Output(text=text, finish_reason="stop"),
        attempts=(Attempt(number=1, started=STARTED, duration_ms=5.0, outcome="ok", http_status=200),),
        marks=Marks(ttft_ms=1.0, ttfo_ms=1.0, total_ms=5.0),
        usage=usage or Usage(input_tokens=10, output_tokens=10, busy_seconds=0.5, source="provider"),
    )


def failed(kind: str, *, fault: Fault = Fault.INFRA, message: str = "it failed", may_be_billed: bool = False) -> Answer:
    attempt = Attempt(
        number=1, started=STARTED, duration_ms=5.0, outcome=kind, may_be_billed=may_be_billed, detail=message
    )
    outcome = Failure(fault=fault, kind=kind, message=message)
    return Answer(outcome=outcome, attempts=(attempt,), marks=Marks(), usage=Usage())


def spoken() -> Answer:
    import hashlib

    sha256 = hashlib.sha256(WAV).hexdigest()
    audio = Audio(sha256=sha256, mime="audio/wav", seconds=1.0, sample_rate=16000, size=len(WAV))
    usage = Usage(input_characters=6, output_audio_seconds=1.0, busy_seconds=0.5, source="measured")
    return Answer(
        outcome=Output(audio=audio), attempts=answered().attempts, marks=Marks(), usage=usage, blobs={sha256: WAV}
    )


Script = Callable[[Request, Target], Answer]


@dataclass(kw_only=True)
class Client:
    """Answers by script, and remembers what was sent and how much was in flight; takes all that a real one takes."""

    script: Script = lambda request, _: spoken() if isinstance(request, SpeechRequest) else answered()
    delay_s: float = 0.0
    clock: Callable[[], float] = time.monotonic
    """Of the wire."""
    attempts: int = 1
    stubborn: bool = False
    """Calls will not be cancelled."""
    heard: Callable[[str, Request], None] = lambda *_: None
    """Told of each request as it goes out."""
    sent: list[tuple[str, Request]] = field(default_factory=list)
    most: Counter[str] = field(default_factory=Counter)
    """Most calls that were in flight at once: of each candidate, of `local/` ones together, of all (`*`)."""
    _now: Counter[str] = field(default_factory=Counter)

    async def __call__(
        self,
        request: Request,
        target: Target,
        policy: RetryPolicy,  # noqa: ARG002
        deadlines: Deadlines,  # noqa: ARG002
        read_media: Callable[[str], bytes],  # noqa: ARG002
        *,
        before_attempt: Callable[[int], Awaitable[float]],
        after_attempt: Callable[[Attempt], None],
        sleep: Callable[[float], Awaitable[None]],  # noqa: ARG002
        rng: random.Random,  # noqa: ARG002
        watch: Watch | None,
    ) -> Answer:
        for number in range(1, self.attempts + 1):
            await before_attempt(number)
            self.sent.append((target.candidate, request))
            self.heard(target.candidate, request)
            kinds = [target.candidate, "*", *(["local/"] if target.api_key == "local" else [])]
            self._now.update(kinds)
            self.most |= self._now
            if watch is not None:
                watch.sent(self.clock())
            try:
                await self._work()
            finally:
                self._now.subtract(kinds)
                if watch is not None:
                    watch.closed(self.clock())
            if number < self.attempts:
                after_attempt(
                    Attempt(number=number, started=STARTED, duration_ms=5.0, outcome="cut", may_be_billed=True)
                )
        answer = self.script(request, target)
        after_attempt(answer.attempts[-1])
        return answer

    async def _work(self) -> None:
        try:
            await asyncio.sleep(self.delay_s)
        except asyncio.CancelledError:
            if not self.stubborn:
                raise
            await self._work()


@dataclass(kw_only=True)
class Engines:
    """Engines that start at once; `log` is what was asked of them."""

    log: list[str] = field(default_factory=list)
    up: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    async def start(self, name: str, *, measures: bool) -> None:
        del measures
        if name in self.broken:
            raise UsageError(f"the engine {name!r} does not start")
        if name not in self.up:
            self.log.append(f"start {name}")
            self.up.add(name)

    def url(self, name: str) -> str:
        assert name in self.up, f"{name} was not started"
        return f"http://127.0.0.1:1/{name}"

    async def stop(self, name: str) -> None:
        self.log.append(f"stop {name}")
        self.up.discard(name)


@dataclass(kw_only=True)
class Watcher:
    """Remembers what a run told it."""

    phases: list[tuple[str, dict[str, int]]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def phase(self, name: str, totals: Mapping[str, int]) -> None:
        self.phases.append((name, dict(totals)))

    def finished(self, record: Record) -> None:
        self.records.append(record)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def detail(self, text: str) -> None:
        self.details.append(text)
