"""One request on the wire for each attempt, and marks that agree with the server's own truth."""

import asyncio
import json
from pathlib import Path

import pytest

from harness.clients.events import read
from harness.clients.marks import marks
from harness.clients.reply import Content
from harness.clients.tap import Chunk, Exchange, Wire
from harness.core.calls import Failure, Output, Request
from tests.clients.trip import EVERY_ENDPOINT, REFUSED, attempt, chat, speech, transcription, trip
from tests.fake_provider import FakeProvider, Fault, Pace, Piece, hang, reset, running, status

TOLERANCE_MS = 40
"""Generous: the machines that run the tests are busy."""

requests = pytest.mark.parametrize("request_", EVERY_ENDPOINT.values(), ids=EVERY_ENDPOINT.keys())


@pytest.mark.usefixtures("warm")
@requests
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param(status(500), "server_error", id="500"),
        pytest.param(status(429), "rate_limit", id="429"),
        pytest.param(hang(), "timeout", id="hang"),
        pytest.param(reset(), "reset", id="reset"),
    ],
)
def test_one_request_for_one_attempt(request_: Request, fault: Fault, kind: str) -> None:
    provider = FakeProvider(always=fault)
    reply = trip(request_, provider, timeout_s=0.4)
    assert isinstance(reply.outcome, Failure)
    assert reply.outcome.kind == kind
    assert len(provider.requests) == reply.wire_requests == 1


@pytest.mark.usefixtures("warm")
@requests
def test_refused_connection_is_tried_once(request_: Request) -> None:
    reply = asyncio.run(attempt(request_, REFUSED))
    assert isinstance(reply.outcome, Failure)
    assert reply.outcome.kind == "connection"
    assert "127.0.0.1" in reply.outcome.message
    assert (reply.wire_requests, reply.may_be_billed) == (1, False)


@requests
def test_two_event_loops_in_one_process(request_: Request) -> None:
    for _ in range(2):
        assert isinstance(trip(request_).outcome, Output)


@pytest.mark.usefixtures("warm")
def test_chat_marks_are_the_servers_truth() -> None:
    with running(pace=Pace(first_s=0.15, gap_s=0.05)) as provider:
        reply = asyncio.run(attempt(chat(), provider.url, model="openai/fake/reason"))
    [served] = provider.requests
    truth = {
        "headers_ms": served.writes[0].at,
        "first_byte_ms": served.first("role"),
        "ttft_ms": served.first("reasoning"),
        "ttfo_ms": served.first("content"),
        "total_ms": served.last("content"),
    }
    for name, at in truth.items():
        seen = getattr(reply.marks, name)
        assert seen == pytest.approx((at - served.received) * 1000, abs=TOLERANCE_MS), name
    assert reply.marks.ttft_ms < reply.marks.ttfo_ms < reply.marks.total_ms <= reply.marks.closed_ms
    assert reply.marks.client_ttft_ms >= reply.marks.ttft_ms
    assert reply.marks.queue_ms is None


@pytest.mark.usefixtures("warm")
def test_wav_header_is_not_audio() -> None:
    with running(pace=Pace(first_s=0.2, gap_s=0.03)) as provider:
        reply = asyncio.run(attempt(speech(), provider.url))
    [served] = provider.requests
    assert reply.marks.first_byte_ms == pytest.approx(0, abs=TOLERANCE_MS)
    assert reply.marks.ttfa_ms == pytest.approx((served.first("audio") - served.received) * 1000, abs=TOLERANCE_MS)
    assert reply.marks.total_ms == pytest.approx((served.last("audio") - served.received) * 1000, abs=TOLERANCE_MS)
    assert reply.marks.ttft_ms is None


@pytest.mark.usefixtures("warm")
def test_transcription_is_timed_to_its_last_byte() -> None:
    with running(pace=Pace(first_s=0.15)) as provider:
        reply = asyncio.run(attempt(transcription(), provider.url))
    assert reply.marks.total_ms == pytest.approx(150, abs=TOLERANCE_MS)


def oracle() -> dict[str, object]:
    path = Path(__file__).parents[1] / "oracles" / "latency_request_example.json"
    example: dict[str, object] = json.loads(path.read_text())
    return example


def test_marks_of_the_worked_example() -> None:
    """methodology.md 3: the same chunks, at the same times, give the same numbers."""
    example = oracle()
    exchange = Exchange(host="example", sent=example["inputs"]["t_send"])
    role = {"choices": [{"delta": {"role": "assistant", "content": ""}}]}
    chunks = [(0.1, role)]
    for at, _tokens, kind in example["inputs"]["chunks"]:
        name = "content" if kind == "text" else "reasoning_content"
        chunks.append((at, {"choices": [{"delta": {name: "x"}}]}))
    for at, event in chunks:
        exchange.body += f"data: {json.dumps(event)}\n\n".encode()
        exchange.chunks.append(Chunk(at, len(exchange.body), 0.0))
    exchange.closed = example["inputs"]["t_done"]
    stream = read(bytes(exchange.body))
    content = Content(first=stream.first, answer=stream.answer, last=stream.last)
    found = marks(Wire(limit=10**6, exchanges=[exchange]), content)
    assert found.ttft_ms == pytest.approx(1000 * example["ttft"])
    assert found.ttfo_ms == pytest.approx(1000 * example["ttfo_answer"])
    assert found.total_ms == pytest.approx(1000 * example["e2e_last_content"])
    assert found.closed_ms == pytest.approx(1000 * example["e2e_stream_close"])
    assert found.first_byte_ms == pytest.approx(100), "a role-only chunk is a byte, no token"


@pytest.mark.usefixtures("warm")
def test_worked_example_through_the_client() -> None:
    example = oracle()
    pieces = [
        Piece(at_s=at, kind="content" if kind == "text" else "reasoning", text="x")
        for at, _tokens, kind in example["inputs"]["chunks"]
    ]
    with running(pace=Pace(timeline=tuple(pieces))) as provider:
        reply = asyncio.run(attempt(chat(), provider.url))
    assert reply.marks.ttft_ms == pytest.approx(1000 * example["ttft"], abs=TOLERANCE_MS)
    assert reply.marks.ttfo_ms == pytest.approx(1000 * example["ttfo_answer"], abs=TOLERANCE_MS)
    assert reply.marks.total_ms == pytest.approx(1000 * example["e2e_last_content"], abs=TOLERANCE_MS)


def exchange(*chunks: Chunk) -> Exchange:
    return Exchange(host="example", sent=0.0, chunks=list(chunks), body=bytearray(chunks[-1].end))


@pytest.mark.parametrize(
    ("exchanges", "valid"),
    [
        pytest.param([exchange(Chunk(0.5, 10, 0.0))], True, id="one request, idle loop"),
        pytest.param([exchange(Chunk(0.5, 10, 0.02))], True, id="late by less than 5 % of the mark"),
        pytest.param([exchange(Chunk(0.5, 10, 0.03))], False, id="late by more than 5 % of the mark"),
        pytest.param([exchange(Chunk(0.05, 10, 0.009))], True, id="late by less than 10 ms"),
        pytest.param([exchange(Chunk(0.1, 5, 0.5), Chunk(0.5, 10, 0.0))], True, id="late where nothing is marked"),
        pytest.param([exchange(Chunk(0.5, 10, 0.0))] * 2, False, id="a hidden retry"),
        pytest.param([], False, id="nothing sent"),
    ],
)
def test_which_marks_are_trusted(exchanges: list[Exchange], valid: bool) -> None:
    wire = Wire(limit=10, exchanges=exchanges)
    assert marks(wire, Content(first=9, answer=9, last=9)).valid is valid
