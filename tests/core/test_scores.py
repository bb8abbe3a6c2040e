"""A scorer's name and signature travel with its numbers; a score lies in [0, 1]."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from harness import Output, Reading, Sample, Score, Scorer, Unscored
from harness.core.scores import answer_key


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseEnough(Scorer):
    tolerance: float = 0.0
    unit: str | None = None

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
        return Score(value=float(output.text == sample.target and not readings))


def test_the_signature_names_version_and_parameters() -> None:
    assert CloseEnough().name == "close_enough"
    assert CloseEnough(tolerance=0.5).signature == "close_enough@1(tolerance=0.5)"
    assert CloseEnough(unit="ms").signature == 'close_enough@1(tolerance=0.0,unit="ms")'


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_a_score_lies_between_0_and_1(value: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        Score(value=value)


def test_the_answer_key_of_a_rule_stands_in_its_metadata() -> None:
    assert answer_key(Sample(id="1", input="x", target="Paris")) == "Paris"
    rule = Sample(id="2", input="x", target=[{"rule": "json"}], metadata={"answer_key": "{}"})
    assert answer_key(rule) == "{}"
    assert (rule.cluster, Sample(id="3", input="x", metadata={"cluster": 7}).cluster) == ("2", "7")
