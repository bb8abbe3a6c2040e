"""Evidence of runs that never ran: realistic records of two slots, from core nouns alone."""

import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from harness.core.calls import Attempt, Call, Failure, Fault, Marks, Output, Record, Role, Usage
from harness.core.candidates import Candidate, Machine, Prices
from harness.core.canonical import Json, digest, to_json
from harness.core.manifest import Manifest
from harness.core.media import Audio
from harness.core.requests import ChatRequest, MosRequest, SpeechRequest, TranscriptionRequest
from harness.core.rules import Criterion, DecisionRule, Gate, Scale
from harness.core.runs import RunSettings
from harness.core.suites import Sample
from harness.report.evidence import AskedSample, Evidence, Judgement, by_role
from harness.store.records import Records

STARTED = "2026-11-20T08:15:00+00:00"
FINISHED = "2026-11-20T08:21:42+00:00"

QUESTIONS = (
    ("What is the capital of Australia?", "Canberra", "en"),
    ("What is seven times eight?", "56", "en"),
    ("A crate holds twelve bottles. How many bottles are in nine crates?", "108", "en"),
    ("Label the sentiment of: The battery died after two days.", "negative", "en"),
    ("Label the intent of: I want my money back.", "refund", "en"),
    ("Which planet is known as the red planet?", "Mars", "en"),
    ("How many days are in a leap year?", "366", "en"),
    ("What is the chemical symbol of gold?", "Au", "en"),
    ("水的化学式是什么？", "H2O", "zh"),
    ("一周有几天？", "7", "zh"),
)
SENTENCES = (
    "The train to Lisbon leaves at 9:45 from platform 3.",
    "Dr. Alvarez paid $1,249.50 on March 3rd, 2025.",
    "Please hold the line; somebody will be with you shortly.",
    "Would you like me to read that again?",
    "The museum is closed on Mondays and public holidays.",
    "Turn left after the bridge, then keep right.",
    "Your verification code is four, seven, one, nine.",
    "It rained all night, and by the morning the river had reached the old mill.",
)
RULES = {
    "text": DecisionRule(
        slot="text",
        gates=(Gate(metric="coverage", min=0.95), Gate(metric="ttfo_p50_ms", max=2000.0)),
        criteria=(
            Criterion(name="quality", metric="quality", worst=0.2, ideal=0.9, weight=60.0),
            Criterion(name="latency", metric="ttfo_p50_ms", worst=5000.0, ideal=100.0, weight=20.0, scale=Scale.LOG),
            Criterion(name="cost", metric="usd_per_1k_requests", worst=0.5, ideal=0.005, weight=20.0, scale=Scale.LOG),
        ),
    ),
    "tts": DecisionRule(
        slot="tts",
        gates=(Gate(metric="coverage", min=0.95), Gate(metric="ttfa_p50_ms", max=400.0)),
        criteria=(
            Criterion(name="words", metric="quality", worst=0.6, ideal=1.0, weight=35.0),
            Criterion(name="naturalness", metric="dnsmos_ovrl", worst=2.5, ideal=3.6, weight=25.0),
            Criterion(name="latency", metric="ttfa_p50_ms", worst=5000.0, ideal=100.0, weight=20.0, scale=Scale.LOG),
            Criterion(name="cost", metric="usd_per_1k_requests", worst=0.5, ideal=0.005, weight=20.0, scale=Scale.LOG),
        ),
    ),
}
MACHINE = Machine(usd_per_hour=Decimal("0.10"))


@dataclass
class Bench:
    """What the builders fill; `bakeoff` freezes it."""

    candidates: list[Candidate] = field(default_factory=list)
    samples: list[AskedSample] = field(default_factory=list)
    answers: list[Record] = field(default_factory=list)
    readings: list[Record] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    pending: list[Call] = field(default_factory=list)
    clips: dict[str, bytes] = field(default_factory=dict)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))


def tone(seconds: float, pitch: float, rate: int = 22050) -> bytes:
    """Return a WAV that swells and fades syllable by syllable."""
    at = np.arange(int(seconds * rate)) / rate
    envelope = 0.6 * np.abs(np.sin(math.pi * 3.1 * at)) * np.minimum(1, 8 * np.minimum(at, seconds - at))
    wave = envelope * (np.sin(2 * math.pi * pitch * at) + 0.4 * np.sin(4 * math.pi * pitch * at)) / 1.4
    target = io.BytesIO()
    soundfile.write(target, wave.astype(np.float32), rate, format="WAV", subtype="PCM_16")
    return target.getvalue()


def record(
    call: Call,
    outcome: Output | Failure,
    *,
    marks: Marks | None = None,
    usage: Usage | None = None,
    cost: Decimal | None = None,
    source: str = "machine",
    attempts: int = 1,
) -> Record:
    """Return the final word on `call`."""
    tried = tuple(
        Attempt(number=i + 1, started=STARTED, duration_ms=812.5, outcome="ok" if i + 1 == attempts else "rate_limit")
        for i in range(attempts)
    )
    return Record(
        call=call,
        outcome=outcome,
        attempts=tried,
        marks=marks or Marks(),
        usage=usage or Usage(),
        cost_usd=cost,
        cost_source=source if cost is not None else "unpriced",
        finished=FINISHED,
    )


def text_slot(bench: Bench, names: Sequence[str] = ("smollm2", "gpt-mini"), n: int = 20) -> None:
    """Ask `n` questions of two text models: one of this machine, one of a provider."""
    local, remote = names
    bench.candidates += [
        Candidate(
            name=local,
            model="local/smollm2-135m",
            modalities=frozenset({"text"}),
            machine=MACHINE,
            weights_sha256="5f" * 32,
            params={"temperature": 0},
        ),
        Candidate(
            name=remote,
            model="openai/gpt-4o-mini",
            modalities=frozenset({"text"}),
            prices=Prices(
                usd={"input_cost_per_token": Decimal("0.00000015"), "output_cost_per_token": Decimal("0.0000006")},
                source="litellm 1.106.2",
                date="2026-11-01",
            ),
        ),
    ]
    for i in range(n):
        question, target, lang = QUESTIONS[i % len(QUESTIONS)]
        task = "facts" if i % 2 == 0 else "arithmetic"
        metadata: dict[str, Json] = {"lang": lang, "cluster": f"c{i // 2}"}
        sample = Sample(id=f"q{i:02}", input=question, target=target, metadata=metadata)
        bench.samples.append(AskedSample(suite="text_core", task=task, sample=sample))
        for name, skill, speed in ((local, 0.45, 140.0), (remote, 0.85, 420.0)):
            _ask(bench, name, task, sample, right=bool(bench.rng.random() < skill), speed=speed, first=i == 0)


def _ask(bench: Bench, name: str, task: str, sample: Sample, *, right: bool, speed: float, first: bool) -> None:
    local = bench.candidates[0].name == name
    request = ChatRequest(messages=({"role": "user", "content": str(sample.input)},), max_tokens=32)
    key = digest([name, task, sample.id])
    call = Call(
        key=key, role=Role.ANSWER, candidate=name, request=request, suite="text_core", task=task, sample=sample.id
    )
    if sample.id == "q13" and not local:
        failure = Failure(fault=Fault.INFRA, kind="timeout", message="no answer within 60 s")
        bench.answers.append(record(call, failure, attempts=3))
        return
    if sample.id == "q17" and local:
        failure = Failure(fault=Fault.CANDIDATE, kind="truncated", message="cut at 32 tokens", partial="Let me think")
        bench.answers.append(record(call, failure, cost=Decimal("0.0000061")))
        return
    total = float(speed * bench.rng.lognormal(0.6, 0.3))
    ttfo = round(total * 0.55, 3)
    text = f"{sample.target}" if right else "I am not sure, but I believe that it is something else."
    tokens = 4 + len(text) // 4
    cost = (
        Decimal(f"{total / 3.6e6 * 0.1:.9f}") if local else Decimal(tokens) * Decimal("0.0000006") + Decimal("0.000006")
    )
    marks = Marks(ttft_ms=ttfo, ttfo_ms=ttfo, total_ms=round(total, 3), valid=not (first and local))
    usage = Usage(
        input_tokens=38, output_tokens=tokens, busy_seconds=total / 1000 if local else None, source="provider"
    )
    output = Output(text=text, finish_reason="stop", model=name)
    bench.answers.append(
        record(call, output, marks=marks, usage=usage, cost=cost, source="machine" if local else "provider")
    )
    reason = f"expected {sample.target!r}, and it {'is' if right else 'is not'} in the answer"
    bench.judgements.append(
        Judgement(key=key, scorer="contains", signature="contains@1()", value=float(right), reason=reason, detail={})
    )


def tts_slot(bench: Bench, names: Sequence[str] = ("kokoro", "hibari", "espeak"), n: int = 8) -> None:
    """Let three voices read `n` sentences, heard by a recogniser and a MOS predictor."""
    voices = zip(names, ((0.97, 3.3, 900.0, 160), (0.93, 3.1, 240.0, 210), (0.9, 2.4, 30.0, 120)), strict=True)
    traits = dict(voices)
    bench.candidates += [
        Candidate(name=name, model=f"local/{name}", modalities=frozenset({"tts"}), machine=MACHINE) for name in names
    ]
    for i in range(n):
        sample = Sample(id=f"s{i:02}", input=SENTENCES[i % len(SENTENCES)], metadata={"lang": "en"})
        bench.samples.append(AskedSample(suite="tts_core", task="read", sample=sample))
        for name, (right, mos, speed, pitch) in traits.items():
            _speak(bench, name, sample, right=right, mos=mos, speed=speed, pitch=pitch + 5 * i)


def _speak(bench: Bench, name: str, sample: Sample, *, right: float, mos: float, speed: float, pitch: float) -> None:
    text, length = str(sample.input), 0.6 + len(str(sample.input)) / 60
    key = digest([name, sample.id])
    data = tone(length, pitch)
    audio = Audio(
        sha256=hashlib.sha256(data).hexdigest(), mime="audio/wav", seconds=length, sample_rate=22050, size=len(data)
    )
    bench.clips[audio.sha256] = data
    call = Call(
        key=key,
        role=Role.ANSWER,
        candidate=name,
        request=SpeechRequest(text=text),
        suite="tts_core",
        task="read",
        sample=sample.id,
    )
    total = float(speed * bench.rng.lognormal(0.5, 0.15))
    bench.answers.append(
        record(
            call,
            Output(audio=audio),
            marks=Marks(ttfa_ms=total * 0.4, total_ms=total),
            usage=Usage(input_characters=len(text), output_audio_seconds=length, busy_seconds=total / 1000),
            cost=Decimal(f"{total / 3.6e6 * 0.1:.9f}"),
        )
    )
    words = len(text.split())
    wrong = int(bench.rng.binomial(words, 1 - right))
    ovrl = float(mos + bench.rng.normal(0, 0.1))
    heard = Output(text=" ".join(text.lower().split()[: words - wrong]))
    for instrument, request, output in (
        ("transcriber", TranscriptionRequest(audio=audio), heard),
        ("mos", MosRequest(audio=audio), Output(values={"ovrl": ovrl, "sig": ovrl + 0.2, "bak": 3.9})),
    ):
        measuring = Call(
            key=digest([key, instrument]),
            role=Role.INSTRUMENT,
            candidate={"transcriber": "whisper-base", "mos": "dnsmos"}[instrument],
            request=request,
            suite="tts_core",
            task="read",
            sample=sample.id,
            instrument=instrument,
            measures=key,
        )
        bench.readings.append(record(measuring, output, cost=Decimal("0.0000091")))
    counts = {"substitutions": 0.0, "insertions": 0.0, "deletions": float(wrong), "words": float(words)}
    said = f"{wrong} of {words} words wrong"
    bench.judgements += [
        Judgement(
            key=key,
            scorer="word_accuracy",
            signature="word_accuracy@1(normaliser=whisper)",
            value=1 - wrong / words,
            reason=said,
            detail=counts,
        ),
        Judgement(
            key=key,
            scorer="dnsmos",
            signature="dnsmos@1()",
            value=(ovrl - 1) / 4,
            reason="",
            detail={"ovrl": ovrl, "sig": ovrl + 0.2, "bak": 3.9},
        ),
    ]


def manifest(bench: Bench, *, name: str = "support-bot") -> Manifest:
    """Return the manifest in the shape that execute/manifest.py writes."""
    slots = {"facts": "text", "arithmetic": "text", "read": "tts"}
    scorers = {"text": ("contains", ["contains"]), "tts": ("word_accuracy", ["word_accuracy", "dnsmos"])}
    places = dict.fromkeys((asked.suite, asked.task) for asked in bench.samples)
    suites: dict[str, dict[str, Any]] = {}
    for suite, task in places:
        slot = slots.get(task, "text")
        n = sum((asked.suite, asked.task) == (suite, task) for asked in bench.samples)
        suites.setdefault(suite, {"name": suite, "version": 1, "licence": "Apache-2.0", "tasks": []})["tasks"].append(
            {
                "name": task,
                "modality": slot,
                "slot": slot,
                "primary": scorers[slot][0],
                "scorers": scorers[slot][1],
                "n": n,
            }
        )
    instruments = {
        "transcriber": Candidate(
            name="whisper-base", model="local/whisper-base", modalities=frozenset({"transcription"}), machine=MACHINE
        ),
        "mos": Candidate(name="dnsmos", model="local/dnsmos", modalities=frozenset({"mos"}), machine=MACHINE),
    }
    config: dict[str, Json] = {
        "name": name,
        "seed": 0,
        "epochs": 1,
        "settings": to_json(RunSettings(budget_usd=Decimal("5"))),
        "candidates": to_json(bench.candidates),
        "instruments": to_json(instruments if bench.readings else {}),
        "rules": to_json(RULES),
        "suites": list(suites.values()),
        "notices": [],
    }
    return Manifest(
        run_id=f"{name}-20261120-081500",
        name=name,
        started=STARTED,
        config=config,
        suites={suite: digest(suite) for suite in suites},
        scorers={
            f"{suite}/{task['name']}/{scorer}": f"{scorer}@1()"
            for suite, described in suites.items()
            for task in described["tasks"]
            for scorer in task["scorers"]
        },
        rules={slot: digest(rule) for slot, rule in RULES.items()},
        environment={"python": "3.11.9", "bakeoff": "0.1.0", "platform": "Linux-6.1", "machine": "x86_64, 2 cores"},
    )


def among(records: Mapping[Role, Records], *, role: Role, are: Iterable[Record]) -> Mapping[Role, Records]:
    """Return `records` with others of one role."""
    others = [record for found in records.values() for record in found if record.call.role is not role]
    return by_role(Records.of([*others, *are]))


def freeze(bench: Bench, *, name: str = "support-bot", folder: Path = Path("/nowhere/media")) -> Evidence:
    """Return the bench as evidence; clips are read from memory."""

    def read(sha256: str) -> bytes:
        if sha256 not in bench.clips:
            raise FileNotFoundError(sha256)
        return bench.clips[sha256]

    return Evidence(
        manifest=manifest(bench, name=name),
        samples=tuple(bench.samples),
        records=by_role(Records.of([*bench.answers, *bench.readings])),
        judgements=tuple(bench.judgements),
        pending=tuple(bench.pending),
        read_media=read,
        media_path=lambda sha256: folder / sha256[:2] / sha256,
    )
