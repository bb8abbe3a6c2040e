"""The sending loop: order, drift, and that nobody waits in another's way."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from harness.clients.retry import RetryPolicy
from harness.core.calls import Attempt, Call, Role
from harness.core.candidates import Candidate
from harness.execute.courier import Halted
from harness.execute.dispatch import dispatch
from harness.execute.lanes import Bell, Lane, lanes
from harness.execute.signals import Stop
from harness.execute.throttle import Throttle
from tests.execute.bakeoffs import STARTED, embedded, remote
from tests.execute.test_lanes import call

pytestmark = pytest.mark.alone

BLOCK = 16


@dataclass(kw_only=True)
class Street:
    """Lanes whose calls take as long as they are told; time is the loop's own."""

    candidates: Sequence[Candidate]
    samples: int
    takes_s: Callable[[str], float]
    max_in_flight: int = 4
    before: Sequence[Call] = ()
    sent: list[tuple[str, int]] = field(default_factory=list)
    """Candidate and sample, as they leave."""
    unusable: set[str] = field(default_factory=set)
    stop: Stop = field(default_factory=lambda: Stop(drain_s=1))
    throttles: Mapping[str, Sequence[Throttle]] = field(default_factory=dict)

    def go(self) -> None:
        async def story() -> None:
            bell = Bell(self.stop.sleep)
            calls = [call(c.name, i) for i in range(self.samples) for c in self.candidates]
            loop = asyncio.get_running_loop()
            found = lanes(
                [*self.before, *calls], {c.name: c for c in self.candidates}, max_in_flight=self.max_in_flight,
                throttles=self.throttles, bell=bell, clock=loop.time, sleep=self.stop.sleep,
            )  # fmt: skip
            await asyncio.wait_for(
                dispatch(
                    found, deliver=self.deliver, usable=lambda name: name not in self.unusable, stop=self.stop,
                    bell=bell,
                ),
                20,
            )  # fmt: skip

        asyncio.run(story())

    async def deliver(self, of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        def check() -> None:
            if self.stop.asked or of.candidate in self.unusable:
                raise Halted

        with suppress(Halted):
            await lane.enter(of, check)
            await self.work(of, lane, placed)

    async def work(self, of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        placed()
        self.sent.append((of.candidate, int(of.sample)))
        try:
            await asyncio.sleep(self.takes_s(of.candidate))
        finally:
            lane.leave()

    def drift(self) -> int:
        """Most samples that one candidate was ahead of another that was not through."""
        at, most = Counter({c.name: 0 for c in self.candidates}), 0
        for name, sample in self.sent:
            at[name] = sample + 1
            under_way = [count for count in at.values() if count < self.samples]
            most = max(most, at[name] - min(under_way, default=at[name]))
        return most


@pytest.mark.parametrize("slow_s", [0.0, 0.01])
def test_a_fast_candidate_gets_at_most_two_blocks_ahead(slow_s: float) -> None:
    street = Street(
        candidates=[remote("fast"), remote("slow", max_in_flight=1)],
        samples=5 * BLOCK,
        takes_s=lambda name: slow_s if name == "slow" else 0.0,
    )
    street.go()
    assert Counter(name for name, _ in street.sent) == {"fast": 5 * BLOCK, "slow": 5 * BLOCK}
    assert street.drift() <= 2 * BLOCK
    if slow_s:
        assert street.drift() > BLOCK  # it is not held back for nothing
    for name in ("fast", "slow"):
        assert [i for n, i in street.sent if n == name] == list(range(5 * BLOCK))


def test_nobody_waits_for_a_candidate_that_is_asked_no_more() -> None:
    street = Street(
        candidates=[remote("good"), remote("bad", max_in_flight=1)], samples=5 * BLOCK, takes_s=lambda _: 0.001
    )
    whole = street.deliver

    async def deliver(of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        await whole(of, lane, placed)
        if of.candidate == "bad" and of.sample == "2":
            street.unusable.add("bad")

    street.deliver = deliver  # type: ignore[method-assign]
    street.go()
    assert Counter(name for name, _ in street.sent) == {"good": 5 * BLOCK, "bad": 3}


def test_nobody_waits_for_a_candidate_that_a_pause_holds_up_for_long() -> None:
    paused = Throttle(of_account=True, most_in_flight=4, policy=RetryPolicy(), rng=random.Random(0))
    street = Street(
        candidates=[remote("good"), remote("bad")],
        samples=5 * BLOCK,
        takes_s=lambda _: 0.0,
        throttles={"bad": [paused]},
    )
    whole = street.work

    async def work(of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        if of.candidate == "bad":
            refusal = Attempt(number=1, started=STARTED, duration_ms=1.0, outcome="rate_limit", retry_after_s=60)
            paused.hear(0, refusal, asyncio.get_running_loop().time())
        await whole(of, lane, placed)
        if of.candidate == "good" and of.sample == str(5 * BLOCK - 1):
            street.stop.ask()

    street.work = work  # type: ignore[method-assign]
    street.go()
    assert Counter(name for name, _ in street.sent)["good"] == 5 * BLOCK


@pytest.mark.parametrize("slow_s", [0.05, 600], ids=["a while", "for long"])
def test_no_answer_is_asked_for_beside_the_warm_up_of_its_lane_and_others_go_on(
    slow_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("lanes", "dispatch"):
        monkeypatch.setattr(f"harness.execute.{module}.HELD_UP_S", 0.1)
    street = Street(candidates=[remote("good"), remote("slow")], samples=4 * BLOCK, takes_s=lambda _: 0.0)
    street.before = [replace(call(name, i), role=Role.WARMUP, key=f"{name} w{i}") for i in range(3)
                     for name in ("good", "slow")]  # fmt: skip
    warm: Counter[str] = Counter()
    beside: list[str] = []

    async def work(of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        placed()
        is_warm_up = of.role is Role.WARMUP
        if not is_warm_up:
            street.sent.append((of.candidate, int(of.sample)))
            beside.extend([of.candidate] * warm[of.candidate])
        warm[of.candidate] += is_warm_up
        try:
            await asyncio.sleep(slow_s if is_warm_up and of.candidate == "slow" else 0.01)
        finally:
            warm[of.candidate] -= is_warm_up
            lane.leave()
        if (of.candidate, of.sample) == ("good", str(4 * BLOCK - 1)) and slow_s > 1:
            street.stop.interrupt()
            street.stop.interrupt()

    street.work = work  # type: ignore[method-assign]
    street.go()
    assert beside == []
    assert Counter(name for name, _ in street.sent)["good"] == 4 * BLOCK
    assert [i for name, i in street.sent if name == "slow"] == (list(range(4 * BLOCK)) if slow_s < 1 else [])


def test_embedded_engines_hold_nobody_back_and_send_one_call_at_a_time() -> None:
    street = Street(
        candidates=[remote("fast"), embedded("slow")],
        samples=4 * BLOCK,
        takes_s=lambda name: 0.01 if name == "slow" else 0.0,
    )
    street.go()
    order = [name for name, _ in street.sent]
    assert order.index("slow") == 1 or order[0] == "slow"
    assert "fast" not in order[5 * BLOCK :]
    assert Counter(order) == {"fast": 4 * BLOCK, "slow": 4 * BLOCK}


def test_one_that_waits_to_be_tried_again_stands_in_no_ones_way() -> None:
    street = Street(candidates=[remote("a")], samples=10, takes_s=lambda _: 0.0, max_in_flight=1)
    order: list[str] = []

    async def deliver(of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        await lane.enter(of, lambda: None)
        placed()
        lane.leave()
        if of.sample == "0":
            await asyncio.sleep(0.2)
        order.append(of.sample)

    street.deliver = deliver  # type: ignore[method-assign]
    street.go()
    assert order == [*map(str, range(1, 10)), "0"]


def test_a_stop_ends_lanes_that_wait_for_others() -> None:
    street = Street(
        candidates=[remote("fast"), remote("slow", max_in_flight=1)],
        samples=5 * BLOCK,
        takes_s=lambda name: 0.05 if name == "slow" else 0.0,
    )
    whole = street.deliver

    async def deliver(of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        await whole(of, lane, placed)
        if of.candidate == "slow" and of.sample == "2":
            street.stop.ask()

    street.deliver = deliver  # type: ignore[method-assign]
    street.go()
    assert Counter(name for name, _ in street.sent) == {"fast": 2 * BLOCK, "slow": 3}


def test_what_a_delivery_raises_ends_the_others() -> None:
    street = Street(candidates=[remote("a"), remote("b")], samples=9, takes_s=lambda name: 60 if name == "a" else 0.01)
    whole = street.deliver

    async def deliver(of: Call, lane: Lane, placed: Callable[[], None]) -> None:
        await whole(of, lane, placed)
        raise KeyError("lost")

    street.deliver = deliver  # type: ignore[method-assign]
    with pytest.raises(KeyError, match="lost"):
        street.go()
