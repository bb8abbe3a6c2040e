"""rag_index: what it promises beyond what every suite promises."""

import random
from collections import Counter
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.scores import Score
from harness.core.suites import Task
from tests.tasks.test_suites import judge, keys

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "rag_index")
TASKS = {task.name: task for task in SUITE.tasks}


@pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)
def test_the_keys_of_other_samples_score_less(task: Task) -> None:
    given = [next(keys(sample)) for sample in task.loaded]
    others = random.Random(0).sample(given, len(given))
    total = 0.0
    for sample, text in zip(task.loaded, others, strict=True):
        score = judge(task, sample, text, ovrl=1.0)[task.primary]
        assert isinstance(score, Score)
        total += score.value
    assert total / len(given) < 0.5


def test_each_task_is_a_slot_and_both_languages_are_there() -> None:
    assert [SUITE.slot_of(task) for task in SUITE.tasks] == [f"rag.{name}" for name in TASKS]
    for task in SUITE.tasks:
        languages = Counter(str(sample.metadata["lang"]) for sample in task.loaded)
        assert languages["en"] == languages["zh"]


def test_a_text_that_is_not_cut_keeps_nothing_whole_that_is_long_and_has_no_right_cut() -> None:
    for sample in TASKS["chunking"].loaded:
        scores = judge(TASKS["chunking"], sample, str(sample.input), ovrl=1.0)
        whole, cuts = scores["whole_answers"], scores["chunk_boundaries"]
        assert isinstance(whole, Score)
        assert isinstance(cuts, Score)
        assert cuts.value == 0.0
        assert whole.value == 1.0 or len(str(sample.input)) > 80


def test_every_tag_is_wanted_somewhere_and_stands_in_the_prompt() -> None:
    wanted = {str(tag) for sample in TASKS["tags"].loaded for tag in sample.target or ()}  # type: ignore[union-attr]
    assert len(wanted) == 8
    assert all(tag in TASKS["tags"].prompt for tag in wanted)


def test_what_is_to_be_read_stands_in_the_text_as_it_is_written() -> None:
    for sample in TASKS["fields"].loaded:
        assert isinstance(sample.target, dict)
        assert all(str(sample.target[name]) in str(sample.input) for name in ("event", "place", "date"))
