"""The suite's own text is a perfect answer, anything else is worse, and no sentence repeats another."""

import importlib.util
import json
import re
from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import Reading, Score, Unscored
from harness.core.suites import Sample, Suite, Task
from harness.scorers.speech import WordAccuracy

FOLDER = Path(__file__).parents[2] / "tasks" / "tts_core"
KINDS = {"plain", "name", "question", "long", "number", "date", "money", "abbreviation"}
CHARACTERS_PER_SECOND = 14
"""Of an English voice at a normal pace (artificialanalysis.ai: 825 a minute)."""


def load() -> Suite:
    spec = importlib.util.spec_from_file_location("tts_core_suite", FOLDER / "suite.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite: Suite = module.SUITE
    return replace(suite, tasks=[replace(task, samples=read(task)) for task in suite.tasks])


def read(task: Task) -> tuple[Sample, ...]:
    assert isinstance(task.samples, str)
    lines = (FOLDER / task.samples).read_text(encoding="utf-8").splitlines()
    return tuple(Sample(**json.loads(line)) for line in lines)


SUITE = load()
SAMPLES = [sample for task in SUITE.tasks for sample in task.loaded]
CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=24_000, size=48_044)
SPOKEN = Output(audio=CLIP)


def word_accuracy(sample: Sample, transcript: str) -> float:
    reading = Reading(instrument="transcriber", candidate="perfect", output=Output(text=transcript))
    score = WordAccuracy().score(sample, SPOKEN, {"transcriber": reading})
    assert isinstance(score, Score)
    return score.value


def similarity(one: str, other: str) -> float:
    """Shared share of the character trigrams of two texts, in [0, 1]; case and punctuation do not count."""
    a, b = ({text[i : i + 3] for i in range(len(text) - 2)} for text in (_letters(one), _letters(other)))
    return len(a & b) / len(a | b)


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_the_answer_key_scores_one_and_other_answers_less(sample: Sample) -> None:
    text = str(sample.input)
    assert word_accuracy(sample, text) == 1.0
    assert word_accuracy(sample, text.upper().rstrip(".?")) == 1.0
    assert word_accuracy(sample, "") == 0.0
    assert word_accuracy(sample, text.rpartition(" ")[0]) < 1.0
    assert all(word_accuracy(sample, str(other.input)) < 0.6 for other in SAMPLES if other.id != sample.id)


@pytest.mark.parametrize("sample", SUITE.tasks[1].loaded, ids=lambda sample: sample.id)
def test_a_written_form_may_be_transcribed_in_words(sample: Sample) -> None:
    assert word_accuracy(sample, str(sample.metadata["spoken"])) == 1.0


def test_a_clip_without_reading_is_no_zero() -> None:
    assert isinstance(WordAccuracy().score(SAMPLES[0], SPOKEN, {}), Unscored)


def test_near_duplicates_fail() -> None:
    assert similarity("A ticket costs $18.50 at the door.", "The ticket cost $18.60 at the door!") > 0.5
    close = [(a.id, b.id) for a, b in combinations(SAMPLES, 2) if similarity(str(a.input), str(b.input)) > 0.3]
    assert close == []


def test_composition() -> None:
    assert {sample.metadata["kind"] for sample in SAMPLES} == KINDS
    assert len(SAMPLES) >= 30
    for task in SUITE.tasks:
        assert len(task.loaded) >= 12, task.name
        assert max(Counter(sample.id for sample in task.loaded).values()) == 1, task.name
        assert task.primary in {scorer.name for scorer in task.scorers}


def test_clips_are_short_enough_to_be_heard_on_a_cpu() -> None:
    seconds = [len(str(sample.input)) / CHARACTERS_PER_SECOND for sample in SAMPLES]
    assert max(seconds) <= 10
    assert sum(seconds) <= 140


def test_no_form_that_the_normaliser_is_known_to_break() -> None:
    broken = re.compile(r"[()\[\]]|\d:\d\d|\d-\d|\.\.\.|\b(?:St|Ave|Rd)\.")
    assert [sample.id for sample in SAMPLES if broken.search(str(sample.input))] == []


def test_the_readme_counts_what_is_there() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for task in SUITE.tasks:
        kinds = Counter(str(sample.metadata["kind"]) for sample in task.loaded)
        row = re.search(rf"\| `{task.name}` \| (\d+) \| (.+) \|", readme)
        assert row is not None
        assert int(row[1]) == len(task.loaded)
        words = row[2].replace(",", "").split()
        assert {kind: int(n) for kind, n in pairwise(words) if n.isdigit()} == dict(kinds)
