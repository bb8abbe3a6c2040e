"""Chunking: cuts where the subject changes, passages that stay whole, and a text that nobody rewrites."""

import random
import time

import pytest

from harness.core.scores import Score, Unscored
from harness.scorers import ChunkBoundaries, WholeAnswers
from tests.scorers.judging import Case, judged

CUTS, WHOLE = ChunkBoundaries(), WholeAnswers(max_words=6)
TEXT = "One two. Three four. Five six."
KEY = ["One two.", "Three four.", "Five six."]


def cut(*passages: str) -> str:
    return "\n---\n".join(passages)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(cut(*KEY), 1.0, id="the key"),
        pytest.param("One  two.\n ---- \nThree\nfour.\n---\nFive six.\n---", 1.0, id="spaces do not count"),
        pytest.param(cut("One two.", "Three four. Five six."), 2 / 3, id="one of two"),
        pytest.param(cut("One", "two.", "Three four.", "Five six."), 0.8, id="one too many"),
        pytest.param(TEXT, 0.0, id="none"),
        pytest.param(cut("One 2.", *KEY[1:]), 0.0, id="a word was changed"),
        pytest.param("Here it is:\n" + cut(*KEY), 0.0, id="something was said"),
        pytest.param("", 0.0, id="empty"),
    ],
)
def test_cuts(text: str, value: float) -> None:
    score = Case(why="", scorer=CUTS, target=list(KEY), text=text, input=TEXT).result
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)


def test_a_text_of_one_passage_has_no_cut() -> None:
    score = Case(why="", scorer=CUTS, target=[TEXT], text=TEXT, input=TEXT).result
    assert isinstance(score, Score)
    assert score.value == 1.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(cut(*KEY), 1.0, id="whole"),
        pytest.param(cut("One two. Three four.", "Five six."), 1.0, id="two in one"),
        pytest.param(cut("One two.", "Three", "four. Five six."), 2 / 3, id="one is torn"),
        pytest.param(TEXT + " Seven.", 0.0, id="too long"),
        pytest.param(cut("One two.", "三四五六七八九"), 1 / 3, id="a Chinese character is a word"),
    ],
)
def test_whole_answers(text: str, value: float) -> None:
    assert judged(WHOLE, list(KEY), text).value == pytest.approx(value)


@pytest.mark.parametrize("target", [None, [], "One two.", ["One two.", 3], ["One two.", " "]])
def test_a_target_that_is_no_list_of_passages_is_unscored(target: None) -> None:
    for scorer in (CUTS, WHOLE):
        assert isinstance(Case(why="", scorer=scorer, target=target, text=TEXT, input=TEXT).result, Unscored)


def test_the_f1_of_cuts_is_that_of_windows_of_one_sentence() -> None:
    """Between each two sentences there is a cut or none: precision and recall are counted there."""
    rng = random.Random(3)
    sentences = [f"S{n}." for n in range(12)]

    def passages(cuts: set[int]) -> list[str]:
        found: list[list[str]] = [[]]
        for n, sentence in enumerate(sentences):
            found[-1].append(sentence)
            if n in cuts:
                found.append([])
        return [" ".join(part) for part in found]

    for _ in range(60):
        wanted, given = ({n for n in range(11) if rng.random() < 0.4} for _ in range(2))
        hits = [n in wanted for n in given]
        precision = sum(hits) / len(hits) if hits else float(not wanted)
        recall = sum(n in given for n in wanted) / len(wanted) if wanted else float(not given)
        expected = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        case = Case(
            why="", scorer=CUTS, target=list(passages(wanted)), text=cut(*passages(given)), input=" ".join(sentences)
        )
        assert isinstance(case.result, Score)
        assert case.result.value == pytest.approx(expected)


@pytest.mark.parametrize("piece", ["-", "---\n", " ", "a\n---\n", "\t---", "百"])
def test_a_megabyte_is_judged_in_seconds(piece: str) -> None:
    start = time.process_time()
    for scorer in (CUTS, WHOLE):
        assert judged(scorer, ["?"], piece * (1_000_000 // len(piece))).value == 0.0
    assert time.process_time() - start < 5.0
