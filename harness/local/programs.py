"""Voices that are programs of the system: a process and a WAV for each clip."""

import subprocess
import tempfile
import wave
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

_LONGEST_S = 120.0

Command = Callable[[str, float, Path, Path], Sequence[str]]
"""Takes voice, speed, the file with the text and the file that the clip is to be in."""


class Voice:
    """A program that reads a file aloud; its voices share one sample rate, which its first clip tells."""

    def __init__(self, command: Command, voices: Sequence[str]) -> None:
        self._command = command
        self.voices = tuple(voices)
        self.sample_rate, _ = self._clip("Hello.", self.voices[0], 1.0)

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield the whole clip: such a program has nothing to hear before it ends."""
        yield self._clip(text, voice, speed)[1]

    def _clip(self, text: str, voice: str, speed: float) -> tuple[int, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            written, clip = Path(folder) / "text.txt", Path(folder) / "clip.wav"
            written.write_text(text, encoding="utf-8")
            command = self._command(voice, speed, written, clip)
            done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False)
            if done.returncode != 0 or not clip.is_file():
                said = done.stderr.decode(errors="replace").strip()
                raise RuntimeError(f"{command[0]} ended with status {done.returncode}: {said}")
            with wave.open(str(clip)) as file:
                return file.getframerate(), file.readframes(file.getnframes())
