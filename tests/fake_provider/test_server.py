"""The fake provider itself: its truth must be true."""

import asyncio
import base64
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from tests.fake_provider import Certificate, Fault, Pace, clean_eof, reset, running, status
from tests.fake_provider.audio import speak

pytestmark = pytest.mark.alone


def ask(url: str, message: str, *, model: str = "fake/key", **options: object) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": message}], **options}
    return httpx.post(f"{url}/chat/completions", json=body)


def text(response: httpx.Response) -> str:
    answer: str = response.json()["choices"][0]["message"]["content"]
    return answer


@pytest.mark.parametrize(
    ("model", "message", "answer"),
    [
        ("fake/key", "2+2?", "4"),
        ("fake/key", "Please say: 2+2?", "4"),
        ("fake/key", "3+3?", "I do not know."),
        ("fake/echo", "2+2?", "2+2?"),
        ("anything", "2+2?", "4"),
    ],
)
def test_families(model: str, message: str, answer: str) -> None:
    with running(answers={"2+2?": "4"}) as provider:
        assert text(ask(provider.url, message, model=model)) == answer


def test_faults_come_in_order_and_then_the_answer() -> None:
    with running(faults=[status(429, retry_after="2"), None, status(500)]) as provider:
        responses = [ask(provider.url, "hi") for _ in range(4)]
    assert [response.status_code for response in responses] == [429, 200, 500, 200]
    assert responses[0].headers["retry-after"] == "2"
    assert [served.status for served in provider.requests] == [429, 200, 500, 200]


def test_truth_log_is_what_arrives() -> None:
    with (
        running(pace=Pace(first_s=0.1, gap_s=0.05)) as provider,
        httpx.stream("POST", f"{provider.url}/audio/speech", json={"model": "m", "input": "hello"}) as response,
    ):
        arrivals = [(time.monotonic(), len(data)) for data in response.iter_raw()]
    [served] = provider.requests
    assert [write.note for write in served.writes] == ["header", "audio", "audio", "audio", "audio"]
    assert served.writes[-1].end == sum(size for _, size in arrivals)
    assert 0.1 <= served.first("audio") - served.received < 0.3
    assert 0.15 <= served.last("audio") - served.first("audio") < 0.4
    assert 0 <= arrivals[-1][0] - served.last("audio") < 0.2


def test_scripts_are_by_model_and_in_the_order_of_its_own_requests() -> None:
    with running(scripts={"fake/b": [None, status(500)]}, always=status(503)) as provider:
        codes = [ask(provider.url, "hi", model=f"fake/{name}").status_code for name in "abbba"]
    assert codes == [503, 200, 500, 503, 503]


def test_connections_are_counted() -> None:
    with running() as provider, httpx.Client() as kept_alive:
        for _ in range(3):
            kept_alive.get(f"{provider.url.removesuffix('/v1')}/health")
        assert provider.connections == 1
        httpx.get(f"{provider.url.removesuffix('/v1')}/health")
        assert provider.connections == 2


def test_tls_is_for_those_who_trust_the_certificate(tmp_path: Path) -> None:
    certificate = Certificate.make(tmp_path)
    with running(certificate=certificate) as provider:
        trusting = ssl.create_default_context(cafile=str(certificate.file))
        url = f"{provider.url.removesuffix('/v1')}/health"
        assert url.startswith("https://")
        assert httpx.get(url, verify=trusting).json() == {"status": "ok"}
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(url)


def test_embeddings_are_the_same_for_the_same_text() -> None:
    with running() as provider:
        body = {"model": "m", "input": ["one", "two", "one"]}
        data = httpx.post(f"{provider.url}/embeddings", json=body).json()["data"]
    assert [item["index"] for item in data] == [0, 1, 2]
    assert data[0]["embedding"] == data[2]["embedding"] != data[1]["embedding"]


async def talk(url: str) -> list[Any]:
    """Update a realtime session, have it say something, and return every message until it ends."""
    told = [
        {"type": "session.update", "session": {"voice": "alto"}},
        {"type": "conversation.item.create", "item": {"content": [{"type": "input_text", "text": "hi"}]}},
        {"type": "response.create"},
    ]
    heard = []
    async with aiohttp.ClientSession() as client, client.ws_connect(f"{url}/realtime?model=fake/voice") as socket:
        for event in told:
            await socket.send_json(event)
        async for message in socket:
            heard.append(message.json())
            if heard[-1]["type"] == "response.done":
                await socket.close()
    return heard


def test_a_realtime_session_speaks() -> None:
    with running(pace=Pace(gap_s=0.02)) as provider:
        heard = asyncio.run(talk(provider.url))
    kinds = [event["type"] for event in heard]
    audio = ["response.output_audio.delta"] * 4
    words = "response.output_audio_transcript.delta"
    assert kinds == ["session.created", "session.updated", "response.created", words, *audio, "response.done"]
    assert heard[1]["session"] == {"id": "sess-fake", "model": "fake/voice", "voice": "alto"}
    spoken = [event["delta"] for event in heard if event["type"] == audio[0]]
    assert b"".join(map(base64.b64decode, spoken)) == speak("hi")
    usage = heard[-1]["response"]["usage"]
    assert usage["output_token_details"] == {"text_tokens": 1, "audio_tokens": usage["output_tokens"] - 1}
    [served] = provider.requests
    assert (served.status, served.model) == (101, "fake/voice")
    assert served.last("audio") - served.first("audio") >= 0.06


@pytest.mark.parametrize("fault", [reset(after_writes=6), clean_eof(after_writes=6)], ids=["reset", "clean end"])
def test_a_realtime_session_can_break_off(fault: Fault) -> None:
    with running(faults=[fault]) as provider:
        heard = asyncio.run(talk(provider.url))
    assert [event["type"] for event in heard][4:] == ["response.output_audio.delta"] * 2


def test_command_line(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text(json.dumps({"2+2?": "4"}))
    log = tmp_path / "truth.jsonl"
    command = [sys.executable, "-m", "tests.fake_provider", "--answers", str(tmp_path / "answers.json")]
    with subprocess.Popen([*command, "--log", str(log)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            before = time.monotonic()
            assert text(ask(url, "2+2?")) == "4"
            after = time.monotonic()
            told = httpx.get(f"{url.removesuffix('/v1')}/truth").json()
        finally:
            process.terminate()
    assert told["connections"] == 2
    [served] = told["requests"]
    assert [json.loads(line) for line in log.read_text().splitlines()] == [served]
    assert (served["model"], served["status"]) == ("fake/key", 200)
    assert before < served["received"] < served["writes"][-1]["at"] < after, "one clock for all"
    assert served["writes"][-1]["at"] < served["closed"], "the client may be gone before that"
    assert "headers" not in served
