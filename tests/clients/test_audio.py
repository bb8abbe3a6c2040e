import asyncio
import io
import json
from dataclasses import replace

import pytest
import soundfile

from harness.core.calls import Failure, Fault, Output, Usage
from harness.core.media import Audio
from tests.clients.trip import attempt, chat, execution, mos, speech, transcription, trip
from tests.fake_provider import FakeProvider, empty, raw_body
from tests.fake_provider.audio import RATE, header, speak

TEXT = "hello there"
PCM = speak(TEXT)


def test_streamed_wav_is_stored_with_its_true_size() -> None:
    provider = FakeProvider()
    reply = trip(speech(TEXT), provider)
    assert isinstance(reply.outcome, Output)
    assert isinstance(reply.outcome.audio, Audio)
    [(sha256, clip)] = reply.blobs.items()
    seconds = len(PCM) / 2 / RATE
    assert reply.outcome.audio == Audio(
        sha256=sha256, mime="audio/wav", seconds=seconds, sample_rate=RATE, size=len(clip)
    )
    assert clip == header(size=len(PCM)) + PCM
    assert soundfile.read(io.BytesIO(clip))[0].shape == (len(PCM) // 2,)
    assert reply.usage == Usage(
        input_characters=len(TEXT),
        output_audio_seconds=seconds,
        busy_seconds=reply.usage.busy_seconds,
        source="measured",
    )
    assert provider.requests[0].body["response_format"] == "wav"


def test_transcription_hears_what_was_said() -> None:
    """The clip that speech stored, with its repaired header, goes back to the provider that made it."""

    async def both() -> Output | Failure:
        async with provider:
            spoken = await attempt(speech("the quick brown fox"), provider.url)
            assert isinstance(spoken.outcome, Output)
            assert spoken.outcome.audio is not None
            [clip] = spoken.blobs.values()
            heard = await attempt(transcription(spoken.outcome.audio, "en-GB"), provider.url, clip=clip)
            assert heard.usage.input_audio_seconds == spoken.outcome.audio.seconds
            return heard.outcome

    provider = FakeProvider()
    assert asyncio.run(both()) == Output(text="the quick brown fox")
    assert provider.requests[1].body["language"] == "en"


def test_silence_is_an_empty_transcript() -> None:
    reply = trip(transcription(), FakeProvider(faults=[raw_body(b'{"text": ""}')]))
    assert reply.outcome == Output(text="")


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        pytest.param("text/plain; charset=latin-1", Output(text="naïve"), id="the charset that is declared"),
        pytest.param("text/plain", "protocol", id="another"),
        pytest.param("text/plain; charset=klingon", "protocol", id="none that is known"),
    ],
)
def test_transcript_that_is_plain_text(type_: str, expected: Output | str) -> None:
    asked = replace(transcription(), params={"response_format": "text"})
    outcome = trip(asked, FakeProvider(faults=[raw_body(b"na\xefve", content_type=type_)])).outcome
    assert (outcome.kind if isinstance(outcome, Failure) else outcome) == expected


def test_mos_returns_numbers() -> None:
    reply = trip(mos())
    assert reply.outcome == Output(values={"sig": 3.5, "bak": 4.0, "ovrl": 3.25})
    assert reply.wire_requests == 1
    assert reply.marks.total_ms is not None


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(empty(), (Fault.INFRA, "empty_response"), id="no bytes"),
        pytest.param(raw_body(header(0)), (Fault.CANDIDATE, "empty"), id="no samples"),
        pytest.param(raw_body(header(len(PCM)) + PCM[:-100]), (Fault.INFRA, "cut"), id="shorter than its header says"),
        pytest.param(raw_body(b"<html>log in</html>", content_type="text/html"), (Fault.INFRA, "protocol"), id="html"),
        pytest.param(raw_body(header() + b"\0" * 70_000_000), (Fault.INFRA, "too_large"), id="endless"),
    ],
)
def test_unusable_clips(fault: object, expected: tuple[Fault, str]) -> None:
    reply = trip(speech(TEXT), FakeProvider(faults=[fault]))
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == expected
    assert reply.blobs == {}


@pytest.mark.parametrize(("program", "passed", "why"), [("passes", 1.0, "passed"), ("fails", 0.0, "why")])
def test_a_sandbox_returns_its_verdict(program: str, passed: float, why: str) -> None:
    assert trip(execution(program)).outcome == Output(text=why, values={"passed": passed})


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"passed": true}'])
def test_what_is_no_verdict_is_no_failure_of_the_program(body: bytes) -> None:
    outcome = trip(execution(), FakeProvider(faults=[raw_body(body)])).outcome
    assert isinstance(outcome, Failure)
    assert (outcome.fault, outcome.kind) == (Fault.INFRA, "protocol")


@pytest.mark.parametrize("body", [b"<html>", b"[1]", json.dumps({"ovrl": "high"}).encode()])
def test_mos_that_is_no_map_of_numbers(body: bytes) -> None:
    outcome = trip(mos(), FakeProvider(faults=[raw_body(body)])).outcome
    assert isinstance(outcome, Failure)
    assert (outcome.fault, outcome.kind) == (Fault.INFRA, "protocol")


def test_endless_text_is_cut_off() -> None:
    line = b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "' + b"x" * 10_000_000 + b'"}}]}\n\n'
    outcome = trip(chat(), FakeProvider(faults=[raw_body(line, content_type="text/event-stream")])).outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind == "too_large"
