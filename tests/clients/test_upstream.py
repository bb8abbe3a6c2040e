"""Connections to a server that sends exactly these bytes."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from harness.clients.upstream import Pool, Refused
from tests.clients.raw import GAP_S, LAST, OK, STREAM, Raw, Talk, answering, chunk

HEAD = b"HTTP/1.1 200 OK\r\n"
REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Heard:
    """A passage that remembers."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []
        self.at: list[float] = []
        """When the head and each piece came."""
        self.why: str | None = None
        self.over = asyncio.Event()

    def head(self, status: int, headers: list[tuple[bytes, bytes]], at: float, lag_s: float) -> None:
        assert lag_s < 1
        assert self.status is None, "a response has one head"
        self.status, self.headers = status, list(headers)
        self.at.append(at)

    def body(self, data: bytes, at: float, lag_s: float) -> None:
        assert lag_s < 1
        self.pieces.append(data)
        self.at.append(at)

    def done(self, at: float) -> None:
        self._end(at, None)

    def broken(self, why: str, at: float) -> None:
        self._end(at, why)

    def _end(self, at: float, why: str | None) -> None:
        assert not self.over.is_set(), "a response ends once"
        self.at.append(at)
        self.why = why
        self.over.set()


async def ask(pool: Pool, server: Raw) -> Heard:
    """Send a request over a connection that is kept, or a new one, and wait for the end of its response."""
    heard = Heard()
    upstream = pool.idle(server.origin) or await pool.connect(server.origin)
    upstream.carry(heard, REQUEST)
    async with asyncio.timeout(5):
        await heard.over.wait()
    return heard


def run(play: Callable[[Talk], Awaitable[None]], story: Callable[[Pool, Raw], Awaitable[None]]) -> None:
    """Play `story` against a server that plays `play`, in the loop that the tap's process has."""

    async def both() -> None:
        pool = Pool()
        try:
            async with Raw(play) as server:
                await story(pool, server)
        finally:
            pool.pulse.stop()

    uvloop.run(both())


def heard_from(*parts: bytes, close: bool = False) -> tuple[Heard, bool]:
    """What is made of these parts, and whether the connection serves the next request too."""
    found: list[Heard] = []
    connections = 0

    async def story(pool: Pool, server: Raw) -> None:
        nonlocal connections
        found.append(await ask(pool, server))
        await asyncio.sleep(2 * GAP_S)
        await ask(pool, server)
        connections = len(server.talks)

    run(answering(*parts, close=close), story)
    return found[0], connections == 1


@pytest.mark.parametrize(
    ("parts", "body", "kept"),
    [
        pytest.param([OK], b"ok", True, id="a length"),
        pytest.param([OK[:-2], b"o", b"k"], b"ok", True, id="a length, body in pieces"),
        pytest.param([STREAM, chunk(b"ok"), LAST], b"ok", True, id="chunks"),
        pytest.param([STREAM + chunk(b"o") + chunk(b"k") + LAST], b"ok", True, id="chunks in one segment"),
        pytest.param([STREAM, *(bytes([b]) for b in chunk(b"ok") + LAST)], b"ok", True, id="a byte at a time"),
        pytest.param([bytes([byte]) for byte in OK], b"ok", True, id="the head drips"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n", OK], b"ok", True, id="100 first"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n" + OK], b"ok", True, id="100 first, in one segment"),
        pytest.param([b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 3, OK], b"ok", True, id="103 three times"),
        pytest.param([HEAD + b"content-length: 0\r\n\r\n"], b"", True, id="nothing in it"),
        pytest.param([HEAD + b"connection: close\r\ncontent-length: 2\r\n\r\nok"], b"ok", False, id="close was said"),
        pytest.param([b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"], b"ok", False, id="HTTP/1.0"),
        pytest.param([OK + OK], b"ok", False, id="a second response that nobody asked for"),
        pytest.param([OK + b"junk"], b"ok", False, id="junk behind the response"),
        pytest.param([OK, b"junk"], b"ok", False, id="an unasked word while idle"),
    ],
)
def test_whole_responses(parts: list[bytes], body: bytes, kept: bool) -> None:
    heard, reused = heard_from(*parts)
    assert (heard.status, b"".join(heard.pieces), heard.why) == (200, body, None)
    assert b"link" not in dict(heard.headers), "the headers are those of the response itself"
    assert reused is kept


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([HEAD + b"\r\n", b"o", b"k"], id="neither length nor chunks"),
        pytest.param([HEAD + b"connection: close\r\n\r\nok"], id="close was said"),
        pytest.param([b"HTTP/1.0 200 OK\r\n\r\nok"], id="HTTP/1.0"),
        pytest.param([HEAD + b"\r\nok"], id="head and body in one segment"),
    ],
)
def test_a_body_that_ends_with_its_connection_is_whole(parts: list[bytes]) -> None:
    heard, reused = heard_from(*parts, close=True)
    assert (heard.status, b"".join(heard.pieces), heard.why) == (200, b"ok", None)
    assert not reused


@pytest.mark.parametrize(
    ("parts", "status", "body", "why"),
    [
        pytest.param([STREAM, chunk(b"ok")], 200, b"ok", "dropped", id="no last chunk"),
        pytest.param([STREAM, b"5\r\nok"], 200, b"ok", "dropped", id="cut in a chunk"),
        pytest.param([STREAM, chunk(b"ok"), b"0\r\n"], 200, b"ok", "dropped", id="cut in the last chunk"),
        pytest.param([OK[:-1]], 200, b"o", "dropped", id="shorter than its length"),
        pytest.param([b""], None, b"", "dropped", id="nothing"),
        pytest.param([HEAD + b"content-le"], None, b"", "dropped", id="half a head"),
        pytest.param([b"SSH-2.0-OpenSSH_9.2\r\n"], None, b"", "no HTTP", id="another protocol"),
        pytest.param([b"\x15\x03\x01\x00\x02\x02\x16"], None, b"", "no HTTP", id="a TLS alert"),
        pytest.param([STREAM + chunk(b"ok") + b"junk\r\n"], 200, b"ok", "no HTTP", id="junk for a chunk's size"),
        pytest.param([STREAM, chunk(b"ok"), b"junk\r\n"], 200, b"ok", "no HTTP", id="junk for a later chunk's size"),
        pytest.param([HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\nok"], None, b"", "no HTTP", id="lengths"),
        pytest.param(
            [b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"],
            None, b"", "switched protocols", id="an upgrade",
        ),
        pytest.param([HEAD, *[b"x: " + b"y" * 60_000 + b"\r\n"] * 9], None, b"", "does not end", id="an endless head"),
        pytest.param([HEAD, b"x: ", *[b"y" * 60_000] * 9], None, b"", "does not end", id="an endless header"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n" * 9000] * 2, None, b"", "does not end", id="100 for ever"),
    ],
)  # fmt: skip
def test_broken_responses(parts: list[bytes], status: int | None, body: bytes, why: str) -> None:
    heard, reused = heard_from(*parts, close=True)
    assert (heard.status, b"".join(heard.pieces)) == (status, body), "what came before the break is known"
    assert heard.why is not None
    assert why in heard.why
    assert not reused


def test_a_reset_is_no_end() -> None:
    async def play(talk: Talk) -> None:
        await talk.request()
        await talk.say(HEAD + b"\r\n", b"ok")
        await asyncio.sleep(GAP_S)
        talk.reset()

    async def story(pool: Pool, server: Raw) -> None:
        heard = await ask(pool, server)
        assert heard.pieces == [b"ok"]
        assert heard.why is not None

    run(play, story)


def test_chunks_of_one_segment_share_a_stamp_and_pieces_of_one_chunk_do_not() -> None:
    began = time.monotonic()
    together, _ = heard_from(STREAM, chunk(b"ab") + chunk(b"cd"), LAST)
    apart, _ = heard_from(STREAM, b"4\r\nab", b"cd\r\n", LAST)
    assert together.pieces == [b"abcd"]
    assert apart.pieces == [b"ab", b"cd"]
    for heard in (together, apart):
        assert [began, *heard.at] == sorted([began, *heard.at])
    assert apart.at[2] - apart.at[1] >= GAP_S / 2


def test_connections_are_as_many_as_requests_at_a_time() -> None:
    async def story(pool: Pool, server: Raw) -> None:
        async def worker() -> None:
            for _ in range(25):
                assert (await ask(pool, server)).why is None

        await asyncio.gather(*(worker() for _ in range(4)))
        assert len(server.requests) == 100
        assert len(server.talks) == 4

    run(answering(STREAM, chunk(b"ok") + LAST), story)


def test_a_connection_that_the_server_has_closed_is_not_used_again() -> None:
    async def story(pool: Pool, server: Raw) -> None:
        for _ in range(5):
            assert (await ask(pool, server)).why is None
            await asyncio.sleep(2 * GAP_S)
        assert len(server.talks) == 5

    run(answering(OK, close=True), story)


def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(pool: Pool, server: Raw) -> None:
        await ask(pool, server)
        monkeypatch.setattr("harness.clients.upstream._IDLE_S", 0.05)
        await asyncio.sleep(0.1)
        await ask(pool, server)
        assert len(server.talks) == 2

    run(answering(OK), story)


def test_nobody_listens() -> None:
    async def story(pool: Pool, server: Raw) -> None:
        origin = server.origin
        await server.__aexit__()
        with pytest.raises(Refused, match="refused"):
            await pool.connect(origin)

    run(answering(OK), story)
