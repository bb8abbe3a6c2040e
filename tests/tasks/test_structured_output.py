"""structured_output: schemas are sound and sent, keys keep them, other answers score less."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score
from harness.core.suites import Task
from harness.scorers import JsonMatch

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "structured_output")
TASKS = {task.name: task for task in SUITE.tasks}

each_task = pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)


def scores(task: Task, answers: list[str]) -> list[Score]:
    (scorer,) = task.scorers
    judged = [scorer.score(sample, Output(text=text), {}) for sample, text in zip(task.loaded, answers, strict=True)]
    assert all(isinstance(score, Score) for score in judged)
    return [score for score in judged if isinstance(score, Score)]


def mean(task: Task, answers: list[str]) -> float:
    return sum(score.value for score in scores(task, answers)) / len(answers)


def keys(task: Task) -> list[str]:
    return [json.dumps(sample.target, ensure_ascii=False) for sample in task.loaded]


@each_task
def test_the_schema_is_one_and_every_target_keeps_it(task: Task) -> None:
    (scorer,) = task.scorers
    assert isinstance(scorer, JsonMatch)
    assert scorer.schema is not None
    Draft202012Validator.check_schema(scorer.schema)
    assert all(Draft202012Validator(scorer.schema).is_valid(sample.target) for sample in task.loaded)


def test_the_schema_is_in_the_prompt_or_in_the_request() -> None:
    for task in SUITE.tasks:
        (scorer,) = task.scorers
        assert isinstance(scorer, JsonMatch)
        sent = task.params.get("response_format")
        if sent is None:
            assert json.dumps(scorer.schema) in task.prompt
        else:
            assert sent["json_schema"]["schema"] == scorer.schema  # type: ignore[index,call-overload]
    assert {task.name for task in SUITE.tasks if task.params} == {"tickets"}


@each_task
def test_fenced_keys_score_one_and_are_told_from_raw_ones(task: Task) -> None:
    raw = scores(task, keys(task))
    fenced = scores(task, [f"Here it is:\n```json\n{key}\n```" for key in keys(task)])
    assert {score.value for score in (*raw, *fenced)} == {1.0}
    assert {(score.detail["parsed"], score.detail["raw"]) for score in raw} == {(1.0, 1.0)}
    assert {(score.detail["parsed"], score.detail["raw"]) for score in fenced} == {(1.0, 0.0)}


@each_task
def test_other_answers_score_less(task: Task) -> None:
    right = keys(task)
    assert mean(task, right[1:] + right[:1]) < 0.6
    assert mean(task, [str(sample.input) for sample in task.loaded]) == 0.0
    assert mean(task, ["{}"] * len(right)) == 0.0
    assert mean(task, [key.replace("{", '{"more": 1, ', 1) for key in right]) == 0.0
    assert mean(task, [key[:-1] for key in right]) == 0.0
