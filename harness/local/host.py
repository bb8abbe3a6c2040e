"""Start, watch and stop the processes in which embedded engines run."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from harness.core.canonical import from_json
from harness.core.children import child_environment
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.local.catalog import ENGINES
from harness.local.embedded import Engine
from harness.local.fetch import missing, not_installed

_LAST_LINES = 8
_HEALTH_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    process: asyncio.subprocess.Process
    lifeline: int
    """Our end of the pipe; closing it ends the engine."""
    url: str
    threads: int


class Host:
    """The engines of one run, each started once, on demand; all of them end with the context, or with this process.

    An engine that competes has one thread (two that spin on two busy cores are far slower than one); one that measures
    has every core, since it runs when the machine is free. `ports`: engine → port; by default a free one. The engines'
    stderr goes to `log_folder` (by default a temporary folder).
    """

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        ports: Mapping[str, int] | None = None,
        log_folder: Path | None = None,
        start_timeout_s: float = 120.0,
        engines: Mapping[str, Engine] = ENGINES,
        serve: str = "harness.local.serve",
    ) -> None:
        self._env = os.environ if env is None else env
        self._ports = ports or {}
        self._log_folder = log_folder
        self._start_timeout_s = start_timeout_s
        self._engines = engines
        self._serve = serve
        self._running: dict[str, _Running] = {}
        self._starting = asyncio.Lock()
        self._owned = contextlib.ExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for name in list(self._running):
            await self.stop(name)
        self._owned.close()

    async def start(self, name: str, *, measures: bool = False) -> None:
        """Start an engine unless it runs; returns when it is loaded, warm and healthy.

        One that competed and now `measures` is started anew. UsageError E401: unknown or not installed. E402: wrong
        weights. E403: port in use. E404: it does not start.
        """
        threads = (os.cpu_count() or 1) if measures else 1
        async with self._starting:
            running = self._running.get(name)
            if running is not None and running.process.returncode is None and running.threads == threads:
                return
            await self.stop(name)
            self._running[name] = await self._launch(self._known(name), threads)

    def url(self, name: str) -> str:
        """Address of a started engine, without /v1; KeyError where it was not started."""
        return self._running[name].url

    def pid(self, name: str) -> int:
        """Process id of a started engine; KeyError where it was not started."""
        return self._running[name].process.pid

    async def stop(self, name: str) -> None:
        """End an engine; nothing where it does not run."""
        running = self._running.pop(name, None)
        if running is not None:
            await _end(running.process, running.lifeline)

    def _known(self, name: str) -> Engine:
        engine = self._engines.get(name)
        if engine is None:
            hint = did_you_mean(name, self._engines)
            raise UsageError(
                [Problem(code="E401", message=worded("there is no embedded engine {name!r}", name=name), hint=hint)]
            )
        if name in ENGINES and missing([name]):
            raise not_installed(engine)
        return engine

    async def _launch(self, engine: Engine, threads: int) -> _Running:
        port = self._ports.get(engine.name, 0)
        theirs, ours = os.pipe()
        options = ("--port", str(port), "--threads", str(threads), "--lifeline", str(theirs))
        process: asyncio.subprocess.Process | None = None
        try:
            with self._log(engine.name) as log:
                process = await asyncio.create_subprocess_exec(
                    # -P: a file in the working folder must not pose as a library
                    *(sys.executable, "-P", "-m", self._serve, engine.name, *options),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    pass_fds=(theirs,),
                    env=engine_environment(self._env, threads),
                    start_new_session=True,  # Ctrl-C is for us: we let calls in flight end
                )
                port = await self._handshake(engine, process, log)
                await _demand_health(engine, port)
        except BaseException:
            if process is None:
                os.close(ours)
            else:
                await _end(process, ours)
            raise
        finally:
            os.close(theirs)
        return _Running(process=process, lifeline=ours, url=f"http://127.0.0.1:{port}", threads=threads)

    async def _handshake(self, engine: Engine, process: asyncio.subprocess.Process, log: IO[bytes]) -> int:
        """Wait for the one line that the child writes: its port, or why it has none."""
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), self._start_timeout_s)
        except TimeoutError:
            why = worded("was not ready after {seconds:.0f} s", seconds=self._start_timeout_s)
        else:
            if line:
                said = json.loads(line)
                if "port" in said:
                    return int(said["port"])
                raise UsageError(from_json(tuple[Problem, ...], said["problems"]))
            why = worded("ended while it started (status {status})", status=await process.wait())
        last = Path(log.name).read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        hint = "\n".join([f"the end of its log {log.name}:", *last]) if last else None
        raise UsageError(
            [Problem(code="E404", message=worded("the engine {name!r} {why}", name=engine.name, why=why), hint=hint)]
        )

    def _log(self, name: str) -> IO[bytes]:
        if self._log_folder is None:
            self._log_folder = Path(self._owned.enter_context(tempfile.TemporaryDirectory(prefix="bakeoff-engines-")))
        self._log_folder.mkdir(parents=True, exist_ok=True)
        return (self._log_folder / f"engine-{name}.log").open("ab")


def engine_environment(env: Mapping[str, str], threads: int) -> dict[str, str]:
    """Return what an engine's process sees: what every child does, its threads, and no hub."""
    return child_environment(env) | {"OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1"}


async def _demand_health(engine: Engine, port: int) -> None:
    try:
        async with asyncio.timeout(_HEALTH_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                status = await reader.readline()
    except OSError as error:
        status = repr(error).encode()
    if b" 200 " not in status:
        message = worded(
            "the engine {name!r} is not healthy: {said}",
            name=engine.name,
            said=status.decode(errors="replace").strip(),
        )
        raise UsageError([Problem(code="E404", message=message)])


async def _end(process: asyncio.subprocess.Process, lifeline: int) -> None:
    os.close(lifeline)
    try:
        await asyncio.wait_for(process.wait(), timeout=5)
    except TimeoutError:
        process.kill()
        await process.wait()
