"""Runs over a real wire: the runner, the real clients and LiteLLM against a server whose truth is known."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.clients.in_process import InProcessTap
from harness.clients.reply import Reply
from harness.clients.sender import Here, Sender
from harness.clients.tap_process import ProcessTap
from harness.core.calls import Failure, Output, Role
from harness.core.candidates import Candidate, Machine, Prices
from harness.core.rules import Criterion, DecisionRule
from harness.core.runs import Bakeoff
from harness.core.stopping import StopRule
from harness.core.suites import Sample, Suite, Task
from harness.errors import TapError
from harness.execute.runner import RunResult, run
from harness.scorers import ExactMatch, OrderedClip
from harness.store.check import check
from harness.store.ledger import Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import Engines, Watcher, bakeoff, start, text_suite, voice_suite
from tests.fake_provider import FakeProvider, Fault, Pace, echo_key, hang, reset, status

CANARY = "sk-canary-0123456789abcdef"
TEN_WORDS = "one two three four five six seven eight nine ten"
TENTH_OF_A_CENT_A_WORD = Prices(
    usd={"input_cost_per_token": Decimal(0), "output_cost_per_token": Decimal("0.001")}, source="test"
)


def served(provider: FakeProvider, name: str, modality: str) -> Candidate:
    return Candidate(
        name=name,
        model=f"openai/fake/{name}",
        modalities=frozenset({modality}),
        base_url=provider.url,
        api_key_env="FAKE_API_KEY",
        prices=Prices(
            usd={
                "input_cost_per_token": Decimal("0.001"),
                "output_cost_per_token": Decimal("0.002"),
                "input_cost_per_character": Decimal("0.0001"),
            },
            source="test",
        ),
    )


def go(planned: Bakeoff, ledger: Ledger, folder: Path, *, sender: Sender | None = None) -> "asyncio.Future[RunResult]":
    return asyncio.ensure_future(
        run(
            planned, ledger, Media(folder / "media"), env={"FAKE_API_KEY": CANARY}, engines=Engines(),
            progress=Watcher(), sender=sender,
        )
    )  # fmt: skip


def test_answers_and_readings_over_the_wire_and_a_resume_that_sends_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeProvider(faults=[status(500), None, status(429, retry_after="0")]) as provider:
            planned = bakeoff(
                served(provider, "echo", "text"),
                served(provider, "voice", "tts"),
                suites=[text_suite(6), voice_suite(3)],
                instruments={
                    "transcriber": served(provider, "listener", "transcription"),
                    "mos": served(provider, "judge", "mos"),
                },
            )
            with start(planned, tmp_path) as ledger:
                result = await go(planned, ledger, tmp_path)
                assert result.exit_code == 0, result
                answers, readings = list(ledger.records(Role.ANSWER)), list(ledger.records(Role.INSTRUMENT))
                assert (len(answers), len(readings)) == (9, 6)
                assert len(provider.requests) == 15 + 2  # two attempts failed and were tried again
                assert sum(len(r.attempts) for r in answers) == 11
                texts = {r.call.sample: r.outcome.text for r in answers if isinstance(r.outcome, Output)}
                assert texts["s3"] == "3+3?"
                for record in answers:
                    assert record.marks.total_ms is not None
                    assert record.marks.queue_ms is not None
                    assert record.marks.queue_ms < 10_000  # LiteLLM is loaded before the first call, not in it
                    assert record.cost_usd is not None
                    assert record.cost_usd > 0
                spoken = next(r.outcome for r in answers if r.call.task == "voice")
                assert isinstance(spoken, Output)
                assert spoken.audio is not None
                assert Media(tmp_path / "media").get(spoken.audio.sha256)[:4] == b"RIFF"
                heard = [r.outcome for r in readings if r.call.instrument == "transcriber"]
                assert {o.text for o in heard if isinstance(o, Output)} == {"Say 0.", "Say 1.", "Say 2."}
                moss = [r.outcome for r in readings if r.call.instrument == "mos"]
                assert all(isinstance(o, Output) and o.values["ovrl"] > 0 for o in moss)
                again = await go(planned, ledger, tmp_path)
                assert (again.exit_code, len(provider.requests)) == (0, 17)

    asyncio.run(story())


def test_who_has_lost_for_certain_is_sent_nothing_more_and_the_others_everything(tmp_path: Path) -> None:
    rule = DecisionRule(
        slot="text",
        gates=(),
        criteria=(Criterion(name="quality", metric="quality", worst=0.0, ideal=1.0, weight=1),),
    )

    async def story() -> None:
        async with FakeProvider(answers={f"{i}+{i}?": str(2 * i) for i in range(60)}) as provider:
            planned = bakeoff(
                *(served(provider, name, "text") for name in ("sage", "twin", "echo")),
                suites=[text_suite(60, scorers=(ExactMatch(),), primary="exact_match")],
                stop=StopRule(),
            )
            planned = replace(planned, rules={"text": rule})
            with start(planned, tmp_path) as ledger:
                assert (await go(planned, ledger, tmp_path)).exit_code == 0
                asked = Counter(request.model for request in provider.requests)
                assert asked == {"fake/sage": 60, "fake/twin": 60, "fake/echo": 20}
                assert [stop.candidate for stop in ledger.manifest().stops] == ["echo"]
                assert (await go(planned, ledger, tmp_path)).exit_code == 0
                assert len(provider.requests) == 140

    asyncio.run(story())


def test_a_clip_is_ordered_once_whatever_breaks_and_its_file_and_price_land(tmp_path: Path) -> None:
    sample = Sample(id="s", input="a boat", target={"seconds": 4, "width": 720, "height": 1280})
    task = Task(name="clips", modality="video_generation", samples=(sample,), scorers=(OrderedClip(),),
                primary="ordered_clip", params={"seconds": 4, "size": "720x1280"})  # fmt: skip

    async def story() -> None:
        async with FakeProvider(faults=[None, status(503), reset(), None, reset()]) as provider:
            per_second = Prices(usd={"output_cost_per_video_per_second": Decimal("0.1")}, source="test")
            maker = replace(served(provider, "maker", "video_generation"), prices=per_second)
            planned = bakeoff(maker, suites=[Suite(name="clips", version=1, tasks=(task,))])
            with start(planned, tmp_path) as ledger:
                assert (await go(planned, ledger, tmp_path)).exit_code == 0
                (record,) = ledger.records(Role.ANSWER)
                assert [attempt.wire_requests for attempt in record.attempts] == [1]
                assert (record.cost_usd, record.cost_source) == (Decimal("0.4"), "provider")
                assert isinstance(record.outcome, Output)
                assert record.outcome.video is not None
                assert (record.outcome.video.width, record.outcome.video.height) == (720, 1280)
                assert len(Media(tmp_path / "media").get(record.outcome.video.sha256)) == record.outcome.video.size
                assert [served.path for served in provider.requests].count("/v1/videos") == 1
                sent = len(provider.requests)
                assert ((await go(planned, ledger, tmp_path)).exit_code, len(provider.requests)) == (0, sent)

    asyncio.run(story())
    assert check(tmp_path).orphans == check(tmp_path).problems == ()


def test_a_provider_that_echoes_the_key_ends_with_3_and_the_key_nowhere(tmp_path: Path) -> None:
    fault: Fault = echo_key()

    async def story() -> None:
        async with FakeProvider(always=fault) as provider:
            planned = bakeoff(served(provider, "echo", "text"), suites=[text_suite(20)], max_in_flight=2)
            with start(planned, tmp_path) as ledger:
                result = await go(planned, ledger, tmp_path)
                assert result.exit_code == 3
                assert CANARY not in str(result)
                assert len(provider.requests) <= 2
                failures = [r.outcome for r in ledger.records() if isinstance(r.outcome, Failure)]
                assert {f.kind for f in failures} == {"credentials"}
                assert {r.cost_usd for r in ledger.records()} == {Decimal(0)}

    asyncio.run(story())
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in stored


def test_twenty_cents_buy_twenty_calls_of_a_cent_at_eight_in_flight(tmp_path: Path) -> None:
    """Counted at the provider: nothing is overshot, and a resume knows what was spent."""

    async def story() -> None:
        async with FakeProvider(answers={"+": TEN_WORDS}, pace=Pace(first_s=0.02)) as provider:
            candidate = replace(served(provider, "key", "text"), prices=TENTH_OF_A_CENT_A_WORD)
            planned = bakeoff(
                candidate, suites=[text_suite(60, max_tokens=10)], max_in_flight=8, budget_usd=Decimal("0.20")
            )
            with start(planned, tmp_path) as ledger:
                first = await go(planned, ledger, tmp_path)
                assert first.exit_code == 5, first
                assert ledger.spent() == Decimal("0.20")
            answered = [served for served in provider.requests if served.status == 200]
            assert len(answered) == len(provider.requests) == 20
            with Ledger.open(tmp_path, write=True) as ledger:
                assert (await go(planned, ledger, tmp_path)).exit_code == 5
            assert len(provider.requests) == 20
            with Ledger.open(tmp_path, write=True) as ledger:
                richer = replace(planned, settings=replace(planned.settings, budget_usd=Decimal("0.25")))
                assert (await go(richer, ledger, tmp_path)).exit_code == 5
                assert ledger.spent() == Decimal("0.25")
            assert len(provider.requests) == 25

    asyncio.run(story())


def test_a_provider_whose_ceiling_is_reached_is_parked_and_the_others_go_on(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeProvider(answers={"+": TEN_WORDS}, pace=Pace(first_s=0.02)) as provider:
            bounded = [
                replace(served(provider, name, "text"), prices=TENTH_OF_A_CENT_A_WORD) for name in ("one", "two")
            ]
            other = replace(
                served(provider, "three", "text"), model="hosted_vllm/fake/three", prices=TENTH_OF_A_CENT_A_WORD
            )
            planned = bakeoff(
                *bounded, other, suites=[text_suite(30, max_tokens=10)], max_in_flight=8,
                budgets_usd={"openai": Decimal("0.20")},
            )  # fmt: skip

            def came() -> Counter[str]:
                return Counter("three" in served.model for served in provider.requests)

            with start(planned, tmp_path) as ledger:
                first = await go(planned, ledger, tmp_path)
                assert first.exit_code == 5, first
                assert "could pass the budget of $0.20 for openai. Nothing more is sent to one, two;" in str(
                    first.notices
                )
                assert set(first.fatal) == {"one", "two"}
                spent = ledger.spent_by_candidate()
                assert spent["one"] + spent["two"] == Decimal("0.20")
                assert spent["three"] == Decimal("0.30")
            assert came() == {False: 20, True: 30}
            with Ledger.open(tmp_path, write=True) as ledger:
                assert (await go(planned, ledger, tmp_path)).exit_code == 5
            assert came() == {False: 20, True: 30}
            with Ledger.open(tmp_path, write=True) as ledger:
                richer = replace(planned, settings=replace(planned.settings, budgets_usd={"openai": Decimal("0.25")}))
                assert (await go(richer, ledger, tmp_path)).exit_code == 5
            assert came() == {False: 25, True: 30}

    asyncio.run(story())


class Waiting:
    """Sends as a run does; each attempt waits in this process before it goes out, and before its answer is read.

    `one_by_one`: while others are served, too.
    """

    def __init__(self, *, one_by_one: bool) -> None:
        self._here, self._turn = Here(InProcessTap()), asyncio.Semaphore(1 if one_by_one else 9)

    async def ready(self) -> None:
        await self._here.ready()

    async def __call__(self, *args: Any, **options: Any) -> Reply:
        await asyncio.sleep(0.05)
        async with self._turn:
            reply = await self._here(*args, **options)
        await asyncio.sleep(0.05)
        return reply


@pytest.mark.parametrize("one_by_one", [True, False], ids=["one by one", "at once"])
def test_a_machine_of_ours_costs_the_seconds_that_it_was_busy_however_long_calls_wait_here(
    tmp_path: Path, one_by_one: bool
) -> None:
    async def story() -> None:
        async with FakeProvider(pace=Pace(first_s=0.4)) as provider:
            own = replace(served(provider, "echo", "text"), machine=Machine(usd_per_hour=Decimal(3600)))
            planned = bakeoff(own, suites=[text_suite(4)], max_in_flight=4)
            sending = Waiting(one_by_one=one_by_one)
            with start(planned, tmp_path) as ledger:
                await go(planned, ledger, tmp_path, sender=sending)
                spent = sum(float(record.cost_usd or 0) for record in ledger.records(Role.ANSWER))
            busy_s, until = 0.0, 0.0
            for request in sorted(provider.requests, key=lambda request: request.received):
                ended = request.writes[-1].at
                busy_s += max(0.0, ended - max(request.received, until))
                until = max(until, ended)
            assert len(provider.requests) == 4
            assert 0.9 * busy_s < spent < 1.5 * busy_s, "at a dollar a second: half of it, when waits are shared"

    asyncio.run(story())


def test_a_budget_per_day_counts_what_others_have_spent_today(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeProvider(answers={"+": TEN_WORDS}, pace=Pace(first_s=0.02)) as provider:
            planned = bakeoff(
                replace(served(provider, "key", "text"), prices=TENTH_OF_A_CENT_A_WORD),
                suites=[text_suite(60, max_tokens=10)], max_in_flight=8, budget_usd_per_day=Decimal("0.20"),
            )  # fmt: skip
            with start(planned, tmp_path) as ledger:
                result = await run(
                    planned, ledger, Media(tmp_path / "media"), env={"FAKE_API_KEY": CANARY}, engines=Engines(),
                    progress=Watcher(), spent_today=Decimal("0.12"),
                )  # fmt: skip
                assert result.exit_code == 5
                assert "that could pass the budget of $0.20 per day." in str(result.notices)
                assert ledger.spent() == Decimal("0.08")
            assert len(provider.requests) == 8

    asyncio.run(story())


def test_requests_without_a_price_stop_at_their_number_and_their_cost_is_not_measured(tmp_path: Path) -> None:
    async def story() -> None:
        faults = [None, reset(), status(429, retry_after="0"), None]
        async with FakeProvider(pace=Pace(first_s=0.02), scripts={"fake/echo": faults}) as provider:
            unpriced = replace(served(provider, "echo", "text"), prices=None)
            planned = bakeoff(
                unpriced, served(provider, "priced", "text"), suites=[text_suite(30)], max_in_flight=8,
                budget_usd=Decimal(50), max_unpriced_calls=20,
            )  # fmt: skip

            def came() -> Counter[str]:
                return Counter(served.model.rpartition("/")[2] for served in provider.requests)

            with start(planned, tmp_path) as ledger:
                first = await go(planned, ledger, tmp_path)
                assert first.exit_code == 5, first
                assert "30 calls without a price are planned" in str(first.notices)
                assert "ceiling of 20 requests without a price. Nothing more is sent to echo;" in str(first.notices)
                assert came() == {"echo": 20 + 1, "priced": 30}  # one was turned away, which costs nothing
                records = [r for r in ledger.records() if r.call.candidate == "echo"]
                assert len(records) == 19
                assert {(r.cost_usd, r.cost_source) for r in records} == {(None, "unpriced")}
                counted = ledger.requests(most=3)["echo"]
                assert 20 <= counted <= 21  # what was turned away counts where its call was left pending
                assert (await go(planned, ledger, tmp_path)).exit_code == 5
                assert came()["echo"] == 21
                more = replace(planned, settings=replace(planned.settings, max_unpriced_calls=24))
                assert (await go(more, ledger, tmp_path)).exit_code == 5
                assert came()["echo"] == 21 + 24 - counted

    asyncio.run(story())


def test_calls_in_flight_when_the_tap_dies_may_have_been_billed_and_the_resume_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeProvider(faults=[None, None, *[hang()] * 4]) as provider:
            planned = bakeoff(served(provider, "echo", "text"), suites=[text_suite(12)], max_in_flight=4)
            with start(planned, tmp_path) as ledger:
                async with ProcessTap(env=os.environ, log=tmp_path / "tap.log") as tap:
                    dying = asyncio.ensure_future(
                        run(
                            planned, ledger, Media(tmp_path / "media"), env={"FAKE_API_KEY": CANARY},
                            engines=Engines(), progress=Watcher(), sender=Here(tap),
                        )
                    )  # fmt: skip
                    while len(provider.requests) < 6 or len(list(ledger.records())) < 2:
                        await asyncio.sleep(0.01)
                    os.kill(tap.pid, signal.SIGKILL)
                    with pytest.raises(TapError, match="has ended"):
                        await dying
            with Ledger.open(tmp_path, write=True) as ledger:
                assert len(ledger.uncertain()) == 4
                most = ledger.held()
                assert 0 < most < ledger.spent()
                assert len(ledger.pending(Role.ANSWER)) == 10
                result = await go(planned, ledger, tmp_path)
                assert (result.exit_code, result.outputs) == (0, 12)
                assert (
                    "4 calls were in flight when an earlier process ended; they may have been billed"
                    f" (at most ${most:f}) and are sent again."
                ) in result.notices
            assert len(provider.requests) == 12 + 4

    asyncio.run(story())
