"""Each sentence of the command line exists in both languages, is used, and takes the same pieces."""

import re
from pathlib import Path
from string import Formatter

import harness.cli
from harness.cli.words import LANGUAGES, words

MADE = (
    "count.",
    "doctor.",
    "cost.",
    "list.",
    "phase.",
    "plan.",
    "compare.",
    "init.why.",
    "init.ask.task.",
    "starter.",
    "table.",
    "firm.",
)
"""Keys that are put together."""


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in Path(harness.cli.__path__[0]).glob("*.py"))


def test_every_sentence_that_is_told_exists_and_none_lies_idle() -> None:
    text = sources()
    told = set(re.findall(r"tell\(\s*[\"']([a-z_.]+)[\"']", text))
    assert told - set(words("en")) == set()
    assert len(told) > 50
    assert [
        key for key in words("en") if not re.search(f"[\"']{re.escape(key)}[\"']", text) and not key.startswith(MADE)
    ] == []


def test_languages_agree_on_keys_and_pieces() -> None:
    english = words("en")
    for language in LANGUAGES:
        assert set(words(language)) == set(english)
        for key, text in words(language).items():
            assert pieces(text) == pieces(english[key]), key


def pieces(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_chinese_has_chinese_punctuation() -> None:
    wrong = re.compile("[\u4e00-\u9fff] ?[,;:?!()]|[(][\u4e00-\u9fff]|[\u4e00-\u9fff]\\.")
    assert [text for text in words("zh").values() if wrong.search(text)] == []
