"""A scorer that reads one label of a closed set out of the output."""

import re
from dataclasses import dataclass

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.text import TextScorer, answers, words


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMatch(TextScorer):
    """1 where exactly one of the labels stands in the output and it is the target.

    The labels are those of `sample.metadata["labels"]`, else the field. They are looked for as whole words (Chinese:
    as a run of characters) whatever their case and punctuation; of overlapping labels the longest counts, so `不满意`
    is not also `满意`. Two different labels score 0: the output does not decide. A label that stands there twice is
    one. "not positive" reads as `positive`.
    """

    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        labels = answers(sample.metadata.get("labels", list[Json](self.labels)))
        wanted = answers(sample.target)
        if labels is None:
            return Unscored(reason="no labels: give them to label_match or as the sample's metadata.labels")
        if wanted is None or not {_spell(label) for label in wanted} <= {_spell(label) for label in labels}:
            return Unscored(reason=f"the target {sample.target!r} is not one of the labels {labels}")
        found = _found(labels, text)
        if len(found) != 1:
            return Score(value=0.0, reason=f"{len(found)} labels" if found else "no label")
        return Score(value=float(found <= {_spell(label) for label in wanted}), reason=f"read {min(found)!r}")


def _spell(label: str) -> str:
    return " ".join(words(label, keep_articles=True))


def _found(labels: list[str], text: str) -> set[str]:
    """Return the labels, as `_spell` spells them, that stand in `text`."""
    longest_first = sorted({_spell(label) for label in labels}, key=len, reverse=True)
    pattern = re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\S)")
    return set(pattern.findall(_spell(text)))
