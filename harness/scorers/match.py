"""Scorers that look for an accepted answer: the whole output is it, or the output contains it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.text import TextScorer, answers, words

_NO_ANSWER_KEY = Unscored(reason="the target is neither a text nor a number nor a list of such")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactMatch(TextScorer):
    """1 where the output equals the target, or one of a list of accepted answers.

    Normalised: both sides in SQuAD's normal form (`text.normalise`: lower case, no punctuation, no articles, single
    spaces; extended to full-width and Chinese punctuation; spaces between Chinese characters do not count). An
    accepted answer that is nothing but an article (option `A`) is compared with articles kept. SQuAD's form drops
    the point of `3.5` and the sign of `-5`: numbers are for NumberMatch. Not normalised: equal character for character.
    """

    normalise: bool = True

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        accepted = answers(sample.target)
        if accepted is None:
            return _NO_ANSWER_KEY
        if text in accepted or (self.normalise and any(wanted == given for wanted, given in _pairs(accepted, text))):
            return Score(value=1.0)
        return _miss(accepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(TextScorer):
    """1 where an accepted answer stands in the output as whole words, or as a run of Chinese characters.

    Both sides are normalised as for ExactMatch. An output of more than `max_words` words (a Chinese character counts
    as a word) scores 0, so that listing every possible answer does not pay; hedging between a few within that limit
    does pass, and so does a negation ("not Paris").
    """

    max_words: int = 50

    def __post_init__(self) -> None:
        if self.max_words < 1:
            raise ValueError(f"contains needs max_words of at least 1, not {self.max_words}")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        accepted = answers(sample.target)
        if accepted is None:
            return _NO_ANSWER_KEY
        count = len(words(text, keep_articles=True))
        if count > self.max_words:
            return Score(value=0.0, reason=f"{count} words, more than {self.max_words}")
        if any(f" {' '.join(wanted)} " in f" {' '.join(given)} " for wanted, given in _pairs(accepted, text)):
            return Score(value=1.0)
        return _miss(accepted)


class _Pair(NamedTuple):
    wanted: list[str]
    given: list[str]


def _pairs(accepted: Sequence[str], text: str) -> Iterator[_Pair]:
    """Yield the words of each accepted answer beside those of `text`, normalised alike; never an empty answer."""
    given, given_whole = words(text), words(text, keep_articles=True)
    for answer in accepted:
        if wanted := words(answer):
            yield _Pair(wanted, given)
        elif wanted := words(answer, keep_articles=True):
            yield _Pair(wanted, given_whole)


def _miss(accepted: Sequence[str]) -> Score:
    return Score(value=0.0, reason=f"expected {' or '.join(map(repr, accepted))}")
