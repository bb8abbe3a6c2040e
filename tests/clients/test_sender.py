"""Attempts are the same whether this process makes them or workers of its own."""

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.clients.deadlines import Deadlines
from harness.clients.reply import Reply
from harness.clients.sender import Sender, Workers, sender
from harness.core.calls import Failure, Output
from harness.core.requests import Request
from harness.errors import WorkerError
from tests.clients.trip import CLIP, EVERY_ENDPOINT, chat, read_media, target
from tests.fake_provider import FakeProvider, Pace, hang, status

NOBODY = "http://127.0.0.1:9/v1"
DEADLINES = Deadlines(timeout_s=30, idle_timeout_s=30)


class Watched:
    """A watch that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []

    def sent(self, at: float) -> None:
        self.told.append(("sent", at))

    def closed(self, at: float) -> None:
        self.told.append(("closed", at))


async def once(send: Sender, request: Request, url: str, watch: Watched | None = None) -> Reply:
    return await send(request, target(url), DEADLINES, read_media, now=lambda: datetime.now(UTC), watch=watch)


Told = Callable[[Sender], Coroutine[Any, Any, None]]
Shared = tuple[Sender, asyncio.Runner]


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A sender with two workers, and the event loop that it lives in: LiteLLM is loaded twice, which takes seconds."""
    logs = tmp_path_factory.mktemp("two-workers")
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        send = runner.run(opened.enter_async_context(sender(2, env=os.environ, logs=logs)))
        runner.run(send.ready())
        yield send, runner
        runner.run(opened.aclose())
    assert "".join(path.read_text() for path in logs.glob("*.log")) == "", "no process had anything to say"


def to_one_worker(tmp_path: Path, told: Told, *, quiet: bool = True) -> None:
    """Tell `told` of a sender with a worker that may be harmed; `quiet`: no process has anything to say."""

    async def whole() -> None:
        async with Workers(1, env=os.environ, logs=tmp_path) as send:
            await send.ready()
            await told(send)

    asyncio.run(whole())
    assert not quiet or "".join(path.read_text() for path in tmp_path.glob("*.log")) == ""


def children() -> set[int]:
    """Process ids of the living children of this process."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has ended meanwhile
        if int(parent) == os.getpid() and state != "Z":
            found.add(int(entry.parent.name))
    return found


async def every_endpoint(send: Sender) -> None:
    async with FakeProvider(pace=Pace(first_s=0.05)) as provider:
        for name, request in EVERY_ENDPOINT.items():
            watch = Watched()
            reply = await once(send, request, provider.url, watch)
            assert isinstance(reply.outcome, Output), (name, reply)
            assert [what for what, _ in watch.told] == ["sent", "closed"] * (len(watch.told) // 2), name
            assert watch.told[-1][1] - watch.told[0][1] == reply.usage.busy_seconds
            assert reply.marks.total_ms is not None
            assert reply.wire_requests == 1
            if name == "speech":
                assert reply.outcome.audio is not None
                assert len(reply.blobs[reply.outcome.audio.sha256]) == reply.outcome.audio.size
            if name == "vision":
                assert provider.requests[-1].images == [hashlib.sha256(CLIP).hexdigest()]
        asked = [served for served in provider.requests if not served.path.startswith("/v1/videos/")]
        assert len(asked) == len(EVERY_ENDPOINT), "a job is ordered once, however often it is asked after"


def test_every_endpoint_from_this_process(tmp_path: Path) -> None:
    async def story() -> None:
        async with sender(1, env=os.environ, logs=tmp_path) as send:
            await send.ready()
            await every_endpoint(send)

    asyncio.run(story())
    assert list(tmp_path.glob("*.log")) == []


def test_every_endpoint_from_workers(two_workers: Shared) -> None:
    send, runner = two_workers
    runner.run(every_endpoint(send))


def test_a_failure_comes_back_whole(two_workers: Shared) -> None:
    send, runner = two_workers

    async def story() -> None:
        async with FakeProvider(always=status(429, retry_after="7")) as provider:
            reply = await once(send, chat(), provider.url)
            assert isinstance(reply.outcome, Failure)
            assert (reply.outcome.kind, reply.http_status, reply.retry_after_s) == ("rate_limit", 429, 7.0)
            assert reply.request_id == "req-fake"

    runner.run(story())


def test_a_cancelled_attempt_ends_at_the_provider(two_workers: Shared) -> None:
    send, runner = two_workers

    async def story() -> None:
        async with FakeProvider(always=hang()) as provider:
            watch = Watched()
            going = asyncio.ensure_future(once(send, chat(), provider.url, watch))
            async with asyncio.timeout(10):
                while not (provider.requests and watch.told):  # long before anything comes back
                    await asyncio.sleep(0.02)
            going.cancel()
            async with asyncio.timeout(10):
                while provider.requests[0].closed is None:
                    await asyncio.sleep(0.02)
            assert len(provider.requests) == 1

    runner.run(story())


def test_what_a_worker_fails_at_is_our_bug_and_no_wait_for_ever(two_workers: Shared) -> None:
    """An errand that the run can pack and the worker cannot read."""
    send, runner = two_workers

    async def story() -> None:
        unread = replace(DEADLINES, timeout_s=30.5)
        object.__setattr__(unread, "idle_timeout_s", {"no": "number"})
        with pytest.raises(RuntimeError, match=r"in worker-1: (.|\n)*TypeError"):
            await send(chat(), target(NOBODY), unread, lambda _: CLIP, now=lambda: datetime.now(UTC))

    runner.run(story())


def test_a_worker_that_hangs_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.clients.sender._GRACE_S", 0.5)
    short = Deadlines(timeout_s=0.5, idle_timeout_s=5)
    before = children()

    async def told(send: Sender) -> None:
        pids = children() - before
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(WorkerError, match="has not answered"):
                await send(chat(), target(NOBODY), short, lambda _: CLIP, now=lambda: datetime.now(UTC))
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    to_one_worker(tmp_path, told, quiet=False)  # it is interrupted in the middle of an attempt


def test_a_worker_that_is_killed_is_nobodys_timeout(tmp_path: Path) -> None:
    before = children()

    async def told(send: Sender) -> None:
        async with FakeProvider(always=hang()) as provider:
            going = asyncio.ensure_future(once(send, chat(), provider.url))
            while not provider.requests:
                await asyncio.sleep(0.02)
            for pid in children() - before:
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(WorkerError, match="worker-1"):
                await going
            with pytest.raises(WorkerError):
                await once(send, chat(), provider.url)

    to_one_worker(tmp_path, told)
    assert children() <= before
