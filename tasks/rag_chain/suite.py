"""A whole retrieval chain: a question over sixty passages goes in, a sentence with its source comes out."""

from harness import Suite, Task
from harness.scorers import Citations, Contains, Faithfulness

SUITE = Suite(name="rag_chain", version=1, licence="Apache-2.0", slot="rag.chain", tasks=[
    Task(name="questions", modality="rag", samples="questions.jsonl", documents="passages.jsonl", max_tokens=96,
         scorers=[Contains(max_words=60), Citations(), Faithfulness()], primary="contains"),
])  # fmt: skip
