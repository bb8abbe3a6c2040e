"""Whisper by CTranslate2: recognisers, of which the base model also measures voices."""

from collections.abc import Mapping
from pathlib import Path

from faster_whisper import WhisperModel

from harness.local.audio import Samples
from harness.local.engines import Transcript


class Ear:
    """Greedy decoding without the usual fallback to higher temperatures, so that a clip has one transcript."""

    def __init__(self, model: WhisperModel) -> None:
        self._model = model
        self.languages: tuple[str, ...] = tuple(model.supported_languages)

    def transcribe(self, samples: Samples, *, language: str | None) -> Transcript:
        """Write down `samples`; the language is detected from the first 30 s where none is given."""
        segments, info = self._model.transcribe(
            samples, language=language, beam_size=1, temperature=0.0, condition_on_previous_text=False
        )
        return Transcript(text=" ".join(segment.text.strip() for segment in segments), language=info.language)


def load(files: Mapping[str, Path], *, threads: int) -> Ear:
    """Load the model from the folder in which its verified files lie."""
    folder = str(files["model.bin"].parent)
    return Ear(WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True))
