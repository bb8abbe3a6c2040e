"""Phrases, numbers and foreign text as markup in one language, marked so that the page can say it in another."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from harness.core.decision import Said
from harness.decide.sentences import spelled
from harness.report.notes import note
from harness.report.numbers import Number
from harness.report.phrases import Phrase, Piece, words
from harness.report.speaker import GAP
from harness.report.visible import one_line, visible
from harness.report.words import JOINS, SAID, WORDS

SUMMARY_CHARACTERS = 110
NAMED = re.compile("⟨U\\+[0-9A-F]{4,6}⟩")
"""What `visible` makes of a hidden character."""
DIGITS = re.compile(r"(\d(?:[\d.,]*\d)?)")
TAG = re.compile("<[^>]*>")
BCP47 = re.compile("[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Voice:
    """Says things as markup in one language; static/words.js lays the same nodes into another's sentences."""

    language: str

    def say(self, key: str | Phrase, **args: Piece) -> Markup:
        """Return a sentence of `words`, one element a piece; digits of our own words are terms, not figures."""
        phrase = _phrase(key, args)
        parts = [(literal, None if p is None else self._node(p)) for literal, p in words(phrase, self.language)]
        ends = [""] + ["" if node is None else html.unescape(TAG.sub("", node)) for _, node in parts]
        said = []
        for i, (literal, node) in enumerate(parts):
            said.append(_terms(self._close(ends[i][-1:], literal, ends[i + 1][:1])))
            said.append(Markup("") if node is None else node)
        return Markup(f'<span data-say="{escape(phrase.key)}">{Markup("").join(said)}</span>')

    def show(self, piece: Piece) -> Markup:
        """Return a number as data, a phrase in words, and anything else as foreign text."""
        if isinstance(piece, Markup):
            return piece
        if isinstance(piece, Number):
            return Markup(f'<data value="{escape(piece.raw)}" id="{escape(piece.id)}">{escape(piece.text)}</data>')
        return self.say(piece) if isinstance(piece, Phrase) else verbatim(piece)

    def names(self, names: Iterable[Piece]) -> Markup:
        """Return the names with the language's commas."""
        return self.say("list.comma").join(self.show(name) for name in names)

    def text(self, key: str | Phrase, **args: Piece) -> str:
        """Return a sentence of `words` without any markup, for an attribute."""
        return html.unescape(TAG.sub("", self.say(key, **args)))

    def label(self, attribute: str, key: str | Phrase, **args: Piece) -> Markup:
        """Return ` attribute="sentence"` and what it is made of; without a name, what its element's text is of."""
        phrase = _phrase(key, args)
        made_of = Markup(' data-words="{}"').format(_json([attribute, *_tree(phrase)]))
        return Markup(' {}="{}"').format(Markup(attribute), self.text(phrase)) + made_of if attribute else made_of

    def note(self, text: str) -> Markup:
        """Return how an estimate was made as a title."""
        said = note(text)
        if isinstance(said, Phrase):
            return self.label("title", said)
        return Markup(' title="{}"').format(visible(text))

    def told(self, text: str, sentences: Iterable[Said], id: str | None = None) -> Markup:
        """Return what a decision says as foreign text; `text` is its English, for one that is known in no other way."""
        told = list(sentences)
        found = {"en": visible(text)}
        if told:
            found |= {language: visible(_spelled(told, language)) for language in SAID if language != "en"}
        place = Markup("") if id is None else Markup(' id="{}"').format(id)
        other = Markup(' data-told="{}"').format(_json(found)) if told else Markup("")
        foreign = Markup("") if told else Markup(' lang="en"')
        shown = _named(found.get(self.language, found["en"]))
        return Markup('<span class="verbatim"{}{}{}>{}</span>').format(place, foreign, other, shown)

    def _node(self, piece: Piece) -> Markup:
        """Return the piece as one element, as words.js must find it."""
        return Markup("<span>{}</span>").format(piece) if isinstance(piece, Markup) else self.show(piece)

    def _close(self, before: str, literal: str, after: str) -> str:
        """Return the literal without a space that would stand between Chinese characters."""
        if self.language != "zh":
            return literal
        joined = GAP.sub("", before + literal + after)
        return joined[len(before) : len(joined) - len(after)]


def verbatim(text: str, element: str = "span", language: str | None = None) -> Markup:
    """Return foreign text as it is: escaped, isolated in its direction, hidden characters named.

    `language` is said where it is the tag of one.
    """
    attributes = Markup(' lang="{}"').format(language) if language and BCP47.fullmatch(language) else Markup("")
    return Markup('<{0} class="verbatim"{1}>{2}</{0}>').format(Markup(element), attributes, _named(visible(text)))


def summary(text: str) -> Markup:
    """Return the start of a foreign text on one line."""
    return verbatim(one_line(text, SUMMARY_CHARACTERS))


def page_words() -> str:
    """Return the words of every language that a page may say, as JSON that can stand in a script element."""
    said = {
        language: {key: text for key, text in sorted(of.items()) if not key.startswith(("memo.", "matter."))}
        for language, of in WORDS.items()
    }
    return _json(said).replace("<", "\\u003c")


def _json(tree: object) -> str:
    """Return JSON in the spelling of `JSON.stringify`."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def _phrase(key: str | Phrase, args: dict[str, Piece]) -> Phrase:
    return key if isinstance(key, Phrase) else Phrase(key=key, args=args)


@cache  # our own words, which a page says again and again
def _terms(literal: str) -> Markup:
    spans = (
        Markup('<span class="term">{}</span>' if i % 2 else "{}").format(part)
        for i, part in enumerate(DIGITS.split(literal))
    )
    return Markup("").join(spans)


def _named(shown: str) -> Markup:
    return Markup(NAMED.sub(r'<span class="hidden-character">\g<0></span>', str(escape(shown))))


def _tree(phrase: Phrase) -> tuple[str, dict[str, object]]:
    """Return a phrase as words.js takes it: its key, and texts or phrases by name."""
    return phrase.key, {name: _leaf(piece) for name, piece in phrase.args.items()}


def _leaf(piece: Piece) -> object:
    if isinstance(piece, Phrase):
        key, args = _tree(piece)
        return {"key": key, "args": args}
    return piece.text if isinstance(piece, Number) else visible(piece)


def _spelled(sentences: Iterable[Said], language: str) -> str:
    space = WORDS[language]["list.space"]
    return GAP.sub("", space.join(spelled(sentence, SAID[language], JOINS[language]) for sentence in sentences))
