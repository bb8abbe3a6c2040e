"""Live sessions over LiteLLM's private adapter: the contract that it must keep, and what of a session is kept.

No tap carries a WebSocket, so that one is enough here; that a session is one request on the wire is in test_wire.py.
"""

import json
import statistics
from dataclasses import replace
from typing import Any

import pytest

from harness.clients import litellm_door
from harness.clients.clip import with_header
from harness.clients.reply import Reply
from harness.core.calls import Failure, Output, Usage
from harness.core.requests import SessionRequest
from tests.clients import trip as trips
from tests.fake_provider import FakeProvider, Fault, Pace, clean_eof, hang, reset, running, status
from tests.fake_provider.audio import samples
from tests.fake_provider.faults import Answer
from tests.fake_provider.truth import Exchange

WORDS = "ahoy"
MODEL = "openai/fake/voice"
TOLERANCE_MS = 40
"""Generous: the machines that run the tests are busy."""


def asked(provider: FakeProvider, **params: Any) -> tuple[bytes, SessionRequest]:
    """A recording that the provider understands, and the session in which it is played."""
    pcm = provider.say(WORDS)
    return with_header(pcm, "pcm16"), trips.live(replace(trips.LIVE_AUDIO, seconds=len(pcm) / 48_000), **params)


def session(provider: FakeProvider, **options: Any) -> Reply:
    clip, request = asked(provider)
    return trips.trip(request, provider, model=MODEL, clip=clip, **options)


def test_a_recording_is_played_at_its_own_pace_and_the_answer_kept_as_it_was_spoken() -> None:
    provider = FakeProvider(answers={WORDS: "land in sight"})
    reply = session(provider)
    assert isinstance(reply.outcome, Output), reply
    audio = reply.outcome.audio
    assert audio is not None
    assert (reply.outcome.text, reply.outcome.finish_reason) == ("land in sight", "stop")
    assert samples(reply.blobs[audio.sha256]) == provider.say("land in sight")
    seconds = len(provider.say(WORDS)) / 48_000
    assert reply.usage == Usage(
        input_tokens=0, output_tokens=3, input_audio_tokens=round(20 * seconds),
        output_audio_tokens=round(20 * audio.seconds), input_audio_seconds=seconds,
        output_audio_seconds=audio.seconds, busy_seconds=reply.usage.busy_seconds, source="provider",
    )  # fmt: skip
    (served,) = provider.requests
    assert (served.status, served.model, reply.wire_requests) == (101, "fake/voice", 1)
    _, updated, *_ = (write.at for write in served.writes if write.note == "session")
    assert served.first("heard") - updated >= seconds - 0.02
    assert reply.marks.first_byte_ms is not None
    assert 0 <= reply.marks.first_byte_ms <= (reply.marks.ttft_ms or 0), "what came before the question is no answer"


def test_what_is_of_the_account_and_what_of_the_session() -> None:
    """The provider tells the session again: parameters are there, the key and what LiteLLM needs are not."""
    provider = FakeProvider()
    clip, request = asked(provider, speed=1.5, api_version="2025-08-28")
    reply = trips.trip(replace(request, voice="cedar", instructions="Be brief."), provider, model=MODEL, clip=clip)
    assert isinstance(reply.outcome, Output), reply
    (served,) = provider.requests
    assert served.headers["authorization"] == f"Bearer {trips.KEY}"
    told = served.body["session"]
    assert (told["speed"], told["instructions"], told["max_output_tokens"]) == (1.5, "Be brief.", 500)
    assert told["audio"]["output"]["voice"] == "cedar"
    assert told["audio"]["input"] == {"format": {"type": "audio/pcm", "rate": 24_000}, "turn_detection": None}
    assert "api_version" not in told


@pytest.mark.alone
@pytest.mark.usefixtures("warm")
def test_marks_count_from_the_end_of_what_was_said_and_are_the_servers_truth() -> None:
    found: dict[str, list[float]] = {"ttft_ms": [], "ttfa_ms": [], "total_ms": []}
    with running(pace=Pace(first_s=0.15, gap_s=0.05)) as provider:
        clip, request = asked(provider)
        for _ in range(5):
            reply = trips.once(request, provider.url, model=MODEL, clip=clip)
            served = provider.requests[-1]
            truth = {
                "ttft_ms": served.first("content"),
                "ttfa_ms": served.first("audio"),
                "total_ms": served.last("audio"),
            }
            for name, at in truth.items():
                found[name].append(getattr(reply.marks, name) - (at - served.first("heard")) * 1000)
    biases = {name: statistics.fmean(errors) for name, errors in found.items()}
    print("mean bias in ms:", {name: round(bias, 2) for name, bias in biases.items()})
    assert {name: bias for name, bias in biases.items() if abs(bias) > TOLERANCE_MS} == {}


def saying(*events: dict[str, Any] | str, code: int | None = None) -> Fault:
    """A session that begins, goes on with these events at the first word, and may be closed with `code`."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        socket = await exchange.upgrade()
        await exchange.write(json.dumps({"type": "session.created", "session": {}}).encode(), "session")
        await socket.receive()
        for event in events:
            await exchange.write((event if isinstance(event, str) else json.dumps(event)).encode())
        if code is not None:
            await socket.close(code=code, message=b"scripted")
        while not (await socket.receive()).type.name.startswith("CLOS"):
            pass

    return fault


def error(**detail: str) -> Fault:
    return saying({"type": "error", "error": detail})


def done(**response: Any) -> Fault:
    return saying({"type": "response.done", "response": response})


FAILED: dict[str, Any] = {"status": "failed", "status_details": {"error": {"message": "no voice"}}}
HUGE = {"type": "response.output_audio.delta", "delta": "A" * (5 * 2**20)}
MANY = [{"type": "response.output_audio.delta", "delta": "A" * (3 * 2**20)}] * 5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param(status(401), "credentials", id="key refused"),
        pytest.param(status(404), "model_not_found", id="no such model"),
        pytest.param(status(429, error_code="insufficient_quota"), "quota", id="no credit"),
        pytest.param(status(307, location="http://127.0.0.1:9/v1/realtime"), "protocol", id="redirect"),
        pytest.param(status(308, location="ws://127.0.0.1:9/v1/realtime"), "protocol", id="redirect to a session"),
        pytest.param(reset(after_writes=6), "cut", id="dropped in the answer"),
        pytest.param(clean_eof(after_writes=6), "cut", id="ended in the answer"),
        pytest.param(saying(code=1008), "bad_request", id="closed: policy"),
        pytest.param(saying(code=1011), "server_error", id="closed: internal error"),
        pytest.param(saying(code=1013), "rate_limit", id="closed: try again later"),
        pytest.param(saying(code=4000), "cut", id="closed: code of an application"),
        pytest.param(saying("{no json"), "protocol", id="no JSON"),
        pytest.param(saying("[]"), "protocol", id="no event"),
        pytest.param(saying({"type": "response.output_audio.delta", "delta": "a"}), "protocol", id="no base64"),
        pytest.param(saying({"type": "error", "error": "what?"}), "protocol", id="an error of another shape"),
        pytest.param(saying(HUGE), "too_large", id="an event too large"),
        pytest.param(saying(*MANY), "too_large", id="too much in all"),
        pytest.param(error(type="invalid_request_error", message="what?"), "bad_request", id="an error"),
        pytest.param(error(type="x", code="insufficient_quota", message="pay"), "quota", id="an error's code"),
        pytest.param(done(**FAILED), "stream_error", id="a failure"),
        pytest.param(done(status="completed"), "empty", id="nothing said"),
    ],
)
def test_sessions_that_fail(fault: Fault, kind: str) -> None:
    provider = FakeProvider(always=fault)
    reply = session(provider)
    assert isinstance(reply.outcome, Failure), reply
    assert reply.outcome.kind == kind, reply
    assert len(provider.requests) == reply.wire_requests == 1


@pytest.mark.parametrize(
    ("writes", "deadlines", "said"),
    [
        pytest.param(3, {"timeout_s": 1.5}, "not finished within 1.5 s", id="before the answer"),
        pytest.param(6, {"idle_timeout_s": 0.5}, "nothing came for 0.5 s in the middle of the response", id="in it"),
    ],
)
def test_silence_before_an_answer_ends_with_the_total_deadline_and_in_it_with_the_idle_one(
    writes: int, deadlines: dict[str, float], said: str
) -> None:
    reply = session(FakeProvider(always=hang(after_writes=writes)), **deadlines)
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.kind, reply.outcome.message) == ("timeout", said)


def test_who_is_turned_away_for_now_is_told_how_long() -> None:
    reply = session(FakeProvider(always=status(429, retry_after="7")))
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.kind, reply.http_status, reply.retry_after_s) == ("rate_limit", 429, 7.0)
    assert not reply.may_be_billed


def test_a_key_that_is_told_again_is_taken_out() -> None:
    reply = session(FakeProvider(always=error(code="invalid_api_key", message=f"Incorrect API key: {trips.KEY}")))
    assert isinstance(reply.outcome, Failure)
    assert reply.outcome.kind == "credentials"
    assert trips.KEY not in repr(reply)


def test_litellm_still_has_what_sessions_go_through() -> None:
    """A LiteLLM that has changed fails here first."""
    litellm_door.load()
    from litellm.constants import REALTIME_WEBSOCKET_MAX_MESSAGE_SIZE_BYTES
    from litellm.llms.openai.realtime.handler import OpenAIRealtime

    assert REALTIME_WEBSOCKET_MAX_MESSAGE_SIZE_BYTES == 4 * 2**20
    assert callable(OpenAIRealtime.async_realtime)
