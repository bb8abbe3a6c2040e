"""Writing down English that two synthetic voices say: clean, in noise, and fast."""

from harness import Suite, Task
from harness.scorers import TranscriptAccuracy

SUITE = Suite(name="asr_core", version=1, licence="Apache-2.0", tasks=[
    Task(name=name, modality="transcription", samples=f"{name}.jsonl", scorers=[TranscriptAccuracy()],
         primary="transcript_accuracy")
    for name in ("clean", "noise", "fast")
])  # fmt: skip
