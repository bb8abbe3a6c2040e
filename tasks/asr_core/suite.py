"""Writing down what synthetic voices say: English clean, in noise and fast, and Mandarin, a job of its own."""

from harness import Suite, Task
from harness.scorers import TranscriptAccuracy

ENGLISH = [
    Task(name=name, modality="transcription", samples=f"{name}.jsonl", scorers=[TranscriptAccuracy()],
         primary="transcript_accuracy")
    for name in ("clean", "noise", "fast")
]  # fmt: skip
MANDARIN = Task(
    name="mandarin", modality="transcription", slot="transcription.zh", samples="mandarin.jsonl",
    scorers=[TranscriptAccuracy(normaliser="chinese-characters")], primary="transcript_accuracy",
)  # fmt: skip

SUITE = Suite(name="asr_core", version=1, licence="Apache-2.0", tasks=[*ENGLISH, MANDARIN])
