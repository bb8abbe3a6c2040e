"""How an estimate was made, as a phrase: the English notes of `metrics/` are read by the page's own words for them."""

import re
from functools import cache
from string import Formatter

from harness.report.phrases import Phrase, Piece
from harness.report.words import WORDS

GLUE = "note.and"
"""Joins two parts of a note."""


def note(text: str) -> Piece:
    """Return the phrase that says `text`; a part that is known in no other way stays as it is."""
    said, *others = [_part(part) for part in text.split("; ")]
    for other in others:
        said = Phrase(key=GLUE, args={"one": said, "other": other})
    return said


def _part(text: str) -> Piece:
    for key, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return Phrase(
                key=key, args={name: _part(of) if name == "of" else of for name, of in found.groupdict().items()}
            )
    return text


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return the English words for notes as patterns, those with less left open first."""
    texts = sorted((text.count("{"), key, text) for key, text in WORDS["en"].items() if key.startswith("note."))
    return [(key, _pattern(text)) for _, key, text in texts if key != GLUE]


def _pattern(text: str) -> re.Pattern[str]:
    parts = [
        re.escape(literal) + (f"(?P<{name}>[^,;]+)" if name else "") for literal, name, _, _ in Formatter().parse(text)
    ]
    return re.compile("".join(parts))
