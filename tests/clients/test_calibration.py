"""The calibration finds how late marks are, and knows when it cannot."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from harness.clients.calibration import calibrate
from harness.clients.deadlines import Deadlines
from harness.clients.in_process import InProcessTap
from harness.clients.reply import Reply
from harness.clients.sender import Here, Sender, Workers, sender
from harness.clients.target import Target
from harness.core.manifest import Calibration
from harness.core.requests import Request
from harness.errors import BakeoffError

pytestmark = pytest.mark.alone


class Distorted(Here):
    """Sends as it should, and then changes the marks."""

    def __init__(self, *, late_ms: float = 0.0, valid: bool = True) -> None:
        super().__init__(InProcessTap())
        self._late_ms, self._valid = late_ms, valid

    async def __call__(
        self,
        request: Request,
        target: Target,
        deadlines: Deadlines,
        read_media: Callable[[str], bytes],
        *,
        now: Callable[[], datetime],
    ) -> Reply:
        reply = await super().__call__(request, target, deadlines, read_media, now=now)
        late_ms = (reply.marks.ttft_ms or 0.0) + self._late_ms
        return replace(reply, marks=replace(reply.marks, ttft_ms=late_ms, valid=self._valid))


def distorted(tmp_path: Path, late_ms: float) -> Calibration:
    to = Distorted(late_ms=late_ms)
    return asyncio.run(calibrate(to, in_flight=2, env=os.environ, log=tmp_path / "log"))


@pytest.mark.parametrize("opened", [partial(sender, 1), partial(Workers, 1)], ids=["this process", "a worker"])
def test_what_a_run_sends_through(tmp_path: Path, opened: Callable[..., AbstractAsyncContextManager[Sender]]) -> None:
    async def story() -> Calibration:
        async with opened(env=os.environ, logs=tmp_path) as send:
            return await calibrate(send, in_flight=4, env=os.environ, log=tmp_path / "calibration.log")

    found = asyncio.run(story())
    assert (found.in_flight, found.streams) == (4, 12)
    assert found.untrusted < 12
    assert 0 < found.bias_ms < 40, "machines that run tests are busy, but not so busy"
    assert found.worst_ms >= found.bias_ms
    assert found.client_bias_ms is not None
    assert found.client_bias_ms > found.bias_ms
    assert found.streams_per_s > 0
    assert list(tmp_path.glob("*.log")) == [], "nobody had anything to say"


def test_late_marks_are_found(tmp_path: Path) -> None:
    least = min(distorted(tmp_path, 0.0).bias_ms for _ in range(3))
    assert distorted(tmp_path, 500.0).bias_ms > least + 450


def test_a_machine_that_times_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BakeoffError, match="could be timed"):
        asyncio.run(calibrate(Distorted(valid=False), in_flight=1, env=os.environ, log=tmp_path / "log"))


def test_a_server_that_does_not_start_is_said_at_once(tmp_path: Path) -> None:
    nowhere = {**os.environ, "PATH": "", "LD_LIBRARY_PATH": str(tmp_path)}
    (tmp_path / "libz.so.1").write_bytes(b"no library")
    with pytest.raises(BakeoffError, match="has ended"):
        asyncio.run(calibrate(Distorted(), in_flight=1, env=nowhere, log=tmp_path / "log"))
