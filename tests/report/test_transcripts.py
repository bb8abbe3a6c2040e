"""Transcripts against what was to be heard, word by word in the scorers' form."""

from dataclasses import replace

import pytest

from harness.core.calls import Output
from harness.core.suites import Sample
from harness.report.cases import cases
from harness.report.evidence import Judgement
from harness.report.slots import slot_evidence
from harness.report.transcripts import stretches
from tests.report.bakeoffs import two_slots

ENGLISH = 'word_accuracy@2(language="en",normaliser="whisper-english")'
CHINESE = 'transcript_accuracy@1(normaliser="chinese-characters")'


def judged(signature: str, value: float | None = 0.5) -> Judgement:
    return Judgement(key="k", scorer="s", signature=signature, value=value, reason="")


@pytest.mark.parametrize(
    ("signature", "wanted", "heard", "marked"),
    [
        pytest.param(ENGLISH, "Turn left after the bridge", "turn left after a big bridge",
                     "turn left after [the] {a big} bridge", id="changed and added"),
        pytest.param(ENGLISH, "Please hold the line", "hold the", "[please] hold the [line]", id="skipped"),
        pytest.param(ENGLISH, "red blue green gold", "red pink grey gold", "red [blue green] {pink gray} gold",
                     id="neighbours stay together, in the normal form"),
        pytest.param(CHINESE, "大桥关闭了", "大桥关闭", "大桥关闭 [了]", id="by character"),
    ],
)  # fmt: skip
def test_skipped_and_added_words_are_marked(signature: str, wanted: str, heard: str, marked: str) -> None:
    brackets = {"same": "{}", "del": "[{}]", "ins": "{{{}}}"}
    found = stretches(Sample(id="1", input="?", target=wanted), heard, judged(signature))
    assert " ".join(brackets[it.kind].format(it.text) for it in found) == marked


@pytest.mark.parametrize(
    ("sample", "text", "judgement"),
    [
        pytest.param(Sample(id="1", input="a"), "b", None, id="nobody has judged"),
        pytest.param(Sample(id="1", input="a"), "a", judged(ENGLISH, 1.0), id="they agree"),
        pytest.param(Sample(id="1", input="a"), "b", judged("contains@1()"), id="judged otherwise"),
        pytest.param(Sample(id="1", input="a"), None, judged(ENGLISH), id="nothing was heard"),
        pytest.param(Sample(id="1", input="a"), "b", judged(CHINESE), id="nothing was to be heard"),
        pytest.param(Sample(id="1", input="a"), "b", judged(ENGLISH.replace("english", "other")), id="an unknown form"),
    ],
)
def test_what_was_not_compared_is_not_marked(sample: Sample, text: str | None, judgement: Judgement | None) -> None:
    assert stretches(sample, text, judgement) == ()


def test_a_bad_case_that_was_spoken_says_what_was_heard() -> None:
    run = two_slots()
    evidence, decided = run.evidence, run.decisions[1]
    judged = [replace(judgement, value=0.0, reason="wrong") for judgement in evidence.judgements]
    of = slot_evidence(replace(evidence, judgements=judged), decided)
    heard = {r.outcome.text for readings in of.readings.values() for r in readings if isinstance(r.outcome, Output)}
    said = {heard for case in cases(of, "slot-2").worst for _, _, heard in case.who}
    assert said - {""}
    assert said - {""} <= heard
