"""What is done to documents before anybody searches them: cut into passages, tagged, turned into fields."""

from harness import Suite, Task
from harness.scorers import ChunkBoundaries, FieldF1, TagF1, WholeAnswers

TAGS = ("price", "opening", "access", "noise", "staff", "cleanliness", "delay", "safety")
CHUNKING = """Cut the text into passages of one subject each. Copy it without changing a word, with a line that holds \
nothing but --- between two passages.
Text: {{ input }}"""
TAGGING = f"""Which subjects does this message to a city raise, in praise or in blame? Reply with tags only, separated \
by commas, out of: {", ".join(TAGS)} (opening hours; access for people who cannot climb a step).
Message: {{{{ input }}}}"""
FIELDS = """Read the announcement. Reply with JSON only: {"event": "...", "place": "...", "date": "...", "price": 0}; \
texts as they are written, the price of one person in the currency of the text, 0 if it is free, null if it is not said.
Announcement: {{ input }}"""

SUITE = Suite(name="rag_index", version=1, licence="Apache-2.0", tasks=[
    Task(name="chunking", slot="rag.chunking", modality="text", samples="chunking.jsonl", prompt=CHUNKING,
         max_tokens=400, scorers=[ChunkBoundaries(), WholeAnswers(max_words=80)], primary="chunk_boundaries"),
    Task(name="tags", slot="rag.tags", modality="text", samples="tags.jsonl", prompt=TAGGING, max_tokens=24,
         scorers=[TagF1(labels=TAGS)], primary="tag_f1"),
    Task(name="fields", slot="rag.fields", modality="text", samples="fields.jsonl", prompt=FIELDS, max_tokens=96,
         scorers=[FieldF1()], primary="field_f1"),
])  # fmt: skip
