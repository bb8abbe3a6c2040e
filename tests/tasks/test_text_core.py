"""text_core: what it promises beyond what every suite promises."""

from collections import Counter
from pathlib import Path

import pytest
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft202012Validator

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score, answer_key
from harness.core.suites import Sample, Task
from harness.scorers import JsonMatch, LabelMatch
from harness.scorers.rules import COUNTS, FORMS, TEXTS

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "text_core")
TASKS = {task.name: task for task in SUITE.tasks}
SAMPLES = [sample for task in SUITE.tasks for sample in task.loaded]

each_task = pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)


def prompt(task: Task, sample: Sample) -> str:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    return environment.from_string(task.prompt).render(input=sample.input, metadata=sample.metadata)


def mean(task: Task, answer: dict[str, str]) -> float:
    """The task's quality for a model that answers sample id → text."""
    (scorer,) = task.scorers
    scores = [scorer.score(sample, Output(text=answer[sample.id]), {}) for sample in task.loaded]
    assert all(isinstance(score, Score) for score in scores)
    return sum(score.value for score in scores if isinstance(score, Score)) / len(scores)


def test_composition() -> None:
    languages = Counter(sample.metadata["lang"] for sample in SAMPLES)
    assert languages == {"en": 84, "zh": 24}
    assert set(map(SUITE.slot_of, SUITE.tasks)) == {"text"}
    assert all({"topic", "difficulty"} <= sample.metadata.keys() for sample in SAMPLES)
    assert {sample.metadata["difficulty"] for sample in SAMPLES} == {"easy", "medium", "hard"}


@each_task
def test_every_task_has_easy_and_hard_samples(task: Task) -> None:
    count = Counter(sample.metadata["difficulty"] for sample in task.loaded)
    assert min(count["easy"], count["medium"], count["hard"]) >= 1


@each_task
def test_calls_are_short_enough_for_a_cpu(task: Task) -> None:
    assert task.max_tokens <= 64
    for sample in task.loaded:
        text = prompt(task, sample)
        chinese = sum(char >= "\u3000" for char in text)
        assert (len(text) - chinese) / 3 + 2 * chinese <= 90, sample.id  # tokens, rounded up


@each_task
def test_an_echo_of_the_prompt_does_not_pass(task: Task) -> None:
    assert mean(task, {sample.id: prompt(task, sample) for sample in task.loaded}) <= 0.15
    assert mean(task, {sample.id: str(sample.input) for sample in task.loaded}) <= 0.15


@each_task
def test_the_key_of_another_sample_is_mostly_wrong(task: Task) -> None:
    keys = [str(answer_key(sample)) for sample in task.loaded]
    moved = dict(zip([sample.id for sample in task.loaded], [*keys[1:], keys[0]], strict=True))
    assert mean(task, moved) < 0.6


@pytest.mark.parametrize("name", ["sentiment", "intent"])
def test_labels_are_balanced_and_asked_for(name: str) -> None:
    task = TASKS[name]
    (scorer,) = task.scorers
    assert isinstance(scorer, LabelMatch)
    count = Counter(str(sample.target) for sample in task.loaded)
    assert set(count) == set(scorer.labels)
    assert max(count.values()) - min(count.values()) <= 1
    assert all(label in task.prompt for label in scorer.labels)


def test_pairs_differ_in_their_target() -> None:
    pairs: dict[str, list[Sample]] = {}
    for sample in SAMPLES:
        if "cluster" in sample.metadata:
            pairs.setdefault(sample.cluster, []).append(sample)
    assert len(pairs) >= 2
    for cluster, samples in pairs.items():
        assert len({str(sample.target) for sample in samples}) == len(samples) == 2, cluster


def test_the_schema_is_a_schema_and_every_target_keeps_it() -> None:
    (scorer,) = TASKS["extraction"].scorers
    assert isinstance(scorer, JsonMatch)
    assert scorer.schema is not None
    Draft202012Validator.check_schema(scorer.schema)
    validator = Draft202012Validator(scorer.schema)
    assert [sample.id for sample in TASKS["extraction"].loaded if not validator.is_valid(sample.target)] == []


def test_the_values_to_extract_stand_in_the_text_unless_the_sample_is_hard() -> None:
    for sample in TASKS["extraction"].loaded:
        assert isinstance(sample.target, dict)
        missing = [value for value in sample.target.values() if str(value) not in str(sample.input)]
        assert not missing or (sample.metadata["difficulty"] != "easy" and missing == [sample.target["age"]])


def test_instructions_use_several_kinds_of_rules() -> None:
    used = {rule["rule"] for sample in TASKS["instructions"].loaded for rule in sample.target}  # type: ignore[union-attr,index,call-overload]
    assert used <= {*COUNTS, *TEXTS, *FORMS}
    assert len(used) >= 9


def test_an_instruction_is_broken_by_a_plain_sentence_without_it() -> None:
    plain = dict.fromkeys((sample.id for sample in SAMPLES), "Here is what I think about it, and there is more. See?")
    assert mean(TASKS["instructions"], plain) == 0.0
