"""Rows 19 to 24 and 27: responses that arrive whole and are wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Fault
from harness.pricing.cost import worst_case
from tests.fake_provider import Fault as Script
from tests.fake_provider import malformed_body, raw_body, without_usage
from tests.fake_provider.audio import header
from tests.fake_provider.contents import (
    delta,
    malformed,
    no_choices,
    not_utf8,
    null_content,
    only_done,
    rearranged,
    reported_usage,
    sse,
    stream,
)
from tests.faults.trial import KEY, MODES, ending

every_mode = pytest.mark.parametrize("mode", MODES)
chats = pytest.mark.parametrize("mode", ["stream", "plain"])


@every_mode
@pytest.mark.parametrize(
    ("script", "type_"),
    [
        pytest.param(malformed(), None, id="JSON that breaks off"),
        pytest.param(malformed_body(), "text/html", id="a captive portal's page"),
        pytest.param(raw_body(b"[1, 2]"), "application/json", id="JSON of another kind"),
        pytest.param(raw_body(b'{"detail": "ok"}'), "application/json", id="JSON of another shape"),
        pytest.param(not_utf8(), None, id="bytes that are no UTF-8"),
    ],
)
def test_what_cannot_be_read_is_tried_once_more(
    tap: str, tmp_path: Path, mode: str, script: Script, type_: str | None
) -> None:
    end = ending(tmp_path, tap, mode, [script] * 3)
    assert end.attempts == ["protocol", "protocol"]
    assert end.failure.fault is Fault.INFRA
    assert type_ is None or f"({type_})" in end.failure.message
    assert "\ufffd" not in repr(end.record)
    assert end.result.exit_code == 4


@every_mode
def test_what_cannot_be_read_may_be_mended_by_the_second_attempt(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [malformed()])
    assert end.attempts == ["protocol", "ok"]
    assert end.result.exit_code == 0


@every_mode
def test_the_head_of_what_cannot_be_read_is_kept_without_the_key(tap: str, tmp_path: Path, mode: str) -> None:
    page = f"<html>key {KEY} was not accepted {'.' * 9000}".encode()
    end = ending(tmp_path, tap, mode, [raw_body(page, content_type="text/html")])
    assert end.first.detail is not None
    assert end.first.detail.startswith("<html>key [")
    assert 2000 < len(end.first.detail) <= 2048
    assert KEY.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_transcript_of_another_charset_says_so_or_is_refused(tap: str, tmp_path: Path) -> None:
    assert ending(tmp_path, tap, "transcription", [raw_body(b'{"text": null}')]).attempts == ["protocol", "ok"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"choices": [None]}, id="a choice that is null"),
        pytest.param({"choices": [{"delta": 5}]}, id="a delta that is a number"),
        pytest.param(delta(content=5), id="content that is a number"),
        pytest.param(delta(content=[5]), id="content that is a list of numbers"),
    ],
)
def test_an_event_of_an_odd_shape_is_the_providers_fault_and_not_ours(
    tap: str, tmp_path: Path, event: dict[str, Any]
) -> None:
    end = ending(tmp_path, tap, "stream", [stream(sse(delta(content="4"), event, delta("stop")))])
    assert end.attempts == ["protocol", "ok"]


@pytest.mark.parametrize(
    ("mode", "script"),
    [
        pytest.param("stream", no_choices(), id="stream without a choice"),
        pytest.param("plain", no_choices(), id="document without a choice"),
        pytest.param("stream", only_done(), id="only DONE"),
        pytest.param("speech", raw_body(b"", content_type="audio/wav"), id="clip without a byte"),
    ],
)
def test_no_answer_at_all_is_asked_for_once_more_and_is_then_the_candidates_own(
    tap: str, tmp_path: Path, mode: str, script: Script
) -> None:
    end = ending(tmp_path / "twice", tap, mode, [script] * 3)
    assert end.attempts == ["empty_response", "empty_response"]
    assert (end.failure.fault, end.failure.kind) == (Fault.CANDIDATE, "empty")
    assert (end.result.answered, end.result.exit_code) == (1, 0)
    assert ending(tmp_path / "once", tap, mode, [script]).attempts == ["empty_response", "ok"]


@chats
def test_null_beside_a_tool_call_is_an_answer_and_beside_nothing_an_empty_one(
    tap: str, tmp_path: Path, mode: str
) -> None:
    called = ending(tmp_path / "tool", tap, mode, [null_content(tool="weather")])
    assert called.attempts == ["ok"]
    assert [call["name"] for call in called.output.tool_calls] == ["weather"]
    silent = ending(tmp_path / "none", tap, mode, [null_content()])
    assert silent.attempts == ["empty"], "an empty answer is an answer: asking again would take the better of two"
    assert silent.failure.fault is Fault.CANDIDATE


def test_a_clip_without_a_sample_is_the_candidates_own(tap: str, tmp_path: Path) -> None:
    end = ending(tmp_path, tap, "speech", [raw_body(header(0), content_type="audio/wav")])
    assert end.attempts == ["empty"]
    assert end.failure.fault is Fault.CANDIDATE


@chats
@pytest.mark.parametrize(
    ("script", "source"),
    [
        pytest.param(without_usage(), "none", id="missing"),
        pytest.param(reported_usage(prompt_tokens=0, completion_tokens=0, total_tokens=0), "none", id="zeros"),
        pytest.param(reported_usage(prompt_tokens=-5, completion_tokens=3), "suspect", id="negative"),
        pytest.param(reported_usage(prompt_tokens=5, completion_tokens=10**9), "suspect", id="absurd"),
        pytest.param(reported_usage(prompt_tokens=5, completion_tokens=10**30), "suspect", id="beyond 64 bits"),
        pytest.param(reported_usage(prompt_tokens=5, total_tokens=5), "suspect", id="an answer of no tokens"),
        pytest.param(
            reported_usage(prompt_tokens=5, completion_tokens=3, prompt_tokens_details={"cached_tokens": 6}),
            "suspect", id="a part larger than the whole",
        ),
    ],
)  # fmt: skip
def test_a_usage_that_says_nothing_or_cannot_be_true_is_charged_with_the_bound(
    tap: str, tmp_path: Path, mode: str, script: Script, source: str
) -> None:
    end = ending(tmp_path, tap, mode, [script])
    assert end.attempts == ["ok"]
    assert end.record.usage.source == source
    assert end.record.cost_usd == worst_case(end.record.call.request, end.trial.candidate(end.name))
    assert end.record.cost_source == "estimated"


@chats
def test_a_usage_that_can_be_true_is_charged_as_it_is(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [reported_usage(prompt_tokens=5, completion_tokens=3, total_tokens=8)])
    assert (end.record.usage.source, end.record.cost_source) == ("provider", "provider")
    assert str(end.record.cost_usd) == "0.011"


ANSWER = sse(delta(content="yes"), delta("stop"))


def doubled(writes: Sequence[tuple[bytes, str]]) -> Sequence[tuple[bytes, str]]:
    return [write for write in writes for _ in range(2 if write[1] == "content" else 1)]


def swapped(writes: Sequence[tuple[bytes, str]]) -> Sequence[tuple[bytes, str]]:
    return [writes[0], writes[2], writes[1], *writes[3:]]


@pytest.mark.parametrize(
    ("script", "text"),
    [
        pytest.param(rearranged(doubled), "00++00??", id="twice"),
        pytest.param(rearranged(swapped), "+00?", id="out of order"),
        pytest.param(stream(sse(delta("stop"), delta(content="yes"))), "yes", id="after the finish reason"),
        pytest.param(stream(sse(delta(content="yes"), delta("stop"), delta("stop"))), "yes", id="finished twice alike"),
        pytest.param(stream(ANSWER, sse(delta(content=" no"))), "yes", id="after DONE"),
        pytest.param(stream(ANSWER, b'data: {"choi\n\n'), "yes", id="nonsense after DONE"),
    ],
)
def test_chunks_count_in_the_order_and_as_often_as_they_come(
    tap: str, tmp_path: Path, script: Script, text: str
) -> None:
    end = ending(tmp_path, tap, "stream", [script])
    assert end.attempts == ["ok"]
    assert (end.output.text, end.output.finish_reason) == (text, "stop")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(sse(delta(content="yes"), delta("length"), delta("stop")), id="two finish reasons"),
        pytest.param(
            sse(delta(content="yes"), {"choices": [{"index": 1, "delta": {"content": "no"}}]}, delta("stop")),
            id="a choice that nobody asked for",
        ),
    ],
)
def test_a_stream_that_contradicts_itself_is_no_answer(tap: str, tmp_path: Path, body: bytes) -> None:
    assert ending(tmp_path, tap, "stream", [stream(body)]).attempts == ["protocol", "ok"]
