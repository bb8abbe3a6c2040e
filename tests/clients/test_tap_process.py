"""The sender's side of the tap's process."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from harness.clients import outgoing
from harness.clients.deadlines import Deadlines
from harness.clients.send import send
from harness.clients.tap import Encoded, Tap, forward
from harness.clients.tap_process import ProcessTap
from harness.core.calls import Failure, Fault, Output
from harness.core.children import PASSED_ON
from harness.errors import TapError
from tests.clients.raw import LAST, OK, STREAM, Play, Raw, Talk, answering, chunk, fetch
from tests.clients.trip import KEY, chat, process, target, wire_of
from tests.fake_provider import FakeProvider
from tests.fake_provider.certificate import Certificate

pytestmark = pytest.mark.alone

TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
DEADLINES = Deadlines(timeout_s=10, idle_timeout_s=5)


async def ask(tap: Tap, url: str, *, key: str = KEY) -> Output | Failure:
    """Have LiteLLM send a chat through `tap`, and return what came of it."""
    reply = await send(chat(), replace(target(url), api_key=key), DEADLINES, lambda _: b"", tap=tap)
    return reply.outcome


SSE = b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "ok"}, "finish_reason": "stop"}]}\n\n'
ANSWER = STREAM + chunk(SSE) + chunk(b"data: [DONE]\n\n")
WHOLE = ANSWER + LAST
"""Its connection is free again by the time that LiteLLM has read it."""


def test_a_reader_that_has_seen_the_end_of_a_stream_does_not_cost_its_connection() -> None:
    """LiteLLM closes a stream at [DONE], before the response has ended."""

    async def story() -> None:
        async with Raw(answering(ANSWER, LAST)) as server, process() as tap:

            async def worker() -> None:
                for _ in range(10):
                    assert isinstance(await ask(tap, server.url), Output)

            await asyncio.gather(*(worker() for _ in range(3)))
            assert len(server.requests) == 30
            assert len(server.talks) <= 3 + 1, "a response may end later than the next request begins"

    asyncio.run(story())


@pytest.mark.parametrize("sent", [False, True], ids=["before any", "in flight"])
def test_a_dead_tap_raises_out_of_every_attempt(sent: bool) -> None:
    async def story() -> None:
        async with Raw(Talk.gone) as server, process() as tap:
            asking = [asyncio.create_task(ask(tap, server.url)) for _ in range(3 * sent)]
            while len(server.talks) < len(asking):
                await asyncio.sleep(0.01)
            os.kill(tap.pid, signal.SIGKILL)
            ends = await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 5)
            await asyncio.sleep(0.1)
            later = await asyncio.gather(ask(tap, server.url), return_exceptions=True)
            for end in (*ends, *later):
                assert isinstance(end, TapError), repr(end)
                assert end.exit_code == 70
            assert len(server.talks) == len(asking), "nothing leaves past the tap"

    asyncio.run(story())


def test_a_tap_that_hangs_is_nobodys_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.clients.tap_process._GRACE_S", 0.5)

    async def story() -> None:
        async with FakeProvider() as provider, process() as tap:
            assert isinstance(tap, ProcessTap)
            assert isinstance(await ask(tap, provider.url), Output)
            os.kill(tap.pid, signal.SIGSTOP)
            try:
                short = Deadlines(timeout_s=0.5, idle_timeout_s=5)
                with pytest.raises(TapError, match="hangs"):
                    await send(chat(), target(provider.url), short, lambda _: b"", tap=tap)
            finally:
                os.kill(tap.pid, signal.SIGCONT)

    asyncio.run(story())


def test_a_clock_that_jumps_is_seen_though_the_reader_leaves_early() -> None:
    """A reader that has seen [DONE] is gone before the tap can say how far the clocks parted."""

    async def hold(talk: Talk) -> None:
        await talk.request()
        await talk.say(ANSWER)
        await talk.gone()

    async def story() -> None:
        async with Raw(hold) as server, process() as tap:
            away = iter([0.0])
            wire = wire_of(limit=2**20, wall=lambda: time.monotonic() + next(away, 5.0))
            async with tap.listen(wire):
                response = await forward(nowhere, httpx.Request("POST", server.url, content=b"{}"))
                async for _ in response.aiter_raw():
                    break
                await response.aclose()
            assert wire.exchanges[0].clock_drift_s == pytest.approx(5.0, abs=0.1)

    asyncio.run(story())


async def nowhere(_: httpx.Request) -> httpx.Response:
    raise AssertionError("the request has left past the tap")


def test_a_tap_that_does_not_start_says_why_in_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, broken = tmp_path / "tap.log", tmp_path / "python"
    broken.write_text("#!/bin/sh\necho a library is missing >&2\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))

    async def story() -> None:
        async with ProcessTap(env={}, log=log) as tap:
            with pytest.raises(TapError, match="has ended"):
                await fetch(tap, "http://127.0.0.1:9/")

    asyncio.run(story())
    assert log.read_text() == "a library is missing\n"


def test_the_tap_sees_an_allow_list_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{KEY}@127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_DIR", "/etc/ssl/certs")

    async def story() -> list[bytes]:
        async with Raw(answering(OK)) as server, process() as tap:
            await fetch(tap, server.url)
            return Path(f"/proc/{tap.pid}/environ").read_bytes().split(b"\0")

    seen = {line.partition(b"=")[0].decode() for line in asyncio.run(story()) if line}
    assert "SSL_CERT_DIR" in seen
    assert seen <= {*PASSED_ON, *TRUST, "PYTHONUTF8", "PYTHONPATH"}


def test_taps_and_event_loops_one_after_the_other() -> None:
    async def story() -> None:
        async with FakeProvider() as provider:
            for _ in range(2):
                async with process() as tap:
                    assert isinstance(await ask(tap, provider.url), Output)
            assert len(provider.requests) == 2

    for _ in range(2):
        asyncio.run(story())


def test_a_key_with_a_line_break_is_our_fault_and_reaches_nobody() -> None:
    async def story() -> None:
        async with Raw(answering(ANSWER, LAST)) as server, process() as tap:
            outcome = await ask(tap, server.url, key=f"{KEY}\r\nx-evil: 1")
            assert isinstance(outcome, Failure)
            assert outcome.fault is Fault.HARNESS
            assert "line break" in outcome.message
            assert isinstance(await ask(tap, server.url), Output), "the next one goes its way"
            assert len(server.requests) == 1

    asyncio.run(story())


def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"

    async def story() -> None:
        async with Raw(answering(moved)) as server, process() as tap:
            wire = wire_of(limit=100)
            response = await fetch(tap, server.url, wire)
            assert (response.status_code, response.has_redirect_location) == (302, False)
            assert (len(server.requests), len(wire.exchanges)) == (1, 1)

    asyncio.run(story())


def test_a_compressed_response_is_refused_and_hung_up_on() -> None:
    async def play(talk: Talk) -> None:
        await talk.request()
        await talk.say(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n", b"x")
        await talk.gone()

    async def story() -> None:
        async with Raw(play) as server, process() as tap:
            with pytest.raises(Encoded, match="gzip"):
                await fetch(tap, server.url)
            await asyncio.wait_for(server.talks[0].ended.wait(), 2)

    asyncio.run(story())


# -- TLS


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate.make(tmp_path)


def tls_attempts(certificate: Certificate, *, host: str = "127.0.0.1", count: int = 1) -> tuple[list[object], Raw]:
    """What becomes of `count` chats with a server that shows `certificate`."""

    async def story() -> tuple[list[object], Raw]:
        tls = certificate.server_context()
        async with Raw(answering(WHOLE), tls=tls, host=host) as server, process() as tap:
            return [await ask(tap, server.url) for _ in range(count)], server

    return asyncio.run(story())


def test_a_certificate_is_trusted_through_the_environment(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    outcomes, server = tls_attempts(certificate, count=3)
    assert all(isinstance(outcome, Output) for outcome in outcomes), outcomes
    assert len(server.talks) == 1, "TLS connections are kept too"


@pytest.mark.parametrize(
    ("trusted", "host", "words"),
    [
        pytest.param(False, "127.0.0.1", "its certificate is not trusted: self-signed certificate", id="by nobody"),
        pytest.param(True, "127.0.0.2", "its certificate is not trusted: IP address mismatch", id="of another host"),
    ],
)
def test_a_certificate_that_is_not_trusted(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, trusted: bool, host: str, words: str
) -> None:
    for name in TRUST:
        monkeypatch.delenv(name, raising=False)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    [outcome], server = tls_attempts(certificate, host=host)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.fault) == ("connection", Fault.INFRA)
    assert outcome.message.startswith(f"cannot connect to {host}: {words}")
    assert server.requests == [], "nothing may be sent to a stranger"


def test_a_user_who_wants_no_certificate_checked(certificate: Certificate) -> None:
    async def handle(_: httpx.Request) -> httpx.Response:
        raise AssertionError

    async def story() -> None:
        async with Raw(answering(OK), tls=certificate.server_context()) as server, process() as tap:
            wire = wire_of(limit=100)
            async with tap.listen(wire):
                asked = httpx.Request("POST", server.url, content=b"")
                response = await tap.carry(asked, wire, handle, verify=False)
                assert await response.aread() == b"ok"

    asyncio.run(story())


# -- proxies


@pytest.fixture(autouse=True)
def fresh_proxies() -> Iterator[None]:
    outgoing._proxy.cache_clear()
    yield
    outgoing._proxy.cache_clear()


def test_a_plain_request_goes_through_the_proxy_on_a_kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with Raw(answering(WHOLE)) as proxy, process() as tap:
            monkeypatch.setenv("HTTP_PROXY", f"http://me:pass@127.0.0.1:{proxy.port}")
            for _ in range(2):
                assert isinstance(await ask(tap, "http://provider.test/v1"), Output)
            assert len(proxy.talks) == 1
            for request in proxy.requests:
                assert request.startswith(b"POST http://provider.test/v1/chat/completions HTTP/1.1\r\n")
                assert b"\r\nProxy-Authorization: Basic bWU6cGFzcw==\r\n" in request

    asyncio.run(story())


def tunnelling(to: Raw) -> Play:
    """A proxy that connects every tunnel to the server `to`, whatever it is asked."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(ConnectionError):
            while data := await reader.read(2**16):
                writer.write(data)

    async def play(talk: Talk) -> None:
        await talk.request()
        reader, writer = await asyncio.open_connection("127.0.0.1", to.port)
        with closing(writer):
            await talk.say(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(pump(talk.reader, writer), pump(reader, talk.writer))

    return play


@pytest.mark.usefixtures("warm")  # LiteLLM's door sets no_proxy as it opens
@pytest.mark.parametrize("login", ["", "me:pass@"], ids=["no login", "a login"])
def test_tls_goes_through_a_tunnel_of_the_proxy(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))

    async def story() -> None:
        async with (
            Raw(answering(WHOLE), tls=certificate.server_context()) as server,
            Raw(tunnelling(server)) as proxy,
            process() as tap,
        ):
            monkeypatch.setenv("HTTPS_PROXY", f"http://{login}127.0.0.1:{proxy.port}")
            monkeypatch.setattr(outgoing, "_LOOPBACK", frozenset())
            monkeypatch.setenv("NO_PROXY", "")
            monkeypatch.setenv("no_proxy", "")
            for _ in range(2):
                assert isinstance(await ask(tap, f"https://localhost:{server.port}/v1"), Output)
            [opened] = proxy.requests
            assert opened.startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % server.port)
            assert (b"Proxy-Authorization: Basic bWU6cGFzcw==" in opened) is bool(login)
            assert KEY.encode() not in opened
            assert len(server.requests) == 2, "one tunnel serves both"
            assert all(b"Proxy-Authorization" not in request for request in server.requests)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "the proxy 127.0.0.1 answers 407", id="407"
        ),
        pytest.param(b"HTTP/1.1 403 Forbidden\r\n\r\n", "the proxy 127.0.0.1 answers 403", id="403"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", "the proxy's answer is no HTTP", id="another protocol"),
        pytest.param(b"", "the proxy dropped the connection", id="nothing"),
    ],
)
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, said: bytes, words: str) -> None:
    async def story() -> Output | Failure:
        async with Raw(answering(said, close=True)) as proxy, process() as tap:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            return await ask(tap, "https://provider.test/v1")

    outcome = asyncio.run(story())
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.fault) == ("connection", Fault.INFRA)
    assert outcome.message.startswith(f"cannot connect to provider.test: {words}")


def test_a_socks_proxy_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")

    async def story() -> Output | Failure:
        async with process() as tap:
            return await ask(tap, "https://provider.test/v1")

    outcome = asyncio.run(story())
    assert isinstance(outcome, Failure)
    assert outcome.kind == "connection"
    assert "cannot connect to provider.test: the environment's proxy is socks5://" in outcome.message
