"""The fake provider itself: its truth must be true."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.fake_provider import Pace, running, status


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


def test_command_line(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text(json.dumps({"2+2?": "4"}))
    command = [sys.executable, "-m", "tests.fake_provider", "--answers", str(tmp_path / "answers.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert text(ask(url, "2+2?")) == "4"
        finally:
            process.terminate()
