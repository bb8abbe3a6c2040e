"""Nouns as JSON, there and back; equal values have equal digests."""

from decimal import Decimal
from typing import Any

import pytest

from harness.core.calls import Call, Failure, Fault, Output, Role
from harness.core.candidates import Candidate, Machine
from harness.core.canonical import canonical, digest, from_json, to_json
from harness.core.estimates import Estimate
from harness.core.media import Audio
from harness.core.requests import ChatRequest, MosRequest, Request, SpeechRequest, TranscriptionRequest
from harness.core.rules import Criterion, DecisionRule, Gate, Scale

CLIP = Audio(sha256="ab", mime="audio/wav", seconds=1.5, sample_rate=16000, size=48000)
CHAT = ChatRequest(messages=({"role": "user", "content": "hi"},), max_tokens=8, params={"stop": ["\n"]})


def call(request: Request) -> Call:
    return Call(
        key="k", role=Role.INSTRUMENT, candidate="c", request=request, suite="s", task="t", sample="1", measures="m"
    )


@pytest.mark.parametrize(
    ("kind", "noun"),
    [
        pytest.param(Call, call(CHAT), id="chat request"),
        pytest.param(Call, call(SpeechRequest(text="hi")), id="speech request"),
        pytest.param(Call, call(TranscriptionRequest(audio=CLIP)), id="transcription request"),
        pytest.param(Call, call(MosRequest(audio=CLIP)), id="mos request, whose fields a transcription's hold too"),
        pytest.param(Output | Failure, Output(values={"ovrl": 3.2}), id="output of a union"),
        pytest.param(Output | Failure, Failure(fault=Fault.INFRA, kind="cut", message="x"), id="failure of a union"),
        pytest.param(
            Candidate,
            Candidate(name="a", model="m", modalities=frozenset({"t"}), machine=Machine(usd_per_hour=Decimal("0.1"))),
            id="sets and decimals",
        ),
        pytest.param(
            Estimate,
            Estimate(metric="m", value=None, low=None, high=float("inf"), n=0, coverage=0.0),
            id="absent and infinite",
        ),
        pytest.param(
            DecisionRule,
            DecisionRule(
                slot="text",
                gates=(Gate(metric="coverage", min=0.95),),
                criteria=(Criterion(name="q", metric="quality", worst=0.0, ideal=1.0, weight=1.0, scale=Scale.LOG,
                                    points=((0.0, 0.0), (1.0, 1.0))),),
            ),
            id="pairs in tuples",
        ),
    ],
)  # fmt: skip
def test_a_noun_comes_back_as_it_was(kind: Any, noun: object) -> None:
    assert from_json(kind, to_json(noun)) == noun


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"metric": "m", "min": 1.0, "mx": 2.0}, id="unknown field"),
        pytest.param({"min": 1.0}, id="missing field"),
    ],
)
def test_another_shape_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        from_json(Gate, data)


def test_equal_values_have_one_spelling() -> None:
    assert canonical({"b": 1, "a": (Decimal("0.10"), Fault.INFRA)}) == b'{"a":["0.10","infra"],"b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"x": float("nan")})
    with pytest.raises(TypeError, match="no JSON form"):
        to_json(object())
