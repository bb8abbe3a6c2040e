"""Writes the bake-off that is measured: one candidate at the benchmark's server, tiny questions with tiny answers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MODEL = "openai/fake"
QUESTION = "Question {number}: what is six times seven? Answer with the number only."
KEY = {"OPENAI_API_KEY": "sk-benchmark-0123456789"}
"""The candidate's key; the server does not look at it."""


def questions(count: int) -> list[str]:
    """Return what is asked, in order: each question is another one, so that no answer can be another's."""
    return [QUESTION.format(number=number) for number in range(count)]


def write(folder: Path, *, api_base: str, samples: int, answer: str, **run: int) -> Path:
    """Make `folder` a bake-off of `samples` questions whose right answer is `answer`; `run` are its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"id": f"s{n}", "input": text, "target": answer} for n, text in enumerate(questions(samples))]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    suite = {
        "name": "six-times-seven",
        "modality": "text",
        "data": "questions.jsonl",
        "prompt": "{{ input }}",
        "scorer": {"exact_match": {}},
        "max_tokens": 64,
    }
    _write_yaml(
        folder / "bakeoff.yaml",
        {"name": "benchmark", "suites": [suite], "run": {"timeout_s": 120, "idle_timeout_s": 120, **run}},
    )
    candidate = {
        "model_name": "fake",
        "litellm_params": {"model": MODEL, "api_base": api_base, "api_key": "os.environ/OPENAI_API_KEY"},
        "model_info": {"mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
    }
    _write_yaml(folder / "providers.yaml", {"model_list": [candidate]})
    return folder


def _write_yaml(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")  # JSON is YAML
