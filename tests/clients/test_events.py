import json
from typing import Any

import pytest

from harness.clients.events import Stream, read


def sse(*events: Any, end: str = "\n\n") -> bytes:
    return "".join(f"data: {json.dumps(event)}{end}" for event in events).encode()


def openai(reason: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


ROLE, STOP = openai(role="assistant", content=""), openai("stop")
DONE = b"data: [DONE]\n\n"
USAGE = {"model": "m", "choices": [], "usage": {"prompt_tokens": 1}}

OPENAI = [ROLE, openai(reasoning_content="Hm"), openai(content="He"), openai(content="llo"), STOP, USAGE]
ANTHROPIC = [
    {"type": "message_start", "message": {"model": "m", "role": "assistant"}},
    {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm"}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "He"}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "llo"}},
    {"type": "message_delta", "delta": {"stop_reason": "stop"}},
    {"type": "message_stop"},
]
GEMINI = [
    {"modelVersion": "m", "candidates": [{"content": {"parts": []}}]},
    {"modelVersion": "m", "candidates": [{"content": {"parts": [{"text": "Hm", "thought": True}]}}]},
    {"modelVersion": "m", "candidates": [{"content": {"parts": [{"text": "He"}]}}]},
    {"modelVersion": "m", "candidates": [{"content": {"parts": [{"text": "llo"}]}}]},
    {"modelVersion": "m", "candidates": [{"content": {"parts": []}, "finishReason": "stop"}]},
]
OLLAMA = [
    {"model": "m", "message": {"content": ""}, "done": False},
    {"model": "m", "message": {"content": "", "thinking": "Hm"}, "done": False},
    {"model": "m", "message": {"content": "He"}, "done": False},
    {"model": "m", "message": {"content": "llo"}, "done": False},
    {"model": "m", "message": {"content": ""}, "done": True, "done_reason": "stop"},
]


def lines(events: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(event) + "\n" for event in events).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(sse(*OPENAI) + DONE, id="openai"),
        pytest.param(sse(*OPENAI), id="openai without DONE"),
        pytest.param(sse(*OPENAI, end="\r\n\r\n") + DONE, id="openai with CRLF"),
        pytest.param(b": keep-alive\n\nevent: x\n" + sse(*OPENAI) + DONE, id="openai with comments"),
        pytest.param(sse(*ANTHROPIC), id="anthropic"),
        pytest.param(sse(*GEMINI, end="\r\n\r\n"), id="gemini"),
        pytest.param(lines(OLLAMA), id="ollama"),
    ],
)
def test_dialects(body: bytes) -> None:
    stream = read(body)
    assert (stream.known, stream.finished, stream.broken, stream.error) == (True, True, None, None)
    assert (stream.text, stream.finish_reason, stream.model) == ("Hello", "stop", "m")
    for offset, text in ((stream.first, b"Hm"), (stream.answer, b'He"'), (stream.last, b"llo")):
        line = body[: offset + 1].splitlines()[-1]
        assert text in line
        assert line.endswith(b"}"), "the offset is that of the last byte of the line"


@pytest.mark.parametrize(
    "delta",
    [
        {"content": "x"},
        {"content": [{"type": "text", "text": "x"}]},
        {"refusal": "x"},
        {"tool_calls": [{"index": 0}]},
        {"function_call": {"name": "f"}},
        {"audio": {"data": "AAAA"}},
    ],
    ids=lambda delta: next(iter(delta)),
)
def test_what_counts_as_answer(delta: dict[str, Any]) -> None:
    stream = read(sse(ROLE, openai(**delta)))
    assert stream.first == stream.answer == stream.last is not None


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_content": "x"},
        {"reasoning": "x"},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "x"}]}]},
    ],
)
def test_what_counts_as_reasoning(delta: dict[str, Any]) -> None:
    stream = read(sse(ROLE, openai(**delta)))
    assert stream.first == stream.last is not None
    assert stream.answer is None


@pytest.mark.parametrize(
    "delta", [{"role": "assistant"}, {"content": ""}, {"content": None}, {}, {"tool_calls": []}, {"audio": {"id": "a"}}]
)
def test_what_is_no_content(delta: dict[str, Any]) -> None:
    assert read(sse(openai(**delta))) == Stream(known=True, model="m")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b"", {"known": False, "finished": False}, id="nothing"),
        pytest.param(DONE, {"known": True, "finished": True}, id="only DONE"),
        pytest.param(b"<html>\n", {"known": False, "finished": False}, id="html"),
        pytest.param(sse({"type": "response.created"}), {"known": False}, id="unknown dialect"),
        pytest.param(sse(ROLE, openai(content="x")), {"known": True, "finished": False}, id="cut between events"),
        pytest.param(sse(ROLE) + sse(STOP)[:-30], {"finished": False, "broken": None}, id="cut inside an event"),
        pytest.param(sse(ROLE, STOP)[:-2], {"finished": True}, id="last line without its newline"),
        pytest.param(sse({"error": {"message": "no"}}), {"error": {"error": {"message": "no"}}}, id="error event"),
        pytest.param(sse([1], "x", None), {"known": False, "broken": None}, id="JSON that is no event"),
    ],
)
def test_ends(body: bytes, found: dict[str, Any]) -> None:
    stream = read(body)
    assert {name: getattr(stream, name) for name in found} == found


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(sse(openai("length"), openai("stop")), "two finish reasons: length, stop", id="finish reasons"),
        pytest.param(sse({"choices": [{"index": 1}]}), "a second choice, where one was asked for", id="choices"),
        pytest.param(sse({"choices": [None]}), "an event has not the shape of its dialect", id="shape"),
    ],
)
def test_contradictions(body: bytes, why: str) -> None:
    assert read(body).broken == why


def test_nothing_after_done_counts() -> None:
    stream = read(sse(openai(content="yes"), STOP) + DONE + sse(openai(content="no")) + b'data: {"choi\n')
    assert (stream.text, stream.broken) == ("yes", None)


@pytest.mark.parametrize("line", [b'data: {"choi\n', b'data: {"choices": []\n', b'data: "\xff"\n'])
def test_broken_events(line: bytes) -> None:
    assert read(sse(ROLE) + line + DONE).broken is not None
