"""What a signal does before anything is sent."""

import asyncio

import pytest

from harness.execute.signals import Stop


def test_getting_ready_is_dropped_when_nothing_may_be_sent() -> None:
    async def story() -> None:
        stop = Stop(drain_s=60)
        asyncio.get_running_loop().call_later(0.05, stop.interrupt)
        await asyncio.wait_for(stop.unless_asked(asyncio.sleep(3600)), 5)
        assert stop.asked

    asyncio.run(story())


def test_getting_ready_ends_by_itself_and_its_errors_are_heard() -> None:
    async def fails() -> None:
        raise ValueError("not ready")

    async def story() -> None:
        stop = Stop(drain_s=60)
        await stop.unless_asked(asyncio.sleep(0))
        with pytest.raises(ValueError, match="not ready"):
            await stop.unless_asked(fails())

    asyncio.run(story())
