import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from harness.clients.deadlines import Deadlines
from harness.clients.send import send
from harness.core.calls import Failure, Fault, Output, Usage
from tests.clients.trip import CLIP, PICTURE, chat, speech, target, transcription, trip, vision
from tests.fake_provider import FakeProvider, raw_body, without_usage
from tests.fake_provider.server import IMAGE_TOKENS


def sse(*events: Mapping[str, Any], done: bool = True) -> bytes:
    lines = [f"data: {json.dumps({'id': '1', 'object': 'chat.completion.chunk', **event})}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def delta(reason: str | None = None, **content: Any) -> dict[str, Any]:
    return {"model": "served-model", "choices": [{"index": 0, "delta": content, "finish_reason": reason}]}


def answer_to(body: bytes) -> Output | Failure:
    provider = FakeProvider(faults=[raw_body(body, content_type="text/event-stream")])
    return trip(chat(), provider).outcome


def test_answer_and_usage() -> None:
    reply = trip(chat("one two three"))
    assert reply.outcome == Output(text="one two three", finish_reason="stop", model="fake/echo")
    assert reply.usage == Usage(
        input_tokens=7, output_tokens=3, busy_seconds=reply.usage.busy_seconds, source="provider"
    )
    assert reply.usage.busy_seconds == pytest.approx(reply.marks.closed_ms / 1000)
    assert (reply.http_status, reply.request_id, reply.wire_requests) == (200, "req-fake", 1)
    assert not reply.may_be_billed


def test_request_as_the_provider_sees_it() -> None:
    provider = FakeProvider()
    trip(chat(temperature=0, cache_prompt=False, stop=["\n"]), provider)
    [served] = provider.requests
    assert served.path == "/v1/chat/completions"
    assert served.body == {
        "model": "fake/echo",
        "messages": [{"role": "user", "content": "hello there big world"}],
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "stop": ["\n"],
        "cache_prompt": False,
    }
    assert served.headers["authorization"] == "Bearer sk-canary-0123456789"
    assert served.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("model", ["see", "plain"], ids=["streamed", "plain"])
def test_pictures_reach_the_provider_as_they_are_and_in_order(model: str) -> None:
    digest, provider = hashlib.sha256(CLIP).hexdigest(), FakeProvider()
    reply = trip(vision(PICTURE, PICTURE, text="which"), provider, model=f"openai/fake/{model}")
    said = f"{digest} {digest} which" if model == "see" else "which"
    assert reply.outcome == Output(text=said, finish_reason="stop", model=f"fake/{model}")
    [served] = provider.requests
    assert served.images == [digest, digest]
    url = f"data:image/png;base64,{base64.b64encode(CLIP).decode()}"
    picture = {"type": "image_url", "image_url": {"url": url}}
    assert served.body["messages"][-1]["content"] == [picture, picture, {"type": "text", "text": "which"}]
    assert reply.usage.input_tokens == len(said.split()) + 4 + 2 * IMAGE_TOKENS


def test_answer_that_is_one_document_instead_of_a_stream() -> None:
    """LiteLLM passes over it: what was paid would be lost, or an empty answer held against the candidate."""
    reply = trip(chat("one two three"), model="openai/fake/plain")
    assert reply.outcome == Output(text="one two three", finish_reason="stop", model="fake/plain")
    assert (reply.usage.source, reply.usage.input_tokens, reply.usage.output_tokens) == ("provider", 7, 3)
    assert reply.marks.ttfo_ms == reply.marks.total_ms is not None


def test_reasoning_is_kept_apart() -> None:
    reply = trip(chat(), model="openai/fake/reason")
    assert isinstance(reply.outcome, Output)
    assert (reply.outcome.reasoning, reply.outcome.text) == ("Let me think. ", "hello there big world")


def test_length_is_an_output() -> None:
    outcome = trip(chat("one two three", max_tokens=2)).outcome
    assert isinstance(outcome, Output)
    assert (outcome.text, outcome.finish_reason) == ("one two", "length")


def test_content_filter_is_an_output() -> None:
    outcome = trip(chat(), model="openai/fake/filter").outcome
    assert outcome == Output(text="", finish_reason="content_filter", model="fake/filter")


def test_refusal_is_an_output() -> None:
    outcome = answer_to(sse(delta(refusal="I cannot "), delta(refusal="do that."), delta("stop")))
    assert outcome == Output(text="I cannot do that.", finish_reason="content_filter", model="served-model")


def test_tool_calls_are_put_together() -> None:
    head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    outcome = answer_to(
        sse(
            delta(role="assistant", content=None, tool_calls=[head]),
            delta(tool_calls=[{"index": 0, "function": {"arguments": '{"city": '}}]),
            delta(tool_calls=[{"index": 0, "function": {"arguments": '"Oslo"}'}}]),
            delta("tool_calls"),
        )
    )
    assert isinstance(outcome, Output)
    assert outcome.tool_calls == ({"id": "call_1", "name": "weather", "arguments": '{"city": "Oslo"}'},)
    assert outcome.finish_reason == "tool_calls"


@pytest.mark.parametrize("model", ["openai/fake/echo", "openai/fake/plain"])
def test_several_tool_calls_come_back_streamed_or_whole_and_the_tools_were_sent(model: str) -> None:
    calls = [
        {"name": "weather", "arguments": {"city": "Zürich", "days": 2}},
        {"name": "weather", "arguments": {"city": "北京"}},
        {"name": "stop", "arguments": {}},
    ]
    tools = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in ("weather", "stop")]
    provider = FakeProvider()
    reply = trip(chat(json.dumps({"calls": calls}, ensure_ascii=False), tools=tools), provider, model=model)
    assert isinstance(reply.outcome, Output)
    assert (reply.outcome.text, reply.outcome.finish_reason) == ("", "tool_calls")
    told = [{"name": c["name"], "arguments": json.loads(str(c["arguments"]))} for c in reply.outcome.tool_calls]
    assert told == calls
    assert provider.requests[0].body["tools"] == tools
    assert reply.marks.ttfo_ms is not None


def test_repeated_chunks_survive() -> None:
    """LiteLLM takes a model that repeats itself for a dead provider, unless it is told otherwise."""
    outcome = answer_to(sse(*[delta(content="ha ")] * 200, delta("stop")))
    assert isinstance(outcome, Output)
    assert outcome.text == "ha " * 200


def test_invented_finish_reason_is_not_reported() -> None:
    outcome = answer_to(sse(delta(content="yes")))
    assert isinstance(outcome, Output)
    assert (outcome.text, outcome.finish_reason) == ("yes", None)


def test_max_tokens_used_up_by_reasoning() -> None:
    outcome = answer_to(sse(delta(reasoning_content="Hm"), delta("length")))
    assert isinstance(outcome, Failure)
    assert (outcome.fault, outcome.kind) == (Fault.CANDIDATE, "truncated")


def test_missing_usage_is_unknown() -> None:
    reply = trip(chat(), FakeProvider(faults=[without_usage()]))
    assert reply.usage == Usage(busy_seconds=reply.usage.busy_seconds)


def test_impossible_usage_is_suspect() -> None:
    usage = {"prompt_tokens": -5, "completion_tokens": 10**9, "total_tokens": 1}
    body = sse(delta(content="yes"), delta("stop"), {"model": "m", "choices": [], "usage": usage})
    reply = trip(chat(), FakeProvider(faults=[raw_body(body, content_type="text/event-stream")]))
    assert isinstance(reply.outcome, Output)
    assert reply.usage == Usage(busy_seconds=reply.usage.busy_seconds, source="suspect")


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        pytest.param(chat(), "cache_salt", id="chat"),
        pytest.param(speech(), "instructions", id="speech"),
        pytest.param(transcription(), "prompt", id="transcription"),
    ],
)
def test_parameters_leave_with_the_values_of_their_variables(request_: Any, name: str) -> None:
    provider = FakeProvider()

    async def there() -> None:
        async with provider:
            referring = replace(target(provider.url), variables={"TEAM": "team-42"})
            asked = replace(request_, params={name: "os.environ/TEAM"})
            await send(asked, referring, Deadlines(timeout_s=10, idle_timeout_s=5), lambda _: CLIP)

    asyncio.run(there())
    assert [served.body[name] for served in provider.requests] == ["team-42"]


def test_reserved_parameter_is_refused_unsent() -> None:
    provider = FakeProvider()
    reply = trip(chat(mock_response="made up"), provider)
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == (Fault.HARNESS, "bug")
    assert "mock_response" in reply.outcome.message
    assert provider.requests == []
