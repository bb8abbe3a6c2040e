"""Questions of text_core, asked aloud and to be answered aloud: what is lost by hearing and speaking."""

from harness import Suite, Task
from harness.scorers import SpokenContains, SpokenLabel, SpokenNumber

SUITE = Suite(name="spoken_qa", version=1, licence="Apache-2.0", tasks=[
    Task(name="facts", modality="speech", samples="facts.jsonl", language="en", max_tokens=32, prompt="",
         scorers=[SpokenContains(max_words=30)], primary="spoken_contains"),
    Task(name="arithmetic", modality="speech", samples="arithmetic.jsonl", language="en", max_tokens=48, prompt="",
         scorers=[SpokenNumber()], primary="spoken_number"),
    Task(name="sentiment", modality="speech", samples="sentiment.jsonl", language="en", max_tokens=16, prompt="",
         scorers=[SpokenLabel(labels=("negative", "positive"))], primary="spoken_label"),
])  # fmt: skip
