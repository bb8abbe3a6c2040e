"""Rows 1 to 6, 11 and 12: what a provider that refuses or is not there, for now or for good, costs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from harness.clients.sender import Here
from harness.core.calls import Failure, Record, Role
from harness.core.candidates import Candidate, Prices
from harness.execute.runner import RunResult
from harness.execute.runner import run as run_calls
from harness.execute.signals import Stop
from harness.store.media import Media
from tests.clients.trip import TAPS
from tests.execute.bakeoffs import Engines, Watcher, bakeoff, start, text_suite
from tests.fake_provider import FakeProvider, Fault, Pace, echo_key, insufficient_quota, status
from tests.fake_provider.faults import Answer
from tests.fake_provider.truth import Exchange, Served

pytestmark = pytest.mark.alone

KEY = "sk-canary-0123456789abcdef"


class Fast(Stop):
    """A run whose clock goes `speed` times as fast as the provider's."""

    def __init__(self, speed: float) -> None:
        super().__init__(drain_s=30)
        self.speed = speed

    def clock(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / self.speed)


@dataclass(kw_only=True)
class Crowd:
    """Many calls to one provider, all real but the clock of the waits."""

    folder: Path
    provider: FakeProvider
    samples: int
    speed: float = 10.0
    elsewhere: frozenset[str] = frozenset()
    """Candidates that pay with a key of their own."""
    url: str | None = None
    """Where they are asked, if not at `provider`."""
    beside: Callable[[], Awaitable[None]] | None = None
    """What goes on while the run does."""
    watcher: Watcher = field(default_factory=Watcher)
    records: list[Record] = field(default_factory=list)
    spent: Decimal = Decimal(0)

    def go(self, *names: str, **settings: object) -> RunResult:
        return asyncio.run(self._run(names, settings))

    async def _run(self, names: Sequence[str], settings: dict[str, object]) -> RunResult:
        stop = Fast(self.speed)
        async with self.provider, TAPS["in process"]() as tap:
            planned = bakeoff(*map(self._candidate, names), suites=[text_suite(self.samples)], **settings)
            beside = None if self.beside is None else asyncio.ensure_future(self.beside())
            with start(planned, self.folder) as ledger:
                result = await run_calls(
                    planned,
                    ledger,
                    Media(self.folder / "media"),
                    env={"FAKE_API_KEY": KEY, "OTHER_API_KEY": KEY},
                    engines=Engines(),
                    progress=self.watcher,
                    sender=Here(tap),
                    stop=stop,
                    clock=stop.clock,
                )
                self.records, self.spent = list(ledger.records()), ledger.spent()
            if beside is not None:
                await beside
        return result

    def _candidate(self, name: str) -> Candidate:
        usd = {"input_cost_per_token": Decimal("0.001"), "output_cost_per_token": Decimal("0.002")}
        candidate = Candidate(
            name=name, model=f"openai/fake/{name}", modalities=frozenset({"text"}),
            base_url=self.url or self.provider.url, api_key_env="FAKE_API_KEY", prices=Prices(usd=usd, source="test"),
        )  # fmt: skip
        return replace(candidate, api_key_env="OTHER_API_KEY") if name in self.elsewhere else candidate

    @property
    def served(self) -> list[Served]:
        return sorted(self.provider.requests, key=lambda each: each.received)

    def sent(self, name: str) -> int:
        return sum(each.model == f"fake/{name}" for each in self.provider.requests)

    def refused(self) -> int:
        return sum(each.status == 429 for each in self.provider.requests)


def storm(seconds: float, **headers: str) -> Fault:
    """429 for so long, from the first request on."""
    began: list[float] = []

    async def fault(exchange: Exchange, answer: Answer) -> None:
        began.append(time.monotonic())
        rages = time.monotonic() - began[0] < seconds
        await (status(429, **headers)(exchange, answer) if rages else answer(exchange))

    return fault


@pytest.mark.parametrize("written", ["seconds", "HTTP date"])
def test_retry_after_pauses_the_whole_account_and_one_probe_ends_the_pause(tmp_path: Path, written: str) -> None:
    async def later(exchange: Exchange, answer: Answer) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=21), usegmt=True)
        await status(429, retry_after="20" if written == "seconds" else date)(exchange, answer)

    provider = FakeProvider(faults=[*[None] * 6, later], pace=Pace(first_s=0.03))
    crowd = Crowd(folder=tmp_path, provider=provider, samples=8)
    result = crowd.go("echo", "plain", max_in_flight=4)
    assert (result.exit_code, result.outputs, len(crowd.served)) == (0, 16, 17)
    served = crowd.served
    gaps = [after.received - before.received for before, after in pairwise(served)]
    pause = gaps.index(max(gaps))
    assert max(gaps) > 1.8  # 20 s by the run's clock
    assert pause + 1 <= 7 + 3  # what was in flight, and nothing else of either candidate
    probe, following = served[pause + 1], served[pause + 2]
    assert probe.closed is not None
    assert following.received >= probe.closed
    (again,) = [record for record in crowd.records if len(record.attempts) > 1]
    assert [attempt.outcome for attempt in again.attempts] == ["rate_limit", "ok"]
    assert again.attempts[0].retry_after_s == pytest.approx(20, abs=1.1)
    assert again.marks.queue_ms is not None
    assert again.marks.total_ms is not None
    assert again.marks.queue_ms > 18_000 > again.marks.total_ms  # the pause is a queue's, not the provider's latency


def test_without_a_header_waits_grow_and_fewer_calls_are_in_flight(tmp_path: Path) -> None:
    provider = FakeProvider(always=storm(2.0), pace=Pace(first_s=0.4))
    crowd = Crowd(folder=tmp_path, provider=provider, samples=20)
    assert crowd.go("echo", max_in_flight=8).exit_code == 0
    refused, answered = crowd.served[: crowd.refused()], crowd.served[crowd.refused() :]
    waits = [after.received - before.received for before, after in pairwise([*refused[8:], answered[0]])]
    assert len(waits) >= 3
    assert waits[-1] > 2 * min(waits[:-1])
    assert _most_at_once(answered[1:9]) <= 6  # half of eight, and one more for each width of answers


@pytest.mark.parametrize("headers", [{}, {"retry_after": "1"}], ids=["no header", "retry-after"])
def test_a_storm_of_ten_seconds_costs_its_probes_alone(tmp_path: Path, headers: dict[str, str]) -> None:
    crowd = Crowd(folder=tmp_path, provider=FakeProvider(always=storm(1.0, **headers)), samples=50)
    result = crowd.go("echo", max_in_flight=8, max_attempts=1, warm_up=None)
    assert (result.exit_code, result.outputs) == (0, 50)
    assert not any(count.failed_infra for count in result.counts)  # a warm-up call is lost to it no more than an answer
    warm_ups = 16
    assert len(crowd.served) <= 50 + warm_ups + 10  # one probe for each second of the storm
    assert crowd.refused() >= 2


def test_a_storm_in_the_middle_costs_what_was_in_flight_besides(tmp_path: Path) -> None:
    crowd = Crowd(folder=tmp_path, provider=FakeProvider(faults=[None] * 10, always=storm(1.0)), samples=50)
    result = crowd.go("echo", max_in_flight=8, max_attempts=1)
    assert (result.exit_code, result.outputs) == (0, 50)
    assert len(crowd.served) <= 50 + 8 + 10


def test_a_lane_that_would_wait_for_an_hour_is_parked(tmp_path: Path) -> None:
    provider = FakeProvider(scripts={"fake/later": [status(429, retry_after="3600")] * 99})
    crowd = Crowd(folder=tmp_path, provider=provider, samples=10, elsewhere=frozenset({"echo"}))
    begun = time.monotonic()
    result = crowd.go("later", "echo", max_in_flight=2)
    assert time.monotonic() - begun < 30  # nobody waits for it
    assert (result.exit_code, crowd.sent("echo")) == (4, 10)
    assert crowd.sent("later") <= 2
    (notice,) = [notice for notice in result.notices if "parked" in notice]
    assert "(later) is parked: it asks to wait 3600 s" in notice
    assert "It says that it will be back at" in notice
    counts = {count.candidate: count for count in result.counts}
    assert (counts["later"].pending, counts["echo"].outputs) == (10, 10)
    assert crowd.spent == sum(record.cost_usd or 0 for record in crowd.records)  # to be turned away costs nothing


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(insufficient_quota(), id="quota: 429"),
        pytest.param(status(402), id="quota: 402"),
        pytest.param(echo_key(), id="401 with the key in it"),
        pytest.param(status(403), id="403"),
    ],
)
@pytest.mark.parametrize(("warm_up", "most"), [(None, 1), (0, 4)], ids=["warmed up", "at once"])
def test_a_key_that_is_refused_ends_its_account(tmp_path: Path, refusal: Fault, warm_up: int | None, most: int) -> None:
    crowd = Crowd(folder=tmp_path, provider=FakeProvider(always=refusal), samples=20)
    result = crowd.go("echo", "plain", max_in_flight=4, warm_up=warm_up)
    assert result.exit_code == 3
    assert set(result.fatal) == {"echo", "plain"}
    assert 1 <= len(crowd.served) <= most
    (problem,) = result.problems
    assert (problem.code, "FAKE_API_KEY" in problem.message, "'echo', 'plain'" in problem.message) == (
        "E104",
        True,
        True,
    )
    assert KEY not in str(result)
    assert KEY not in str(crowd.records)
    assert crowd.spent == 0


def test_errors_that_do_not_end_open_the_circuit_and_then_park_the_lane(tmp_path: Path) -> None:
    crowd = Crowd(folder=tmp_path, provider=FakeProvider(always=status(500)), samples=50, speed=100)
    result = crowd.go("echo", max_in_flight=4)
    assert result.exit_code == 4
    assert any("parked: nothing has come through for" in notice and "HTTP 500" in notice for notice in result.notices)
    assert len(crowd.served) <= 5 + 4 + 10  # the failures in a row, what was in flight, the probes of two minutes
    assert all(len(record.attempts) <= 3 for record in crowd.records)
    assert {record.outcome.kind for record in crowd.records if isinstance(record.outcome, Failure)} <= {"server_error"}
    assert sum(count.pending for count in result.counts) > 40


@pytest.mark.parametrize("warm_up", [0, 5])
def test_an_address_where_nobody_ever_answers_is_given_up_in_seconds(tmp_path: Path, deaf: str, warm_up: int) -> None:
    crowd = Crowd(folder=tmp_path, provider=FakeProvider(), samples=40, url=deaf)
    result = crowd.go("echo", "plain", warm_up=warm_up)
    assert not any("parked" in notice for notice in result.notices), "that would be after two minutes"
    assert (result.exit_code, set(result.fatal), result.outputs) == (3, {"echo", "plain"}, 0)
    told = [note for note in crowd.watcher.notes if "cannot connect to 127.0.0.1" in note]
    assert told[0].endswith("It is tried again.")
    assert told[1].startswith(f"Nothing more is sent to echo, plain: nobody answers at {deaf}")
    assert [problem.code for problem in result.problems] == ["E105"]
    pending = sum(count.pending for count in result.counts if count.role is Role.ANSWER)
    assert pending > 30, "only the first few were tried"


def test_a_server_that_restarts_for_twenty_seconds_is_waited_for(tmp_path: Path) -> None:
    provider = FakeProvider(pace=Pace(first_s=0.02))

    async def restart() -> None:
        while len(provider.requests) < 10:
            await asyncio.sleep(0.01)
        await provider.__aexit__()
        await asyncio.sleep(2)  # 20 s of the run's clock
        await provider.__aenter__()

    crowd = Crowd(folder=tmp_path, provider=provider, samples=60, beside=restart)
    result = crowd.go("echo", max_in_flight=4)
    assert (result.exit_code, result.problems) == (0, ())
    assert [record for record in crowd.records if isinstance(record.outcome, Failure)] == []
    assert result.outputs == 60, (
        "those whose answer was cut off have spent one attempt of three, and no more by waiting"
    )
    assert any("cannot connect to 127.0.0.1" in note for note in crowd.watcher.notes)


def _most_at_once(served: Sequence[Served]) -> int:
    return max(
        sum(other.received <= each.received < (other.closed or other.received) for other in served) for each in served
    )
