"""What the scorers of text share: the text of an output, its normal form, its words."""

import re
import string
from abc import abstractmethod
from collections.abc import Mapping

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Body of a character class: Han and kana, which are written without spaces between words."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_REMOVED = dict.fromkeys(map(ord, string.punctuation + "‘’“”´"), "")
_SPACED = dict.fromkeys(map(ord, "。、·・…—–―「」『』〔〕【】《》〈〉〖〗〘〙〜｡｢｣､¿¡«»‹›"), " ")
_NO_PUNCTUATION = (
    _FULL_WIDTH | {code: " " for code, ascii_code in _FULL_WIDTH.items() if ascii_code in _REMOVED} | _REMOVED | _SPACED
)

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WORD = rf"[{CJK}]|[^\s{CJK}]+"
"""Compiled by `re` when it is first asked for: large classes of characters take milliseconds."""


class TextScorer(Scorer):
    """Judges the text of an output. An output without text scores as the empty answer; audio alone is Unscored."""

    needs_target = True

    def score(
        self,
        sample: Sample,
        output: Output,
        readings: Mapping[str, Reading],  # noqa: ARG002  # the signature of every scorer; text needs no instrument
    ) -> Score | Unscored:
        if output.text is None and output.audio is not None:
            return Unscored(reason=f"the output is audio, and {self.name} reads text")
        return self.judge(sample, output.text or "")

    @abstractmethod
    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        """Judge `text`, which may be empty, for `sample`."""


def fold(text: str) -> str:
    """Return `text` with full-width ASCII (`Ａ`, `１`, `，`) and the ideographic space made plain."""
    return text.translate(_FULL_WIDTH)


def split(text: str) -> list[str]:
    """Return the words as they are written: runs without whitespace; each Han or kana character is a word."""
    return re.findall(_WORD, text)


def normalise(text: str, *, keep_articles: bool = False) -> str:
    """Return SQuAD's normal form: lower case, no punctuation, no articles, single spaces.

    On ASCII it equals `normalize_answer` of the SQuAD v1.1 evaluation script (Rajpurkar et al. 2016). Beyond ASCII:
    full-width letters and digits become plain; typographic quotes are removed like ASCII ones; Chinese and other
    punctuation becomes a space, so that what it separates stays apart.
    """
    text = text.lower().translate(_NO_PUNCTUATION)
    if not keep_articles:
        text = _ARTICLES.sub(" ", text)
    return " ".join(text.split())


def words(text: str, *, keep_articles: bool = False) -> list[str]:
    """Return the words of `normalise(text)`; spaces between Chinese characters thus make no difference."""
    return split(normalise(text, keep_articles=keep_articles))


def answers(target: Json) -> list[str] | None:
    """Return the accepted answers of a target (a text, a number, a list of them); None where one is something else."""
    items = target if isinstance(target, list) else [target]
    if any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in items):
        return None
    accepted = [str(item) for item in items]
    return accepted if accepted and all(answer.strip() for answer in accepted) else None
