import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from harness.clients.deadlines import Deadlines
from harness.clients.reply import Reply
from harness.clients.retry import Answer, RetryPolicy, call
from harness.clients.usage import total
from harness.core.calls import Attempt, Failure, Fault, Marks, Output, Usage
from tests.clients.trip import CLIP, chat, target
from tests.fake_provider import FakeProvider, echo_key, empty, insufficient_quota, reset, status
from tests.fake_provider import Fault as Script

NOW = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
DEADLINES = Deadlines(timeout_s=10, idle_timeout_s=5)
YES = Reply(outcome=Output(text="yes"), marks=Marks(ttft_ms=1.0), usage=Usage(), wire_requests=1)


def no(kind: str, fault: Fault = Fault.INFRA, **evidence: object) -> Reply:
    return replace(YES, outcome=Failure(fault=fault, kind=kind, message=f"it was {kind}"), **evidence)


class Trip:
    """One call whose waits are recorded and cost no time."""

    def __init__(self, policy: RetryPolicy | None = None, seed: int = 0) -> None:
        self.policy = policy or RetryPolicy()
        self.paused_s = 0.0
        self.waits: list[float] = []
        self.begun: list[int] = []
        self.ended: list[Attempt] = []
        self.rng = random.Random(seed)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def before(self, number: int) -> float:
        self.begun.append(number)
        return self.paused_s

    def options(self) -> Mapping[str, object]:
        return {
            "before_attempt": self.before, "after_attempt": self.ended.append, "sleep": self.sleep, "rng": self.rng,
            "now": lambda: NOW,
        }  # fmt: skip

    def through(self, replies: Iterable[Reply]) -> Answer:
        left = iter(replies)

        async def once(*_: object, **__: object) -> Reply:
            return next(left)

        nowhere = target("http://example.test")
        return asyncio.run(call(chat(), nowhere, self.policy, DEADLINES, lambda _: b"", once=once, **self.options()))

    def to(self, *script: Script) -> tuple[Answer, FakeProvider]:
        provider = FakeProvider(faults=script)

        async def there() -> Answer:
            async with provider:
                there = target(provider.url)
                return await call(chat(), there, self.policy, DEADLINES, lambda _: CLIP, **self.options())

        return asyncio.run(there()), provider


@pytest.mark.parametrize(
    ("kind", "attempts"),
    [
        ("conflict", 3), ("server_error", 3), ("server_timeout", 3), ("reset", 3),
        ("cut", 3), ("stream_error", 3), ("protocol", 2), ("empty", 1), ("timeout", 1), ("bad_request", 1),
        ("credentials", 1), ("quota", 1), ("model_not_found", 1), ("context_too_long", 1), ("request_too_large", 1),
        ("truncated", 1), ("too_large", 1), ("not_sent", 1), ("bug", 1),
    ],
)  # fmt: skip
def test_how_often_each_kind_is_tried(kind: str, attempts: int) -> None:
    trip = Trip()
    answer = trip.through([no(kind)] * 9)
    assert isinstance(answer.outcome, Failure)
    assert answer.outcome.kind == kind
    assert [a.number for a in answer.attempts] == trip.begun == list(range(1, attempts + 1))
    assert trip.ended == list(answer.attempts)
    assert len(trip.waits) == attempts - 1


@pytest.mark.parametrize("kind", ["rate_limit", "connection"])
def test_who_was_turned_away_or_found_nobody_has_spent_no_attempt_and_waits_with_patience(kind: str) -> None:
    trip = Trip(RetryPolicy(max_attempts=3, longest_wait_s=10))
    answer = trip.through([no(kind)] * 99)
    assert isinstance(answer.outcome, Failure)
    assert len(answer.attempts) > 12
    assert 110 < sum(trip.waits) <= 120
    errors = [no(kind), no("server_error", retry_after_s=0.1), *[no("server_error")] * 9]
    assert len(Trip().through(errors).attempts) == 2 + 3


def test_pauses_count_against_patience() -> None:
    trip = Trip(RetryPolicy(max_wait_s=120, first_wait_s=0.001))
    trip.paused_s = 50.0
    answer = trip.through([no("rate_limit")] * 99)
    assert len(answer.attempts) == 4  # before the first it has asked for nothing yet: 3 x 50 s are more than 120 s


def test_success_ends_it() -> None:
    answer = Trip().through([no("server_error"), YES, no("bug")])
    assert answer.outcome == Output(text="yes")
    assert [a.outcome for a in answer.attempts] == ["server_error", "ok"]
    assert answer.attempts[0].started == "2026-11-23T04:00:00+00:00"
    assert (answer.attempts[0].detail, answer.attempts[1].detail) == ("it was server_error", None)
    assert answer.marks.ttft_ms == 1.0


def test_waits_grow_and_are_jittered() -> None:
    policy = RetryPolicy(max_attempts=8, first_wait_s=1, longest_wait_s=10)
    trips = [Trip(policy, seed) for seed in (1, 2)]
    for trip in trips:
        trip.through([no("server_error")] * 8)
        for wait, ceiling in zip(trip.waits, [1, 2, 4, 8, 10, 10, 10], strict=True):
            assert ceiling / 2 <= wait <= ceiling
    assert trips[0].waits != trips[1].waits


def test_retry_after_is_waited_for() -> None:
    trip = Trip()
    trip.through([no("rate_limit", retry_after_s=17.0), YES])
    assert trip.waits == [17.0]


def test_retry_after_is_no_shortcut() -> None:
    trip = Trip(RetryPolicy(first_wait_s=4))
    trip.through([no("rate_limit", retry_after_s=0.0), YES])
    assert 2 <= trip.waits[0] <= 4


@pytest.mark.parametrize(
    ("waits", "attempts"),
    [
        pytest.param([3600.0], 1, id="one wait beyond the limit"),
        pytest.param([50.0, 50.0, 50.0], 3, id="waits that add up beyond the limit"),
        pytest.param([60.0, 60.0, 0.0], 3, id="exactly the limit"),
    ],
)
def test_all_waits_together_are_bounded(waits: list[float], attempts: int) -> None:
    trip = Trip(RetryPolicy(max_attempts=9, max_wait_s=120))
    answer = trip.through([no("rate_limit", retry_after_s=wait) for wait in waits])
    assert len(answer.attempts) == attempts
    assert answer.attempts[-1].retry_after_s == waits[attempts - 1]
    assert trip.waits == waits[: attempts - 1]


def test_what_is_seldom_mended_is_tried_once_more_after_another_error() -> None:
    answer = Trip().through([no("server_error"), no("protocol"), YES])
    assert [a.outcome for a in answer.attempts] == ["server_error", "protocol", "ok"]


def test_usage_of_all_attempts_is_summed() -> None:
    first = no("protocol", usage=Usage(input_tokens=10, output_tokens=0, busy_seconds=1.0, source="provider"))
    second = replace(YES, usage=Usage(input_tokens=10, output_tokens=5, busy_seconds=2.0, source="provider"))
    expected = Usage(input_tokens=20, output_tokens=5, busy_seconds=3.0, source="provider")
    assert Trip().through([first, second]).usage == expected
    assert total(Usage(), second.usage) == second.usage
    assert total(first.usage, replace(second.usage, source="suspect")).source == "suspect"


@pytest.mark.parametrize("error", [asyncio.CancelledError(), KeyError("a lane that was closed")])
def test_what_the_runner_raises_passes_through(error: BaseException) -> None:
    async def before(_: int) -> None:
        raise error

    trip = Trip()
    options = {**trip.options(), "before_attempt": before}
    doomed = call(chat(), target("http://example.test"), trip.policy, DEADLINES, lambda _: b"", **options)
    with pytest.raises(type(error)):
        asyncio.run(doomed)


def test_storm_then_answer() -> None:
    date = format_datetime(NOW + timedelta(seconds=30), usegmt=True)
    trip = Trip(RetryPolicy(max_attempts=5))
    answer, provider = trip.to(status(429, retry_after="7"), status(503), status(429, retry_after=date), reset())
    assert answer.outcome == Output(text="hello there big world", finish_reason="stop", model="fake/echo")
    assert [a.outcome for a in answer.attempts] == ["rate_limit", "server_error", "rate_limit", "reset", "ok"]
    assert [a.http_status for a in answer.attempts] == [429, 503, 429, None, 200]
    assert (trip.waits[0], trip.waits[2]) == (7.0, 30.0)
    assert [a.may_be_billed for a in answer.attempts] == [False, False, False, True, False]
    assert len(provider.requests) == 5
    assert all(a.wire_requests == 1 for a in answer.attempts)


@pytest.mark.parametrize(
    ("script", "kind", "sent"),
    [
        pytest.param(echo_key(), "credentials", 1, id="401"),
        pytest.param(insufficient_quota(), "quota", 1, id="quota"),
        pytest.param(status(500), "server_error", 3, id="500 always"),
        pytest.param(empty(), "empty", 1, id="empty is the candidate's own"),
    ],
)
def test_requests_that_reach_the_provider(script: Script, kind: str, sent: int) -> None:
    answer, provider = Trip().to(*[script] * 9)
    assert isinstance(answer.outcome, Failure)
    assert answer.outcome.kind == kind
    assert len(provider.requests) == len(answer.attempts) == sent
