"""A voice that is a program: its clip is whole, its failure is said, its speed is obeyed."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.local.engines import festival, flite
from harness.local.programs import Voice

WRITES = """
import sys, wave
text, clip, frames = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2], int(sys.argv[3])
if "fail" in text:
    sys.exit("no such voice")
with wave.open(clip, "wb") as file:
    file.setparams((1, 2, 8000, 0, "NONE", "none"))
    file.writeframes(text[0].encode("utf-16-le") * frames)
"""


def command(voice: str, speed: float, text: Path, clip: Path) -> Sequence[str]:
    assert voice == "a"
    return (sys.executable, "-c", WRITES, str(text), str(clip), str(round(100 / speed)))


def test_a_clip_is_what_the_program_wrote() -> None:
    voice = Voice(command, ("a",))
    assert (voice.sample_rate, voice.voices) == (8000, ("a",))
    assert list(voice.speak("é", voice="a", speed=0.5)) == ["é".encode("utf-16-le") * 200]
    with pytest.raises(RuntimeError, match=r"ended with status 1: no such voice"):
        list(voice.speak("fail", voice="a", speed=1.0))


@pytest.mark.parametrize(("engine", "program"), [(flite, "flite"), (festival, "text2wave")])
def test_debians_voices_speak(engine: object, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    voice = engine.load({}, threads=1)  # type: ignore[attr-defined]
    (usual,), (slow,) = (list(voice.speak("Good morning.", voice=voice.voices[0], speed=s)) for s in (1.0, 0.5))
    assert voice.sample_rate in (16_000, 32_000)
    assert len(slow) > 1.5 * len(usual) > voice.sample_rate
