"""instruction_following: every kind is asked for, and only an answer to the sample itself passes."""

from collections import Counter
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score, answer_key
from harness.core.suites import Sample, Task
from harness.scorers.instructions import KINDS

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "instruction_following")
TASKS = {task.name: task for task in SUITE.tasks}

each_task = pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)


def kinds(task: Task) -> Counter[str]:
    return Counter(instruction["instruction"] for sample in task.loaded for instruction in sample.target)  # type: ignore[union-attr,index,call-overload,misc]


def mean(task: Task, answers: dict[str, str]) -> float:
    (scorer,) = task.scorers
    scores = [scorer.score(sample, Output(text=answers[sample.id]), {}) for sample in task.loaded]
    assert all(isinstance(score, Score) for score in scores)
    return sum(score.value for score in scores if isinstance(score, Score)) / len(scores)


def keys(samples: tuple[Sample, ...]) -> list[str]:
    return [str(answer_key(sample)) for sample in samples]


def test_english_asks_for_every_kind_twice() -> None:
    count = kinds(TASKS["english"])
    assert set(count) == set(KINDS)
    assert min(count.values()) >= 2


def test_chinese_asks_for_the_kinds_that_chinese_has() -> None:
    assert len(kinds(TASKS["chinese"])) == 19


@each_task
def test_the_key_of_another_sample_is_mostly_wrong(task: Task) -> None:
    moved = keys(task.loaded)
    for shift in (1, 7):
        answers = dict(zip((s.id for s in task.loaded), moved[shift:] + moved[:shift], strict=True))
        assert mean(task, answers) <= 0.3


@each_task
def test_an_echo_of_the_question_does_not_pass(task: Task) -> None:
    assert mean(task, {sample.id: str(sample.input) for sample in task.loaded}) <= 0.34


@each_task
def test_characters_in_reverse_and_an_excuse_score_less(task: Task) -> None:
    backwards = {s.id: key[::-1] for s, key in zip(task.loaded, keys(task.loaded), strict=True)}
    assert mean(task, backwards) < 0.6
    assert mean(task, dict.fromkeys(backwards, "I cannot help, sorry, with that, as an AI.")) <= 0.3
