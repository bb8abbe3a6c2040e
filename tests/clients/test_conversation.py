"""Conversations by a script, over a session whose provider hears by loudness: who spoke when, as a player heard it."""

import io
from itertools import chain
from typing import Any

import numpy as np
import pytest
import soundfile

from harness.clients.clip import with_header
from harness.clients.reply import Reply
from harness.core.calls import Failure, Output
from harness.core.media import Audio
from harness.core.requests import Script, SessionRequest, media_named
from harness.core.sound import RAW_RATE
from harness.core.turns import AGENT, USER, Turn, turns_of
from tests.clients import trip as trips
from tests.fake_provider import FakeProvider, Pace, hang

ASKED, CUT_IN = "tell me", "stop it"
STORY = "once upon a time there was a lighthouse, and in it lived a cat that was afraid of the sea and of mice"
"""Two and a half seconds, as the provider says it."""
SLACK_MS = 400
"""Of a busy machine."""


def clip(provider: FakeProvider, words: str, *, pause_s: float = 0.0) -> bytes:
    """Words twice, with a pause between them where there is one."""
    pcm = provider.say(words)
    if pause_s:
        pcm = pcm + bytes(2 * int(pause_s * RAW_RATE)) + pcm
    return with_header(pcm, "pcm16")


def talk(
    provider: FakeProvider,
    model: str,
    first: bytes,
    second: bytes | None = None,
    *,
    listen_s: float = 1.2,
    **options: Any,
) -> Reply:
    """Have the conversation; the user cuts in with `second` after 0.3 s of an answer."""
    clips = {"1" * 64: first, "2" * 64: second or b""}
    heard = [
        Audio(
            sha256=sha256, mime="audio/wav", seconds=(len(sound) - 44) / 48_000, sample_rate=RAW_RATE, size=len(sound)
        )
        for sha256, sound in clips.items()
    ]
    script = Script(listen_s=listen_s, interruption=heard[1] if second else None, interrupt_after_s=0.3)
    params = {"turn_detection": {"type": "server_vad", "silence_duration_ms": 300}}
    request = SessionRequest(audio=heard[0], max_tokens=500, params=params, script=script)
    assert media_named(request) == {"1" * 64} | ({"2" * 64} if second else set())
    return trips.trip(request, provider, model=f"openai/fake/{model}", read_media=clips.__getitem__, **options)


def turns(reply: Reply) -> list[Turn]:
    assert isinstance(reply.outcome, Output), reply
    both = (turns_of(reply.outcome.values, side) for side in (USER, AGENT))
    return sorted(chain(*both), key=lambda turn: turn.start_ms)


@pytest.mark.alone
@pytest.mark.parametrize(("model", "yields"), [("voice", True), ("stubborn", False)])
def test_who_is_cut_into_falls_silent_or_goes_on(model: str, yields: bool) -> None:
    provider = FakeProvider(answers={ASKED: STORY, CUT_IN: "all right"}, pace=Pace(first_s=0.1, gap_s=0.01))
    reply = talk(provider, model, clip(provider, ASKED), clip(provider, CUT_IN))
    user, answer, cut_in, *after = turns(reply)
    assert [turn.speaker for turn in (user, answer, cut_in)] == ["user", "agent", "user"]
    assert (user.start_ms, user.end_ms) == (0.0, pytest.approx(len(provider.say(ASKED)) / 48, abs=0.1))
    assert 400 <= answer.start_ms - user.end_ms <= 400 + SLACK_MS, "the detector's 0.3 s, and 0.1 s to think"
    assert 280 <= cut_in.start_ms - answer.start_ms <= 300 + SLACK_MS
    assert answer.cut is yields
    if yields:
        assert 0 < answer.words <= len(STORY.split()) // 2, "those that were heard"
        assert 0 <= answer.end_ms - cut_in.start_ms <= SLACK_MS
        assert [turn.words for turn in after] == [2]
    else:
        assert answer.words == len(STORY.split())
        assert answer.end_ms - answer.start_ms >= 1_500
    assert reply.marks.ttfa_ms is not None
    assert abs(answer.start_ms - user.end_ms - reply.marks.ttfa_ms) <= SLACK_MS / 2, "the first answer's"
    assert reply.usage.source == "provider"


@pytest.mark.alone
def test_who_speaks_in_a_pause_is_heard_to_and_has_no_time_to_first_audio_of_it() -> None:
    provider = FakeProvider(answers={ASKED: STORY}, pace=Pace(gap_s=0.01))
    reply = talk(provider, "voice", clip(provider, ASKED, pause_s=0.9), listen_s=0.2)
    user, early, *_ = sorted(turns(reply), key=lambda turn: (turn.speaker == "agent", turn.start_ms))
    assert early.start_ms < user.end_ms
    assert early.cut, "the user goes on"
    assert reply.marks.ttfa_ms is None or reply.marks.ttfa_ms > 0
    outcome = reply.outcome
    assert isinstance(outcome, Output)
    assert outcome.audio is not None
    sound, rate = soundfile.read(io.BytesIO(reply.blobs[outcome.audio.sha256]), dtype="int16")
    assert (rate, sound.shape[1], outcome.audio.mime) == (RAW_RATE, 2, "audio/flac")
    begins = [int(np.nonzero(side)[0][0]) / RAW_RATE * 1000 for side in sound.T]
    assert begins == [pytest.approx(0, abs=1), pytest.approx(early.start_ms, abs=1)], "the user left, the agent right"


def test_who_answers_nothing_has_not_spoken_and_where_nothing_comes_nobody_knows() -> None:
    provider = FakeProvider(pace=Pace(first_s=30))
    mute = talk(provider, "voice", clip(provider, ASKED), listen_s=0.5, idle_timeout_s=0.2)
    assert [turn.speaker for turn in turns(mute)] == ["user"]
    assert (mute.marks.ttfa_ms, mute.usage.source) == (None, "none")
    gone = talk(FakeProvider(always=hang(after_writes=2)), "voice", clip(provider, ASKED), listen_s=0.5)
    assert isinstance(gone.outcome, Failure)
    assert gone.outcome.kind == "timeout"
