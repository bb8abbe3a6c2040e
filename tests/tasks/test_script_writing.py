"""script_writing: the rules of a brief are asked for in words, and only a script for it keeps them."""

from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score, answer_key
from harness.core.suites import Task

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "script_writing")
TASKS = {task.name: task for task in SUITE.tasks}

each_task = pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)


def mean(task: Task, answers: list[str]) -> float:
    (scorer,) = task.scorers
    scores = [scorer.score(s, Output(text=text), {}) for s, text in zip(task.loaded, answers, strict=True)]
    assert all(isinstance(score, Score) for score in scores)
    return sum(score.value for score in scores if isinstance(score, Score)) / len(scores)


@each_task
def test_other_scripts_score_less(task: Task) -> None:
    keys = [str(answer_key(sample)) for sample in task.loaded]
    assert mean(task, keys) == 1.0
    assert mean(task, keys[1:] + keys[:1]) == 0.0
    assert mean(task, [key[::-1] for key in keys]) == 0.0
    assert mean(task, ["\n".join(key.splitlines()[:3]) for key in keys]) <= 0.1
    assert mean(task, ["\n".join(reversed(key.splitlines())) for key in keys]) <= 0.1
    assert mean(task, [str(sample.input) for sample in task.loaded]) == 0.0


@each_task
def test_the_brief_says_in_words_what_is_judged(task: Task) -> None:
    for sample in task.loaded:
        assert isinstance(sample.target, dict)
        phrases = [phrase for name in ("includes", "excludes", "ends_with") for phrase in sample.target[name]]  # type: ignore[union-attr]
        numbers = [str(number) for name in ("seconds", "scenes") for number in sample.target[name]]  # type: ignore[union-attr]
        assert [text for text in (*phrases, *numbers) if str(text) not in str(sample.input)] == []
