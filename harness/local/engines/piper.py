"""Piper, whose code is under the GPL: loaded in the engine's own process, where somebody has installed it."""

import json
from collections.abc import Generator, Mapping
from pathlib import Path

import onnxruntime
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig


class Voice:
    """One voice of Piper's; a sentence at a time."""

    voices = ("joe",)

    def __init__(self, piper: PiperVoice) -> None:
        self._piper = piper
        self.sample_rate: int = piper.config.sample_rate

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield each sentence."""
        del voice
        for sentence in self._piper.synthesize(text, SynthesisConfig(length_scale=1 / speed)):
            yield sentence.audio_int16_bytes


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Load the voice with so many threads; Piper itself would take all cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        str(files["en_US-joe-medium.onnx"]), options, providers=["CPUExecutionProvider"]
    )
    config = PiperConfig.from_dict(json.loads(files["en_US-joe-medium.onnx.json"].read_text(encoding="utf-8")))
    return Voice(PiperVoice(session=session, config=config))
