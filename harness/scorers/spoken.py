"""Scorers of a spoken answer: what a transcriber heard in it is judged as a written one would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harness.core.calls import Output
from harness.core.scores import TRANSCRIBER, Instrument, Reading, Score, Unscored
from harness.core.suites import Sample
from harness.scorers.label import LabelMatch
from harness.scorers.match import Contains
from harness.scorers.number import NumberMatch
from harness.scorers.text import TextScorer


class Spoken(TextScorer):
    """Judges what was heard, never the words that a model says that it has spoken.

    The transcriber's errors count against the voice, and a voice that nobody understands has not answered.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (TRANSCRIBER,)

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
        if output.audio is None:
            return Score(value=0.0, reason="nothing was spoken")
        reading = readings.get(TRANSCRIBER.name)
        if reading is None or reading.output.text is None:
            return Unscored(reason="the transcriber gave no reading")
        return self.judge(sample, reading.output.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenContains(Spoken, Contains):
    """`Contains` of what was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenNumber(Spoken, NumberMatch):
    """`NumberMatch` of what was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLabel(Spoken, LabelMatch):
    """`LabelMatch` of what was heard."""
