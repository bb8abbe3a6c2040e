"""What is heard of a sample: one recording, or a conversation of two by a script."""

from dataclasses import replace

from harness.core.canonical import from_json
from harness.core.media import Audio
from harness.core.requests import Script
from harness.core.suites import Sample, Task
from harness.execute.prompts import PromptError


def is_conversation(task: Task) -> bool:
    """Whether it is asked in live sessions alone."""
    return any("conversation" in sample.metadata for sample in task.loaded)


def recordings_of(sample: Sample) -> tuple[Audio, ...]:
    """Return the one recording of a sample, or those of its conversation; PromptError where there are others."""
    heard = tuple(one for one in sample.media if isinstance(one, Audio))
    if len(heard) != len(sample.media) or not 1 <= len(heard) <= 1 + ("conversation" in sample.metadata):
        raise PromptError("there is nothing to hear: give the sample one recording in its files")
    return heard


def script_of(sample: Sample) -> Script | None:
    """Return how a sample's conversation goes on after its first recording, from `metadata.conversation`."""
    told = sample.metadata.get("conversation")
    if told is None:
        return None
    try:
        script = from_json(Script, told)
    except (TypeError, ValueError) as error:
        raise PromptError(f"metadata.conversation holds listen_s and interrupt_after_s in seconds: {error}") from error
    _, *more = recordings_of(sample)
    return replace(script, interruption=more[0] if more else None)
