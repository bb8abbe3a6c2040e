"""The sending loop: each lane offers its calls in plan order, and none gets far ahead of the others."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from harness.core.calls import Call, Role
from harness.execute.lanes import HELD_UP_S, Bell, Lane
from harness.execute.sharing import LOCAL
from harness.execute.signals import Stop

Deliver = Callable[[Call, Lane, Callable[[], None]], Awaitable[None]]
"""Carries a call to its end; tells when it has its first place in flight."""


async def dispatch(
    lanes: Sequence[Lane], *, deliver: Deliver, usable: Callable[[str], bool], stop: Stop, bell: Bell
) -> None:
    """Send the calls of all lanes; returns when none is in flight and no more may be sent.

    One call of a lane at a time waits for its first place; those that wait to be tried again hold none, and stand in
    no one's way. What is measured waits until the lane's warm-up calls have ended. `usable`: whether a candidate may be
    asked. What `deliver` raises ends everything.
    """
    tasks: set[asyncio.Task[None]] = set()

    def cancel() -> None:
        for task in tasks:
            task.cancel()

    async def offer(lane: Lane) -> None:
        try:
            while lane.waiting and not stop.asked:
                if not usable(lane.waiting[0].call.candidate):
                    lane.waiting.popleft()
                elif lane.is_warming() or _is_ahead(lane, lanes):
                    await bell.heard(HELD_UP_S)  # nothing rings when a pause has become long
                else:
                    await send(lane.waiting[0].call, lane)
                    lane.waiting.popleft()
                    bell.ring()
        finally:
            bell.ring()  # whoever waits for this lane to come along waits in vain

    async def send(call: Call, lane: Lane) -> None:
        placed = asyncio.Event()
        if call.role is Role.WARMUP:
            lane.warming[call.key] = lane.clock()

        async def trip() -> None:
            try:
                await deliver(call, lane, placed.set)
            finally:
                placed.set()
                if lane.warming.pop(call.key, None) is not None:
                    bell.ring()

        task = begin(trip())
        await (asyncio.wait({task}) if lane.name == LOCAL else placed.wait())

    try:
        with stop.cancelling(cancel):
            async with asyncio.TaskGroup() as group:

                def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
                    task = group.create_task(work)
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                    return task

                for lane in lanes:
                    begin(offer(lane))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


def _is_ahead(lane: Lane, lanes: Sequence[Lane]) -> bool:
    """Whether a lane would begin a block while another has not sent all of the last but one.

    So a fast candidate does not have the quiet hour to itself. The lane that is last waits for nobody, so there is
    always one that goes on; and nobody waits for one that a pause holds up for long. Embedded engines stay out of it:
    their machine has no quiet hour, and while others waited for them, connections would grow cold.
    """
    return lane.name != LOCAL and any(
        other.waiting[0].block < lane.waiting[0].block - 1 and not other.is_held_up()
        for other in lanes
        if other.waiting and other.name != LOCAL
    )
