"""The tap's process: what it keeps to while the process that sends is busy, changes its mind or dies."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from harness.clients.deadlines import DeadlineExceeded, Deadlines
from harness.clients.marks import marks
from harness.clients.reply import Content
from harness.clients.tap import TooLarge
from harness.core.calls import Marks
from tests.clients.raw import LAST, OK, STREAM, Play, Raw, Talk, answering, chunk, fetch, in_thread
from tests.clients.trip import process, wire_of

pytestmark = pytest.mark.alone

MIB = 2**20
TRIES = 3
"""Of what is timed: machines stumble."""
BUSY_S = 1.5
"""How long the loop of the sender stands still."""


def silent(*parts: bytes) -> tuple[Play, list[float]]:
    """Say `parts` and then nothing; the list gets the seconds until the client hangs up."""
    lasted: list[float] = []

    async def play(talk: Talk) -> None:
        await talk.request()
        began = time.monotonic()
        try:
            await talk.say(*parts)
            await talk.gone()
        finally:
            lasted.append(time.monotonic() - began)

    return play, lasted


@pytest.mark.parametrize(
    ("parts", "deadlines", "words"),
    [
        pytest.param([], Deadlines(timeout_s=0.4, idle_timeout_s=9), "not finished within 0.4 s", id="no head"),
        pytest.param(
            [STREAM], Deadlines(timeout_s=0.4, idle_timeout_s=0.1), "not finished", id="no body: not idle yet"
        ),
        pytest.param([STREAM, chunk(b"x")], Deadlines(timeout_s=9, idle_timeout_s=0.4), "nothing came", id="idle"),
        pytest.param(
            [STREAM, *[chunk(b"x")] * 500], Deadlines(timeout_s=0.4, idle_timeout_s=9), "not finished", id="a drip"
        ),
    ],
)
def test_deadlines_are_kept_while_the_sender_is_busy(parts: list[bytes], deadlines: Deadlines, words: str) -> None:
    play, lasted = silent(*parts)
    wire = wire_of(limit=MIB, deadlines=deadlines)

    async def story(server: Raw) -> None:
        async with process() as tap:
            asking = asyncio.create_task(fetch(tap, server.url, wire))
            while not server.requests:
                await asyncio.sleep(0.01)
            time.sleep(BUSY_S)
            with pytest.raises(DeadlineExceeded, match=words):
                await asking

    with in_thread(Raw(play)) as server:
        asyncio.run(story(server))
    [exchange] = wire.exchanges
    assert exchange.closed is not None
    assert exchange.closed - exchange.sent == pytest.approx(0.4, abs=0.2)
    assert lasted[0] < BUSY_S - 0.5, "the provider is not kept working"


def test_the_total_deadline_holds_while_a_connection_is_made_and_nobody_was_slow() -> None:
    async def story() -> None:
        wire = wire_of(limit=MIB, deadlines=Deadlines(timeout_s=0.3, idle_timeout_s=9))
        async with Raw(Talk.gone) as server, process() as tap:  # it never speaks TLS
            with pytest.raises(httpx.ConnectError, match=r"no connection within 0\.3 s"):
                await fetch(tap, server.url.replace("http", "https"), wire)
            await asyncio.wait_for(server.talks[0].ended.wait(), 1)
            assert not wire.exchanges[0].head_out

    asyncio.run(story())


def test_a_host_that_is_no_name_is_answered_at_once() -> None:
    async def story() -> None:
        async with process() as tap:
            with pytest.raises(httpx.ConnectError, match="UnicodeError"):
                await asyncio.wait_for(fetch(tap, "http://api..example.com/v1"), 20)

    asyncio.run(story())


def test_an_answer_in_time_is_no_timeout_and_well_timed_though_the_sender_is_busy() -> None:
    async def play(talk: Talk) -> None:
        for _ in range(TRIES):
            await talk.request()
            for part in (STREAM, chunk(b"first"), chunk(b"second"), LAST):
                await asyncio.sleep(0.2)
                await talk.say(part)

    async def story(server: Raw) -> list[Marks]:
        found = []
        async with process() as tap:
            for number in range(TRIES):
                wire = wire_of(limit=MIB, deadlines=Deadlines(timeout_s=1.5, idle_timeout_s=0.6))
                asking = asyncio.create_task(fetch(tap, server.url, wire))
                while len(server.requests) == number:
                    await asyncio.sleep(0.01)
                time.sleep(2)
                assert (await asking).content == b"firstsecond"
                found.append(marks(wire, Content(first=4, answer=4, last=10)))
        return found

    with in_thread(Raw(play)) as server:
        found = asyncio.run(story(server))
    assert any(each.valid for each in found)
    truth = (200, 400, 400, 600, 800)
    told = [(each.headers_ms, each.first_byte_ms, each.ttft_ms, each.total_ms, each.closed_ms) for each in found]
    assert any(each == pytest.approx(truth, abs=60) for each in told), told


def memory(pid: int, line: str = "VmHWM") -> int:
    """Bytes; VmHWM is the most there ever was since `forget_peak`."""
    [found] = [text for text in Path(f"/proc/{pid}/status").read_text().splitlines() if text.startswith(line)]
    return int(found.split()[1]) * 1024


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


@pytest.mark.parametrize("busy", [False, True], ids=["reading", "not reading"])
def test_a_body_beyond_the_cap_is_cut_off_and_never_held(busy: bool) -> None:
    cap, size = 32 * MIB, 200 * MIB
    wire = wire_of(limit=cap)

    async def play(talk: Talk) -> None:
        await talk.request()
        await talk.say(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        for _ in range(size // 2**16):
            talk.writer.write(bytes(2**16))
            await talk.writer.drain()

    async def story(server: Raw) -> None:
        async with process() as tap:
            await fetch(tap, server.url)
            before = {}
            for pid in (tap.pid, os.getpid()):
                forget_peak(pid)
                before[pid] = memory(pid, "VmRSS")
            asking = asyncio.create_task(fetch(tap, f"{server.url}/large", wire))
            if busy:
                while len(server.requests) < 2:
                    await asyncio.sleep(0)
                time.sleep(BUSY_S)
            with pytest.raises(TooLarge, match=r"larger than 33,554,432 bytes"):
                await asking
            await asyncio.to_thread(lambda: time.sleep(0.2))
            assert server.talks[-1].ended.is_set(), "the connection is closed"
            grown = {pid: (memory(pid) - before[pid]) / cap for pid in before}
            assert max(grown.values()) <= 2, grown

    async def both(talk: Talk) -> None:
        await talk.request()
        await talk.say(OK)
        await play(talk)

    with in_thread(Raw(both)) as server:
        asyncio.run(story(server))
    assert cap < wire.exchanges[0].size < cap + MIB


def test_a_cancelled_request_is_aborted_at_the_provider() -> None:
    play, lasted = silent(STREAM, chunk(b"x"))

    async def story() -> None:
        async with Raw(play) as server, process() as tap:
            asking = asyncio.create_task(fetch(tap, server.url))
            while not server.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            asking.cancel()
            began = time.monotonic()
            await asyncio.wait_for(server.talks[0].ended.wait(), 2)
            assert time.monotonic() - began < 1
            assert len(lasted) == 1

    asyncio.run(story())


def test_a_request_that_is_cancelled_while_its_connection_is_made_is_never_sent() -> None:
    async def story() -> None:
        async with Raw(Talk.gone) as server, process() as tap:
            asking = asyncio.create_task(fetch(tap, server.url.replace("http", "https")))
            while not server.talks:
                await asyncio.sleep(0.01)
            asking.cancel()
            await asyncio.wait_for(server.talks[0].ended.wait(), 2)
            assert server.requests == []

    asyncio.run(story())


SENDER = """
import asyncio, os
from pathlib import Path
from harness.clients.tap_process import ProcessTap

async def main():
    async with ProcessTap(env=os.environ, log=Path("tap.log")) as tap:
        print(tap.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_tap_ends_with_its_sender(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    sender = subprocess.Popen([sys.executable, "-c", SENDER], cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
    with sender:
        assert sender.stdout is not None
        tap = int(sender.stdout.readline())
        assert runs(tap)
        sender.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while runs(tap) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(tap)


def test_large_requests_arrive_whole() -> None:
    clip = os.urandom(8 * MIB)

    async def story() -> None:
        async with Raw(answering(OK)) as server, process() as tap:
            assert (await fetch(tap, server.url, content=clip)).content == b"ok"
            assert server.requests[0].endswith(b"\r\n\r\n" + clip)

    asyncio.run(story())
