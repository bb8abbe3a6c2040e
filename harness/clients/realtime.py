"""A recording that is played in a live session at its own pace, and the answer that is spoken to it."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from harness.clients.clip import RAW, described, with_header
from harness.clients.conversation import Conversation, converse
from harness.clients.faults import failed
from harness.clients.microphone import Microphone, frames, seconds
from harness.clients.reply import Content, Heard
from harness.clients.session import Session, opened
from harness.clients.tap import Wire
from harness.clients.target import Target
from harness.clients.told import Told
from harness.clients.usage import session_usage
from harness.core.calls import Failure, Output
from harness.core.canonical import Json
from harness.core.requests import SessionRequest
from harness.core.sound import RAW_RATE
from harness.core.turns import values_of

_CLOSED = re.compile(r"upstream websocket closed with code (\d+)(.*)", re.DOTALL)
"""How the error event begins that LiteLLM makes of a connection that was closed or lost."""
_TOO_LARGE = "1009"
"""An event passed the cap of `litellm_door`."""
_BY_CLOSE = {"1008": "bad_request", "1011": "server_error", "1012": "server_error", "1013": "rate_limit"}
"""Close code (RFC 6455, IANA's registry) → kind; any other cut the stream."""
_BY_CODE = {
    "invalid_request_error": "bad_request", "authentication_error": "credentials", "invalid_api_key": "credentials",
    "insufficient_quota": "quota", "model_not_found": "model_not_found", "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit", "server_error": "server_error",
}  # fmt: skip
"""Code or type of an error event → kind; what is not among them broke the stream."""
_OF_AN_ACCOUNT = re.compile(r"api_version$|(aws|azure|gcs|vertex)_")
"""Parameters that say where LiteLLM opens a session; all others are the session's."""
_DETECTOR: Json = {"type": "server_vad"}
"""Of a scripted session that says nothing of it."""
_FINISHED = {"max_output_tokens": "length", "content_filter": "content_filter"}


async def ask(
    request: SessionRequest, target: Target, *, timeout_s: float, wire: Wire, read_media: Callable[[str], bytes]
) -> Heard:
    """Open a session, play the recording, and return what was answered; times count from the end of the recording."""
    recording, script = samples(read_media(request.audio.sha256)), request.script
    cuts_in = None if script is None else script.interruption
    interruption = None if cuts_in is None else samples(read_media(cuts_in.sha256))
    params = target.resolved(request.params)
    account = {name: value for name, value in params.items() if _OF_AN_ACCOUNT.match(name)}
    conversation: Conversation | None = None
    async with opened(target, account, timeout_s, wire) as session:
        told = session.told
        session.line.say(type="session.update", session=_session(request, params))
        await session.until(lambda: told.began)
        if script is not None:
            conversation = await converse(session, script, recording, interruption)
        else:
            await _ask_once(session, recording)
    usage = session_usage([(response.done or {}).get("usage") for response in told.responses])
    spoken_s = sum(seconds(response.sound) for response in told.responses)
    heard_s = request.audio.seconds + (cuts_in.seconds if cuts_in else 0.0)
    usage = replace(usage, input_audio_seconds=heard_s, output_audio_seconds=spoken_s or None)
    content = _content(told) if conversation is None else conversation.content
    outcome, blobs = _outcome(told, target, conversation, talked=script is not None)
    return Heard(outcome=outcome, usage=usage, content=content, blobs=blobs)


async def _ask_once(session: Session, recording: bytes) -> None:
    """Say the recording, say that it has ended, and listen to the answer."""
    microphone = Microphone(session)
    for frame in frames(recording):
        await microphone.hear(frame)
    session.exchange.sent = session.wire.clock()
    session.line.say(type="input_audio_buffer.commit")
    session.line.say(type="response.create")
    await session.until(lambda: session.told.responses and session.told.responses[-1].done)


def _outcome(
    told: Told, target: Target, conversation: Conversation | None, *, talked: bool
) -> tuple[Output | Failure, Mapping[str, bytes]]:
    """Return what the session came to, with its clip."""
    if (failure := _failure(told, target)) is not None:
        return failure, {}
    done = (told.responses[-1].done if told.responses else None) or {}
    if conversation is None and (talked or not done):
        return failed("cut", "the session ended before its answer", target, partial=told.text), {}
    finish = _FINISHED.get(str(_details(done).get("reason")), "stop")
    if conversation is None:
        return _answer(told, target, finish)
    audio = described(conversation.clip)
    outcome = Output(text=told.text or None, audio=audio, values=values_of(conversation.turns), finish_reason=finish)
    return outcome, {audio.sha256: conversation.clip}


def _answer(told: Told, target: Target, finish: str) -> tuple[Output | Failure, Mapping[str, bytes]]:
    sound = told.responses[-1].sound
    if not sound and finish == "content_filter":
        return Output(text=told.text, finish_reason=finish), {}
    if len(sound) < 2:
        return failed("empty", "nothing was spoken", target, partial=told.text), {}
    clip = with_header(sound, RAW[0])
    audio = described(clip)
    return Output(text=told.text or None, audio=audio, finish_reason=finish), {audio.sha256: clip}


def samples(clip: bytes) -> bytes:
    """Return the 16-bit samples of a recording at RAW_RATE; ValueError where it has another rate."""
    import soundfile

    sound, rate = soundfile.read(io.BytesIO(clip), dtype="int16", always_2d=True)
    if rate != RAW_RATE:
        raise ValueError(f"a live session is played at {RAW_RATE:,} Hz, and the recording has {rate:,}")
    data: bytes = sound[:, 0].astype("<i2").tobytes()
    return data


def _failure(told: Told, target: Target) -> Failure | None:
    """Return what the provider says that went wrong; None where it says nothing of the kind."""
    if told.broken:
        return failed("protocol", f"an event of the session cannot be read: {told.broken}", target, partial=told.text)
    if told.error is not None:
        return _told_error(told.error, target, told.text)
    for done in (response.done for response in told.responses if response.done):
        if done.get("status") == "failed":
            error = _details(done).get("error")
            said = (error.get("message") if isinstance(error, dict) else error) or "no reason is given"
            return failed("stream_error", f"the answer failed: {said}", target, partial=told.text)
    return None


def _told_error(error: Mapping[str, Any], target: Target, partial: str) -> Failure:
    message = str(error.get("message"))
    if (closed := _CLOSED.match(message)) is not None:
        if _TOO_LARGE in message:
            return failed("too_large", f"an event of the session was too large: {closed[2].strip(': ')}", target)
        kind = _BY_CLOSE.get(closed[1], "cut")
        said = f"the session was closed with code {closed[1]}{closed[2]}"
        return failed(kind, said, target, partial=partial)
    kind = next((k for name in ("code", "type") if (k := _BY_CODE.get(str(error.get(name))))), "stream_error")
    return failed(kind, f"the session ended with an error: {message}", target, partial=partial)


def _details(done: Mapping[str, Any]) -> Mapping[str, Any]:
    details = done.get("status_details")
    return details if isinstance(details, dict) else {}


def _content(told: Told) -> Content:
    ends = [end for _, end in told.heard]
    sound = [piece.end for response in told.responses for piece in response.pieces]
    first = ends[0] if ends else None
    return Content(first=first, answer=first, audio=sound[0] if sound else None, last=ends[-1] if ends else None)


def _session(request: SessionRequest, params: Mapping[str, Json]) -> dict[str, Any]:
    """Return OpenAI's session. Without a script we say when the user's turn ends, so that no detector is measured."""
    wanted = {name: value for name, value in params.items() if not _OF_AN_ACCOUNT.match(name)}
    detector = wanted.pop("turn_detection", _DETECTOR)
    pcm = {"type": "audio/pcm", "rate": RAW_RATE}
    voice = {"voice": request.voice} if request.voice else {}
    told = {"instructions": request.instructions} if request.instructions else {}
    return {
        "type": "realtime",
        "output_modalities": ["audio"],
        "audio": {
            "input": {"format": pcm, "turn_detection": None if request.script is None else detector},
            "output": {"format": pcm, **voice},
        },
        "max_output_tokens": request.max_tokens,
        **told,
        **wanted,
    }
