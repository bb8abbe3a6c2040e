"""The benchmark's questions as a task of inspect_ai; runs in inspect_ai's own environment."""

import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import exact
from inspect_ai.solver import generate


@task  # type: ignore[untyped-decorator]
def six_times_seven(questions: str) -> Task:
    """`questions` is the path of a JSONL file with id, input and target."""
    rows = [json.loads(line) for line in Path(questions).read_text(encoding="utf-8").splitlines()]
    return Task(dataset=MemoryDataset([Sample(**row) for row in rows]), solver=generate(max_tokens=64), scorer=exact())
