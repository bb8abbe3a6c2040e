"""A conversation in a live session: the user speaks by a script, and the provider decides when it speaks."""

import array
import asyncio
import io
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from harness.clients.deadlines import DeadlineExceeded
from harness.clients.microphone import FRAME_BYTES, Microphone, seconds
from harness.clients.player import Played, played
from harness.clients.reply import Content
from harness.clients.session import Over, Session
from harness.core.requests import MOST_ANSWERS, Script
from harness.core.sound import RAW_RATE
from harness.core.turns import AGENT, USER, Turn

ANSWER_S = 15.0
"""How long an answer is waited for that is to be cut into: without one there is nothing to see."""
TAKEN_S = 1.0
"""Who has spoken for so long after the user's last words has taken the turn (Full-Duplex-Bench): more tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What was said, by both."""

    turns: tuple[Turn, ...]
    clip: bytes
    """A FLAC with the user on the left and the agent on the right."""
    content: Content
    """Of the first answer that began after the recording."""


async def converse(session: Session, script: Script, recording: bytes, interruption: bytes | None) -> Conversation:
    """Have the conversation; `session.exchange` counts as sent when the recording has been said."""
    microphone, told = Microphone(session), session.told
    said = [(microphone.begun, recording)]
    track, at, asked = bytearray(recording), 0, False
    while True:
        await microphone.hear(bytes(track[at : at + FRAME_BYTES]).ljust(FRAME_BYTES, b"\0"))
        at += FRAME_BYTES
        now, end = microphone.at, said[-1][0] + seconds(said[-1][1])
        if now < end:
            continue
        if not asked:
            session.exchange.sent, asked = session.wire.clock(), True
        answers = played(told, until=now)
        speaking = answers[-1] if answers and answers[-1].end == now else None
        waits = interruption is not None and len(said) == 1
        if waits and speaking is not None:
            if now - max(speaking.start, end) >= script.interrupt_after_s:
                assert interruption is not None
                track += bytes(at - len(track)) + interruption
                said.append((now, interruption))
            continue
        taken = not waits and any(answer.start >= end and now - answer.start >= TAKEN_S for answer in answers)
        patience_s = max(script.listen_s, ANSWER_S) if waits and not answers else script.listen_s
        if taken or now - end >= patience_s or len(told.responses) >= MOST_ANSWERS:
            break
    if not told.stirred:
        raise DeadlineExceeded(f"nothing came in {microphone.at - end:.0f} s after the user had spoken")
    with suppress(TimeoutError, Over):  # an answer's usage comes with its end, or never: what was heard is told
        async with asyncio.timeout(session.wire.deadlines.idle_timeout_s):
            await session.until(lambda: all(response.done for response in told.responses))
    return _told(session, said, answers, microphone)


def _told(
    session: Session, said: Sequence[tuple[float, bytes]], answers: Sequence[Played], microphone: Microphone
) -> Conversation:
    def ms(at: float) -> float:
        return round((at - microphone.begun) * 1000, 1)

    turns = [Turn(speaker=USER, start_ms=ms(at), end_ms=ms(at + seconds(words))) for at, words in said]
    turns += [
        Turn(speaker=AGENT, start_ms=ms(it.start), end_ms=ms(it.end), words=_words(it), cut=it.cut) for it in answers
    ]
    heard = [
        (at, samples[: 2 * int((it.end - at) * RAW_RATE)]) for it in answers for at, samples in it.pieces if at < it.end
    ]
    tracks = (_track(each, microphone) for each in (said, heard))
    after = [
        response.pieces
        for response in session.told.responses
        if response.pieces and response.pieces[0].at >= session.exchange.sent
    ]
    first, last = (after[0][0].end, after[-1][-1].end) if after else (None, None)
    return Conversation(
        turns=tuple(turns),
        clip=_stereo(*tracks),
        content=Content(first=first, answer=first, audio=first, last=last),
    )


def _words(it: Played) -> int:
    """How many words were heard: of an answer that was cut, as many as its share of the sound."""
    said, whole_s = len(it.text.split()), sum(seconds(samples) for _, samples in it.pieces)
    return math.ceil(said * min(1.0, (it.end - it.start) / whole_s)) if it.cut and whole_s else said


def _track(pieces: Sequence[tuple[float, bytes]], microphone: Microphone) -> bytes:
    """One side of the conversation, with silence where it says nothing."""
    track = bytearray(2 * round((microphone.at - microphone.begun) * RAW_RATE))
    for at, samples in pieces:
        start = 2 * round((at - microphone.begun) * RAW_RATE)
        heard = samples[: max(0, len(track) - start)]
        track[start : start + len(heard)] = heard
    return bytes(track)


def _stereo(left: bytes, right: bytes) -> bytes:
    import soundfile

    both = array.array("h", bytes(2 * len(left)))
    both[0::2], both[1::2] = array.array("h", left), array.array("h", right)
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", RAW_RATE, channels=2, format="FLAC", subtype="PCM_16") as clip:
        clip.buffer_write(both.tobytes(), dtype="int16")
    return file.getvalue()
