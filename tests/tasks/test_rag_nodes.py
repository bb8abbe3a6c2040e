"""rag_nodes: what it promises beyond what every suite promises."""

import random
from collections import Counter
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.calls import Output, Ranked
from harness.core.scores import Score, answer_key
from harness.core.suites import Sample, Task
from harness.scorers import RewriteRecall
from harness.scorers.bm25 import index, ranked
from harness.scorers.retrieval import grades, texts
from tests.tasks.test_suites import judge, keys

SUITE = load_suite(Path(__file__).parents[2] / "tasks" / "rag_nodes")
TASKS = {task.name: task for task in SUITE.tasks}
RANKINGS = [TASKS["retrieval"], TASKS["rerank"]]

each_task = pytest.mark.parametrize("task", SUITE.tasks, ids=TASKS)


def documents(sample: Sample) -> dict[str, str]:
    found = texts(sample)
    assert found is not None
    return found


def primary(task: Task, sample: Sample, text: str) -> float:
    score = judge(task, sample, text, ovrl=1.0)[task.primary]
    assert isinstance(score, Score), score
    return score.value


def bm25(task: Task) -> dict[str, float]:
    """What the baseline reaches: scorer → mean."""
    totals: Counter[str] = Counter()
    for sample in task.loaded:
        best_first = ranked(index(documents(sample)).scores(str(sample.input)))
        output = Output(ranking=tuple(Ranked(document=name, relevance=0.0) for name in best_first))
        for scorer in task.scorers:
            score = scorer.score(sample, output, {})
            assert isinstance(score, Score)
            totals[scorer.name] += score.value
    return {name: total / len(task.loaded) for name, total in totals.items()}


def test_each_node_is_a_slot_and_both_languages_are_there() -> None:
    assert [SUITE.slot_of(task) for task in SUITE.tasks] == [f"rag.{name}" for name in TASKS]
    for task in SUITE.tasks:
        languages = Counter(str(sample.metadata["lang"]) for sample in task.loaded)
        assert languages["en"] == languages["zh"] == len(task.loaded) // 2


@each_task
def test_the_keys_of_other_samples_score_less(task: Task) -> None:
    """Shuffled among the samples, right answers are wrong ones; only labels repeat."""
    rng = random.Random(0)
    given = [next(keys(sample)) for sample in task.loaded]
    others = rng.sample(given, len(given))
    scores = [primary(task, sample, text) for sample, text in zip(task.loaded, others, strict=True)]
    assert sum(scores) / len(scores) < 0.5
    if task.name != "intent":
        assert all(score < 1.0 for score, mine, theirs in zip(scores, given, others, strict=True) if mine != theirs)


def test_labels_are_balanced_and_asked_for() -> None:
    count = Counter(str(sample.target) for sample in TASKS["intent"].loaded)
    assert set(count.values()) == {4}
    assert all(label in TASKS["intent"].prompt for label in count)


@pytest.mark.parametrize("name", ["rewrite", "expand"])
def test_what_is_to_be_said_otherwise_finds_nothing_as_it_is(name: str) -> None:
    for sample in TASKS[name].loaded:
        score = RewriteRecall(k=3).score(sample, Output(text=str(answer_key(sample))), {})
        assert isinstance(score, Score)
        assert (score.value, score.detail["raw"]) == (1.0, 0.0), sample.id


@pytest.mark.parametrize("task", RANKINGS, ids=lambda task: task.name)
def test_the_baseline_is_neither_lost_nor_done(task: Task) -> None:
    assert all(0.25 < mean < 0.75 for mean in bm25(task).values()), bm25(task)


def test_what_is_relevant_is_offered_in_the_questions_language() -> None:
    for task in (*RANKINGS, TASKS["rewrite"], TASKS["expand"]):
        for sample in task.loaded:
            relevant = set(grades(sample.target) or {})
            assert relevant
            assert relevant <= documents(sample).keys()
            assert {name[0] for name in relevant} == {"e" if sample.metadata["lang"] == "en" else "z"}


def test_pools_are_in_the_order_of_their_ids_and_have_one_size() -> None:
    for name, size in (("rerank", 8), ("answer", 4)):
        for sample in TASKS[name].loaded:
            pool = sample.metadata["pool"]
            assert isinstance(pool, list)
            assert pool == sorted(map(str, pool))
            assert len(set(map(str, pool))) == size


def test_the_cited_passage_holds_the_answer_and_no_other_does() -> None:
    for sample in TASKS["answer"].loaded:
        assert isinstance(sample.target, list)
        (cited,) = sample.metadata["citations"]  # type: ignore[misc,union-attr]
        holders = {
            name for name, text in documents(sample).items() if any(str(answer) in text for answer in sample.target)
        }
        assert holders == {cited}, sample.id
