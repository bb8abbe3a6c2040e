"""Who speaks is heard by loudness: turns begin with speech, end with silence, and lose none of their sound."""

import numpy as np
import pytest

from harness.core.sound import RAW_RATE
from harness.local.detector import FRAME_BYTES, Detector


def tone(seconds: float, *, peak: float = 0.3) -> bytes:
    at = np.arange(int(seconds * RAW_RATE)) / RAW_RATE
    return bytes((np.sin(2 * np.pi * 200 * at) * peak * 32767).astype("<i2").tobytes())


def silence(seconds: float) -> bytes:
    return bytes(2 * int(seconds * RAW_RATE))


def heard(sound: bytes, *, step: int = FRAME_BYTES) -> list[float | None]:
    """What a detector that waits for 0.5 s of silence tells: None where a turn begins, its seconds where it ends."""
    detector = Detector(silence_s=0.5)
    told = [turn for at in range(0, len(sound), step) for turn in detector.hear(sound[at : at + step])]
    return [None if turn is None else len(turn) / (2 * RAW_RATE) for turn in told]


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        pytest.param(silence(3), [], id="silence"),
        pytest.param(tone(1, peak=0.005), [], id="noise"),
        pytest.param(silence(1) + tone(0.04) + silence(1), [], id="a click"),
        pytest.param(silence(1) + tone(1) + silence(0.4), [None], id="a turn that has not ended"),
        pytest.param(silence(1) + tone(1) + silence(1), [None, 1.76], id="a turn, with 0.26 s before it"),
        pytest.param(tone(1) + silence(0.4) + tone(1) + silence(1), [None, 2.9], id="a pause"),
        pytest.param((tone(1) + silence(0.6)) * 2, [None, 1.5, None, 1.6], id="two turns"),
    ],
)
def test_turns(sound: bytes, expected: list[float | None]) -> None:
    assert heard(sound) == [each and pytest.approx(each, abs=0.03) for each in expected]


def test_how_sound_is_cut_into_events_makes_no_difference() -> None:
    sound = silence(0.5) + tone(1) + silence(1)
    assert heard(sound, step=1_000) == heard(sound, step=len(sound)) == heard(sound)
