"""Short tasks in English and Chinese, small enough to tell very small models apart."""

from harness import Suite, Task
from harness.scorers import Contains, JsonMatch, LabelMatch, NumberMatch, Rules

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "city": {"type": "string"}},
    "required": ["name", "age", "city"],
    "additionalProperties": False,
}

SUITE = Suite(name="text_core", version=1, licence="Apache-2.0", tasks=[
    Task(name="facts", modality="text", samples="facts.jsonl", language="en", max_tokens=32,
         prompt="{{ input }} Answer in one short sentence.",
         scorers=[Contains(max_words=30)], primary="contains"),
    Task(name="arithmetic", modality="text", samples="arithmetic.jsonl", language="en", max_tokens=48,
         prompt="{{ input }} Answer with a number.",
         scorers=[NumberMatch()], primary="number_match"),
    Task(name="sentiment", modality="text", samples="sentiment.jsonl", language="en", max_tokens=16,
         prompt='"{{ input }}" What is the sentiment of this text, negative or positive?',
         scorers=[LabelMatch(labels=("negative", "positive"))], primary="label_match"),
    Task(name="intent", modality="text", samples="intent.jsonl", language="en", max_tokens=16,
         prompt='"{{ input }}" Is the best label for this message "account", "delivery" or "refund"?',
         scorers=[LabelMatch(labels=("account", "delivery", "refund"))], primary="label_match"),
    Task(name="extraction", modality="text", samples="extraction.jsonl", language="en", max_tokens=56,
         prompt='Reply with JSON only, with the keys "name", "age" and "city".\nText: {{ input }}',
         scorers=[JsonMatch(schema=PERSON)], primary="json_match"),
    Task(name="instructions", modality="text", samples="instructions.jsonl", language="en", max_tokens=64,
         scorers=[Rules()], primary="rules"),
    Task(name="facts_zh", modality="text", samples="facts_zh.jsonl", language="zh", max_tokens=32,
         scorers=[Contains(max_words=30)], primary="contains"),
    Task(name="translation_zh", modality="text", samples="translation_zh.jsonl", language="zh", max_tokens=32,
         prompt="“{{ input }}”的英文是什么？",
         scorers=[Contains(max_words=30)], primary="contains"),
])  # fmt: skip
