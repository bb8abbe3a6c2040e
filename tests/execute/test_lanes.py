"""Lanes: queues, and places in flight."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

from harness.clients.retry import RetryPolicy
from harness.core.calls import Attempt, Call, Role
from harness.core.candidates import Candidate, Machine
from harness.core.requests import ChatRequest
from harness.execute.lanes import Bell, Lane, lanes
from harness.execute.sharing import LOCAL
from harness.execute.throttle import Throttle
from tests.execute.bakeoffs import STARTED, embedded, remote
from tests.execute.clock import Clock


def lanes_of(
    calls: Sequence[Call],
    candidates: Mapping[str, Candidate],
    max_in_flight: int,
    clock: Clock | None = None,
    throttles: Mapping[str, Sequence[Throttle]] | None = None,
) -> dict[str, Lane]:
    clock = clock or Clock()
    found = lanes(
        calls, candidates, max_in_flight=max_in_flight, throttles=throttles or {}, bell=Bell(clock.sleep),
        clock=clock, sleep=clock.sleep,
    )  # fmt: skip
    return {lane.name: lane for lane in found}


def waiting(lane: Lane) -> list[str]:
    return [turn.call.key for turn in lane.waiting]


def call(candidate: str, number: int) -> Call:
    request = ChatRequest(messages=({"role": "user", "content": "x"},), max_tokens=10)
    return Call(
        key=f"{candidate}{number}", role=Role.ANSWER, candidate=candidate, request=request, suite="s", task="t",
        sample=str(number),
    )  # fmt: skip


def test_calls_are_sorted_into_lanes_in_plan_order() -> None:
    candidates = {c.name: c for c in (embedded("a"), embedded("b"), remote("x", max_in_flight=2), remote("y"))}
    calls = [call(name, i) for i in range(3) for name in ("a", "x", "b", "y")]
    found = lanes_of(calls, candidates, 8)
    assert {name: lane.own.most for name, lane in found.items()} == {LOCAL: 1, "x": 2, "y": 8}
    assert waiting(found[LOCAL]) == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert waiting(found["x"]) == ["x0", "x1", "x2"]
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
    found = lanes_of(calls, candidates, 8)
    assert {name: lane.own.most for name, lane in found.items()} == {url: 2, "c": 8, "d": 8}
    assert waiting(found[url]) == ["a0", "b0", "a1", "b1"]
    limited = {name: requests.is_limited for name, (requests, _) in found[url].paces.items()}
    assert limited == {"a": True, "b": False, "c": False, "d": False}
    assert found[url].paces is found["c"].paces, "a model's rate is its own in whatever lane it is called"


def test_turns_that_pile_up_before_a_place_is_free_make_no_burst() -> None:
    async def story() -> list[float]:
        clock = Clock()
        candidates = {c.name: c for c in (remote("a", requests_per_minute=60), remote("b"))}
        calls = [*(call("a", i) for i in range(4)), call("b", 0)]
        found = lanes_of(calls, candidates, 1, clock)
        paced, other = found["a"], found["b"]
        shown = []

        async def enter(of: Call) -> None:
            await paced.enter(of, lambda: None)
            shown.append(clock.now - 100)
            paced.leave()

        await other.enter(calls[-1], lambda: None)
        tasks = [asyncio.create_task(enter(turn.call)) for turn in paced.waiting]
        await asyncio.sleep(0.01)
        clock.now += 30
        other.leave()
        await asyncio.gather(*tasks)
        return shown

    assert asyncio.run(story()) == [30, 30, 31, 32]


def test_a_wait_behind_other_calls_is_no_pause_and_one_for_the_account_is() -> None:
    async def story() -> list[float]:
        clock = Clock()
        policy = RetryPolicy()
        account, own = (
            Throttle(of_account=of, most_in_flight=9, policy=policy, rng=random.Random(0)) for of in (True, False)
        )
        calls = [call("a", i) for i in range(4)]
        lane = lanes_of(calls, {"a": remote("a")}, 1, clock, {"a": (account, own)})["a"]
        found = []

        async def trip(of: Call, kind: str, asked_s: float | None) -> None:
            entry = await lane.enter(of, lambda: None)
            found.append(entry.paused_s)
            clock.now += 60
            lane.hear(
                of, entry, Attempt(number=1, started=STARTED, duration_ms=1.0, outcome=kind, retry_after_s=asked_s)
            )
            lane.leave()

        kinds = [("ok", None), ("rate_limit", 20.0), ("server_error", 30.0), ("ok", None)]
        await asyncio.gather(*(trip(each, *kind) for each, kind in zip(calls, kinds, strict=True)))
        return found

    # each has waited for all before it, 60 s each
    assert asyncio.run(story()) == [0, 0, 20, 30]


def test_blocks_follow_the_samples_and_never_are_smaller_than_16() -> None:
    candidates = {c.name: c for c in (remote("a"), remote("b"))}
    calls = [call(name, i) for i in range(40) for name in candidates]
    for max_in_flight, size in ((1, 16), (8, 16), (16, 32)):
        for lane in lanes_of(calls, candidates, max_in_flight).values():
            assert [turn.block for turn in lane.waiting] == [i // size for i in range(40)]
