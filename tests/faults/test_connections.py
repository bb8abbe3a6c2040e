"""Rows 12 to 18: connections that are refused, dropped, cut, or go silent."""

from pathlib import Path

import pytest

from harness.store.ledger import Ledger
from tests.fake_provider import Certificate, FakeProvider, clean_eof, drip, hang, raw_body, reset, short_body
from tests.fake_provider.audio import header
from tests.faults.trial import MODES, Trial, ending

pytestmark = pytest.mark.alone

BUSY_MS = 300
"""What a busy machine may add."""
EARLIEST_MS = 500
"""In process, what LiteLLM does before it sends is part of the attempt: seconds on a busy machine."""
every_mode = pytest.mark.parametrize("mode", MODES)
streams = pytest.mark.parametrize("mode", ["stream", "speech"])
"""Modes whose responses come in several pieces."""


def unreachable(folder: Path, tap: str, name: str, provider: FakeProvider, url: str | None) -> str:
    """Run one call that cannot be sent, and return what the user is told."""
    trial = Trial(folder=folder, provider=provider, tap=tap, url=url, settings={"max_attempts": 1})
    result = trial.go(name)
    with Ledger.open(folder, write=False) as ledger:
        assert ledger.query("SELECT state, attempt FROM call").fetchall() == [("pending", 3)]
        assert ledger.spent() == 0
    assert provider.requests == []
    assert result.exit_code == 3
    return " ".join(result.notices)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures are enough, however soon they come."""
    monkeypatch.setattr("harness.execute.ending.UNCONNECTED_FOR_S", 0.0)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", ["echo", "voice"])
def test_a_refused_connection_is_tried_again_and_named(tap: str, tmp_path: Path, name: str, deaf: str) -> None:
    assert "cannot connect to 127.0.0.1" in unreachable(tmp_path, tap, name, FakeProvider(), deaf)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", ["echo", "voice"])
def test_a_host_that_has_no_address_is_tried_again_and_named(tap: str, tmp_path: Path, name: str) -> None:
    told = unreachable(tmp_path, tap, name, FakeProvider(), "http://provider.invalid/v1")
    assert "cannot connect to provider.invalid" in told


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", ["echo", "voice"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_named(tap: str, tmp_path: Path, name: str) -> None:
    provider = FakeProvider(certificate=Certificate.make(tmp_path))
    told = unreachable(tmp_path / "run", tap, name, provider, None)
    assert "cannot connect to 127.0.0.1" in told
    assert "certificate" in told.lower()


def test_a_certificate_is_accepted_once_it_is_vouched_for(
    tap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = Certificate.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    trial = Trial(folder=tmp_path / "run", provider=FakeProvider(certificate=certificate), tap=tap, samples=3)
    assert trial.go("echo").exit_code == 0
    assert trial.provider.connections == 1, "kept alive from one call to the next"


@every_mode
def test_a_connection_dropped_before_the_response_is_tried_again(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [reset()])
    assert end.attempts == ["reset", "ok"]
    assert end.first.may_be_billed
    assert end.record.cost_source == "estimated"
    assert end.result.exit_code == 0


@streams
def test_a_connection_dropped_in_the_response_is_tried_again_and_charged(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [reset(after_writes=3)])
    whole = ending(tmp_path / "whole", tap, mode, [])
    assert end.attempts == ["cut", "ok"]
    assert end.first.may_be_billed
    assert end.record.cost_usd is not None
    assert whole.record.cost_usd is not None
    assert end.record.cost_usd > whole.record.cost_usd
    assert end.record.cost_source == "estimated"
    assert end.output.text == whole.output.text


def test_what_had_come_of_a_cut_answer_is_kept(tap: str, tmp_path: Path) -> None:
    end = ending(tmp_path, tap, "stream", [reset(after_writes=3)] * 3, max_attempts=2)
    assert end.attempts == ["cut", "cut"]
    assert end.failure.partial == "0+"
    for attempt in end.record.attempts:
        assert attempt.detail is not None
        assert attempt.detail.endswith("Until then: 0+")


@pytest.mark.parametrize("after_writes", [1, 2, 5])
def test_a_stream_without_its_last_event_is_never_an_answer(tap: str, tmp_path: Path, after_writes: int) -> None:
    """LiteLLM alone makes up a finish reason and a usage."""
    end = ending(tmp_path, tap, "stream", [clean_eof(after_writes=after_writes)] * 3)
    assert end.attempts == ["cut"] * 3
    assert "without its terminal event" in end.failure.message
    assert end.result.exit_code == 4


def test_a_clip_shorter_than_its_header_says_is_never_an_answer(tap: str, tmp_path: Path) -> None:
    clip = header(9000) + bytes(100)
    early = short_body(clip, promised=len(clip) + 1)
    in_good_order = raw_body(clip, content_type="audio/wav")
    assert ending(tmp_path, tap, "speech", [early, in_good_order, early]).attempts == ["cut"] * 3


@every_mode
def test_silence_before_the_response_ends_at_the_deadline(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [hang()], timeout_s=1.5)
    assert end.attempts == ["timeout"]
    assert end.failure.message == "not finished within 1.5 s"
    assert end.record.marks.closed_ms is not None
    assert EARLIEST_MS <= end.record.marks.closed_ms <= 1650 + BUSY_MS, "within 10%"


@streams
def test_silence_in_the_response_ends_at_the_idle_deadline(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [hang(after_writes=2)], timeout_s=9, idle_timeout_s=0.4)
    assert end.attempts == ["timeout"]
    assert end.failure.message == "nothing came for 0.4 s in the middle of the response"
    assert end.record.marks.closed_ms is not None
    assert 400 <= end.record.marks.closed_ms <= 500 + BUSY_MS


@pytest.mark.parametrize(
    ("mode", "data"),
    [
        pytest.param("stream", b": keep-alive\n\n", id="comments"),
        pytest.param("stream", b"\n", id="empty lines"),
        pytest.param("plain", b" ", id="spaces"),
        pytest.param("speech", b"\0", id="a byte at a time"),
        pytest.param("transcription", b" ", id="transcription"),
    ],
)
def test_a_response_that_drips_for_ever_ends_at_the_deadline(tap: str, tmp_path: Path, mode: str, data: bytes) -> None:
    end = ending(tmp_path, tap, mode, [drip(data=data)], timeout_s=1.5, idle_timeout_s=0.5)
    assert end.attempts == ["timeout"]
    assert end.failure.message == "not finished within 1.5 s"
    assert end.record.marks.closed_ms is not None
    assert EARLIEST_MS <= end.record.marks.closed_ms <= 1650 + BUSY_MS, "within 10%"
