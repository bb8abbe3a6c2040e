"""Structured output: JSON that keeps a schema, asked for in words, and enforced by the provider where it can."""

import json
from pathlib import Path

from harness import Suite, Task
from harness.scorers import JsonMatch

SCHEMAS = json.loads((Path(__file__).parent / "schemas.json").read_text(encoding="utf-8"))
WORDS = "Put what the text says into JSON that keeps this JSON Schema. Reply with the JSON only.\n"


def prompted(name: str, kind: str) -> Task:
    """The schema stands in the prompt, and nothing but the prompt asks for JSON."""
    return Task(name=name, modality="text", samples=f"{name}.jsonl", max_tokens=256,
                prompt=f"{WORDS}{json.dumps(SCHEMAS[kind])}\n\nText: {{{{ input }}}}",
                scorers=[JsonMatch(schema=SCHEMAS[kind])], primary="json_match")  # fmt: skip


def enforced(name: str, kind: str) -> Task:
    """The provider is given the schema and keeps the model to it."""
    schema = {"name": kind, "strict": True, "schema": SCHEMAS[kind]}
    return Task(name=name, modality="text", samples=f"{name}.jsonl", max_tokens=256,
                prompt="Fill in the support ticket from this message, in its own words; version is null where it "
                "names none, steps are what the user did, in order, and may be none.\n\nMessage: {{ input }}",
                params={"response_format": {"type": "json_schema", "json_schema": schema}},
                scorers=[JsonMatch(schema=SCHEMAS[kind])], primary="json_match")  # fmt: skip


SUITE = Suite(name="structured_output", version=1, licence="Apache-2.0", tasks=[
    prompted("orders", "order"),
    prompted("events", "event"),
    enforced("tickets", "ticket"),
])  # fmt: skip
