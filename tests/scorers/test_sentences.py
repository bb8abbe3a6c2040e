"""Sentences and words in capitals, as NLTK counts them; the verdicts of IFEval's checkers hold the rest."""

import pytest

from harness.scorers.sentences import capital_words, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("no end", ["no end"], id="no end"),
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="three ends"),
        pytest.param("Dr. Li met Mr. Wu at 5 p.m. in Rome.", ["Dr. Li met Mr. Wu at 5 p.m. in Rome."], id="titles"),
        pytest.param("It is 5 p.m. They left.", ["It is 5 p.m.", "They left."], id="abbreviation at the end"),
        pytest.param("Plan B. We like it. J. Bach too.", ["Plan B.", "We like it.", "J. Bach too."], id="initials"),
        pytest.param('"Stop!" he said. (No.) Go.', ['"Stop!"', "he said.", "(No.)", "Go."], id="closing marks"),
        pytest.param("Wait... what? In 2020. it was 3.5.", ["Wait... what?", "In 2020. it was 3.5."], id="small ones"),
        pytest.param("好。“行！”他说。走", ["好。", "“行！”", "他说。", "走"], id="Chinese"),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("NASA's HQ", 2), ("I WON'T", 3), ("A/B and HELLO-WORLD", 2), ("X,Y 3:PM", 3), ("CANNOT GIMME", 4), ("(OK)", 1),
        ("5 x No 中文", 0), ("BOB'S. Then", 2),
    ],
)  # fmt: skip
def test_capital_words(text: str, count: int) -> None:
    assert capital_words(text) == count
