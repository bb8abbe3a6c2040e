import asyncio
import socket
import time

import pytest

from harness.clients.channel import Channel

Frame = tuple[int, int, bytes]


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def writelines(self, parts: object) -> None:
        self.written += b"".join(parts)  # type: ignore[call-overload]

    def is_closing(self) -> bool:
        return False


FRAMES: list[Frame] = [(1, 1, b""), (3, 2**32 - 1, b"abc" * 40), (5, 7, b"{}"), (3, 8, bytes(range(256)))]


def sent(frames: list[Frame]) -> bytes:
    """What a channel writes."""
    channel, transport = Channel(lambda *_: None, lambda: None), Transport()
    channel.connection_made(transport)
    for kind, number, payload in frames:
        channel.send(kind, number, payload[:1], payload[1:])
    return transport.written


@pytest.mark.parametrize("step", [1, 2, 8, 9, 10, 131, 10_000])
def test_frames_arrive_however_their_bytes_are_cut(step: int) -> None:
    heard: list[Frame] = []
    channel = Channel(lambda *frame: heard.append(frame), lambda: None)
    data = sent(FRAMES)
    for at in range(0, len(data), step):
        channel.data_received(data[at : at + step])
    assert heard == FRAMES


@pytest.mark.alone
def test_a_large_frame_costs_no_more_for_a_byte_than_a_small_one() -> None:
    heard: list[int] = []
    channel = Channel(lambda _kind, _number, payload: heard.append(len(payload)), lambda: None)
    data = sent([(1, 1, b"x" * 2**25)])
    began = time.process_time()
    for at in range(0, len(data), 2**15):
        channel.data_received(data[at : at + 2**15])
    assert heard == [2**25]
    assert time.process_time() - began < 1, "16 GB are copied where each piece is joined to all before it"


def test_the_end_of_one_side_is_told_to_the_other_once() -> None:
    async def story() -> None:
        one, other = socket.socketpair()
        loop = asyncio.get_running_loop()
        heard: asyncio.Queue[Frame] = asyncio.Queue()
        lost: list[str] = []
        gone = asyncio.Event()
        near = Channel(lambda *_: None, lambda: lost.append("near"))
        far = Channel(lambda *frame: heard.put_nowait(frame), lambda: (lost.append("far"), gone.set())[0])
        await loop.create_unix_connection(lambda: near, sock=one)
        await loop.create_unix_connection(lambda: far, sock=other)
        near.send(1, 2, b"a", b"b")
        assert await heard.get() == (1, 2, b"ab")
        near.close()
        near.close()
        await asyncio.wait_for(gone.wait(), 5)
        near.send(1, 3, b"to nobody")
        far.send(1, 4, b"to nobody")
        await asyncio.sleep(0.01)
        assert sorted(lost) == ["far", "near"]
        assert heard.empty()

    asyncio.run(story())
