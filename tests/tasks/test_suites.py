"""Every shipped suite loads, its answer key scores 1.0, nothing is asked twice, its README is true."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.calls import Output, Ranked
from harness.core.canonical import Json, from_json
from harness.core.media import Audio, Image, Video
from harness.core.scores import MOS, READER, SHAPES, TRANSCRIBER, Reading, Score, Scorer, Unscored, answer_key
from harness.core.suites import Sample, Suite, Task
from harness.core.turns import Turn, values_of
from harness.scorers import ToolCalls
from harness.scorers.turns import TurnScorer

ROOT = Path(__file__).parents[2] / "tasks"
OF_PACKAGES = {"code", "public_text"}
"""Suites whose data lie in a package; each has a file of tests to itself."""
FOLDERS = sorted(path.parent for path in ROOT.glob("*/suite.py") if path.parent.name not in OF_PACKAGES)
SUITES = [load_suite(folder) for folder in FOLDERS]
TASKS = [(suite, task) for suite in SUITES for task in suite.tasks]
NEAR = 0.8
"""Share of words or of character trigrams in common from which two inputs are near-duplicates."""

each_suite = pytest.mark.parametrize("suite", SUITES, ids=[suite.name for suite in SUITES])
each_task = pytest.mark.parametrize("task", [task for _, task in TASKS], ids=[f"{s.name}-{t.name}" for s, t in TASKS])


def home(suite: Suite) -> Path:
    assert suite.folder is not None
    return Path(suite.folder)


def keys(sample: Sample) -> Iterator[str]:
    """Yield every answer that the suite itself accepts; what is to be spoken is its own transcript."""
    key = answer_key(sample)
    accepted = key if isinstance(key, list) else [sample.input if key is None else key]
    for answer in accepted:
        yield answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def judge(task: Task, sample: Sample, text: str, ovrl: float) -> dict[str, Score | Unscored]:
    """Score `text` as a text model's output, as what instruments heard and saw in one, as grades that rank."""
    clip = Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=16000, size=32044)
    picture = Image(sha256="1" * 64, mime="image/png", width=512, height=512, size=9000)
    heard = {
        TRANSCRIBER.name: Output(text=text),
        MOS.name: Output(values={"sig": ovrl, "bak": ovrl, "ovrl": ovrl}),
        READER.name: Output(text=text),
        SHAPES.name: Output(text=text),
    }
    readings = {name: Reading(instrument=name, candidate="perfect", output=output) for name, output in heard.items()}
    ranking = by_grade(text) if task.modality == "rerank" else ()
    film = filmed(text) if task.modality == "video_generation" else None
    return {
        scorer.name: scorer.score(
            sample,
            replace(said(scorer, text, clip if scorer.needs else None), image=picture, video=film, ranking=ranking),
            readings,
        )
        for scorer in task.scorers
    }


def filmed(text: str) -> Video | None:
    """The clip of a perfect provider whose target, as JSON, is `text`."""
    ordered = json.loads(text or "{}")
    return Video(sha256="2" * 64, mime="video/mp4", size=9000, **ordered) if ordered else None


def by_grade(text: str) -> tuple[Ranked, ...]:
    """The ranking of a perfect reranker whose target, as JSON, is `text`."""
    grades: dict[str, float] = json.loads(text or "{}")
    best_first = sorted(grades, key=lambda document: -grades[document])
    return tuple(Ranked(document=document, relevance=grades[document]) for document in best_first)


def said(scorer: Scorer, text: str, clip: Audio | None) -> Output:
    """The output that says `text`; of a suite of tools, a key of calls makes them, of conversations one of turns."""
    if isinstance(scorer, ToolCalls) and text.startswith('{"calls"'):
        return Output(tool_calls=tuple(json.loads(text)["calls"]))
    if isinstance(scorer, TurnScorer) and text:
        return Output(values=values_of(from_json(tuple[Turn, ...], json.loads(text)["turns"])))
    return Output(text=text, audio=clip)


def value(score: Score | Unscored) -> float:
    assert isinstance(score, Score), score
    return score.value


def test_every_folder_of_tasks_is_a_suite() -> None:
    assert {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"} == {
        *(folder.name for folder in FOLDERS),
        *OF_PACKAGES,
    }


@each_suite
def test_a_suite_is_small_named_like_its_folder_and_licensed(suite: Suite) -> None:
    folder = home(suite)
    assert suite.name == folder.name
    assert suite.licence
    assert len((folder / "suite.py").read_text(encoding="utf-8").splitlines()) <= 60


@each_task
def test_a_task_has_enough_samples_with_their_own_ids_and_a_language(task: Task) -> None:
    assert len(task.loaded) >= 12
    assert len({sample.id for sample in task.loaded}) == len(task.loaded)
    assert all(sample.metadata.get("lang") for sample in task.loaded)


@each_task
def test_the_answer_key_scores_one_with_every_scorer(task: Task) -> None:
    wrong = [
        (sample.id, key, name, score)
        for sample in task.loaded
        for key in keys(sample)
        for name, score in judge(task, sample, key, ovrl=5.0).items()
        if not isinstance(score, Score) or score.value != 1.0
    ]
    assert wrong == []


@each_task
def test_the_empty_answer_scores_less(task: Task) -> None:
    high = [
        (sample.id, name, score)
        for sample in task.loaded
        for name, score in judge(task, sample, "", ovrl=1.0).items()
        if value(score) > 0.0
    ]
    assert high == []


@each_task
def test_wrong_shuffled_and_other_answers_score_less(task: Task) -> None:
    """Right answers to other samples, in two orders, and one that answers nothing."""
    (primary,) = (scorer for scorer in task.scorers if scorer.name == task.primary)
    given = [next(keys(sample)) for sample in task.loaded]
    answers = [random.Random(seed).sample(given, len(given)) for seed in (0, 1)]
    if task.modality not in ("rerank", "video_generation") and not isinstance(primary, TurnScorer):  # of words alone
        answers.append(["Nobody knows 987654321."] * len(given))
    for of_others in answers:
        scores = [
            value(judge(task, s, text, ovrl=5.0)[task.primary]) for s, text in zip(task.loaded, of_others, strict=True)
        ]
        assert sum(scores) / len(scores) < 0.7


@each_task
def test_no_answer_key_fits_most_samples(task: Task) -> None:
    """A model that always says the same must not pass; what is spoken is another text each time."""
    for constant in {key for sample in task.loaded for key in keys(sample)}:
        scores = [value(judge(task, sample, constant, ovrl=5.0)[task.primary]) for sample in task.loaded]
        assert sum(scores) / len(scores) < 0.6, constant


def letters(text: Json) -> str:
    return re.sub(r"\W+", " ", text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)).lower().strip()


def similarity(one: str, other: str) -> float:
    """The greater of the Jaccard indices of words and of character trigrams, in [0, 1]."""

    def share(a: set[str], b: set[str]) -> float:
        return len(a & b) / len(a | b) if a | b else 1.0

    def trigrams(text: str) -> set[str]:
        return {text[i : i + 3] for i in range(max(1, len(text) - 2))}

    return max(share(set(one.split()), set(other.split())), share(trigrams(one), trigrams(other)))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        pytest.param("What is two plus three?", "what is TWO plus three", True, id="case and punctuation"),
        pytest.param("Where is my big red parcel now", "where is my parcel now, big red", True, id="order"),
        pytest.param("中国的首都是哪座城市？", "中国的首都是哪座城市呢？", True, id="one character more"),
        pytest.param("What is two plus three?", "What is ten minus four?", False, id="same frame, other question"),
        pytest.param("猫", "狗", False, id="single characters"),
    ],
)
def test_similarity_tells_near_duplicates(one: str, other: str, near: bool) -> None:
    assert (similarity(letters(one), letters(other)) > NEAR) == near


@each_suite
def test_nothing_is_asked_twice(suite: Suite) -> None:
    folder = home(suite)
    inputs = [
        (
            f"{folder.name}/{t.name}/{sample.id}",
            sample.media,
            letters(f"{t.name} {sample.input}" if sample.media else sample.input),
        )
        for t in suite.tasks
        for sample in t.loaded
    ]
    near = [
        (a, b)
        for (a, seen, one), (b, also, other) in combinations(inputs, 2)
        if seen == also and similarity(one, other) > NEAR
    ]
    assert near == []


@pytest.mark.parametrize("folder", sorted(path.parent for path in ROOT.glob("*/suite.py")), ids=lambda path: path.name)
def test_the_readme_tells_source_licence_and_known_faults(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {folder.name}")
    assert re.search(r"written for this project|\bsource\b", readme)
    assert re.search(r"\blicence\b", readme, re.IGNORECASE)
    faults = readme.partition("## Known faults")[2]
    assert len(re.findall(r"^\* ", faults, re.MULTILINE)) >= 3


@each_suite
def test_the_readme_counts_what_is_there(suite: Suite) -> None:
    folder = home(suite)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    counted = {name: int(n) for name, n in re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, re.MULTILINE)}
    assert counted == {task.name: len(task.loaded) for task in suite.tasks}
    assert str(suite.licence) in readme
