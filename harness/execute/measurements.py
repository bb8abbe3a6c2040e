"""What an instrument is asked about an answer."""

from harness.core.calls import Output
from harness.core.canonical import Json, to_json
from harness.core.media import Image
from harness.core.requests import ChatRequest, ExecutionRequest, MosRequest, Request, TranscriptionRequest
from harness.core.scores import Instrument
from harness.core.suites import Sample, Task
from harness.execute.prompts import PromptError
from harness.scorers.code import module

MEASURED_BY = ("transcription", "mos", "execution", "vision", "shapes")
"""Modalities of instruments that measure an answer."""

READ = "Write down the text in this picture, word for word, and nothing else."
"""Told to whoever reads a picture; plain OCR does not heed it."""
MOST_READ = 512
"""Tokens."""


def is_measured(instrument: Instrument, output: Output) -> bool:
    """Whether there is anything to be measured; in a clip that was not made there is not, and no reading ever comes.

    A program is always run: that of an empty answer fails its check.
    """
    match instrument.modality:
        case "transcription" | "mos":
            return output.audio is not None
        case "vision" | "shapes":
            return output.image is not None
        case modality:
            return modality == "execution"


def measurement(instrument: Instrument, task: Task, sample: Sample, output: Output) -> Request | None:
    """Return what is asked; None exactly where `is_measured` says that there is nothing to ask about."""
    match instrument.modality:
        case "transcription" if output.audio is not None:
            return TranscriptionRequest(audio=output.audio, language=language(task, sample))
        case "mos" if output.audio is not None:
            return MosRequest(audio=output.audio)
        case "vision" | "shapes" if output.image is not None:
            return _shown(output.image)
        case "execution":
            return execution(sample, output.text or "")
    return None


def execution(sample: Sample, text: str) -> ExecutionRequest:
    """Return the check of the program that `text` holds; PromptError where the sample does not say how to check it."""
    entry_point, check = (sample.metadata.get(name) for name in ("entry_point", "check"))
    if not isinstance(entry_point, str) or not isinstance(check, str) or not isinstance(sample.input, str):
        raise PromptError(
            "a program is checked with metadata.entry_point and metadata.check, and begins with the input"
        )
    return ExecutionRequest(program=module(sample.input, entry_point, text), entry_point=entry_point, check=check)


def _shown(image: Image) -> ChatRequest:
    shown: Json = {"type": "image_url", "image_url": to_json(image)}
    message: dict[str, Json] = {"role": "user", "content": [shown, {"type": "text", "text": READ}]}
    return ChatRequest(messages=(message,), max_tokens=MOST_READ)


def language(task: Task, sample: Sample) -> str | None:
    """The language of a sample, as a BCP 47 tag."""
    tag = sample.metadata.get("lang", task.language)
    return None if tag is None else str(tag)
