"""hibari: a small English voice."""

from collections.abc import Generator, Mapping
from pathlib import Path

from hibari import Hibari

from harness.local.audio import pcm16


class Voice:
    """hibari's voice `heart`; a sentence at a time."""

    voices = ("heart",)

    def __init__(self, hibari: Hibari) -> None:
        self._hibari = hibari
        self.sample_rate: int = hibari.sample_rate

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield each sentence; the seed makes a clip repeatable."""
        del voice
        for samples in self._hibari.stream(text, speed=speed, seed=0):
            yield pcm16(samples)


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Load the voice; its package finds the verified phonemizer files beside the model by itself."""
    return Voice(Hibari(model=str(files["hibari.onnx"]), threads=threads))
