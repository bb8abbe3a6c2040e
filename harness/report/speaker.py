"""Phrases, numbers and names as the spans of a document in one language; a number links to its place in the report."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from string import Formatter

from harness.core.decision import Said
from harness.decide.sentences import spelled
from harness.report.document import Span, Spans, plain
from harness.report.numbers import Number
from harness.report.phrases import Measured, Phrase, Piece
from harness.report.visible import one_line
from harness.report.words import JOINS, SAID, WORDS

PAGE = "report.html"
"""Lies beside the memo."""
INLINE = 300
"""Characters of foreign text inside a sentence or a cell."""
SENTENCE = 2000
"""Characters of a sentence of decision.json; those are ours, and whole."""

GAP = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""A space that Chinese text does not have: it stands between Chinese and Latin characters only."""

Sayable = Piece | Measured | Spans


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language."""

    language: str

    def say(self, key: str | Phrase, **pieces: Sayable) -> Spans:
        """Return a sentence of `words`; KeyError for an unknown key."""
        if isinstance(key, Phrase):
            return self.say(key.key, **key.args)
        found: list[Span] = []
        for literal, name, _, _ in Formatter().parse(WORDS[self.language][key]):
            found += [Span(text=literal)] if literal else []
            found += [] if name is None else self.show(pieces[name])
        return _joined(found)

    def show(self, piece: Sayable) -> Spans:
        """Return a number with its link, a phrase in words, spans as they are, and anything else as foreign text."""
        if isinstance(piece, Number):
            return (Span(text=piece.text, link=place(piece.id)),)
        if isinstance(piece, Measured):
            return self._cell(piece)
        if isinstance(piece, Phrase):
            return self.say(piece)
        return (Span(text=one_line(piece, INLINE) or "–"),) if isinstance(piece, str) else piece

    def listed(self, pieces: Iterable[Sayable], join: str = "") -> Spans:
        """Return the pieces with the language's commas, or as the `join` of `decide/sentences.py` has them."""
        spans = list(map(self.show, pieces))
        comma, last = JOINS[self.language][join]
        joints = [(), *[(Span(text=comma),)] * (len(spans) - 2), (Span(text=last),)]
        return tuple(span for joint, item in zip(joints, spans, strict=False) for span in (*joint, *item))

    def joined(self, *sentences: Spans) -> Spans:
        """Return sentences one after the other, with a space where the language has one."""
        space = (Span(text=WORDS[self.language]["list.space"]),) if WORDS[self.language]["list.space"] else ()
        said = [sentence for sentence in sentences if sentence]
        return tuple(span for i, item in enumerate(said) for span in ((*space, *item) if i else item))

    def told(self, text: str, sentences: Iterable[Said], id: str) -> Spans:
        """Return what a decision says, with its link; `text` is its English, for one that is known in no other way."""
        parts = [(Span(text=spelled(it, SAID[self.language], JOINS[self.language])),) for it in sentences]
        told = GAP.sub("", plain(self.joined(*parts)))
        return (Span(text=one_line(told or text, SENTENCE), link=place(id)),)

    def _cell(self, cell: Measured) -> Spans:
        """Return an estimate with its interval and n, and how much of it is a bound, as one link."""
        spans = self.show(cell.value)
        if cell.estimated is not None:
            spans = (Span(text="≈ "), *spans, Span(text=" "), *self.say(cell.estimated))
        if cell.low is not None or cell.high is not None:
            low, high = (Phrase(key="measured.open") if end is None else end for end in (cell.low, cell.high))
            spans = (*spans, Span(text=" "), *self.say("measured.interval", low=low, high=high))
        if cell.n is not None:
            spans = self.say("memo.with_n", estimate=spans, n=cell.n)
        return (Span(text=plain(spans), link=next((span.link for span in spans if span.link is not None), None)),)


def _joined(spans: Iterable[Span]) -> Spans:
    """Return spans without a link as one, and no space between Chinese characters where a sentence is filled in."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if last is None or last.link is not None or span.link is not None or last.strong != span.strong:
            found.append(span)
            continue
        one, other = last.text, span.text
        if GAP.search(one[-1:] + other[:2]):
            other = other[1:]
        elif GAP.search(one[-2:] + other[:1]):
            one = one[:-1]
        found[-1] = replace(last, text=one + other)
    return tuple(found)


def place(id: str) -> str:
    """Return the link to what has `id` in the report."""
    return f"{PAGE}#{id}"


def strong(spans: Spans) -> Spans:
    """Return the spans with emphasis."""
    return tuple(replace(span, strong=True) for span in spans)
