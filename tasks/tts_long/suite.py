"""English paragraphs to be read aloud: does a voice stay with the text, and when is it first heard?"""

from harness import Suite, Task
from harness.scorers import Dnsmos, WordAccuracy

SUITE = Suite(name="tts_long", version=1, licence="Apache-2.0", slot="tts.long", tasks=[
    Task(name="paragraphs", modality="tts", samples="paragraphs.jsonl", language="en",
         scorers=(WordAccuracy(language="en"), Dnsmos()), primary="word_accuracy"),
])  # fmt: skip
