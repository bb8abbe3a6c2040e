"""Our own words: whole sentences by key, with placeholders; each language has the same keys."""

from collections.abc import Mapping
from types import MappingProxyType

from harness.decide import sentences
from harness.report.words import closing_en, closing_zh, en, memo_en, memo_zh, said_zh, zh

LANGUAGES = ("en", "zh")

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": MappingProxyType({**en.PAGE, **memo_en.MEMO, **closing_en.CLOSING}),
        "zh": MappingProxyType({**zh.PAGE, **memo_zh.MEMO, **closing_zh.CLOSING}),
    }
)
"""Language → key → sentence of a page, a memo or the end of a run."""

SAID: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": sentences.SENTENCES, "zh": said_zh.SENTENCES})
"""Language → key → sentence of a decision."""

JOINS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType({"en": sentences.JOINS, "zh": said_zh.JOINS})
"""Language → how lists are joined."""
