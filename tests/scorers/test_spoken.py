"""What was heard in a spoken answer is judged; what a model says that it spoke is not."""

import pytest

from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import TRANSCRIBER, Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers import SpokenContains, SpokenLabel, SpokenNumber

CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=24_000, size=48_044)
ALOUD = Output(text="Paris, 9, positive", audio=CLIP)
"""What it says that it spoke is right for every scorer here."""


def heard(text: str | None) -> dict[str, Reading]:
    return {TRANSCRIBER.name: Reading(instrument=TRANSCRIBER.name, candidate="whisper", output=Output(text=text))}


@pytest.mark.parametrize(
    ("scorer", "target", "transcript", "value"),
    [
        pytest.param(SpokenContains(), "Paris", "It is Paris.", 1.0, id="the answer was heard"),
        pytest.param(SpokenContains(), "Paris", "It is parrots.", 0.0, id="another was heard"),
        pytest.param(SpokenContains(max_words=2), "Paris", "It is Paris.", 0.0, id="its parameters hold"),
        pytest.param(SpokenNumber(), 9, "that makes nine", 1.0, id="a number in words"),
        pytest.param(SpokenNumber(), 9, "that makes five", 0.0, id="another number"),
        pytest.param(SpokenLabel(labels=("positive", "negative")), "positive", "Positive.", 1.0, id="a label"),
        pytest.param(SpokenLabel(labels=("positive", "negative")), "positive", "", 0.0, id="silence"),
    ],
)
def test_what_was_heard_decides(scorer: Scorer, target: str | int, transcript: str, value: float) -> None:
    score = scorer.score(Sample(id="s", input="?", target=target), ALOUD, heard(transcript))
    assert isinstance(score, Score)
    assert score.value == value


def test_words_that_were_not_spoken_are_no_answer_and_without_a_reading_nobody_knows() -> None:
    sample = Sample(id="s", input="?", target="Paris")
    assert SpokenContains().score(sample, Output(text="Paris"), heard("Paris")) == Score(
        value=0.0, reason="nothing was spoken"
    )
    assert isinstance(SpokenContains().score(sample, ALOUD, {}), Unscored)
    assert isinstance(SpokenContains().score(sample, ALOUD, heard(None)), Unscored)


def test_the_signature_names_its_own_parameters() -> None:
    assert SpokenContains(max_words=30).signature == "spoken_contains@1(max_words=30)"
    assert (SpokenNumber.needs, SpokenNumber.needs_target) == ((TRANSCRIBER,), True)
