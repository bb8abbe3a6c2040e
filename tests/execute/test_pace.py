import asyncio

import pytest

from harness.core.requests import ChatRequest, SpeechRequest
from harness.execute.pace import Pace, most_tokens
from tests.execute.clock import Clock


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


def test_the_bound_on_tokens_holds_the_answer_too() -> None:
    chat = ChatRequest(messages=({"role": "user", "content": "字" * 300},), max_tokens=100)
    assert 400 <= most_tokens(chat) <= 500
    assert most_tokens(SpeechRequest(text="a" * 300)) >= 100
