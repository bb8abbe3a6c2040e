"""Engines start once, see no keys, say why they do not start, and end with whoever started them."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from harness.core.children import PASSED_ON
from harness.errors import Problem, UsageError
from harness.local.host import Host, engine_environment
from tests.local.dummy import ENGINES

pytestmark = pytest.mark.alone

SECRETS = {"OPENAI_API_KEY": "sk-secret", "HTTPS_PROXY": "http://user:word@proxy", "PYTHONSTARTUP": "/tmp/evil.py"}


def host(folder: Path, *, env: Mapping[str, str] | None = None, start_timeout_s: float = 60, port: int = 0) -> Host:
    return Host(
        env=env,
        ports={"dummy": port},
        log_folder=folder,
        start_timeout_s=start_timeout_s,
        engines=ENGINES,
        serve="tests.local.dummy",
    )


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def gone(port: int, *, within_s: float = 10) -> bool:
    end = time.monotonic() + within_s
    while listens(port):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def refusal(folder: Path, name: str, *, start_timeout_s: float = 60, port: int = 0) -> Problem:
    async def story() -> None:
        async with host(folder, start_timeout_s=start_timeout_s, port=port) as engines:
            await engines.start(name)

    with pytest.raises(UsageError) as error:
        asyncio.run(story())
    (problem,) = error.value.problems
    return problem


def test_an_engine_is_started_once_serves_and_ends_with_the_context(tmp_path: Path) -> None:
    async def story() -> str:
        async with host(tmp_path) as engines:
            await asyncio.gather(engines.start("dummy"), engines.start("dummy"))
            url, pid = engines.url("dummy"), engines.pid("dummy")
            await engines.start("dummy")
            assert (engines.url("dummy"), engines.pid("dummy")) == (url, pid)
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                assert (await client.get("/health")).json() == {"status": "ok"}
                response = await client.post("/v1/audio/speech", json={"model": "dummy", "input": "Hi."})
                assert response.content.startswith(b"RIFF")
            return url

    assert gone(port_of(asyncio.run(story())), within_s=0)


def test_an_engine_can_be_stopped_and_started_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with host(tmp_path) as engines:
            await engines.start("dummy")
            first = engines.url("dummy")
            await engines.stop("dummy")
            await engines.stop("dummy")
            assert not listens(port_of(first))
            with pytest.raises(KeyError):
                engines.url("dummy")
            await engines.start("dummy")
            assert listens(port_of(engines.url("dummy")))

    asyncio.run(story())


def test_an_engine_that_died_is_started_anew(tmp_path: Path) -> None:
    async def story() -> None:
        async with host(tmp_path) as engines:
            await engines.start("dummy")
            pid = engines.pid("dummy")
            os.kill(pid, signal.SIGKILL)
            while True:
                await engines.start("dummy")
                if engines.pid("dummy") != pid:
                    break
                await asyncio.sleep(0.01)
            assert listens(port_of(engines.url("dummy")))

    asyncio.run(story())


async def environment(url: str) -> dict[str, str]:
    """What the dummy at `url` sees."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        body = {"input": "Hi.", "response_format": "pcm"}
        said = (await client.post("/v1/audio/speech", json=body)).content.removesuffix(b"!!")
    seen: dict[str, str] = json.loads(said)["environment"]
    return seen


def test_who_competes_has_one_thread_and_who_measures_every_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)

    async def story() -> tuple[str, ...]:
        async with host(tmp_path) as engines:
            await engines.start("dummy")
            competing = (await environment(engines.url("dummy")))["OMP_NUM_THREADS"]
            await engines.start("dummy", measures=True)
            return competing, (await environment(engines.url("dummy")))["OMP_NUM_THREADS"]

    assert asyncio.run(story()) == ("1", "3")


def test_no_key_reaches_an_engine(tmp_path: Path) -> None:
    env = {**os.environ, **SECRETS, "LANG": "C.UTF-8"}

    async def story() -> dict[str, str]:
        async with host(tmp_path, env=env) as engines:
            await engines.start("dummy")
            return await environment(engines.url("dummy"))

    seen = asyncio.run(story())
    assert seen["LANG"] == "C.UTF-8"
    assert not SECRETS.keys() & seen.keys()
    own = {"OMP_NUM_THREADS", "HF_HUB_OFFLINE", "PYTHONUTF8", "PYTHONPATH"}
    assert seen.keys() <= {*PASSED_ON, *own, "LC_CTYPE"}


def test_the_environment_is_an_allow_list() -> None:
    seen = engine_environment(SECRETS | {"PATH": "/bin"}, 2)
    assert seen["PATH"] == "/bin"
    assert seen["OMP_NUM_THREADS"] == "2"
    assert not SECRETS.keys() & seen.keys()


def test_a_file_in_the_working_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)

    async def story() -> None:
        async with host(tmp_path / "logs") as engines:
            await engines.start("dummy")
            assert engines.pid("dummy") > 0

    asyncio.run(story())


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        problem = refusal(tmp_path, "dummy", port=port)
    assert problem.code == "E403"
    assert f"port {port}" in problem.message
    assert problem.hint


def test_a_free_port_is_used_as_asked(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]

    async def story() -> str:
        async with host(tmp_path, port=port) as engines:
            await engines.start("dummy")
            return engines.url("dummy")

    assert asyncio.run(story()) == f"http://127.0.0.1:{port}"


def test_wrong_weights_are_named_across_the_process(tmp_path: Path) -> None:
    problem = refusal(tmp_path, "forged")
    assert problem.code == "E402"
    assert "expected 0000" in problem.message
    assert "pip install" in (problem.hint or "")


def test_an_engine_that_breaks_shows_the_end_of_its_log(tmp_path: Path) -> None:
    problem = refusal(tmp_path, "broken")
    assert problem.code == "E404"
    assert "status 1" in problem.message
    assert "No module named 'tests.local.no_such_module'" in (problem.hint or "")
    assert str(tmp_path / "engine-broken.log") in (problem.hint or "")


def test_an_engine_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    problem = refusal(tmp_path, "slow", start_timeout_s=1)
    assert problem.code == "E404"
    assert "not ready after 1 s" in problem.message


def test_an_unknown_engine_gets_a_suggestion(tmp_path: Path) -> None:
    problem = refusal(tmp_path, "dumy")
    assert problem.code == "E401"
    assert problem.hint == "did you mean 'dummy'?"


def test_without_a_folder_logs_are_temporary() -> None:
    async def story() -> None:
        async with Host(engines=ENGINES, serve="tests.local.dummy") as engines:
            await engines.start("dummy")
            assert engines.url("dummy").startswith("http://127.0.0.1:")

    asyncio.run(story())


PARENT = """
import asyncio, sys
from harness.local.host import Host
from tests.local.dummy import ENGINES

async def story():
    async with Host(engines=ENGINES, serve="tests.local.dummy") as engines:
        await engines.start("dummy")
        print(engines.url("dummy"), flush=True)
        await asyncio.sleep(600)

asyncio.run(story())
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "SIGTERM"])
def test_an_engine_ends_with_its_parent(ending: signal.Signals) -> None:
    root = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        assert parent.stdout is not None
        port = port_of(parent.stdout.readline().strip())
        assert listens(port)
        parent.send_signal(ending)
        parent.wait(timeout=10)
    assert gone(port)
