"""rag_chain: what it promises beyond what every suite promises."""

from collections import Counter
from pathlib import Path

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score
from harness.scorers import Contains

ROOT = Path(__file__).parents[2] / "tasks"
(TASK,) = load_suite(ROOT / "rag_chain").tasks


def test_the_passages_are_those_of_the_nodes_and_the_questions_are_others() -> None:
    nodes = load_suite(ROOT / "rag_nodes")
    assert (ROOT / "rag_chain" / "passages.jsonl").read_bytes() == (ROOT / "rag_nodes" / "passages.jsonl").read_bytes()
    asked = {str(sample.input) for task in nodes.tasks for sample in task.loaded}
    assert not asked & {str(sample.input) for sample in TASK.loaded}


def test_one_passage_alone_holds_the_answer_and_it_is_the_gold_of_every_search() -> None:
    for sample in TASK.loaded:
        documents = sample.metadata["documents"]
        assert isinstance(documents, dict)
        found = {name: Contains(max_words=100).score(sample, Output(text=str(t)), {}) for name, t in documents.items()}
        holders = [name for name, score in found.items() if isinstance(score, Score) and score.value]
        assert holders == sample.metadata["citations"], sample.id
        assert sample.metadata["gold"] == {"ranking": holders}


def test_both_languages_are_there() -> None:
    assert Counter(sample.metadata["lang"] for sample in TASK.loaded) == {"en": 12, "zh": 12}
