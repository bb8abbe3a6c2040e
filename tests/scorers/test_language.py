"""The language of a text; langdetect's verdicts are in the fixture of IFEval's checkers."""

import pytest

from harness.scorers.language import KNOWN, MOST_CHARACTERS, SCRIPTS, SMALL_WORDS, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("42 + 1 = 43!", None, id="no letters"),
        pytest.param("Բարեւ", None, id="another script"),
        pytest.param("HELLO WORLD", "en", id="Latin without small words"),
        pytest.param("DAS IST EIN TEST UND NICHT MEHR", "de", id="capitals"),
        pytest.param("The word is 你好 and it means hello", "en", id="a foreign word"),
        pytest.param("我喜欢 Python 语言", "zh", id="a foreign name"),
        pytest.param("Cafe\u0301 et the\u0301 a\u0300 la maison", "fr", id="accents apart"),
        pytest.param("x" * MOST_CHARACTERS + "好" * MOST_CHARACTERS, "en", id="the beginning counts"),
    ],
)
def test_language_of(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_every_known_language_is_told_by_something() -> None:
    assert {"en", "zh", "de", "fr", "es", "ja", "ru", "ar", "hi"} <= KNOWN
    assert len(KNOWN) == len(set(SCRIPTS.values())) + sum(map(len, SMALL_WORDS.values()))
