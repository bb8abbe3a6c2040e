import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.clients.faults import (
    CANDIDATE_UNUSABLE,
    PROVIDER_UNUSABLE,
    RETRIED,
    RETRIED_ONCE,
    judged,
    may_be_billed,
    retry_after_s,
)
from harness.clients.tap import Exchange
from harness.core.calls import Failure, Fault, Output
from tests.clients.trip import KEY, chat, speech, target, transcription, trip, wire_of
from tests.fake_provider import (
    FakeProvider,
    clean_eof,
    context_too_long,
    drip,
    echo_key,
    empty,
    hang,
    insufficient_quota,
    malformed_body,
    malformed_chunk,
    model_not_found,
    raw_body,
    reset,
    short_body,
    status,
)
from tests.fake_provider import Fault as Script

pytestmark = pytest.mark.alone

CANDIDATE, INFRA, HARNESS = Fault.CANDIDATE, Fault.INFRA, Fault.HARNESS


def event(text: str) -> bytes:
    data = {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    return f"data: {json.dumps(data)}\n\n".encode()


def stream(*parts: bytes) -> Script:
    return raw_body(b"".join(parts), content_type="text/event-stream")


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("script", "fault", "kind", "billed"),
    [
        pytest.param(status(400), INFRA, "bad_request", False, id="400"),
        pytest.param(echo_key(), INFRA, "credentials", False, id="401"),
        pytest.param(status(402), INFRA, "quota", False, id="402"),
        pytest.param(status(403), INFRA, "credentials", False, id="403"),
        pytest.param(model_not_found(), INFRA, "model_not_found", False, id="404"),
        pytest.param(status(408), INFRA, "server_timeout", False, id="408"),
        pytest.param(status(409), INFRA, "conflict", False, id="409"),
        pytest.param(status(413), INFRA, "request_too_large", False, id="413"),
        pytest.param(status(422), INFRA, "bad_request", False, id="422"),
        pytest.param(status(429), INFRA, "rate_limit", False, id="429"),
        pytest.param(insufficient_quota(), INFRA, "quota", False, id="429 that no waiting mends"),
        pytest.param(status(500), INFRA, "server_error", False, id="500"),
        pytest.param(status(502), INFRA, "server_error", False, id="502"),
        pytest.param(status(503), INFRA, "server_error", False, id="503"),
        pytest.param(status(504), INFRA, "server_timeout", False, id="504"),
        pytest.param(status(529), INFRA, "server_error", False, id="529"),
        pytest.param(status(302, location="http://127.0.0.1:9"), INFRA, "protocol", False, id="redirect"),
        pytest.param(context_too_long(), CANDIDATE, "context_too_long", False, id="context too long"),
        pytest.param(empty(), CANDIDATE, "empty", True, id="empty"),
        pytest.param(stream(b"data: [DONE]\n\n"), INFRA, "empty_response", True, id="only DONE"),
        pytest.param(reset(), INFRA, "reset", True, id="reset before the response"),
        pytest.param(reset(after_writes=2), INFRA, "cut", True, id="reset in the stream"),
        pytest.param(clean_eof(after_writes=2), INFRA, "cut", True, id="stream without its end"),
        pytest.param(hang(), INFRA, "timeout", True, id="hang before the response"),
        pytest.param(hang(after_writes=2), INFRA, "timeout", True, id="hang in the stream"),
        pytest.param(drip(), INFRA, "timeout", True, id="drip"),
        pytest.param(malformed_body(), INFRA, "protocol", True, id="html"),
        pytest.param(malformed_chunk(), INFRA, "protocol", True, id="broken event"),
        pytest.param(stream(event("\ufffd").replace(b"\\ufffd", b"\xff")), INFRA, "protocol", True, id="no UTF-8"),
        pytest.param(
            stream(event("yes"), b'data: {"error": {"message": "overloaded"}}\n\n'), INFRA, "stream_error", True,
            id="error event",
        ),
    ],
)  # fmt: skip
def test_chat_faults(script: Script, fault: Fault, kind: str, billed: bool) -> None:
    provider = FakeProvider(faults=[script])
    reply = trip(chat(), provider, timeout_s=0.5 if kind == "timeout" else 10)
    assert isinstance(reply.outcome, Failure), reply.outcome
    assert (reply.outcome.fault, reply.outcome.kind, reply.may_be_billed) == (fault, kind, billed)
    assert len(provider.requests) == reply.wire_requests == 1
    assert KEY not in repr(reply)


@pytest.mark.parametrize("request_", [speech(), transcription()], ids=["speech", "transcription"])
@pytest.mark.parametrize(
    ("script", "kind"),
    [
        pytest.param(echo_key(), "credentials", id="401"),
        pytest.param(insufficient_quota(), "quota", id="quota"),
        pytest.param(short_body(b"x", promised=900), "cut", id="cut"),
        pytest.param(malformed_body(), "protocol", id="html"),
    ],
)
def test_audio_faults(request_: Any, script: Script, kind: str) -> None:
    reply = trip(request_, FakeProvider(faults=[script]))
    assert isinstance(reply.outcome, Failure), reply.outcome
    assert (reply.outcome.fault, reply.outcome.kind) == (INFRA, kind)
    assert KEY not in repr(reply)


def test_content_filter_on_the_prompt_is_an_output() -> None:
    reply = trip(chat(), FakeProvider(faults=[status(400, error_code="content_filter")]))
    assert reply.outcome == Output(text="", finish_reason="content_filter")


def test_partial_text_is_kept() -> None:
    outcome = trip(chat("one two three"), FakeProvider(faults=[clean_eof(after_writes=3)])).outcome
    assert isinstance(outcome, Failure)
    assert outcome.partial == "one two "


def test_what_the_deadlines_say() -> None:
    total = trip(chat(), FakeProvider(faults=[drip()]), timeout_s=0.5).outcome
    idle = trip(chat(), FakeProvider(faults=[hang(after_writes=1)]), timeout_s=5, idle_timeout_s=0.2).outcome
    assert isinstance(total, Failure)
    assert isinstance(idle, Failure)
    assert total.message == "not finished within 0.5 s"
    assert idle.message == "nothing came for 0.2 s in the middle of the response"


def test_body_that_cannot_be_read_is_kept_without_the_key() -> None:
    reply = trip(chat(), FakeProvider(faults=[raw_body(f"<html>{KEY}</html>".encode(), content_type="text/html")]))
    assert isinstance(reply.outcome, Failure)
    assert "text/html" in reply.outcome.message
    assert reply.detail == "<html>[key]</html>"


def test_bug_is_ours_and_has_its_traceback() -> None:
    reply = trip(replace(chat(), messages=(None,)))  # type: ignore[arg-type]
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == (HARNESS, "bug")
    assert reply.outcome.message.startswith("AttributeError: ")
    assert reply.detail is not None
    assert reply.detail.startswith("Traceback ")
    assert reply.marks.valid is False


def test_candidate_that_litellm_does_not_know() -> None:
    reply = trip(chat(), model="no-such-provider/model")
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind, reply.wire_requests) == (INFRA, "bad_request", 0)


class LiteLLMError(Exception):
    llm_provider = "openai"
    status_code = 500


def exchange(code: int | None = None, **options: Any) -> Exchange:
    return Exchange(host="example", sent=0.0, status=code, **options)


def outcome(made: Exchange | None, error: Exception | None = None) -> Failure:
    wire = wire_of(limit=9, exchanges=[made] if made else [])
    found = judged(error or LiteLLMError("it says 500"), wire, target("http://example.test"))
    assert isinstance(found, Failure)
    assert may_be_billed(found, wire) in (True, False)
    return found


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        pytest.param(exchange(429), "rate_limit", id="the wire's status wins over LiteLLM's"),
        pytest.param(exchange(400, pieces=[b"Arrearage: pay first"]), "quota", id="debt behind a 400"),
        pytest.param(exchange(400, pieces=[b'{"error": "prompt is too long"}']), "context_too_long", id="words"),
        pytest.param(exchange(401, pieces=[b"context window"]), "credentials", id="no words beside a 401"),
        pytest.param(exchange(500, pieces=[b"\xff\xfe"]), "server_error", id="body that is no text"),
        pytest.param(exchange(500, pieces=[b'["a list"]']), "server_error", id="body that is a list"),
        pytest.param(None, "not_sent", id="nothing sent"),
    ],
)
def test_kinds_from_evidence(made: Exchange | None, kind: str) -> None:
    assert outcome(made).kind == kind


def test_kinds_are_told_apart() -> None:
    """The runner stops a provider or a candidate by kind: none of those may be tried again."""
    unusable = PROVIDER_UNUSABLE | CANDIDATE_UNUSABLE
    assert not unusable & (RETRIED | RETRIED_ONCE)
    assert not RETRIED & RETRIED_ONCE


NOW = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"retry-after": "7"}, 7.0, id="seconds"),
        pytest.param({"retry-after": "0.5"}, 0.5, id="part of a second"),
        pytest.param({"retry-after": "-3"}, 0.0, id="negative"),
        pytest.param({"retry-after": "9", "retry-after-ms": "1500"}, 1.5, id="milliseconds first"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 04:01:30 GMT"}, 90.0, id="date"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 03:00:00 GMT"}, 0.0, id="past date"),
        pytest.param({"retry-after": "soon"}, None, id="nonsense"),
        pytest.param({"retry-after-ms": "soon"}, None, id="nonsense in milliseconds"),
        pytest.param({"retry-after": "nan"}, None, id="not a number"),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds
