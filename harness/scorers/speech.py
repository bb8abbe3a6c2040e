"""Scorers of synthesised speech, through what an instrument heard in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from harness.core.calls import Output
from harness.core.scores import MOS, TRANSCRIBER, Instrument, Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers.wer import word_errors

NORMALISERS = {"en": "whisper-english"}
"""Language → the normal form in which words are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordAccuracy(Scorer):
    """1 − min(1, WER) of what a transcriber heard, against the text that was to be spoken.

    The text is the sample's target where it has one (the words as spoken), else its input. Both sides pass through
    Whisper's English normaliser (Radford et al. 2022, appendix C), so `Dr. Wu owes $4.50` and `doctor wu owes four
    dollars and fifty cents` are equal. `detail` holds the counts, from which `metrics/` makes the micro average.
    The transcriber's own errors count against the voice: they are the same for every voice only on average.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (TRANSCRIBER,)

    language: str = "en"
    normaliser: str = "whisper-english"

    def __post_init__(self) -> None:
        if NORMALISERS.get(self.language) != self.normaliser:
            known = " or ".join(f"language={lang!r}, normaliser={form!r}" for lang, form in NORMALISERS.items())
            raise ValueError(
                f"word_accuracy knows {known}; not language={self.language!r}, normaliser={self.normaliser!r}"
            )

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:  # noqa: ARG002 - the reading stands for the output
        reading = readings.get(TRANSCRIBER.name)
        if reading is None or reading.output.text is None:
            return Unscored(reason="the transcriber gave no reading")
        text = sample.input if sample.target is None else sample.target
        if not isinstance(text, str):
            return Unscored(reason="neither the target nor the input of the sample is a text")
        normalise = _whisper_english()
        wanted, heard = normalise(text).split(), normalise(reading.output.text).split()
        if not any(char.isalnum() for word in wanted for char in word):  # of "..." the normal form keeps a point
            return Unscored(reason="no word of the text is left after normalisation")
        errors = word_errors(wanted, heard)
        return Score(
            value=1.0 - min(1.0, errors.rate),
            reason="" if wanted == heard else f"heard {' '.join(heard)!r}, expected {' '.join(wanted)!r}",
            detail={
                "substitutions": errors.substitutions,
                "insertions": errors.insertions,
                "deletions": errors.deletions,
                "words": errors.words,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dnsmos(Scorer):
    """DNSMOS P.835 overall quality, from 1..5 to [0, 1] (Reddy et al. 2022, arXiv 2110.01763).

    A predictor of how clean speech sounds, trained on noisy calls: it hears hiss and artefacts, and says little about
    prosody. `detail` holds the three predictions on their own scale.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (MOS,)

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:  # noqa: ARG002 - the reading stands for the output
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


@cache
def _whisper_english() -> Callable[[str], str]:
    from whisper_normalizer.english import (
        EnglishTextNormalizer,
    )  # 0.1 s, which nobody but a scorer of speech should pay

    normalise: Callable[[str], str] = EnglishTextNormalizer()
    return normalise
