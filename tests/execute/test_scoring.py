"""What is judged at once, and what waits for an instrument that can still say something."""

import pytest

from harness.core.calls import Output, Told
from harness.core.media import Audio
from harness.core.scores import MOS, READER, SANDBOX, SHAPES, TRANSCRIBER, Instrument, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.execute.measurements import is_measured, measurement
from harness.execute.scoring import FILTERED, Judgement, judge
from harness.scorers import (
    Dnsmos,
    DrawnShapes,
    PassesTests,
    RenderedText,
    SpokenContains,
    SpokenLabel,
    SpokenNumber,
    WordAccuracy,
)
from tests.execute.bakeoffs import bakeoff, text_suite
from tests.pictures import noun, picture

CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=24_000, size=48_044)
SAMPLE = Sample(
    id="s", input="def one():\n", target="Paris", metadata={"entry_point": "one", "check": "def check(it): ..."}
)
WORDS = Output(text="Paris", finish_reason="stop")


def judgement(scorer: Scorer, output: Output) -> Judgement:
    suite = text_suite(samples=(SAMPLE,), scorers=(scorer,), primary=scorer.name)
    answer = Told(
        key="k", candidate="c", suite="arith", task="sums", sample="s", instrument=None, measures=None, output=output
    )
    (found,) = judge(bakeoff(suites=[suite]), [answer], ())
    return found


@pytest.mark.parametrize("output", [WORDS, Output(), Output(text="I cannot.", finish_reason=FILTERED)])
@pytest.mark.parametrize(
    ("scorer", "reason"),
    [
        pytest.param(SpokenContains(), "nothing was spoken", id="contains"),
        pytest.param(SpokenNumber(), "nothing was spoken", id="number"),
        pytest.param(SpokenLabel(labels=("Paris", "Rome")), "nothing was spoken", id="label"),
        pytest.param(WordAccuracy(), "nothing was spoken", id="words"),
        pytest.param(Dnsmos(), "nothing was spoken", id="quality of sound"),
        pytest.param(RenderedText(), "no picture was made", id="lettering"),
        pytest.param(DrawnShapes(), "no picture was made", id="shapes"),
    ],
)
def test_an_answer_that_no_instrument_can_measure_is_worth_nothing(scorer: Scorer, reason: str, output: Output) -> None:
    found = judgement(scorer, output)
    assert found.result == Score(value=0.0, reason=reason)
    assert not found.lacks_reading, "no resume could bring one"


@pytest.mark.parametrize(
    ("scorer", "output"),
    [
        pytest.param(SpokenContains(), Output(text="Paris", audio=CLIP), id="spoken"),
        pytest.param(WordAccuracy(), Output(audio=CLIP), id="read aloud"),
        pytest.param(Dnsmos(), Output(audio=CLIP), id="quality of sound"),
        pytest.param(RenderedText(), Output(image=noun(picture())), id="lettering"),
        pytest.param(DrawnShapes(), Output(image=noun(picture())), id="shapes"),
        pytest.param(PassesTests(), WORDS, id="a program"),
        pytest.param(PassesTests(), Output(), id="an empty program is run as any other"),
    ],
)
def test_what_can_be_measured_waits_for_its_reading(scorer: Scorer, output: Output) -> None:
    found = judgement(scorer, output)
    (instrument,) = scorer.needs
    assert found.result == Unscored(reason=f"no reading of {instrument.name}")
    assert found.lacks_reading


@pytest.mark.parametrize("output", [WORDS, Output(), Output(audio=CLIP), Output(image=noun(picture()))])
@pytest.mark.parametrize("instrument", [TRANSCRIBER, MOS, READER, SHAPES, SANDBOX], ids=lambda it: it.name)
def test_who_is_said_to_measure_is_asked(instrument: Instrument, output: Output) -> None:
    (task,) = text_suite().tasks
    assert is_measured(instrument, output) == (measurement(instrument, task, SAMPLE, output) is not None)
