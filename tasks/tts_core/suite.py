"""English sentences to be read aloud: running prose, and the written forms that a voice must turn into words."""

from harness import Suite, Task
from harness.scorers import Dnsmos, WordAccuracy

SCORERS = (WordAccuracy(language="en"), Dnsmos())

SUITE = Suite(name="tts_core", version=1, licence="Apache-2.0", tasks=[
    Task(name="prose", modality="tts", samples="prose.jsonl", language="en",
         scorers=SCORERS, primary="word_accuracy"),
    Task(name="written_forms", modality="tts", samples="written_forms.jsonl", language="en",
         scorers=SCORERS, primary="word_accuracy"),
])  # fmt: skip
