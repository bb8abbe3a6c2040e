"""Sentences that remember how they were made: they read in English, and can be said in another language.

    raise UsageError(worded("there is no suite '{name}'", name=name))

The sentence stands once, beside the code that says it, and is the key under which other languages have theirs. Whoever
shows a text to a person asks `translated`; all others may take it for the English text that it is.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Self

from harness.errors import BakeoffError


class Wording(str):
    """An English text with the sentence that it was made of, and what was put into it."""

    __slots__ = ("pieces", "sentence")
    sentence: str
    pieces: Mapping[str, object]

    def __new__(cls, sentence: str, pieces: Mapping[str, object]) -> Self:
        made = super().__new__(cls, sentence.format(**{name: _joined(piece) for name, piece in pieces.items()}))
        made.sentence, made.pieces = sentence, pieces
        return made

    def __reduce__(self) -> tuple[type["Wording"], tuple[str, Mapping[str, object]]]:
        return Wording, (self.sentence, self.pieces)


def worded(sentence: str, **pieces: object) -> Wording:
    """Return the sentence with its pieces put in; of a list all, with commas."""
    return Wording(sentence, pieces)


def foreign(text: str) -> Wording:
    """Return what another program says in English as a sentence that may be known in other languages."""
    return Wording(text.replace("{", "{{").replace("}", "}}"), {})


def translated(text: str, sentences: Mapping[str, str], *, comma: str) -> str:
    """Return `text` by the `sentences` of another language; what is not among them stays as it is."""
    if not isinstance(text, Wording):
        return text
    known = sentences.get(text.sentence, text.sentence)
    return known.format(**{name: _said(piece, sentences, comma) for name, piece in text.pieces.items()})


def _joined(piece: object) -> object:
    return ", ".join(map(str, piece)) if isinstance(piece, list) else piece


def _also(said: str, more: str) -> str:
    return worded("{said}; {more}", said=said, more=more)


def _said(piece: object, sentences: Mapping[str, str], comma: str) -> object:
    if isinstance(piece, BakeoffError) and len(piece.problems) > 1:
        piece = reduce(_also, (problem.message for problem in piece.problems))
    elif isinstance(piece, BaseException):
        # of others the first argument may be a number or an encoding: their text alone says what is wrong
        piece = piece.args[0] if piece.args and isinstance(piece.args[0], Wording) else str(piece)
    if isinstance(piece, list):
        return comma.join(str(_said(part, sentences, comma)) for part in piece)
    return translated(piece, sentences, comma=comma) if isinstance(piece, str) else piece
