"""Short text tasks in English and Chinese that separate very small models."""

from harness import Suite, Task
from harness.scorers import Contains, JsonMatch, LabelMatch, NumberMatch, Rules

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
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
         prompt='Is this review positive or negative? Answer with one word.\nReview: "{{ input }}"',
         scorers=[LabelMatch(labels=("positive", "negative"))], primary="label_match"),
    Task(name="intent", modality="text", samples="intent.jsonl", language="en", max_tokens=16,
         prompt='What is the customer\'s message about: delivery, refund or account? Answer with one word.\n'
                'Message: "{{ input }}"',
         scorers=[LabelMatch(labels=("delivery", "refund", "account"))], primary="label_match"),
    Task(name="extraction", modality="text", samples="extraction.jsonl", language="en", max_tokens=40,
         prompt='Write the name and the age as JSON, like {"name": "Zoe", "age": 40}.\nText: {{ input }}',
         scorers=[JsonMatch(schema=PERSON)], primary="json_match"),
    Task(name="instructions", modality="text", samples="instructions.jsonl", language="en", max_tokens=64,
         scorers=[Rules()], primary="rules"),
    Task(name="facts_zh", modality="text", samples="facts_zh.jsonl", language="zh", max_tokens=48,
         prompt="{{ input }}请用一句话回答。",
         scorers=[Contains(max_words=40)], primary="contains"),
    Task(name="sentiment_zh", modality="text", samples="sentiment_zh.jsonl", language="zh", max_tokens=16,
         prompt="这条评论是正面还是负面？只回答一个词。\n评论：{{ input }}",
         scorers=[LabelMatch(labels=("正面", "负面"))], primary="label_match"),
])  # fmt: skip
