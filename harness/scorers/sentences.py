"""Sentences and words as NLTK finds them in English text, without NLTK and its model; Chinese ends of sentences too."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_AFTER = ")\";}\\]*:@'({\\[‘’“”«»?!"
"""Body of a character class: what ends a word, and what may follow the end of a sentence without a space."""
_END = re.compile(rf"[.?!](?=(?P<mark>[{_AFTER}])|\s++(?P<next>\S++))")
_SPACE = re.compile(r"\s")
_CLOSING = re.compile(r"[\"')\]}‘’“”«»]+?(?:\s+|(?=--)|$)", re.MULTILINE)
_CHINESE_END = re.compile(r"(?<=[。！？])(?![。！？”’」』）])|(?<=[。！？][”’」』）])(?![。！？”’」』）])")
_TOKEN = re.compile(
    rf"""-{{2,}} | \.{{2,}}
    | (?![("`{{\[:;&\#*@)}}\]\-,]) \S+? (?= \s | $ | [{_AFTER}] | -- | \.\. | ,(?: \s | $ | [{_AFTER}] | -- | \.\.) )
    | \S""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?[.,]?\d[\d,.-]*$")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ABBREVIATIONS = _set(
    "a.m p.m u.s u.k u.n u.s.a u.s.s.r d.c n.y l.a ph.d m.b.a mr mrs ms dr prof st sr jr messrs gen col lt maj adm sen"
    " rep reps inc ltd co corp cos bros cie vs ft mg yr ave ok jan feb aug sep sept oct nov dec tues wed fri ariz calif"
    " colo conn fla ga ill kan ky mich minn nev okla ore pa tenn va vt wash wis n.c n.d n.h n.j n.m n.v s.a s.c r.i"
    " c d e f g h k l m n p r s t v w"
)
"""Of English; a sentence goes on after them unless a word of `_OPENERS` follows. `e.g` and `etc` are not among them."""
_OPENERS = _set(
    "according although among both but despite even he however i if in indeed instead it many meanwhile moreover most"
    " nevertheless nonetheless nor separately similarly since so some the there these they this though thus under when"
    " while yet her please suddenly"
)
_COMMON = (_OPENERS - {"i"}) | _set(
    "a after all also an and another any are as at be because before by can could do each every everyone first for"
    " from go had has have here his how its just last let may maybe my new next no not nothing now of on once one only"
    " or other our perhaps she still such take tell that their them then today together tomorrow too try two until up"
    " use very was we well were what where which who why will with without would you your"
)
"""Words that are no names: after a single letter (`Plan B. We ...`) one of them begins a sentence."""


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, as Punkt (Kiss and Strunk 2006) with NLTK's English model cuts it.

    Punkt's model knows 156 abbreviations and 20,366 words; here are the common ones of each, so that they may differ
    after a rare abbreviation, an initial or an ellipsis. Beyond Punkt, `。！？` end a sentence.
    """
    cut = [piece for sentence in _realigned(text, list(_slices(text))) for piece in _CHINESE_END.split(sentence)]
    return [sentence for sentence in cut if sentence.strip()]


def capital_words(text: str) -> int:
    """Return how many of the words are in capital letters; `NASA's` is `NASA` and `'s`, `WON'T` is `WO` and `N'T`."""
    return sum(word.isupper() for sentence in sentences(text) for word in _words(sentence))


_SPLITS = (
    (re.compile(r"[«“‘„»”’`\"]|''"), " "),
    (re.compile(r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", re.IGNORECASE), " "),
    (re.compile(r"(?<=[^.])\.(?=[\])}>'»”’ ]*+\s*$)"), " "),
    (re.compile(r"([:,])(\D)"), r" \1 \2"),
    (re.compile(r"[:,]$|\.{2,}|[;@#$%&?!*\[\](){}<>\u2012-\u2015]|--"), r" \g<0> "),
    (re.compile(r"$"), " "),
    (re.compile(r"([^' ])('[sS]|'[mM]|'[dD]|')\s"), r"\1 \2 "),
    (re.compile(r"([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)\s"), r"\1 \2 "),
    (re.compile(r"\b(can)(not)\b|\b(d)('ye)\b|\b(gim|lem)(me)\b|\b(gon)(na)\b|\b(got)(ta)\b|\b(more)('n)\b|\b(wan)(na)\s",
                re.IGNORECASE), lambda found: " ".join(filter(None, ("", *found.groups(), "")))),
)  # fmt: skip
"""What the Treebank tokeniser puts between words, as far as it changes which words are in capitals."""


def _words(sentence: str) -> list[str]:
    for pattern, replacement in _SPLITS:
        sentence = pattern.sub(replacement, sentence)
    return sentence.split()


def _slices(text: str) -> Iterator[slice]:
    """Yield the sentences before quotes and brackets that close them are given back."""
    start = 0
    for end in _candidates(text):
        if _is_end(end.context):
            yield slice(start, end.at)
            start = end.begins
    yield slice(start, len(text.rstrip()))


class _End(NamedTuple):
    """Where a sentence may end."""

    context: str
    """The word that it may end with, and the next one or the mark that follows."""
    at: int
    begins: int
    """Where the next one would begin."""


def _candidates(text: str) -> Iterator[_End]:
    """Yield each possible end; of several in a run without spaces, the last."""
    word, last = 0, None
    for found in _END.finditer(text):
        space = _last_space(text, 0 if last is None else last.end(), found.start())
        if last is not None and space is not None:
            yield _candidate(text, word, last)
        word = word if space is None else space + 1
        last = found
    if last is not None:
        yield _candidate(text, word, last)


def _candidate(text: str, word: int, found: re.Match[str]) -> _End:
    follows = "mark" if found["next"] is None else "next"
    begins = found.end() if follows == "mark" else found.start(follows)
    return _End(text[word : found.end(follows)], found.end(), begins)


def _last_space(text: str, start: int, end: int) -> int | None:
    return next((at for at in range(end - 1, start - 1, -1) if text[at].isspace()), None)


def _is_end(context: str) -> bool:
    return any(_ends(token, follows) for token, follows in pairwise(_TOKEN.findall(context)))


def _ends(token: str, follows: str) -> bool:
    """Whether a sentence ends with `token`, given the token that follows."""
    if token in (".", "?", "!"):
        return True
    opens = follows[0].isupper() and follows.lower().rstrip(".") in _OPENERS
    if set(token) == {"."}:
        return opens
    if not token.endswith(".") or token.endswith(".."):
        return False
    word = token[:-1].lower()
    initial = len(word) == 1 and (word.isalpha() or word == "_")
    if word in _ABBREVIATIONS or word.rpartition("-")[2] in _ABBREVIATIONS:
        return opens and not initial
    if initial or _NUMBER.match(word):
        goes_on = follows in ";:,.!?" or follows[0].islower()
        named = initial and follows[0].isupper() and follows.lower() not in _COMMON
        return not goes_on and not named
    return True


def _realigned(text: str, cut: list[slice]) -> Iterator[str]:
    """Yield the sentences with the quotes and brackets that close them, which Punkt first gives to the next one."""
    moved = 0
    for here, following in zip(cut, [*cut[1:], None], strict=True):
        start = here.start + moved
        closing = None if following is None else _CLOSING.match(text[following])
        if following is not None and closing:
            yield text[start : following.start + len(closing[0].rstrip())]
            moved = closing.end()
        else:
            moved = 0
            if text[start : here.stop]:
                yield text[start : here.stop]
