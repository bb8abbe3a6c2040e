"""Who makes the attempts of a run: this process, or workers of its own when one cannot decode fast enough."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol, cast

from harness.clients import litellm_door
from harness.clients.channel import Channel
from harness.clients.child import Child
from harness.clients.deadlines import Deadlines
from harness.clients.frames import AT
from harness.clients.parcel import pack, unpack
from harness.clients.reply import Reply
from harness.clients.send import send
from harness.clients.tap import Tap, Watch
from harness.clients.tap_process import TRUST, ProcessTap
from harness.clients.target import Target
from harness.clients.worker import ATTEMPT, BUG, CANCEL, CLOSED, OVER, READY, REPLY, SENT, Errand, reply_of
from harness.core.children import package_path
from harness.core.requests import Request, media_named
from harness.core.wording import worded
from harness.errors import TapError, WorkerError

_GRACE_S = 120.0
"""How long a worker may take beyond an attempt's deadline, which its tap keeps."""
_READY_S = 120.0
"""A worker imports LiteLLM, which takes seconds, and much longer on a machine that is short of memory."""


class Sender(Protocol):
    """Makes attempts: what `retry.call` takes as `once`."""

    async def ready(self) -> None:
        """Load what the first attempt would wait for; nothing where that has happened."""

    async def __call__(
        self,
        request: Request,
        target: Target,
        deadlines: Deadlines,
        read_media: Callable[[str], bytes],
        *,
        now: Callable[[], datetime],
        watch: Watch | None = None,
    ) -> Reply:
        """See `send`."""


@asynccontextmanager
async def sender(workers: int, *, env: Mapping[str, str], logs: Path) -> AsyncIterator[Sender]:
    """Open what sends: one worker is this process itself, and others see what it sees.

    `env` says which certificates the tap trusts; keys reach LiteLLM with each attempt.
    """
    if workers == 1:
        async with ProcessTap(env=env, log=logs / "tap.log") as tap:
            yield Here(tap)
    else:
        async with Workers(workers, env=env, logs=logs) as found:
            yield found


class Here:
    """Sends from this process."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap

    async def ready(self) -> None:
        litellm_door.load()

    async def __call__(
        self,
        request: Request,
        target: Target,
        deadlines: Deadlines,
        read_media: Callable[[str], bytes],
        *,
        now: Callable[[], datetime],
        watch: Watch | None = None,
    ) -> Reply:
        return await send(request, target, deadlines, read_media, tap=self._tap, now=now, watch=watch)


class Workers:
    """Sends from processes of its own; each attempt goes to the one that has the fewest under way."""

    def __init__(self, number: int, *, env: Mapping[str, str], logs: Path) -> None:
        self._number, self._env, self._logs = number, env, logs
        self._workers: list[_Worker] = []

    async def __aenter__(self) -> "Workers":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.end() for worker in self._workers))

    async def ready(self) -> None:
        if not self._workers:
            self._workers = [_Worker(number) for number in range(1, self._number + 1)]
            trust = {name: self._env[name] for name in TRUST if name in self._env}
            env = {**os.environ, **trust, **package_path()}
            await asyncio.gather(*(worker.start(env, self._logs) for worker in self._workers))

    async def __call__(
        self,
        request: Request,
        target: Target,
        deadlines: Deadlines,
        read_media: Callable[[str], bytes],
        *,
        now: Callable[[], datetime],  # noqa: ARG002 - a worker has the same clock
        watch: Watch | None = None,
    ) -> Reply:
        media = {sha256: read_media(sha256) for sha256 in media_named(request)}
        worker = min(self._workers, key=lambda worker: worker.under_way)
        errand = Errand(request=request, target=target, deadlines=deadlines, watched=watch is not None)
        return await worker.attempt(errand, media, watch)


class _Worker:
    """One worker, seen from the run."""

    def __init__(self, number: int) -> None:
        self._name = f"worker-{number}"
        self._channel = Channel(self._heard, self._lost)
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._watching: dict[int, Watch] = {}
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._child: Child | None = None
        self._dead = False

    @property
    def under_way(self) -> int:
        return len(self._waiting)

    async def start(self, env: Mapping[str, str], logs: Path) -> None:
        self._child = await Child.start(
            "harness.clients.worker", "--tap-log", str(logs / f"tap-{self._name}.log"),
            channel=self._channel, env=env, log=logs / f"{self._name}.log",
        )  # fmt: skip
        try:
            await asyncio.wait_for(self._ready, _READY_S)
        except TimeoutError as error:
            raise self._error(worded("was not ready after {seconds:g} s", seconds=_READY_S)) from error

    async def end(self) -> None:
        if self._child is not None:
            await self._child.end()

    async def attempt(self, errand: Errand, media: Mapping[str, bytes], watch: Watch | None) -> Reply:
        if self._dead:
            raise self._error(worded("has ended"))
        number = next(self._numbers)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        if watch is not None:
            self._watching[number] = watch
        self._channel.send(ATTEMPT, number, *pack(errand, media))
        most_s = errand.deadlines.timeout_s + _GRACE_S
        try:
            async with asyncio.timeout(most_s):
                return await reply
        except asyncio.CancelledError:
            self._channel.send(CANCEL, number)
            raise
        except TimeoutError as error:
            raise self._error(worded("has not answered for {seconds:g} s", seconds=most_s)) from error
        finally:
            self._waiting.pop(number, None)
            self._watching.pop(number, None)

    def _heard(self, kind: int, number: int, payload: bytes) -> None:
        if kind == READY:
            self._ready.set_result(None)
        elif (reply := self._waiting.get(number)) is None or reply.done():
            return  # cancelled meanwhile
        elif kind == SENT:
            self._watching[number].sent(*AT.unpack(payload))
        elif kind == CLOSED:
            self._watching[number].closed(*AT.unpack(payload))
        elif kind == REPLY:
            reply.set_result(reply_of(payload))
        elif kind == OVER:
            message, hint = cast(tuple[str, str | None], unpack(payload)[0])
            reply.set_exception(TapError(message, hint=hint))
        elif kind == BUG:
            reply.set_exception(RuntimeError(f"in {self._name}: {payload.decode()}"))

    def _lost(self) -> None:
        self._dead = True
        futures: list[asyncio.Future[Any]] = [self._ready, *self._waiting.values()]
        for future in futures:
            if not future.done():
                future.set_exception(self._error(worded("has ended")))
                future.exception()  # whoever waits has it; nobody may wait

    def _error(self, what: str) -> WorkerError:
        return WorkerError(
            worded("{name}, a process that sends requests, {what}", name=self._name, what=what),
            hint=worded(
                "what it said is in logs/{name}.log of the run's folder; what was served is kept", name=self._name
            ),
        )
