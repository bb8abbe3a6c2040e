"""The embedded live session over a real socket, asked as any provider's; what it hears, thinks and says is scripted."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import httpx
import numpy as np
import pytest

from harness.clients.clip import with_header
from harness.clients.reply import Reply
from harness.core.calls import Failure, Output
from harness.core.requests import Script
from harness.core.sound import RAW_RATE
from harness.core.turns import AGENT, USER, turns_of
from harness.local.audio import Samples
from harness.local.engines import Transcript
from harness.local.engines.live import Live
from tests.clients import trip as trips
from tests.fake_provider import running

STORY = "One. Two. Three. Four."
TONE = (np.sin(np.arange(int(0.4 * RAW_RATE)) / RAW_RATE * 2 * np.pi * 200) * 9000).astype("<i2").tobytes()
CLIP = with_header(TONE, "pcm16")
AUDIO = replace(trips.LIVE_AUDIO, seconds=0.4)


class Ear:
    """Hears "tell me" the first time, then "stop"; nothing in silence."""

    languages = ("en",)

    def __init__(self) -> None:
        self.heard: list[float] = []

    def transcribe(self, samples: Samples, *, language: str | None) -> Transcript:
        assert language == "en"
        loud = float(np.abs(samples).max()) > 0.01
        self.heard += [len(samples) / 16_000] if loud else []
        return Transcript(text=("tell me" if len(self.heard) == 1 else "stop") if loud else "", language="en")


class Voice:
    """A second for each sentence; fails at "boom"."""

    sample_rate = RAW_RATE
    voices = ("only",)

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        assert (voice, speed) == ("only", 1.0)
        if text == "boom":
            raise RuntimeError("lost the voice")
        yield TONE + bytes(2 * RAW_RATE - len(TONE))


@contextmanager
def listening(answers: dict[str, str]) -> Iterator[tuple[Ear, str]]:
    """The session's server, with its address."""
    ear = Ear()
    with running(answers=answers) as mind:
        live = Live(ear, SimpleNamespace(server_port=mind.port), Voice(), port=0)  # type: ignore[arg-type]
        thread = threading.Thread(target=live.serve_forever)
        thread.start()
        try:
            yield ear, f"http://127.0.0.1:{live.server_port}/v1"
        finally:
            live.close()
            thread.join()


def ask(url: str, script: Script | None = None) -> Reply:
    params = {"turn_detection": {"silence_duration_ms": 300}}
    request = replace(trips.live(AUDIO, **params), script=script)
    return trips.once(request, url, model="openai/live-cascade", clip=CLIP)


def test_a_question_is_answered_aloud_and_counted() -> None:
    with listening({"tell me": STORY}) as (ear, url):
        assert httpx.get(url.removesuffix("/v1") + "/health").status_code == 200
        reply = ask(url)
    assert isinstance(reply.outcome, Output), reply
    assert reply.outcome.audio is not None
    assert ((reply.outcome.text or "").strip(), reply.outcome.audio.seconds) == (STORY, 4.0)
    assert ear.heard == [pytest.approx(0.4, abs=0.001)]
    assert (reply.usage.input_audio_tokens, reply.usage.output_audio_tokens) == (4, 80)


def test_it_falls_silent_when_it_is_cut_into_and_answers_that() -> None:
    script = Script(listen_s=5.0, interruption=AUDIO, interrupt_after_s=0.3)
    with listening({"tell me": STORY, "stop": "All right."}) as (ear, url):
        reply = ask(url, script)
    assert isinstance(reply.outcome, Output), reply
    (_, cut_in), (story, *_) = (turns_of(reply.outcome.values, side) for side in (USER, AGENT))
    assert story.cut
    assert 0 < story.end_ms - cut_in.start_ms < 2_000
    assert len(ear.heard) == 2


def test_a_part_that_fails_is_said_and_what_is_not_understood_is_not_answered() -> None:
    with listening({"tell me": "boom"}) as (_, url):
        failed = ask(url)
    assert isinstance(failed.outcome, Failure)
    assert (failed.outcome.kind, "lost the voice" in failed.outcome.message) == ("server_error", True)
    with listening({}) as (_, url):
        silent = trips.once(trips.live(AUDIO), url, model="openai/x", clip=with_header(bytes(len(TONE)), "pcm16"))
    assert isinstance(silent.outcome, Failure)
    assert silent.outcome.kind == "empty"
