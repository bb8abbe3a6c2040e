"""Scorers of answers that were read off a picture: documents, charts, text in the wild."""

import math
from dataclasses import dataclass

from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.text import TextScorer, answers
from harness.scorers.wer import word_errors

_NO_ANSWER_KEY = Unscored(reason="the target is neither a text nor a number nor a list of such")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anls(TextScorer):
    """1 − normalised Levenshtein distance to the nearest accepted answer, 0 from a distance of `threshold` on.

    ANLS of DocVQA (Biten et al. 2019): both sides in lower case with single spaces, the distance divided by the length
    of the longer one, as collapsed. The whole output is the answer: an explanation around it is distance.
    """

    threshold: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError(f"anls needs a threshold in (0, 1], not {self.threshold}")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        accepted = answers(sample.target)
        if accepted is None:
            return _NO_ANSWER_KEY
        given = _collapsed(text)
        value = max(self._similarity(_collapsed(answer), given) for answer in accepted)
        return Score(value=value, reason="" if value == 1.0 else f"expected {' or '.join(map(repr, accepted))}")

    def _similarity(self, wanted: str, given: str) -> float:
        longer = max(len(wanted), len(given))
        if abs(len(wanted) - len(given)) / longer >= self.threshold:  # the distance is at least this
            return 0.0
        errors = word_errors(wanted, given)
        distance = (errors.substitutions + errors.insertions + errors.deletions) / longer
        return 1.0 - distance if distance < self.threshold else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxedAccuracy(TextScorer):
    """1 where the output is a number within `tolerance` of the target's, relatively, else the same text.

    ChartQA (Masry et al. 2022, 5.1): the whole output is the answer. A number is what is written as one, plainly or
    with `%` (divided by 100); a target of 0 and texts compare as texts, whatever their case.
    """

    tolerance: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.tolerance < 1:
            raise ValueError(f"relaxed_accuracy needs a tolerance in [0, 1), not {self.tolerance}")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        accepted = answers(sample.target)
        if accepted is None:
            return _NO_ANSWER_KEY
        text = text.strip()
        if any(self._is_right(answer.strip(), text) for answer in accepted):
            return Score(value=1.0)
        return Score(value=0.0, reason=f"expected {' or '.join(map(repr, accepted))}")

    def _is_right(self, wanted: str, given: str) -> bool:
        want, got = _number(wanted), _number(given)
        if want and got is not None:
            return abs(got - want) / abs(want) <= self.tolerance
        return wanted.lower() == given.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrContains(TextScorer):
    """1 where the output contains an accepted answer, letter for letter (OCRBench, Liu et al. 2024).

    Both sides in lower case, without space around them, line ends as spaces. `formula` (its handwritten mathematics):
    all spaces removed, case kept. A long output that lists everything passes.
    """

    formula: bool = False

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        accepted = answers(sample.target)
        if accepted is None:
            return _NO_ANSWER_KEY
        given = self._form(text)
        if any(self._form(answer) in given for answer in accepted):
            return Score(value=1.0)
        return Score(value=0.0, reason=f"expected {' or '.join(map(repr, accepted))}")

    def _form(self, text: str) -> str:
        plain = text.strip().replace("\n", " ")
        return plain.replace(" ", "") if self.formula else plain.lower()


def _collapsed(text: str) -> str:
    return " ".join(text.lower().split())


def _number(text: str) -> float | None:
    try:
        number = float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
