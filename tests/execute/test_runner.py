"""The runner: what is sent, in which lanes, what is stored, and how it ends."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.calls import SECRET_IN_ANSWER, Failure, Fault, Output, Role, Usage
from harness.core.candidates import Machine
from harness.core.manifest import Unsent
from harness.core.requests import Request, SpeechRequest, TranscriptionRequest
from harness.core.runs import Bakeoff
from harness.errors import CredentialsError, StoreError, UsageError
from harness.execute.budget import worst_attempt
from harness.execute.runner import RunResult, run
from harness.execute.signals import Stop
from harness.execute.warmup import warm_ups
from harness.store.ledger import DATABASE, Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import (
    KEY,
    WAV,
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
    voice_suite,
    voices,
)
from tests.execute.clock import Clock

pytestmark = pytest.mark.alone


@dataclass(kw_only=True)
class Trip:
    """One run in a folder of its own, resumed as often as it is told to."""

    folder: Path
    planned: Bakeoff
    client: Client = field(default_factory=Client)
    engines: Engines = field(default_factory=Engines)
    watcher: Watcher = field(default_factory=Watcher)
    env: dict[str, str] = field(default_factory=lambda: {"ACME_API_KEY": KEY, "OTHER_API_KEY": KEY})
    clock: Callable[[], float] = time.monotonic

    def go(self) -> RunResult:
        with self.open() as ledger:
            return asyncio.run(
                run(
                    self.planned, ledger, Media(self.folder / "media"), env=self.env, engines=self.engines,
                    progress=self.watcher, client=self.client, clock=self.clock,
                )
            )  # fmt: skip

    def open(self) -> Ledger:
        if (self.folder / DATABASE).exists():
            return Ledger.open(self.folder, write=True)
        return start(self.planned, self.folder)

    def records(self, role: Role | None = None) -> list[Any]:
        with Ledger.open(self.folder, write=False) as ledger:
            return list(ledger.records(role))

    def sent(self) -> Counter[str]:
        return Counter(candidate for candidate, _ in self.client.sent)


def test_every_call_is_sent_once_and_stored_and_a_resume_sends_nothing(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), remote("b"), embedded("c"), epochs=2))
    result = trip.go()
    assert result.exit_code == 0
    assert result.outputs == len(trip.client.sent) == len(trip.watcher.records) == 24
    assert trip.sent() == {"a": 8, "b": 8, "c": 8}
    assert trip.watcher.phases == [("answers", {"a": 8, "b": 8, "c": 8})]
    assert sorted(r.call.key for r in trip.watcher.records) == sorted(r.call.key for r in trip.records())
    again = trip.go()
    assert (again.exit_code, again.outputs, len(trip.client.sent)) == (0, 24, 24)


def test_a_record_holds_what_came(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a", usd="0.01"), suites=[text_suite(1)]))
    trip.go()
    (record,) = trip.records()
    assert record.outcome == answered().outcome
    assert record.attempts == answered().attempts
    assert record.usage == answered().usage
    assert (record.cost_usd, record.cost_source) == (Decimal("0.20"), "provider")
    assert record.marks.queue_ms is not None
    assert replace(record.marks, queue_ms=None) == answered().marks
    assert record == trip.watcher.records[0]


def test_a_record_is_committed_before_it_is_shown_and_an_intent_before_it_is_sent(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), suites=[text_suite(8)], max_in_flight=4))

    def state(key: str) -> str | None:
        with sqlite3.connect(tmp_path / DATABASE) as connection:
            found = connection.execute(
                "SELECT state FROM plan JOIN call ON call.plan = plan.id WHERE key = ?", (key,)
            ).fetchone()
        connection.close()
        return None if found is None else str(found[0])

    texts = {}
    with trip.open() as ledger:
        for call in ledger.pending(Role.ANSWER):
            texts[str(call.request)] = call.key
    shown: list[str | None] = []
    sent: list[str | None] = []
    trip.client.script = lambda request, _: sent.append(state(texts[str(request)])) or answered()  # type: ignore[func-returns-value]
    trip.watcher.finished = lambda record: shown.append(state(record.call.key))  # type: ignore[method-assign]
    trip.go()
    assert sent == ["intent"] * 8
    assert shown == ["done"] * 8


def test_embedded_candidates_share_one_exclusive_lane_and_remote_ones_their_limits(tmp_path: Path) -> None:
    planned = bakeoff(
        embedded("a"), embedded("b"), remote("x", max_in_flight=2), remote("y"), suites=[text_suite(8)], max_in_flight=5
    )
    trip = Trip(folder=tmp_path, planned=planned, client=Client(delay_s=0.01))
    assert trip.go().exit_code == 0
    assert trip.client.most["local/"] == 1
    assert trip.client.most["x"] == 2
    assert 3 <= trip.client.most["y"] <= 5
    assert trip.client.most["*"] <= 6
    assert trip.engines.log[:2] == ["start a", "start b"]
    local = [candidate for candidate, _ in trip.client.sent if candidate in "ab"]
    assert all(set(local[i : i + 2]) == {"a", "b"} for i in range(0, 16, 2))  # side by side, not one after the other


def test_waiting_in_our_own_lane_is_measured_apart(tmp_path: Path) -> None:
    planned = bakeoff(remote("x"), remote("y"), suites=[text_suite(2)], max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned, client=Client(delay_s=0.1))
    trip.go()
    waits = sorted(r.marks.queue_ms for r in trip.records())
    assert waits[0] < 90
    assert waits[-1] >= 90


def test_voices_are_measured_after_the_answers_one_instrument_at_a_time(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=voices(embedded("a", "tts"), embedded("b", "tts")))
    trip.client.script = heard
    result = trip.go()
    assert result.exit_code == 0
    assert trip.watcher.phases == [("answers", {"a": 2, "b": 2}), ("instruments", {"whisper": 4, "dnsmos": 4})]
    order = [candidate for candidate, _ in trip.client.sent]
    assert order == [*order[:4], *["whisper"] * 4, *["dnsmos"] * 4]
    assert trip.engines.log == [
        "start a", "start b", "stop a", "stop b", "start whisper", "stop whisper", "start dnsmos",
    ]  # fmt: skip
    assert Media(tmp_path / "media").get(trip.records(Role.ANSWER)[0].outcome.audio.sha256) == WAV
    readings = trip.records(Role.INSTRUMENT)
    assert Counter(r.call.instrument for r in readings) == {"transcriber": 4, "mos": 4}
    assert {r.call.measures for r in readings} == {r.call.key for r in trip.records(Role.ANSWER)}
    trip.go()
    assert len(trip.client.sent) == 12


def heard(request: Request, _: Target) -> Answer:
    if isinstance(request, SpeechRequest):
        return spoken()
    if isinstance(request, TranscriptionRequest):
        return answered("say")
    return replace(answered(), outcome=Output(values={"ovrl": 3.0}))


def test_a_resumed_run_buys_only_the_readings_that_are_missing(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=voices(embedded("a", "tts")))
    trip.client.script = lambda request, target: (
        failed("server_error") if target.candidate == "dnsmos" else heard(request, target)
    )
    assert trip.go().exit_code == 4
    trip.client.script = heard
    trip.client.sent.clear()
    assert trip.go().exit_code == 0
    assert trip.sent() == {"dnsmos": 2}


def test_infra_failures_are_retried_by_a_resume_and_the_candidates_own_are_not(tmp_path: Path) -> None:
    own = failed("context_too_long", fault=Fault.CANDIDATE)
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), remote("b"), max_infra_failure_rate=0.5))
    trip.client.script = lambda _, target: failed("reset") if target.candidate == "a" else own
    result = trip.go()
    assert result.exit_code == 4
    assert any("a: none of its 4 answers can be used" in notice for notice in result.notices)
    assert not any(notice.startswith("b:") for notice in result.notices)
    trip.client.sent.clear()
    trip.client.script = lambda *_: answered()
    assert trip.go().exit_code == 0
    assert trip.sent() == {"a": 4}


def test_an_answer_that_took_too_long_is_measured_and_no_resume_asks_again(tmp_path: Path) -> None:
    planned = bakeoff(remote("a"), suites=[text_suite(4)], max_infra_failure_rate=0.5, max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)
    trip.client.script = lambda *_: failed("timeout") if len(trip.client.sent) == 1 else answered()
    assert trip.go().exit_code == 0
    trip.client.sent.clear()
    result = trip.go()
    assert (trip.client.sent, result.counts[0].failed_infra) == ([], 1)


def test_an_instrument_that_took_too_long_is_asked_again(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=voices(embedded("a", "tts")))
    trip.client.script = lambda request, target: (
        failed("timeout") if target.candidate == "dnsmos" else heard(request, target)
    )
    trip.go()
    trip.client.script = heard
    trip.client.sent.clear()
    assert trip.go().exit_code == 0
    assert trip.sent() == {"dnsmos": 2}


def test_failures_of_the_candidates_own_can_be_judged(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a")))
    trip.client.script = lambda *_: failed("empty", fault=Fault.CANDIDATE)
    result = trip.go()
    assert (result.outputs, result.answered, result.exit_code) == (0, 4, 0)


def test_an_instrument_that_does_not_start_ends_no_run(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=voices(embedded("a", "tts")), engines=Engines(broken={"whisper"}))
    trip.client.script = heard
    result = trip.go()
    assert (result.exit_code, result.outputs, list(result.fatal)) == (4, 2, ["whisper"])
    assert "Nothing more is sent to whisper: the engine 'whisper' does not start" in result.notices
    assert trip.sent() == {"a": 2, "dnsmos": 2}
    trip.engines.broken.clear()
    trip.client.sent.clear()
    assert trip.go().exit_code == 0
    assert trip.sent() == {"whisper": 2}


def test_an_engine_that_does_not_start_before_the_answers_is_refused(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(embedded("a"), remote("b")), engines=Engines(broken={"a"}))
    with pytest.raises(UsageError, match="does not start"):
        trip.go()
    assert trip.client.sent == []


@pytest.mark.parametrize(
    ("bad", "exit_code"),
    [pytest.param(1, 0, id="within the limit"), pytest.param(2, 4, id="beyond the limit")],
)
def test_too_many_infra_failures_make_a_run_incomplete(tmp_path: Path, bad: int, exit_code: int) -> None:
    planned = bakeoff(remote("a"), suites=[text_suite(10)], max_infra_failure_rate=0.1, max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)
    trip.client.script = lambda *_: failed("reset") if len(trip.client.sent) <= bad else answered()
    result = trip.go()
    assert result.exit_code == exit_code
    assert bool([n for n in result.notices if "failed for no fault of its own" in n]) is (exit_code == 4)


@pytest.mark.parametrize(
    ("kind", "stopped"),
    [
        pytest.param("credentials", {"a", "b"}, id="a refused key concerns the provider"),
        pytest.param("quota", {"a", "b"}, id="so does spent credit"),
        pytest.param("model_not_found", {"a"}, id="an unknown model concerns itself"),
    ],
)
def test_a_fatal_failure_ends_what_it_concerns(tmp_path: Path, kind: str, stopped: set[str]) -> None:
    elsewhere = remote("c", model="other/c", api_key_env="OTHER_API_KEY")
    planned = bakeoff(remote("a"), remote("b"), elsewhere, suites=[text_suite(20)], max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)
    trip.client.script = lambda _, target: failed(kind) if target.candidate == "a" else answered()
    result = trip.go()
    assert result.exit_code == 3
    assert set(result.fatal) == stopped
    assert trip.sent()["a"] == 1
    assert trip.sent()["b"] <= 2 if "b" in stopped else trip.sent()["b"] == 20
    assert trip.sent()["c"] == 20
    counts = {count.candidate: count for count in result.counts}
    assert (counts["a"].failed_infra, counts["a"].pending) == (1, 19)
    (problem,) = result.problems
    assert "it failed" in problem.message
    assert any(
        note.startswith(f"Nothing more is sent to {', '.join(sorted(stopped))}: ") for note in trip.watcher.notes
    )
    trip.client.script = lambda *_: answered()
    assert trip.go().exit_code == 0


def test_a_bug_is_a_harness_failure_with_its_traceback_and_the_run_goes_on(tmp_path: Path) -> None:
    def script(request: Request, _: Target) -> Answer:
        if "2+2?" in str(request):
            raise KeyError(f"lost {KEY}")
        return answered()

    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a")), client=Client(script=script))
    result = trip.go()
    assert (result.exit_code, result.outputs) == (70, 3)
    (bug,) = [r for r in trip.records() if isinstance(r.outcome, Failure)]
    assert (bug.outcome.fault, bug.outcome.kind) == (Fault.HARNESS, "bug")
    assert "KeyError: 'lost [redacted]'" in bug.outcome.message
    assert "in script" in bug.attempts[0].detail
    assert KEY not in str(bug)


def test_an_answer_that_cannot_be_stored_is_a_bug_and_not_the_end(tmp_path: Path) -> None:
    absurd = answered(usage=Usage(input_tokens=10**30, source="provider"))
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a", usd=None), suites=[text_suite(2)], max_in_flight=1))
    trip.client.script = lambda *_: absurd if len(trip.client.sent) == 1 else answered()
    result = trip.go()
    assert (result.exit_code, result.outputs) == (70, 1)


def test_no_secret_reaches_the_store(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), suites=[text_suite(2)], max_in_flight=1))
    said = f"my key is {KEY} and sk-abcdefghijklmnop"
    trip.client.script = lambda *_: (
        failed("server_error", message=said) if len(trip.client.sent) == 1 else answered(said)
    )
    trip.go()
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in stored
    assert stored.count(b"sk-abcdefghijklmnop") == 1  # in the model's own words, which patterns must not change
    flagged = [record.attempts[-1].detail for record in trip.records() if isinstance(record.outcome, Output)]
    assert flagged == [SECRET_IN_ANSWER]
    (noted,) = [note for note in trip.watcher.notes if SECRET_IN_ANSWER in note]
    assert noted.startswith(f"a {SECRET_IN_ANSWER} (arith/sums/s")


def test_whatever_a_provider_can_say_is_cleaned(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), suites=[text_suite(1)]))
    said = Output(text=KEY, reasoning=KEY, tool_calls=({"name": KEY, "arguments": KEY},), finish_reason=KEY, model=KEY)
    attempts = (replace(answered().attempts[0], request_id=KEY),)
    trip.client.script = lambda *_: replace(answered(), outcome=said, attempts=attempts)
    trip.go()
    (record,) = trip.records()
    assert str(record).count("[redacted]") == 7
    assert KEY not in str(record)


def test_a_secret_is_known_by_its_use_whatever_its_variable_is_called(tmp_path: Path) -> None:
    params: dict[str, Any] = {"extra_headers": {"X-Team": "os.environ/PROD_CRED_2"}, "stop": ["os.environ/PROD_CRED_3"]}
    named = remote("a", api_key_env="PROD_CRED_1", params=params)
    trip = Trip(folder=tmp_path, planned=bakeoff(named, suites=[text_suite(1)]))
    trip.env = {f"PROD_CRED_{i}": f"canary-number-{i}" for i in range(1, 5)}
    trip.client.script = lambda *_: failed("server_error", message=" ".join(trip.env.values()))
    trip.go()
    (record,) = trip.records()
    assert record.outcome.message == "[redacted] [redacted] [redacted] canary-number-4"


def test_a_budget_is_never_passed_and_what_was_answered_is_kept(tmp_path: Path) -> None:
    each = Decimal("0.20")  # 20 tokens; the worst case is more
    planned = bakeoff(remote("a", usd="0.01"), suites=[text_suite(50)], budget_usd=Decimal(5), max_in_flight=8)
    trip = Trip(folder=tmp_path, planned=planned, client=Client(delay_s=0.002))
    result = trip.go()
    assert result.exit_code == 5
    assert any("could pass the budget of $5" in notice for notice in result.notices)
    with Ledger.open(tmp_path, write=False) as ledger:
        spent = ledger.spent()
    assert spent == result.outputs * each == len(trip.client.sent) * each
    assert Decimal(5) - spent < Decimal("1.5")  # it stops when the next worst case would not fit, not long before
    trip.client.sent.clear()
    assert trip.go().exit_code == 5  # the ceiling spans resumes
    assert trip.client.sent == []
    trip.planned = replace(planned, settings=replace(planned.settings, budget_usd=Decimal(50)))
    assert trip.go().exit_code == 0
    assert len(trip.client.sent) == 50 - result.outputs


def test_retries_are_held_against_the_budget_too(tmp_path: Path) -> None:
    planned = bakeoff(remote("a", usd="0.01"), suites=[text_suite(2)], budget_usd=Decimal(1), max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned, client=Client(attempts=9))
    result = trip.go()
    assert result.exit_code == 5
    assert result.outputs == 0
    assert 1 <= len(trip.client.sent) < 9
    with Ledger.open(tmp_path, write=False) as ledger:
        assert Decimal("0.3") < ledger.spent() <= 1  # each attempt may have been billed
        assert len(ledger.pending(Role.ANSWER)) == 2


def test_a_machine_costs_nothing_of_the_budget(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(embedded("a"), budget_usd=Decimal("0.000001")))
    assert trip.go().exit_code == 0
    assert {(r.cost_usd, r.cost_source) for r in trip.records()} == {(Decimal("0.0005"), "machine")}


def test_an_engine_that_died_is_started_again(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(embedded("a")))
    trip.client.heard = lambda *_: trip.engines.up.clear() if len(trip.client.sent) == 2 else None
    assert trip.go().exit_code == 0
    assert trip.engines.log == ["start a", "start a"]


def test_a_finished_run_needs_no_key(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), budget_usd=Decimal(1)))
    trip.go()
    trip.env = {}
    assert trip.go().exit_code == 0


@pytest.mark.parametrize(
    ("planned", "env", "error"),
    [
        pytest.param(bakeoff(remote("a", usd=None), budget_usd=Decimal(1)), None, UsageError, id="unpriced"),
        pytest.param(bakeoff(remote("a")), {}, CredentialsError, id="no key"),
        pytest.param(
            bakeoff(embedded("v", "tts"), suites=[voice_suite()],
                    instruments={**voices().instruments, "mos": remote("m")}),
            {}, CredentialsError, id="no key for an instrument",
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_before_anything_is_sent(
    tmp_path: Path, planned: Bakeoff, env: dict[str, str] | None, error: type[Exception]
) -> None:
    trip = Trip(folder=tmp_path, planned=planned)
    trip.env = trip.env if env is None else env
    with pytest.raises(error):
        trip.go()
    assert (trip.client.sent, trip.engines.log) == ([], [])


def test_a_failing_store_ends_the_run_with_74(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), suites=[text_suite(50)], max_in_flight=4))
    ledger = trip.open()

    def script(*_: object) -> Answer:
        if len(trip.client.sent) >= 10:
            writer: Any = ledger._writer
            writer._connection.execute("PRAGMA query_only = ON")
        return answered()

    trip.client.script = script
    with ledger, pytest.raises(StoreError) as caught:
        asyncio.run(
            run(
                trip.planned, ledger, Media(tmp_path / "media"), env=trip.env, engines=trip.engines,
                progress=trip.watcher, client=trip.client,
            )
        )  # fmt: skip
    assert caught.value.exit_code == 74
    assert len(trip.client.sent) < 20
    assert len(trip.records()) == len(trip.watcher.records)


def test_an_interrupt_lets_calls_finish_and_sends_no_more(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), suites=[text_suite(50)], max_in_flight=4))
    trip.client.delay_s = 0.01

    async def story() -> RunResult:
        stop = Stop(drain_s=5)

        def script(*_: object) -> Answer:
            if len(trip.client.sent) >= 12 and not stop.interrupted:
                stop.interrupt()
            return answered()

        trip.client.script = script
        with trip.open() as ledger:
            return await run(
                trip.planned, ledger, Media(tmp_path / "media"), env=trip.env, engines=trip.engines,
                progress=trip.watcher, client=trip.client, stop=stop,
            )  # fmt: skip

    result = asyncio.run(story())
    assert result.exit_code == 130
    assert result.outputs == len(trip.client.sent) <= 16
    assert trip.go().exit_code == 0
    assert len(trip.client.sent) == 50


@pytest.mark.parametrize("how", ["second signal", "drain timeout"])
def test_calls_that_are_dropped_are_pending_again(tmp_path: Path, how: str) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a", usd="0.01"), suites=[text_suite(8)], max_in_flight=4))
    trip.client.delay_s = 60

    async def story() -> RunResult:
        stop = Stop(drain_s=0.1 if how == "drain timeout" else 60)
        asyncio.get_running_loop().call_later(0.3, stop.interrupt)
        if how == "second signal":
            asyncio.get_running_loop().call_later(0.4, stop.interrupt)
        with trip.open() as ledger:
            return await run(
                trip.planned, ledger, Media(tmp_path / "media"), env=trip.env, engines=trip.engines,
                progress=trip.watcher, client=trip.client, stop=stop,
            )  # fmt: skip

    result = asyncio.run(story())
    assert (result.exit_code, result.outputs) == (130, 0)
    assert len(trip.client.sent) == 4
    with Ledger.open(tmp_path, write=False) as ledger:
        assert len(ledger.pending(Role.ANSWER)) == 8
        assert ledger.uncertain() == []
        assert ledger.spent() > 0  # what was sent may have been billed
    trip.client.delay_s = 0
    trip.client.sent.clear()
    assert trip.go().exit_code == 0
    assert len(trip.client.sent) == 8


def test_calls_of_a_dead_process_are_named_with_what_they_may_have_cost(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a", usd="0.01")))
    with trip.open() as ledger:
        call = ledger.pending(Role.ANSWER)[0]
        asyncio.run(ledger.intend(call.key, 3, Decimal("0.9")))
    result = trip.go()
    assert result.exit_code == 0
    notice, *_ = [n for n in result.notices if "may have been billed" in n]
    assert notice.startswith("1 calls were in flight when an earlier process ended")
    assert "(at most $0.9)" in notice, "all of its attempts"


def test_a_rate_holds_for_requests_on_the_wire(tmp_path: Path) -> None:
    planned = bakeoff(remote("a", requests_per_minute=600), suites=[text_suite(4)])
    trip = Trip(folder=tmp_path, planned=planned)
    trip.go()
    waits = sorted(r.marks.queue_ms for r in trip.records())
    assert [round(w / 100) for w in waits] == [0, 1, 1, 1]  # each while it was the next


def test_who_waits_for_a_rate_keeps_no_place(tmp_path: Path) -> None:
    planned = bakeoff(remote("slow", requests_per_minute=300), remote("b"), suites=[text_suite(4)], max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)
    assert trip.go().exit_code == 0
    order = [candidate for candidate, _ in trip.client.sent]
    assert sorted(order[:5]) == ["b"] * 4 + ["slow"]


def test_candidates_of_one_machine_share_its_places_and_its_time(tmp_path: Path) -> None:
    machine = Machine(usd_per_hour=Decimal(36))
    address = "http://gpu:8000/v1"
    planned = bakeoff(
        remote("a", machine=machine, base_url=address, max_in_flight=2),
        remote("b", machine=machine, base_url=f"{address}/", max_in_flight=3),
        remote("c", machine=machine, base_url="http://other:8000/v1"),
        suites=[text_suite(6)],
    )
    clock = Clock()
    pair = asyncio.Barrier(2)

    class Pairs(Client):
        """Calls of that machine come in pairs, and each pair takes a second."""

        async def _work(self) -> None:
            if self.sent[-1][0] != "c":
                clock.now += pair.n_waiting  # the second finds the first
                async with asyncio.timeout(30):
                    await pair.wait()

    trip = Trip(folder=tmp_path, planned=planned, client=Pairs(clock=clock), clock=clock)
    most: list[int] = []
    flying = trip.client._now
    trip.client.heard = lambda name, _: None if name == "c" else most.append(flying["a"] + flying["b"] + 1)
    trip.go()
    assert max(most) == 2
    shared = sum(r.usage.busy_seconds for r in trip.records() if r.call.candidate != "c")
    assert shared == pytest.approx(0.5 * 12 / 2)  # each says 0.5 s, and two at once share it


def test_a_lane_that_asks_for_too_long_a_wait_is_parked_and_the_others_go_on(tmp_path: Path) -> None:
    elsewhere = remote("c", model="other/c", api_key_env="OTHER_API_KEY")
    planned = bakeoff(remote("a", usd="0.01"), remote("b"), elsewhere, suites=[text_suite(40)], max_in_flight=2)
    trip = Trip(folder=tmp_path, planned=planned)
    later = failed("rate_limit")
    later = replace(later, attempts=(replace(later.attempts[0], retry_after_s=3600.0),))
    trip.client.script = lambda _, target: later if target.candidate == "a" else answered()
    result = trip.go()
    assert result.exit_code == 4
    assert set(result.fatal) == {"a", "b"}
    (notice,) = [n for n in result.notices if "parked" in n]
    assert notice.startswith("The lane acme (a, b) is parked: it asks to wait 3600 s")
    assert "It says that it will be back at 20" in notice
    assert (trip.sent()["a"] <= 2, trip.sent()["b"] <= 3, trip.sent()["c"]) == (True, True, 40)
    counts = {count.candidate: count for count in result.counts}
    assert (counts["a"].pending, counts["a"].failed_infra) == (40, 0)
    with Ledger.open(tmp_path, write=False) as ledger:
        assert ledger.spent() == sum(r.cost_usd for r in trip.records())  # to be turned away costs nothing
    trip.client.script = lambda *_: answered()
    assert trip.go().exit_code == 0


def test_a_model_that_is_gone_stays_so_when_its_account_is_parked(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), remote("b"), suites=[text_suite(20)], max_in_flight=1))
    later = replace(failed("rate_limit"), attempts=(replace(failed("rate_limit").attempts[0], retry_after_s=3600.0),))

    def script(_: Request, target: Target) -> Answer:
        gone = failed("model_not_found") if target.candidate == "a" else later
        return gone if target.candidate == "a" or trip.sent()["a"] else answered()

    trip.client.script = script
    result = trip.go()
    assert any("is parked: it asks to wait" in notice for notice in result.notices)
    assert (set(result.fatal), result.exit_code) == ({"a", "b"}, 3)


def test_a_dead_model_is_parked_alone(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), remote("b"), suites=[text_suite(40)], max_in_flight=2))
    down = failed("server_error")
    later = replace(down, attempts=(replace(down.attempts[0], retry_after_s=3600.0),))
    trip.client.script = lambda _, target: answered() if target.candidate == "b" else later
    result = trip.go()
    assert (set(result.fatal), trip.sent()["b"], result.exit_code) == ({"a"}, 40, 4)
    assert any("The lane acme (a) is parked" in notice for notice in result.notices)


def test_a_call_that_is_dropped_before_its_intent_has_landed_was_never_sent(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a", usd="0.01"), suites=[text_suite(4)], max_in_flight=2))

    async def story() -> RunResult:
        stop = Stop(drain_s=60)
        with trip.open() as ledger:
            whole = ledger.intend

            async def intend(key: str, attempt: int, estimate: Decimal | None) -> None:
                await whole(key, attempt, estimate)
                stop.interrupt()
                stop.interrupt()
                await asyncio.sleep(60)  # committed, and nobody has heard of it yet

            ledger.intend = intend  # type: ignore[method-assign]
            return await run(
                trip.planned, ledger, Media(tmp_path / "media"), env=trip.env, engines=trip.engines,
                progress=trip.watcher, client=trip.client, stop=stop,
            )  # fmt: skip

    assert asyncio.run(story()).exit_code == 130
    assert trip.client.sent == []
    with Ledger.open(tmp_path, write=False) as ledger:
        assert (ledger.uncertain(), ledger.spent(), len(ledger.pending(Role.ANSWER))) == ([], 0, 4)


def test_waiting_behind_other_calls_is_no_wish_of_the_provider(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), suites=[text_suite(3)], max_in_flight=1))
    said: list[float] = []

    class Asked(Client):
        async def __call__(self, *args: Any, before_attempt: Callable[[int], Any], **options: Any) -> Answer:
            async def before(number: int) -> float:
                said.append(await before_attempt(number))
                return said[-1]

            return await super().__call__(*args, before_attempt=before, **options)

    trip.client = Asked(delay_s=0.02, attempts=2)
    trip.go()
    assert said == [0] * 6
    assert max(r.marks.queue_ms for r in trip.records()) > 10


def test_who_has_answered_an_earlier_process_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.execute.ending.UNCONNECTED_FOR_S", 0.0)
    gone = failed("connection", message="cannot connect to h")
    planned = bakeoff(remote("a"), remote("b", model="new/b"), suites=[text_suite(4)], max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)  # one at a time, or the first answer may land after three refusals
    trip.client.script = lambda _, target: answered() if (target.candidate, trip.sent()["a"]) == ("a", 1) else gone
    assert trip.go().fatal.keys() == {"b"}, "three times nobody was there"
    trip.client.script = lambda *_: gone
    again = trip.go()
    assert again.fatal.keys() == {"b"}
    assert [count.failed_infra for count in again.counts if count.candidate == "a"] == [3]
    assert trip.sent()["a"] == 4 + 3


def test_a_retry_waits_for_money_that_others_give_back(tmp_path: Path) -> None:
    planned = bakeoff(remote("a", usd="0.01"), suites=[text_suite(2)], max_in_flight=2)
    trip = Trip(folder=tmp_path, planned=planned)
    with trip.open() as ledger:
        worst = worst_attempt(ledger.pending(Role.ANSWER)[0], planned.candidates[0])
    assert worst is not None
    assert worst > Decimal("0.22")
    # a third attempt has room as soon as one of two calls has cost its 0.20
    trip.planned = replace(planned, settings=replace(planned.settings, budget_usd=2 * worst + Decimal("0.22")))
    each = iter([Client(attempts=2, delay_s=0.1), Client(delay_s=0.5)])

    async def client(*args: Any, **options: Any) -> Answer:
        return await next(each)(*args, **options)

    trip.client = client  # type: ignore[assignment]
    result = trip.go()
    assert (result.exit_code, result.outputs) == (0, 2)


def test_each_remote_candidate_is_warmed_up_first_and_a_resume_opens_its_connections(tmp_path: Path) -> None:
    planned = bakeoff(remote("a"), remote("b", max_in_flight=1), embedded("c"), warm_up=None, max_in_flight=4)
    trip = Trip(folder=tmp_path, planned=planned, client=Client(delay_s=0.01))
    trip.client.script = lambda request, target: (
        failed("reset") if target.candidate == "a" and "3+3?" in str(request) else answered()
    )
    result = trip.go()
    assert result.exit_code == 4
    assert (result.outputs, result.answered) == (11, 11)
    counts = {count.candidate: (count.planned, count.outputs) for count in result.counts if count.role is Role.WARMUP}
    assert counts == {"a": (8, 8), "b": (5, 5)}
    asked = {name: [str(request) for of, request in trip.client.sent if of == name] for name in "abc"}
    for name, warm in (("a", 8), ("b", 5), ("c", 0)):
        assert ["Say OK." in request for request in asked[name]] == [True] * warm + [False] * 4
    assert trip.watcher.phases == [("answers", {"a": 4, "b": 4, "c": 4})]
    assert len(trip.records(Role.ANSWER)) == 12
    trip.client.sent.clear()
    trip.client.script = lambda *_: answered()
    assert trip.go().exit_code == 0
    assert trip.sent() == {"a": 1 + 1}
    records = trip.records(Role.WARMUP)
    assert sorted(r.call.epoch for r in records if r.call.candidate == "a") == list(range(9))
    assert all(r.cost_usd == Decimal("0.00002") for r in records)
    with Ledger.open(tmp_path, write=False) as ledger:
        assert ledger.spent() == sum(r.cost_usd for r in trip.records() if r.call.candidate != "c")
    trip.client.sent.clear()
    trip.go()
    assert trip.client.sent == []


def test_an_accounts_first_request_goes_alone(tmp_path: Path) -> None:
    planned = bakeoff(remote("a"), remote("b"), warm_up=None, max_in_flight=8, suites=[text_suite(20)])
    trip = Trip(folder=tmp_path, planned=planned, client=Client(delay_s=0.01))
    trip.client.script = lambda *_: failed("credentials")
    result = trip.go()
    assert result.exit_code == 3
    assert len(trip.client.sent) == 1
    trip.client.script = lambda *_: answered()
    trip.client.sent.clear()
    assert trip.go().exit_code == 0
    assert trip.client.most["*"] == 8


def test_those_who_have_answered_are_warmed_up_at_once(tmp_path: Path) -> None:
    planned = bakeoff(remote("a"), warm_up=None, max_in_flight=2)
    trip = Trip(folder=tmp_path, planned=planned, client=Client(delay_s=0.1))
    trip.client.script = lambda request, _: answered() if "0+0?" in str(request) else failed("bad_request")
    trip.go()
    beside: list[int] = []
    trip.client.script = lambda *_: answered()
    trip.client.heard = lambda name, request: (
        beside.append(trip.client._now[name]) if "Say OK." in str(request) else None
    )
    trip.go()
    assert beside == [0, 1], "two at once open two connections; one after the other would open one"


@pytest.mark.parametrize(
    ("budget", "warm", "answers"),
    [
        pytest.param("0.2", 0, 0, id="no answer at all"),
        pytest.param("0.25", 0, 1, id="an answer, but none after a warm-up"),
        pytest.param("1.5", 5, 2, id="a warm-up, and answers after it"),
    ],
)
def test_nobody_is_warmed_up_whose_answer_could_not_be_paid_for_after_it(
    tmp_path: Path, budget: str, warm: int, answers: int
) -> None:
    planned = bakeoff(remote("a", usd="0.01"), warm_up=None, budget_usd=Decimal(budget), max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)
    result = trip.go()
    assert result.exit_code == 5
    assert ["Say OK." in str(request) for _, request in trip.client.sent] == [True] * warm + [False] * answers
    assert any("a: not warmed up" in notice for notice in result.notices) is (answers > 0 and not warm)
    nothing = "a: none of its 4 answers came (the budget is spent)."
    assert (nothing in result.notices) is (answers == 0)
    assert not any("can be used" in notice for notice in result.notices)
    assert result.unsent == {"a": Unsent.BUDGET}


def test_requests_without_a_price_are_kept_for_answers(tmp_path: Path) -> None:
    planned = bakeoff(remote("a", usd=None), warm_up=3, budget_usd=Decimal(1), max_unpriced_calls=3, max_in_flight=1)
    trip = Trip(folder=tmp_path, planned=planned)
    assert trip.go().exit_code == 5
    assert ["Say OK." in str(request) for _, request in trip.client.sent] == [False] * 3


def test_a_warm_up_that_fails_is_no_shortcoming(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a"), warm_up=2))
    trip.client.script = lambda request, _: failed("bad_request") if "Say OK." in str(request) else answered()
    result = trip.go()
    assert (result.exit_code, result.notices) == (0, ())


def test_a_run_that_was_not_warmed_up_says_so(tmp_path: Path) -> None:
    for name, candidate, warm_up, says in (("x", remote("a"), 0, True), ("y", remote("a"), 1, False),
                                           ("z", embedded("a"), 0, False)):  # fmt: skip
        result = Trip(folder=tmp_path / name, planned=bakeoff(candidate, warm_up=warm_up)).go()
        assert any("not warmed up" in notice for notice in result.notices) is says


def test_a_warm_up_call_of_a_dead_process_is_paid_and_forgotten(tmp_path: Path) -> None:
    trip = Trip(folder=tmp_path, planned=bakeoff(remote("a", usd="0.01"), warm_up=2))
    with trip.open() as ledger:
        (call, *_) = warm_ups(trip.planned, ledger.pending(Role.ANSWER))
        ledger.add_calls([call])
        asyncio.run(ledger.intend(call.key, 1, Decimal("0.3")))
    result = trip.go()
    assert not any("sent again" in notice for notice in result.notices)
    with Ledger.open(tmp_path, write=False) as ledger:
        assert ledger.spent() == Decimal("0.3") + 6 * Decimal("0.2")
