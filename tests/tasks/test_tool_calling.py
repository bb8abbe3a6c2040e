"""tool_calling: only the calls of the sample itself pass, and what is sent is what is judged."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score, answer_key
from harness.core.suites import Sample, Task
from harness.scorers.tools import described

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "tool_calling")
TASKS = {task.name: task for task in SUITE.tasks}

each_task = pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)


def mean(task: Task, outputs: list[Output]) -> float:
    (scorer,) = task.scorers
    scores = [scorer.score(sample, output, {}) for sample, output in zip(task.loaded, outputs, strict=True)]
    assert all(isinstance(score, Score) for score in scores)
    return sum(score.value for score in scores if isinstance(score, Score)) / len(scores)


def key(sample: Sample) -> Output:
    """What a provider would send for the key: arguments as JSON text."""
    answer: Any = answer_key(sample)
    if isinstance(answer, str):
        return Output(text=answer)
    return Output(
        tool_calls=tuple({"name": c["name"], "arguments": json.dumps(c["arguments"])} for c in answer["calls"])
    )


@each_task
def test_the_key_as_it_comes_from_a_provider_scores_one(task: Task) -> None:
    assert mean(task, [key(sample) for sample in task.loaded]) == 1.0


@each_task
def test_other_answers_score_less(task: Task) -> None:
    keys = [key(sample) for sample in task.loaded]
    called = Output(tool_calls=({"name": "set_timer", "arguments": '{"minutes": 3}'},))
    assert mean(task, [Output(text="")] * len(keys)) == 0.0
    assert mean(task, [called] * len(keys)) <= 0.1
    assert mean(task, keys[1:] + keys[:1]) <= 0.15
    words = sum(not sample.target for sample in task.loaded) / len(keys)
    assert mean(task, [Output(text=str(sample.input)) for sample in task.loaded]) == words <= 0.55
    emptied = [tuple({**call, "arguments": "{}"} for call in output.tool_calls) for output in keys]
    assert mean(task, [Output(tool_calls=calls) for calls in emptied]) == 0.0


@each_task
def test_tools_are_schemas_that_the_keys_keep(task: Task) -> None:
    for sample in task.loaded:
        tools = described(sample.params["tools"])
        assert tools
        assert len(tools) == 1 or task.name != "simple"
        for call in key(sample).tool_calls:
            schema = tools[str(call["name"])]
            Draft202012Validator.check_schema(schema)
            assert Draft202012Validator(schema).is_valid(json.loads(str(call["arguments"]))), sample.id
