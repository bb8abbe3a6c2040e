"""Scorers that read labels of a closed set out of the output: the one, or all that apply."""

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

    Detail, from which `metrics/` makes macro-F1, where the labels are the field's and the target is one of them:
    `wanted` and `read`, places in their alphabetical order, -1 for no label or several.
    """

    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        labels = answers(sample.metadata.get("labels", list[Json](self.labels)))
        if labels is None:
            return Unscored(reason="no labels: give them to label_match or as the sample's metadata.labels")
        spelled = {spell(label) for label in labels}
        if len(spelled) < len(labels) or "" in spelled:
            return Unscored(reason=f"the labels {labels} do not differ in their words")
        wanted = {spell(label) for label in answers(sample.target) or []}
        if not wanted or not wanted <= spelled:
            return Unscored(reason=f"the target {sample.target!r} is not one of the labels {labels}")
        found = _found(spelled, text)
        detail: dict[str, float] = {}
        if "labels" not in sample.metadata and len(wanted) == 1:
            place = {label: float(at) for at, label in enumerate(sorted(spelled))}
            detail = {"wanted": place[min(wanted)], "read": place[min(found)] if len(found) == 1 else -1.0}
        if len(found) != 1:
            return Score(value=0.0, reason=f"{len(found)} labels" if found else "no label", detail=detail)
        return Score(value=float(found <= wanted), reason=f"read {min(found)!r}", detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagF1(TextScorer):
    """F1 of the tags that stand in the output against those of the target: 2 × right / (target's + output's).

    Tags are found as LabelMatch finds labels; naming them all costs precision. Detail: `right`, `wanted`, `given`.
    """

    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        spelled = {spell(label) for label in self.labels}
        wanted = {spell(label) for label in answers(sample.target) or []}
        if not wanted or not wanted <= spelled or "" in spelled or len(spelled) < len(self.labels):
            return Unscored(reason=f"the target {sample.target!r} is no list of the tags {list(self.labels)}")
        found = _found(spelled, text)
        right = len(found & wanted)
        return Score(
            value=2 * right / (len(wanted) + len(found)),
            reason=f"read {', '.join(sorted(found)) or 'no tag'}",
            detail={"right": float(right), "wanted": float(len(wanted)), "given": float(len(found))},
        )


def spell(label: str) -> str:
    """Return a label as it is looked for and ordered."""
    return " ".join(words(label, keep_articles=True))


def _found(spelled: set[str], text: str) -> set[str]:
    """Return which of the labels stand in `text`."""
    longest_first = "|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))
    return set(re.findall(rf"(?<!\S)(?:{longest_first})(?!\S)", spell(text)))
