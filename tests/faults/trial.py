"""One run with everything real in it, LiteLLM too, against a provider that fails as it is told."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from harness.clients.clip import with_header
from harness.clients.sender import Here
from harness.config.decision import slots
from harness.config.defaults import rule
from harness.core.calls import Attempt, Failure, Output, Record, Role
from harness.core.candidates import Candidate, Prices
from harness.core.media import Audio
from harness.core.runs import Bakeoff
from harness.core.scores import TRANSCRIBER, Reading, Score, Scorer
from harness.core.sound import RAW_RATE
from harness.core.suites import Sample, Suite, Task
from harness.execute.manifest import manifest
from harness.execute.plan import plan
from harness.execute.runner import RunResult
from harness.execute.runner import run as run_calls
from harness.execute.signals import Stop
from harness.store.ledger import Ledger, StoredSample
from harness.store.media import Media
from tests.clients.trip import TAPS
from tests.execute.bakeoffs import STARTED, Engines, Watcher, bakeoff, text_suite
from tests.fake_provider import FakeProvider, Fault

KEY = "sk-canary-0123456789abcdef"
USD = {
    "input_cost_per_token": "0.001",
    "output_cost_per_token": "0.002",
    "input_cost_per_character": "0.0001",
    "input_cost_per_second": "0.01",
}

SOUND_USD = {"input_cost_per_audio_token": "0.003", "output_cost_per_audio_token": "0.006"}
"""Beside them, of who talks live."""
MODES = {"stream": "echo", "plain": "plain", "speech": "voice", "transcription": "listener"}
"""How a model answers → the model of the fake provider that does: events, one JSON document, a clip, a transcript."""
SESSION = "session"
"""How `talker` answers: in a live session, which no tap carries."""
_MODALITIES = {"voice": "tts", "listener": "transcription", "talker": "speech"}


@dataclass(frozen=True, kw_only=True)
class Heard(Scorer):
    """Right where the transcriber hears what was to be said."""

    needs = (TRANSCRIBER,)

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score:  # noqa: ARG002
        return Score(value=float(readings["transcriber"].output.text == sample.input))


class Hurried(Stop):
    """Sleeps through nothing, and remembers how long it was to sleep."""

    def __init__(self) -> None:
        super().__init__(drain_s=30)
        self.slept_s: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        await asyncio.sleep(0)


@dataclass(kw_only=True)
class Trial:
    """What is set up before a run, and what it came to."""

    folder: Path
    provider: FakeProvider
    tap: str
    """Which of `TAPS` the requests leave through."""
    url: str | None = None
    """Where candidates are sent, if not to `provider`."""
    samples: int = 1
    settings: Mapping[str, object] = field(default_factory=dict)
    stop: Hurried = field(default_factory=Hurried)
    watcher: Watcher = field(default_factory=Watcher)

    def candidate(self, name: str) -> Candidate:
        usd = USD | (SOUND_USD if name == "talker" else {})
        return Candidate(
            name=name,
            model=f"openai/fake/{name}",
            modalities=frozenset({_MODALITIES.get(name, "text")}),
            base_url=self.url or self.provider.url,
            api_key_env="FAKE_API_KEY",
            prices=Prices(usd={unit: Decimal(price) for unit, price in usd.items()}, source="test"),
        )

    def planned(self, *names: str) -> Bakeoff:
        """A bake-off in which each of the models `names` is asked every sample, or measures it."""
        asked = {"voice" if name == "listener" else name for name in names}
        samples = tuple(Sample(id=f"v{i}", input=f"Say {i}.") for i in range(self.samples))
        voices = Task(name="voice", modality="tts", samples=samples, scorers=(Heard(),), primary="heard", language="en")
        suites = [Suite(name="voices", version=1, tasks=(voices,))] if "voice" in asked else []
        suites += [text_suite(samples=(self._spoken(),), modality="speech", prompt="")] if "talker" in asked else []
        suites += [text_suite(self.samples)] if asked - {"voice", "talker"} else []
        settings = {"max_in_flight": 1, "timeout_s": 20.0, "idle_timeout_s": 10.0, **self.settings}
        instruments = {"transcriber": self.candidate("listener")} if "listener" in names else {}
        candidates = [self.candidate(name) for name in sorted(asked)]
        planned = bakeoff(*candidates, suites=suites, instruments=instruments, **settings)
        return replace(planned, rules={slot: rule(slot, tasks) for slot, tasks in slots(suites).items()})

    def _spoken(self) -> Sample:
        """A question that the provider understands, with its recording among the run's media."""
        clip = with_header(self.provider.say("ahoy"), "pcm16")
        sha256, seconds = Media(self.folder / "media").put(clip), (len(clip) - 44) / (2 * RAW_RATE)
        audio = Audio(sha256=sha256, mime="audio/wav", seconds=seconds, sample_rate=RAW_RATE, size=len(clip))
        return Sample(id="l0", input="ahoy", target="ahoy", media=(audio,))

    def go(self, *names: str) -> RunResult:
        """Run to the end, or on from where an earlier run in the same folder ended."""
        return asyncio.run(self.run(*names))

    async def run(self, *names: str) -> RunResult:
        async with self.provider:
            planned = self.planned(*names)
            async with TAPS[self.tap]() as tap:
                with self._ledger(planned) as ledger:
                    return await run_calls(
                        planned,
                        ledger,
                        Media(self.folder / "media"),
                        env={"FAKE_API_KEY": KEY},
                        engines=Engines(),
                        progress=self.watcher,
                        sender=Here(tap),
                        stop=self.stop,
                    )

    def _ledger(self, planned: Bakeoff) -> Ledger:
        if (self.folder / "run.db").exists():
            return Ledger.open(self.folder, write=True)
        samples = [
            StoredSample(suite=suite.name, task=task.name, sample=sample)
            for suite in planned.suites
            for task in suite.tasks
            for sample in task.loaded
        ]
        document = manifest(planned, run_id="trial", started=STARTED, selection=None)
        return Ledger.create(self.folder, document, samples, plan(planned).calls)

    def records(self, name: str) -> list[Record]:
        """What is stored of the calls of model `name`, answers and readings alike."""
        with Ledger.open(self.folder, write=False) as ledger:
            return [r for role in (Role.ANSWER, Role.INSTRUMENT) for r in ledger.records(role)
                    if r.call.candidate == name]  # fmt: skip

    def sent(self, name: str) -> int:
        """How many requests for model `name` reached the provider."""
        return sum(served.model == f"fake/{name}" for served in self.provider.requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the one call of a trial ended."""

    trial: Trial
    result: RunResult
    record: Record
    name: str

    @property
    def failure(self) -> Failure:
        assert isinstance(self.record.outcome, Failure), self.record.outcome
        return self.record.outcome

    @property
    def output(self) -> Output:
        assert isinstance(self.record.outcome, Output), self.record.outcome
        return self.record.outcome

    @property
    def attempts(self) -> list[str]:
        """Outcomes of the attempts; as many requests reached the provider, no more."""
        assert len(self.record.attempts) == self.trial.sent(self.name)
        assert all(attempt.wire_requests == 1 for attempt in self.record.attempts)
        return [attempt.outcome for attempt in self.record.attempts]

    @property
    def first(self) -> Attempt:
        return self.record.attempts[0]


def ending(folder: Path, tap: str, mode: str, faults: Sequence[Fault | None], **settings: object) -> Ending:
    """Run one call in `mode` whose attempts meet `faults` in turn, and are answered after them."""
    name = {**MODES, SESSION: "talker"}[mode]
    provider = FakeProvider(scripts={f"fake/{name}": faults})
    trial = Trial(folder=folder, provider=provider, tap=tap, settings=settings)
    result = trial.go(name)
    (record,) = trial.records(name)
    return Ending(trial=trial, result=result, record=record, name=name)
