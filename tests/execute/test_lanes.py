"""Lanes: limits in flight and over time."""

import asyncio
from decimal import Decimal

import pytest

from harness.core.calls import Call, ChatRequest, Role, SpeechRequest
from harness.core.candidates import Machine
from harness.execute.lanes import LOCAL, Pace, SharedTime, lanes, most_tokens
from tests.execute.bakeoffs import embedded, remote


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def call(candidate: str, number: int) -> Call:
    request = ChatRequest(messages=({"role": "user", "content": "x"},), max_tokens=10)
    return Call(
        key=f"{candidate}{number}", role=Role.ANSWER, candidate=candidate, request=request, suite="s", task="t",
        sample=str(number),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("per_minute", "amounts", "turns"),
    [
        pytest.param(60, [1, 1, 1, 1], [0, 1, 2, 3], id="evenly"),
        pytest.param(None, [1, 1, 1], [0, 0, 0], id="no limit"),
        pytest.param(600, [50, 100, 10], [0, 5, 15], id="tokens"),
    ],
)
def test_turns_are_spread_over_the_minute(per_minute: float | None, amounts: list[float], turns: list[float]) -> None:
    async def story() -> list[float]:
        clock = Clock()
        pace = Pace(per_minute, clock=clock, sleep=clock.sleep)
        shown = []
        for amount in amounts:
            await pace.wait(amount)
            shown.append(clock.now - 100)
        return shown

    assert asyncio.run(story()) == turns


def test_a_pause_gives_no_burst_after_it() -> None:
    async def story() -> list[float]:
        clock = Clock()
        pace = Pace(60, clock=clock, sleep=clock.sleep)
        await pace.wait()
        clock.now += 30
        shown = []
        for _ in range(3):
            await pace.wait()
            shown.append(clock.now - 100)
        return shown

    assert asyncio.run(story()) == [30, 31, 32]


def test_calls_are_sorted_into_lanes_in_plan_order() -> None:
    candidates = {c.name: c for c in (embedded("a"), embedded("b"), remote("x", max_in_flight=2), remote("y"))}
    calls = [call(name, i) for i in range(3) for name in ("a", "x", "b", "y")]

    async def sleep(_: float) -> None: ...

    found = {lane.name: lane for lane in lanes(calls, candidates, max_in_flight=8, clock=Clock(), sleep=sleep)}
    assert {name: lane.width for name, lane in found.items()} == {LOCAL: 1, "x": 2, "y": 8}
    assert [c.key for c in found[LOCAL].waiting] == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert [c.key for c in found["x"].waiting] == ["x0", "x1", "x2"]
    assert found["x"].shared is found["y"].shared
    assert found["x"].shared is not found[LOCAL].shared


def test_a_machine_has_one_lane_with_the_smallest_width_and_each_candidate_its_own_rates() -> None:
    machine, url = Machine(usd_per_hour=Decimal(1)), "http://gpu:8000/v1"
    chosen = (
        remote("a", machine=machine, base_url=url, max_in_flight=4, requests_per_minute=60),
        remote("b", machine=machine, base_url=f"{url}/", max_in_flight=2),
        remote("c", base_url=url),
        remote("d", machine=machine),
    )
    candidates = {c.name: c for c in chosen}
    calls = [call(name, i) for i in range(2) for name in candidates]
    clock = Clock()
    found = {lane.name: lane for lane in lanes(calls, candidates, max_in_flight=8, clock=clock, sleep=clock.sleep)}
    assert {name: lane.width for name, lane in found.items()} == {url: 2, "c": 8, "d": 8}
    assert [c.key for c in found[url].waiting] == ["a0", "b0", "a1", "b1"]
    assert {name: requests.is_limited for name, (requests, _) in found[url].paces.items()} == {"a": True, "b": False}


def test_turns_that_pile_up_before_a_place_is_free_make_no_burst() -> None:
    async def story() -> list[float]:
        clock = Clock()
        candidates = {c.name: c for c in (remote("a", requests_per_minute=60), remote("b"))}
        calls = [*(call("a", i) for i in range(4)), call("b", 0)]
        paced, other = lanes(calls, candidates, max_in_flight=1, clock=clock, sleep=clock.sleep)
        shown = []

        async def enter(of: Call) -> None:
            async with paced.place(of):
                shown.append(clock.now - 100)

        async with other.place(calls[-1]):
            tasks = [asyncio.create_task(enter(of)) for of in paced.waiting]
            await asyncio.sleep(0.01)
            clock.now += 30
        await asyncio.gather(*tasks)
        return shown

    assert asyncio.run(story()) == [30, 30, 31, 32]


def test_the_bound_on_tokens_holds_the_answer_too() -> None:
    chat = ChatRequest(messages=({"role": "user", "content": "字" * 300},), max_tokens=100)
    assert 400 <= most_tokens(chat) <= 500
    assert most_tokens(SpeechRequest(text="a" * 300)) >= 100


def test_calls_that_a_machine_serves_at_once_share_its_time() -> None:
    machine = SharedTime()
    first = machine.enter(10)  # alone for 2 s, then with a second call for 4 s, which then is alone for 1 s
    second = machine.enter(12)
    assert machine.leave(first, 16) == 2 + 4 / 2
    assert machine.leave(second, 17) == 4 / 2 + 1
    third = machine.enter(22)  # nobody pays for an idle machine
    assert machine.leave(third, 23) == 1
