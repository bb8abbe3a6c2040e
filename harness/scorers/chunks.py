"""Scorers of texts that are cut into passages: are the cuts where the subject changes, does each answer stay whole?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.text import TextScorer, split

_CUT = re.compile(r"^[ \t]*-{3,}[ \t]*$", re.MULTILINE)
_NO_KEY = Unscored(reason="the target is no list of passages, which together are the sample's input")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkBoundaries(TextScorer):
    """F1 of the cuts: 2 × right / (cuts of the target + cuts of the output).

    The output is the sample's input with a line `---` at each cut; the target is the list of its passages. A cut is
    where it stands in the text without its whitespace. An output whose text is another one scores 0: what a passage
    says must not change. A text that is one passage has no cut, and neither must its output have.
    Detail: `right`, `wanted`, `given`.
    """

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        key = _passages(sample.target)
        if key is None or _bare("".join(key)) != _bare(str(sample.input)):
            return _NO_KEY
        given = chunks(text)
        if _bare("".join(given)) != _bare(str(sample.input)):
            return Score(value=0.0, reason="the text is not that of the input")
        wanted, cuts = _cuts(key), _cuts(given)
        right, both = len(wanted & cuts), len(wanted) + len(cuts)
        return Score(
            value=2 * right / both if both else 1.0,
            reason=f"{right} of {len(cuts)} cuts are right, {len(wanted)} were to be made",
            detail={"right": float(right), "wanted": float(len(wanted)), "given": float(len(cuts))},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAnswers(TextScorer):
    """Share of the target's passages that stand whole in one passage of the output, which has at most `max_words`.

    Each passage of the target answers a question that none of its parts answers. The bound makes a text that is not
    cut at all no answer; a Chinese character is a word. Whitespace does not count. Detail: `whole`, `passages`.
    """

    max_words: int = 120

    def __post_init__(self) -> None:
        if self.max_words < 1:
            raise ValueError(f"whole_answers needs max_words of at least 1, not {self.max_words}")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        key = _passages(sample.target)
        if key is None:
            return _NO_KEY
        short = [_bare(chunk) for chunk in chunks(text) if len(split(chunk)) <= self.max_words]
        whole = sum(any(_bare(passage) in chunk for chunk in short) for passage in key)
        return Score(
            value=whole / len(key),
            reason=f"{whole} of {len(key)} passages are whole",
            detail={"whole": float(whole), "passages": float(len(key))},
        )


def chunks(text: str) -> list[str]:
    """Return the passages of an output, those without a letter left out."""
    return [chunk for chunk in _CUT.split(text) if chunk.strip()]


def _passages(target: Json) -> list[str] | None:
    if not isinstance(target, list) or not target:
        return None
    listed = [passage for passage in target if isinstance(passage, str) and passage.strip()]
    return listed if len(listed) == len(target) else None


def _bare(text: str) -> str:
    return "".join(text.split())


def _cuts(passages: Sequence[str]) -> set[int]:
    """Return after how many characters, whitespace not counted, each passage but the last ends."""
    return set(accumulate(len(_bare(passage)) for passage in passages[:-1]))
