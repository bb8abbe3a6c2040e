"""Early stopping: who is asked no more, when, by which records; and that the best is hardly ever stopped."""

import asyncio
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.calls import Fault, Output, Record, Role
from harness.core.candidates import Candidate
from harness.core.requests import ChatRequest, Request, TranscriptionRequest
from harness.core.rules import Criterion, DecisionRule, Gate
from harness.core.runs import Bakeoff
from harness.core.scores import TRANSCRIBER, Reading, Score, Scorer
from harness.core.stopping import Stop, StopRule
from harness.core.suites import Sample, Suite, Task
from harness.decide.losing import losses, shares
from harness.execute.runner import RunResult, run
from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations, Ratio
from harness.metrics.paired import at_every_look
from harness.metrics.stats import ONE_SIDED
from harness.scorers import ExactMatch
from harness.store.completeness import completeness
from harness.store.frames import calls_frame
from harness.store.ledger import DATABASE, Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import (
    KEY,
    Client,
    Engines,
    Watcher,
    answered,
    bakeoff,
    embedded,
    failed,
    remote,
    spoken,
    start,
    text_suite,
)

RULE = DecisionRule(
    slot="text",
    gates=(Gate(metric="coverage", min=0.5),),
    criteria=(Criterion(name="quality", metric="quality", worst=0.0, ideal=1.0, weight=1),),
)
SAMPLES, BLOCK = 60, 20
RIGHT = {"good": 1.0, "fair": 0.9, "bad": 0.1}
"""Candidate → the share of samples that it answers right."""


def planned(*names: str, n: int = SAMPLES) -> Bakeoff:
    suite = text_suite(n, scorers=(ExactMatch(),), primary="exact_match")
    return replace(bakeoff(*map(remote, names or RIGHT), suites=[suite], stop=StopRule()), rules={"text": RULE})


def by_share(request: Request, target: Target) -> Answer:
    """Answer `i+i?` right where the candidate's share says so: the same whoever asks, and in whatever order."""
    assert isinstance(request, ChatRequest)
    number = int(str(request.messages[-1]["content"]).partition("+")[0])
    right = (37 * number) % 100 < 100 * RIGHT[target.candidate]
    return answered(str(2 * number) if right else "I do not know")


@dataclass(kw_only=True)
class Desk:
    """A run in a folder, with what was sent in this process."""

    folder: Path
    of: Bakeoff
    script: Callable[[Request, Target], Answer] = by_share
    watcher: Watcher = field(default_factory=Watcher)
    sent: Counter[str] = field(default_factory=Counter)

    def go(self) -> RunResult:
        client = Client(script=self.script)
        ledger = Ledger.open(self.folder, write=True) if (self.folder / DATABASE).exists() else self.begin()
        with ledger:
            result = asyncio.run(
                run(
                    self.of, ledger, Media(self.folder / "media"), env={"ACME_API_KEY": KEY}, engines=Engines(),
                    progress=self.watcher, client=client,
                )
            )  # fmt: skip
        self.sent = Counter(name for name, _ in client.sent)
        return result

    def begin(self) -> Ledger:
        return start(self.of, self.folder)

    @property
    def stops(self) -> tuple[Stop, ...]:
        with Ledger.open(self.folder, write=False) as ledger:
            return ledger.manifest().stops


def test_who_has_lost_for_certain_is_asked_no_more_and_the_others_all(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path, of=planned())
    result = desk.go()
    assert result.exit_code == 0, result.notices
    assert desk.sent == {"good": SAMPLES, "fair": SAMPLES, "bad": BLOCK}
    (stop,) = desk.stops
    assert (stop.candidate, stop.slot, stop.block, stop.samples, stop.planned) == ("bad", "text", 1, BLOCK, SAMPLES)
    assert (stop.behind, stop.gate) == ("good", None)
    assert stop.by is not None
    assert stop.by > RULE.thresholds.near_tie
    (said,) = (notice for notice in result.notices if "stopped early" in notice)
    assert "bad was stopped early, after 20 of 60 samples of text: it cannot overtake good any more" in said
    assert "40 answers were not asked for (about $0.0008," in said  # 20 tokens each, a millionth of a dollar a token
    assert said in desk.watcher.notes
    counts = {count.candidate: count for count in result.counts}
    assert (counts["bad"].planned, counts["bad"].pending) == (BLOCK, 0)
    with Ledger.open(tmp_path, write=False) as ledger:
        assert ledger.pending(Role.ANSWER, retry_failed=True) == []
        rows = {row.candidate: row for row in completeness(ledger)["text"]}
        assert (rows["bad"].planned, rows["bad"].pending, rows["bad"].stopped, rows["bad"].excluded) == (20, 0, 40, 0)
        assert rows["good"].stopped == 0
        assert Counter(calls_frame(ledger)["candidate"]) == {"good": 60, "fair": 60, "bad": 20}
    assert desk.go().exit_code == 0
    assert not desk.sent, "a finished run is not asked again, and nobody is stopped a second time"
    assert len(desk.stops) == 1


def test_the_bound_of_a_stop_is_that_of_its_records(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path, of=planned())
    desk.go()
    (stop,) = desk.stops
    with Ledger.open(tmp_path, write=False) as ledger:
        asked = list(ledger.places())[:BLOCK]
    numbers = [int(sample.removeprefix("s")) for _, _, sample in asked]
    d = np.array([float((37 * i) % 100 < 100) - float((37 * i) % 100 < 10) for i in numbers])
    alpha = 0.05 / 2 / 2  # two rivals, and half of each one's part
    edge = -2 * np.log(alpha)
    rho = (SAMPLES // 2) / (edge + np.log(1 + edge))
    half = d.std(ddof=1) * np.sqrt((BLOCK + rho) * np.log((BLOCK + rho) / (rho * alpha**2))) / BLOCK
    assert stop.by == pytest.approx(d.mean() - half)


def test_off_by_default_everyone_is_asked_everything(tmp_path: Path) -> None:
    of = planned()
    desk = Desk(folder=tmp_path, of=replace(of, settings=replace(of.settings, stop=None)))
    desk.go()
    assert desk.sent == dict.fromkeys(RIGHT, SAMPLES)
    assert desk.stops == ()


@dataclass(kw_only=True)
class Snapshots(Watcher):
    """Copies the store whenever a record is safe: what a kill at that moment would leave."""

    folder: Path
    every: int
    copies: list[Path] = field(default_factory=list)

    def finished(self, record: Record) -> None:
        super().finished(record)
        if len(self.records) % self.every == 0:
            copy = self.folder.with_name(f"killed-after-{len(self.records)}")
            copy.mkdir()
            with (
                closing(sqlite3.connect(self.folder / DATABASE)) as now,
                closing(sqlite3.connect(copy / DATABASE)) as to,
            ):
                now.backup(to)
            self.copies.append(copy)


def test_a_run_that_is_killed_anywhere_comes_to_the_same_stop_and_asks_the_stopped_no_more(tmp_path: Path) -> None:
    watcher = Snapshots(folder=tmp_path / "whole", every=25)
    whole = Desk(folder=watcher.folder, of=planned(), watcher=watcher)
    whole.go()
    assert len(watcher.copies) == (2 * SAMPLES + BLOCK) // 25
    for copy in watcher.copies:
        with Ledger.open(copy, write=False) as ledger:
            before = Counter(record.call.candidate for record in ledger.records(Role.ANSWER))
        resumed = Desk(folder=copy, of=whole.of)
        assert resumed.go().exit_code == 0
        assert resumed.stops == whole.stops, copy.name
        assert before["bad"] + resumed.sent["bad"] <= BLOCK + 16, "what was in flight is sent again, and no more"
        with Ledger.open(copy, write=False) as ledger:
            came = Counter(record.call.candidate for record in ledger.records(Role.ANSWER))
        assert came == {"good": SAMPLES, "fair": SAMPLES, "bad": BLOCK}


def test_a_stop_survives_what_is_tried_again_and_its_own_failures_are_not(tmp_path: Path) -> None:
    lost = {"2+2?", "50+50?"}

    def script(request: Request, target: Target) -> Answer:
        assert isinstance(request, ChatRequest)
        asked = str(request.messages[-1]["content"])
        gone = asked in lost if target.candidate == "good" else target.candidate == "bad" and asked in first[:2]
        return failed("server_error") if gone else by_share(request, target)

    desk = Desk(folder=tmp_path, of=planned(n=80), script=script)
    with desk.begin() as ledger:
        order = [str(call.request.messages[-1]["content"]) for call in ledger.pending(Role.ANSWER)]  # type: ignore[union-attr]
    first = list(dict.fromkeys(order))
    assert desk.go().exit_code == 0
    stops = desk.stops
    assert [stop.candidate for stop in stops] == ["bad"]
    with Ledger.open(tmp_path, write=False) as ledger:
        row = next(row for row in completeness(ledger)["text"] if row.candidate == "bad")
    assert (row.done, row.failed_infra, row.pending) == (stops[0].samples - 2, 2, 0)
    desk.script = by_share
    assert desk.go().exit_code == 0
    assert desk.sent == {"good": 2}, "a resume tries again what was lost, and not for whom it is over"
    assert desk.stops == stops


def test_an_own_failure_counts_as_a_wrong_answer(tmp_path: Path) -> None:
    def script(request: Request, target: Target) -> Answer:
        own = failed("context_too_long", fault=Fault.CANDIDATE)
        return own if target.candidate == "bad" else by_share(request, target)

    desk = Desk(folder=tmp_path, of=planned("good", "bad"), script=script)
    desk.go()
    assert [stop.candidate for stop in desk.stops] == ["bad"]
    assert desk.sent == {"good": SAMPLES, "bad": BLOCK}


@dataclass(frozen=True, kw_only=True)
class HeardRight(Scorer):
    """Whether the transcriber has heard anything."""

    needs = (TRANSCRIBER,)

    def score(self, sample: Sample, output: object, readings: Mapping[str, Reading]) -> Score:  # type: ignore[override]
        del sample, output
        heard = readings["transcriber"].output.text
        return Score(value=float(heard == "words"), reason=str(heard))


def test_what_instruments_measure_is_measured_before_each_look_and_of_the_stopped_no_more(tmp_path: Path) -> None:
    samples = tuple(Sample(id=f"v{i}", input=f"Say {i}.") for i in range(SAMPLES))
    task = Task(name="voice", modality="tts", samples=samples, scorers=(HeardRight(),), primary="heard_right")
    voices: list[Candidate] = [remote(name, modalities=frozenset({"tts"})) for name in ("good", "bad")]
    of = bakeoff(
        *voices, suites=[Suite(name="voices", version=1, tasks=(task,))], stop=StopRule(),
        instruments={"transcriber": embedded("whisper", "transcription")},
    )  # fmt: skip
    noise = b"RIFF-another"
    sha256 = hashlib.sha256(noise).hexdigest()

    def script(request: Request, target: Target) -> Answer:
        if isinstance(request, TranscriptionRequest):
            return answered("noise" if request.audio.sha256 == sha256 else "words")
        clip = spoken()
        assert isinstance(clip.outcome, Output)
        assert clip.outcome.audio is not None
        if target.candidate == "good":
            return clip
        audio = replace(clip.outcome.audio, sha256=sha256, size=len(noise))
        return replace(clip, outcome=replace(clip.outcome, audio=audio), blobs={sha256: noise})

    desk = Desk(folder=tmp_path, of=replace(of, rules={"tts": replace(RULE, slot="tts")}), script=script)
    assert desk.go().exit_code == 0
    assert [stop.candidate for stop in desk.stops] == ["bad"]
    assert desk.sent == {"good": SAMPLES, "bad": BLOCK, "whisper": SAMPLES + BLOCK}


Values = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def look(of: Observations, rule: DecisionRule, samples: int, looks: int) -> list[str]:
    share = shares(rule, len(of.candidates), 0.05)
    bounds = estimates(of, share=share.one_sided / looks / ONE_SIDED)

    def lead(leader: str, challenger: str) -> float | None:
        return at_every_look(of, leader, challenger, samples=samples, alpha=share.quality).difference.low

    return [loss.candidate for loss in losses(rule, of.candidates, bounds, lead)]


def observed(quality: Values, usd: Values) -> Observations:
    c, n = quality.shape
    every = np.ones(n, np.bool_)
    return Observations(
        slot="text", candidates=tuple("abc"[:c]), tasks=("s/t",), task_weight=np.ones(1),
        stratum=np.zeros(n, np.int64), cluster=np.arange(n), quality=quality, asked=np.ones((c, n)),
        scored=np.ones((c, n)), timings={}, dropped=0,
        ratios={"usd_per_1k_requests": Ratio(numerator=usd, denominator=np.ones((c, n)), applies=every)},
    )  # fmt: skip


def test_of_equals_hardly_any_is_stopped_and_who_is_far_behind_nearly_always() -> None:
    """Three equal models over 120 samples, a look each 20: with any stop a model is lost that may be the best."""
    rng, n, runs = np.random.default_rng(7), 120, 60
    rule = replace(
        RULE,
        gates=(),
        criteria=(
            replace(RULE.criteria[0], weight=70),
            Criterion(name="cost", metric="usd_per_1k_requests", worst=10, ideal=0.1, weight=30),
        ),
    )
    wrong = right = 0
    for _ in range(runs):
        easy = rng.normal(0, 1, n)
        usd = rng.lognormal(0, 0.3, (3, n))
        equal = (easy + rng.normal(0, 1, (3, n)) > -0.7).astype(float)
        behind = np.vstack([equal[:2], (easy + rng.normal(0, 1, n) > 1.0).astype(float)[None]])
        ends = range(20, n, 20)
        wrong += any(look(observed(equal[:, :t], usd[:, :t]), rule, n, 6) for t in ends)
        right += any("c" in look(observed(behind[:, :t], usd[:, :t]), rule, n, 6) for t in ends)
    assert wrong <= 0.05 * runs
    assert right >= 0.9 * runs
