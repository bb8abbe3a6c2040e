"""Each sentence of the page exists once, is used, and has the same placeholders in every language."""

import re
from string import Formatter

from harness.report.html import HERE
from harness.report.words import WORDS

PREFIXES = (
    "kind.", "section.", "nav.", "column.", "caption.", "status.", "metric.", "table.latency.", "percentile.",
    "source.", "meter.", "failed.", "axis.", "interest.", "answer.", "slice.", "gate.m", "scale.", "price.",
    "change.", "memo.toss", "memo.clear", "memo.lean", "memo.none", "memo.incomplete", "memo.rule_", "fact.",
    "table.measures", "bad.of", "memo.good", "why.", "foreseen.", "unit.", "weighing.",
    "firm.criteria", "firm.suites", "firm.more", "panel.",
)  # fmt: skip
"""Keys that are put together from a name of the run."""


def sources() -> str:
    files = [*HERE.glob("*.py"), *(HERE / "templates").glob("*.html")]
    return "\n".join(path.read_text() for path in files if path.name != "words.py")


def test_every_sentence_that_is_named_exists() -> None:
    named = set(re.findall(r"""(?:say\(\s*|key=)['"]([a-z_]+(?:\.[a-z0-9_-]+)*)['"]""", sources()))
    assert named - set(WORDS["en"]) == set()
    assert len(named) > 100


def test_no_sentence_lies_idle() -> None:
    text = sources()
    idle = [key for key in WORDS["en"] if f"'{key}'" not in text and f'"{key}"' not in text]
    assert [key for key in idle if not key.startswith(PREFIXES)] == []


def test_languages_agree_on_keys_and_placeholders() -> None:
    def placeholders(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    english = WORDS["en"]
    for words in WORDS.values():
        assert set(words) == set(english)
        for key, text in words.items():
            assert placeholders(text) == placeholders(english[key]), key
