"""Each sentence of the page exists once, is used, and has the same placeholders in every language."""

import re
from collections.abc import Mapping
from string import Formatter

import pytest

from harness.decide.sentences import JOINS as ENGLISH_JOINS
from harness.report.html import HERE, SCRIPTS
from harness.report.words import JOINS, SAID, WORDS

PREFIXES = (
    "kind.", "section.", "nav.", "column.", "caption.", "status.", "metric.", "table.latency.", "percentile.",
    "source.", "meter.", "failed.", "axis.", "interest.", "answer.", "slice.", "gate.m", "scale.", "price.",
    "change.", "do.", "memo.rule_", "fact.",
    "table.measures", "bad.of", "slot.", "why.", "foreseen.", "unit.", "weighing.",
    "firm.criteria", "firm.suites", "firm.more", "panel.",
    "memo.risk.", "memo.rerun.", "memo.term.", "memo.margin.", "matter.", "note.", "closing.came.", "filter.", "part.",
    "try.quality", "try.latency", "try.cost",
)  # fmt: skip
"""Keys that are put together from a name of the run."""


def sources() -> str:
    scripts = [HERE / "static" / name for name in SCRIPTS]
    files = [*HERE.glob("*.py"), *(HERE / "templates").glob("*.html"), *scripts]
    return "\n".join(path.read_text() for path in files)


def test_every_sentence_that_is_named_exists() -> None:
    named = set(
        re.findall(r"""(?:(?:say|text)\(\s*|label\('[a-z-]*', |key=)['"]([a-z_]+(?:\.[a-z0-9_-]+)*)['"]""", sources())
    )
    assert named - set(WORDS["en"]) == set()
    assert len(named) > 100


def test_no_sentence_lies_idle() -> None:
    text = sources()
    idle = [key for key in WORDS["en"] if f"'{key}'" not in text and f'"{key}"' not in text]
    assert [key for key in idle if not key.startswith(PREFIXES)] == []


Placeholders = dict[str, str]


def placeholders(text: str) -> Placeholders:
    return {name: join or "" for _, name, join, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("tables", [WORDS, SAID], ids=["pages", "decisions"])
def test_languages_agree_on_keys_and_placeholders(tables: Mapping[str, Mapping[str, str]]) -> None:
    english = tables["en"]
    assert list(tables) == ["en", "zh"]
    for words in tables.values():
        assert sorted(set(words) ^ set(english)) == [], "each language has every sentence"
        for key, text in words.items():
            assert placeholders(text) == placeholders(english[key]), key


def test_each_placeholder_stands_once() -> None:
    """The page finds by their order which node fills which."""
    for words in WORDS.values():
        for key, text in words.items():
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
            assert len(set(names)) == len(names), key
            assert all(name.isidentifier() for name in names), key


def test_every_join_is_known_in_every_language() -> None:
    joins = {join for text in SAID["en"].values() for join in placeholders(text).values()}
    assert joins == set(ENGLISH_JOINS)
    assert all(set(of) == joins for of in JOINS.values())


def test_chinese_has_chinese_punctuation() -> None:
    """Between Chinese characters; numbers, names and units keep their own."""
    wrong = re.compile("[\u4e00-\u9fff] ?[,;:?!()]|[(][\u4e00-\u9fff]|[\u4e00-\u9fff]\\.")
    assert [text for tables in (WORDS, SAID) for text in tables["zh"].values() if wrong.search(text)] == []
