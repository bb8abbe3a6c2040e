"""One request on the wire for each attempt, and marks that agree with the server's own truth."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

import pytest

from harness.clients.events import read
from harness.clients.marks import marks
from harness.clients.reply import Content
from harness.clients.tap import Chunk, Exchange
from harness.core.calls import Failure, Output
from harness.core.requests import Request
from tests.clients.trip import (
    EVERY_ENDPOINT,
    REFUSED,
    attempt,
    chat,
    embedding,
    image,
    rerank,
    speech,
    spoken,
    transcription,
    trip,
    wire_of,
)
from tests.fake_provider import FakeProvider, Fault, Pace, Piece, Served, hang, reset, running, status

pytestmark = pytest.mark.alone

TOLERANCE_MS = 40
"""Generous: the machines that run the tests are busy."""

Moment = Callable[[Served], float]
"""Something that the truth log dates, on the monotonic clock."""

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
    reply = trip(request_, provider, timeout_s=0.4 if kind == "timeout" else 10)
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


def errors(request_: Request, provider: FakeProvider, model: str, marked: Mapping[str, Moment]) -> dict[str, float]:
    """How far each mark is from the server's truth, in ms: the least of three tries, since machines stumble."""
    found: dict[str, list[float]] = {name: [] for name in marked}
    for _ in range(3):
        reply = asyncio.run(attempt(request_, provider.url, model=model))
        served = provider.requests[-1]
        for name, moment in marked.items():
            mark = getattr(reply.marks, name)  # None: it could not be told, as a gap when our loop was late
            found[name].append(inf if mark is None else abs(mark - (moment(served) - served.received) * 1000))
    return {name: min(values) for name, values in found.items()}


CHAT_TRUTH: dict[str, Moment] = {
    "headers_ms": lambda served: served.writes[0].at,
    "first_byte_ms": lambda served: served.first("role"),
    "ttft_ms": lambda served: served.first("reasoning"),
    "ttfo_ms": lambda served: served.first("content"),
    "total_ms": lambda served: served.last("content"),
}


def longest_wait(served: Served) -> float:
    """When a clip would have ended whose only wait is the longest one between its pieces."""
    times = [write.at for write in served.writes if write.note == "audio"]
    return served.received + max(later - at for at, later in pairwise(times))


SPEECH_TRUTH: dict[str, Moment] = {
    "first_byte_ms": lambda served: served.first("header"),
    "ttfa_ms": lambda served: served.first("audio"),
    "gap_ms": longest_wait,
    "total_ms": lambda served: served.last("audio"),
}
SPOKEN_TRUTH: dict[str, Moment] = {
    "ttft_ms": lambda served: served.first("content"),
    "ttfa_ms": lambda served: served.first("audio"),
    "total_ms": lambda served: served.last("audio"),
}
WHOLE_TRUTH: dict[str, Moment] = {"total_ms": lambda served: served.first("body")}


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("request_", "truth"),
    [
        pytest.param(chat(), CHAT_TRUTH, id="chat"),
        pytest.param(speech(), SPEECH_TRUTH, id="speech: the WAV header is not audio"),
        pytest.param(spoken(), SPOKEN_TRUTH, id="spoken: words come before the sound"),
        pytest.param(transcription(), WHOLE_TRUTH, id="transcription"),
        pytest.param(embedding(), WHOLE_TRUTH, id="embedding"),
        pytest.param(rerank(), WHOLE_TRUTH, id="rerank"),
        pytest.param(image(), WHOLE_TRUTH, id="image"),
    ],
)
def test_marks_are_the_servers_truth(request_: Request, truth: Mapping[str, Moment]) -> None:
    with running(pace=Pace(first_s=0.15, gap_s=0.05)) as provider:
        found = errors(request_, provider, "openai/fake/reason", truth)
    assert {name: error for name, error in found.items() if error > TOLERANCE_MS} == {}


def test_marks_are_in_order() -> None:
    marks_ = trip(chat(), FakeProvider(pace=Pace(first_s=0.02, gap_s=0.02)), model="openai/fake/reason").marks
    order = ("headers_ms", "first_byte_ms", "ttft_ms", "ttfo_ms", "total_ms", "closed_ms")
    times = [getattr(marks_, name) for name in order]
    assert times == sorted(times)
    assert marks_.client_ttft_ms >= marks_.ttft_ms
    assert (marks_.queue_ms, marks_.ttfa_ms) == (None, None)


def oracle() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "oracles" / "latency_request_example.json"
    example: dict[str, Any] = json.loads(path.read_text())
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
        exchange.arrived(f"data: {json.dumps(event)}\n\n".encode(), at, 0.0)
    exchange.closed = example["inputs"]["t_done"]
    stream = read(exchange.body)
    content = Content(first=stream.first, answer=stream.answer, last=stream.last)
    found = marks(wire_of(limit=10**6, exchanges=[exchange]), content)
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
    expected = {"ttft_ms": example["ttft"], "ttfo_ms": example["ttfo_answer"], "total_ms": example["e2e_last_content"]}
    with running(pace=Pace(timeline=tuple(pieces))) as provider:
        reply = asyncio.run(attempt(chat(), provider.url))
    for name, seconds in expected.items():
        assert 1000 * seconds - 5 <= getattr(reply.marks, name) <= 1000 * seconds + 4 * TOLERANCE_MS, name


def exchange(*chunks: Chunk) -> Exchange:
    return Exchange(host="example", sent=0.0, chunks=list(chunks))


@pytest.mark.parametrize(
    ("exchanges", "valid"),
    [
        pytest.param([exchange(Chunk(0.5, 10, 0.0))], True, id="one request, idle loop"),
        pytest.param([exchange(Chunk(0.5, 10, 0.02))], True, id="late by less than 5% of the mark"),
        pytest.param([exchange(Chunk(0.5, 10, 0.03))], False, id="late by more than 5% of the mark"),
        pytest.param([exchange(Chunk(0.05, 10, 0.009))], True, id="late by less than 10 ms"),
        pytest.param([exchange(Chunk(0.1, 5, 0.5), Chunk(0.5, 10, 0.0))], True, id="late where nothing is marked"),
        pytest.param([exchange(Chunk(0.5, 10, 0.0))] * 2, False, id="a hidden retry"),
        pytest.param([replace(exchange(Chunk(0.5, 10, 0.0)), clock_drift_s=1.1)], False, id="the clock was set"),
        pytest.param([replace(exchange(Chunk(0.5, 10, 0.0)), clock_drift_s=0.9)], True, id="the clock was nudged"),
        pytest.param([], False, id="nothing sent"),
    ],
)
def test_which_marks_are_trusted(exchanges: list[Exchange], valid: bool) -> None:
    wire = wire_of(limit=10, exchanges=exchanges)
    assert marks(wire, Content(first=9, answer=9, last=9)).valid is valid
