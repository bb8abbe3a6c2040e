"""Scorers of speech: of voices, through what an instrument heard in them, and of transcripts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from harness.core.calls import Output
from harness.core.scores import MOS, TRANSCRIBER, Instrument, Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers.chinese import SIMPLIFIED
from harness.scorers.wer import Pair, alignment, word_errors

NORMALISERS = {"en": ("whisper-english",), "zh": ("chinese-characters", "chinese-mixed")}
"""Language → the normal forms in which what is heard of a voice may be compared."""

MOST_CHARACTERS = 5_000
"""Of a transcript, or four times those that were to be heard: a recogniser that cannot stop has earned its 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordAccuracy(Scorer):
    """1 − min(1, error rate) of what a transcriber heard, against the text that was to be spoken.

    The text is the sample's target where it has one (the words as spoken), else its input. In English both sides pass
    through Whisper's normaliser (Radford et al. 2022, appendix C), so `Dr. Wu owes $4.50` and `doctor wu owes four
    dollars and fifty cents` are equal, and words are counted: the WER. In Chinese characters are, the CER, as in
    TranscriptAccuracy; `chinese-mixed` counts an English word between them as one. `detail` holds the counts, from
    which `metrics/` makes the micro average. The transcriber's own errors count against the voice: they are the same
    for every voice only on average.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (TRANSCRIBER,)

    language: str = "en"
    normaliser: str = "whisper-english"

    def __post_init__(self) -> None:
        if self.normaliser not in NORMALISERS.get(self.language, ()):
            known = " or ".join(
                f"language={lang!r}, normaliser={form!r}" for lang, forms in NORMALISERS.items() for form in forms
            )
            raise ValueError(
                f"word_accuracy knows {known}; not language={self.language!r}, normaliser={self.normaliser!r}"
            )

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
        if output.audio is None:
            return Score(value=0.0, reason="nothing was spoken")
        reading = readings.get(TRANSCRIBER.name)
        if reading is None or reading.output.text is None:
            return Unscored(reason="the transcriber gave no reading")
        text = sample.input if sample.target is None else sample.target
        if not isinstance(text, str):
            return Unscored(reason="neither the target nor the input of the sample is a text")
        return _judged(text, reading.output.text, self.normaliser)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptAccuracy(Scorer):
    """1 − min(1, error rate) of a candidate's own transcript against the sample's target, the words that were said.

    Both sides pass through the normaliser. `whisper-english` (as in WordAccuracy) counts words, so the rate is the WER.
    `chinese-characters` counts characters, the CER, as Chinese is usually judged: traditional ones become simplified,
    and Whisper's basic normaliser takes case, punctuation and brackets away. `detail` holds the
    counts of errors and of `words` or `characters`.
    """

    needs_target: ClassVar[bool] = True

    normaliser: str = "whisper-english"

    def __post_init__(self) -> None:
        if self.normaliser not in FORMS:
            raise ValueError(f"transcript_accuracy knows {', '.join(FORMS)}; not {self.normaliser!r}")

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:  # noqa: ARG002 - the output is the transcript
        if not isinstance(sample.target, str):
            return Unscored(reason="the target of the sample is no text")
        transcript = (output.text or "")[: max(MOST_CHARACTERS, 4 * len(sample.target))]
        return _judged(sample.target, transcript, self.normaliser)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dnsmos(Scorer):
    """DNSMOS P.835 overall quality, from 1..5 to [0, 1] (Reddy et al. 2022, arXiv 2110.01763).

    A predictor of how clean speech sounds, trained on noisy calls: it hears hiss and artefacts, and says little about
    prosody. `detail` holds the three predictions on their own scale.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (MOS,)

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:  # noqa: ARG002 - no words of the sample are compared
        if output.audio is None:
            return Score(value=0.0, reason="nothing was spoken")
        reading = readings.get(MOS.name)
        if reading is None:
            return Unscored(reason="the MOS predictor gave no reading")
        values = reading.output.values
        missing = [name for name in ("sig", "bak", "ovrl") if name not in values]
        if missing:
            return Unscored(reason=f"the MOS predictor's reading lacks {', '.join(missing)}")
        overall = values["ovrl"]
        return Score(
            value=min(1.0, max(0.0, (overall - 1.0) / 4.0)),
            detail={name: values[name] for name in ("sig", "bak", "ovrl")},
        )


def _judged(text: str, transcript: str, normaliser: str) -> Score | Unscored:
    """Compare what was heard with what was to be heard."""
    form = FORMS[normaliser]
    wanted, heard = form.split(text), form.split(transcript)
    if not any(char.isalnum() for word in wanted for char in word):  # of "..." the normal form keeps a point
        return Unscored(reason="no word of the text is left after normalisation")
    errors = word_errors(wanted, heard)
    said, right = (form.between.join(units) for units in (heard, wanted))
    return Score(
        value=1.0 - min(1.0, errors.rate),
        reason="" if wanted == heard else f"heard {said!r}, expected {right!r}",
        detail={
            "substitutions": errors.substitutions,
            "insertions": errors.insertions,
            "deletions": errors.deletions,
            form.unit: errors.words,
        },
    )


def aligned(text: str, transcript: str, normaliser: str) -> list[Pair]:
    """Return what was to be heard beside what was, unit by unit, as the scorers count their errors."""
    split = FORMS[normaliser].split
    return alignment(split(text), split(transcript))


_ENDLESS = re.compile(r"\d{41,}")
"""A number that nobody says; Whisper's normaliser fails on one of 4,300 digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A normal form of what was said, in units that are counted."""

    unit: str
    """What is counted: `words`, `characters`."""
    between: str
    """What stands between two units in a text."""
    split: Callable[[str], list[str]]


def _english_words(text: str) -> list[str]:
    return _whisper_english()(_ENDLESS.sub(lambda digits: digits[0][:40], text)).split()


def _chinese_characters(text: str) -> list[str]:
    return [char for char in _whisper_basic()(text.translate(SIMPLIFIED)) if not char.isspace()]


_MIXED_UNITS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W\u3400-\u4dbf\u4e00-\u9fff]+")


def _chinese_and_words(text: str) -> list[str]:
    return _MIXED_UNITS.findall(_whisper_basic()(text.translate(SIMPLIFIED)))


FORMS: Mapping[str, Form] = {
    "whisper-english": Form(unit="words", between=" ", split=_english_words),
    "chinese-characters": Form(unit="characters", between="", split=_chinese_characters),
    "chinese-mixed": Form(unit="characters", between=" ", split=_chinese_and_words),
}
"""Name of a normaliser → what it does."""


@cache
def _whisper_english() -> Callable[[str], str]:
    from whisper_normalizer.english import (
        EnglishTextNormalizer,
    )  # 0.1 s, which nobody but a scorer of speech should pay

    normalise: Callable[[str], str] = EnglishTextNormalizer()
    return normalise


@cache
def _whisper_basic() -> Callable[[str], str]:
    from whisper_normalizer.basic import BasicTextNormalizer

    normalise: Callable[[str], str] = BasicTextNormalizer()
    return normalise
