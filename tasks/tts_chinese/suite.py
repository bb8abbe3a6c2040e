"""Chinese sentences to be read aloud, alone and with English words in them: a job of its own."""

from harness import Suite, Task
from harness.scorers import Dnsmos, WordAccuracy

SUITE = Suite(name="tts_chinese", version=1, licence="Apache-2.0", slot="tts.zh", tasks=[
    Task(name=name, modality="tts", samples=f"{name}.jsonl", language="zh",
         scorers=(WordAccuracy(language="zh", normaliser=form), Dnsmos()), primary="word_accuracy")
    for name, form in (("sentences", "chinese-characters"), ("code_switching", "chinese-mixed"))
])  # fmt: skip
