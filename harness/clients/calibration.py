"""Calibration: how far the harness's own marks are from the truth, here and now, on the way that every call takes."""

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from harness.clients.channel import Channel
from harness.clients.child import Child
from harness.clients.deadlines import Deadlines
from harness.clients.known_server import ADDRESS, TRUTH
from harness.clients.reply import Reply
from harness.clients.sender import Sender
from harness.clients.target import Target
from harness.core.children import child_environment
from harness.core.manifest import Calibration
from harness.core.requests import ChatRequest
from harness.core.wording import worded
from harness.errors import BakeoffError

_DEADLINES = Deadlines(timeout_s=60.0, idle_timeout_s=60.0)
_START_S = 60.0


async def calibrate(sender: Sender, *, in_flight: int, env: Mapping[str, str], log: Path) -> Calibration:
    """Send streams to a server of known latency, `in_flight` at once, and compare marks with truth.

    `sender` gets ready while the server starts. The first `in_flight` streams open the connections and are not counted.
    BakeoffError where not one of the others can be timed: this machine measures nothing.
    """
    truth: dict[str, float] = {}
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def lost() -> None:
        if not port.done():
            port.set_exception(
                BakeoffError(
                    worded("the server of known latency has ended"), hint=worded("what it said is in {log}", log=log)
                )
            )

    def heard(kind: int, _: int, payload: bytes) -> None:
        if kind == ADDRESS:
            port.set_result(int(payload))
        elif kind == TRUTH:
            name, ms = json.loads(payload)
            truth[name] = ms

    server = await Child.start(
        "harness.clients.known_server", channel=Channel(heard, lost), env=child_environment(env), log=log
    )
    try:
        await sender.ready()
        try:
            address = f"http://127.0.0.1:{await asyncio.wait_for(port, _START_S)}/v1"
        except TimeoutError as error:
            raise BakeoffError(
                worded("the server of known latency did not start within {seconds:g} s", seconds=_START_S)
            ) from error
        target = Target(candidate="calibration", model="openai/known", base_url=address, api_key="unused")
        places = asyncio.Semaphore(in_flight)

        async def stream(name: str) -> Reply:
            async with places:
                request = ChatRequest(messages=({"role": "user", "content": f"{name} please"},), max_tokens=16)
                return await sender(request, target, _DEADLINES, lambda _: b"", now=lambda: datetime.now(UTC))

        async def streams(names: list[str]) -> dict[str, Reply]:
            return dict(zip(names, await asyncio.gather(*map(stream, names)), strict=True))

        await streams([f"warm-{i}" for i in range(in_flight)])
        began = time.monotonic()
        replies = await streams([f"timed-{i}" for i in range(max(12, 2 * in_flight))])
        took_s = time.monotonic() - began
    finally:
        await server.end()
    return _compared(replies, truth, in_flight=in_flight, took_s=took_s)


def _compared(
    replies: Mapping[str, Reply], truth: Mapping[str, float], *, in_flight: int, took_s: float
) -> Calibration:
    timed = {name: reply.marks for name, reply in replies.items() if reply.marks.ttft_ms is not None and name in truth}
    trusted = {name: marks for name, marks in timed.items() if marks.valid}
    if not trusted:
        outcome = next(iter(replies.values())).outcome
        raise BakeoffError(
            worded("no stream of a server on this machine could be timed: {outcome}", outcome=outcome),
            hint=worded("the machine may be far too busy: bakeoff doctor says what it sees"),
        )
    errors = sorted((marks.ttft_ms or 0.0) - truth[name] for name, marks in trusted.items())
    seen = [marks.client_ttft_ms - truth[name] for name, marks in timed.items() if marks.client_ttft_ms is not None]
    return Calibration(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        in_flight=in_flight,
        streams=len(replies),
        untrusted=len(replies) - len(trusted),
        bias_ms=fmean(errors),
        worst_ms=errors[-1],
        client_bias_ms=fmean(seen) if seen else None,
        streams_per_s=len(replies) / took_s,
    )
