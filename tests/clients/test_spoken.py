"""Chats that are asked and answered in sound: what is sent, what is kept, what is metered."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from harness.clients.events import read
from harness.core.calls import Failure, Output, Usage
from harness.core.requests import ChatRequest
from tests.clients.trip import AUDIO, spoken, trip
from tests.fake_provider import FakeProvider, Fault
from tests.fake_provider.audio import RATE, header, samples
from tests.fake_provider.contents import delta, sse, stream

WORDS = "what is the capital of France"


def asked(provider: FakeProvider) -> tuple[bytes, ChatRequest]:
    """A recording that the provider understands, and the question that it is."""
    pcm = provider.say(WORDS)
    return header(len(pcm)) + pcm, spoken(replace(AUDIO, seconds=len(pcm) / 2 / RATE))


@pytest.mark.parametrize("model", ["openai/fake/any", "openai/fake/plain"], ids=["streamed", "whole"])
def test_a_question_is_heard_and_its_answer_kept_as_it_was_spoken(model: str) -> None:
    provider = FakeProvider(answers={WORDS: "Paris of course"})
    clip, request = asked(provider)
    reply = trip(request, provider, model=model, clip=clip)
    assert isinstance(reply.outcome, Output), reply.outcome
    assert reply.outcome.text == "Paris of course"
    audio = reply.outcome.audio
    assert audio is not None
    kept = reply.blobs[audio.sha256]
    assert samples(kept) == provider.say("Paris of course")
    assert (audio.mime, audio.sample_rate, audio.size) == ("audio/wav", 24_000, len(kept))
    assert reply.usage == Usage(
        input_tokens=6 + 4,
        output_tokens=3,
        input_audio_tokens=round(20 * request_seconds(request)),
        output_audio_tokens=round(20 * audio.seconds),
        input_audio_seconds=request_seconds(request),
        output_audio_seconds=audio.seconds,
        busy_seconds=reply.usage.busy_seconds,
        source="provider",
    )


def request_seconds(request: ChatRequest) -> float:
    return request.messages[0]["content"][0]["input_audio"]["seconds"]  # type: ignore[index, call-overload, return-value]


def test_a_flac_is_sent_as_a_wav_of_the_same_samples() -> None:
    """OpenAI takes WAV and MP3; recordings of suites are FLAC."""
    provider = FakeProvider()
    pcm = provider.say(WORDS)
    flac = io.BytesIO()
    soundfile.write(flac, np.frombuffer(pcm, "<i2"), RATE, format="FLAC", subtype="PCM_16")
    assert trip(spoken(), provider, clip=flac.getvalue()).outcome.text == WORDS  # type: ignore[union-attr]


def audio(data: str, **more: str) -> bytes:
    return sse(delta(audio={"data": data, **more}), done=False)


PCM = base64.b64encode(bytes(4800)).decode()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(stream(audio(PCM), sse(delta("stop"))), 0.1, id="sound without words"),
        pytest.param(stream(audio("UklGRg=="), audio(PCM), sse(delta("stop"))), "protocol", id="a torn header"),
        pytest.param(stream(audio("a"), sse(delta("stop"))), "protocol", id="no base64"),
        pytest.param(stream(audio("AA=="), sse(delta("stop"))), "empty", id="half a sample"),
        pytest.param(stream(audio(PCM)), "cut", id="no end"),
        pytest.param(stream(sse(delta(content="Paris"), delta("stop"))), None, id="words alone"),
    ],
)
def test_answers_that_are_not_whole(fault: Fault, expected: float | str | None) -> None:
    outcome = trip(spoken(), FakeProvider(faults=[fault])).outcome
    if isinstance(outcome, Failure):
        assert outcome.kind == expected
    else:
        assert (outcome.audio and outcome.audio.seconds) == expected


def test_a_header_that_is_streamed_first_is_no_first_audio() -> None:
    head, sound = audio(base64.b64encode(header()).decode()), audio(PCM)
    seen = read(head + sound + sse(delta("stop")))
    assert (seen.first, seen.audio) == (len(head.rstrip()) - 1, len(head + sound.rstrip()) - 1)
    outcome = trip(spoken(), FakeProvider(faults=[stream(head, sound, sse(delta("stop")))])).outcome
    assert isinstance(outcome, Output)
    assert outcome.audio is not None
    assert outcome.audio.seconds == 2400 / RATE
