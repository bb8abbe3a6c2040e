"""ToolCalls: verdicts of BFCL's own checker, what it leaves open, what cannot be judged."""

import json
from typing import Any

import pytest

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers import ToolCalls
from tests.references.fixture import load

REFERENCE = load("bfcl")
PROPERTIES: dict[str, Json] = {
    "city": {"type": "string"},
    "days": {"type": "integer"},
    "share": {"type": "number"},
    "tags": {"type": "array", "items": {"type": "string"}},
}
TOOL: Json = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": PROPERTIES, "required": ["city"]}},
}
OSLO: Json = [{"weather": {"city": ["Oslo"], "days": ["", 1], "share": ["", 0.5], "tags": ["", ["a", "b"]]}}]


def judge(target: Json, *calls: Any, text: str | None = None, tools: Json = None) -> Score | Unscored:
    params: Json = {"tools": [TOOL] if tools is None else tools}
    sample = Sample(id="s", input="?", target=target, metadata={"params": params})
    return ToolCalls().score(sample, Output(text=text, tool_calls=calls), {})


def call(arguments: Json, name: str = "weather") -> dict[str, Json]:
    return {"id": "1", "name": name, "arguments": arguments}


def value(result: Score | Unscored) -> float:
    assert isinstance(result, Score), result
    return result.value


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["id"])
def test_verdicts_are_those_of_the_reference(case: dict[str, Any]) -> None:
    ours = [
        value(judge(case["wanted"], *[call(json.dumps(c["arguments"]), c["name"]) for c in made], tools=case["tools"]))
        for made in case["outputs"]
    ]
    assert "".join(str(int(v)) for v in ours) == case["verdicts"]


def test_the_reference_was_asked_enough() -> None:
    verdicts = "".join(case["verdicts"] for case in REFERENCE["cases"])
    assert verdicts.count("1") >= 50
    assert verdicts.count("0") >= 50


@pytest.mark.parametrize(
    ("target", "calls", "text"),
    [
        pytest.param(OSLO, [call('{"city": "oslo."}')], None, id="arguments are JSON text"),
        pytest.param(OSLO, [call({"city": "Oslo", "days": 1})], "Let me look.", id="words beside the call"),
        pytest.param(OSLO, [call({"city": "Oslo", "tags": ["A", "b"]})], None, id="lists in order"),
        pytest.param([], [], "No tool does that.", id="irrelevance"),
    ],
)
def test_scores_one(target: Json, calls: list[Any], text: str | None) -> None:
    assert value(judge(target, *calls, text=text)) == 1.0


def test_a_tool_without_arguments_is_called_with_nothing() -> None:
    tool: Json = {"type": "function", "function": {"name": "stop"}}
    assert value(judge([{"stop": {}}], call("", name="stop"), tools=[tool])) == 1.0
    assert value(judge([{"stop": {}}], call("{}", name="stop"), tools=[tool])) == 1.0


@pytest.mark.parametrize(
    ("target", "calls", "text", "reason"),
    [
        pytest.param(OSLO, [], "Oslo is cold.", "0 calls, wanted 1", id="words instead of a call"),
        pytest.param(OSLO, [call("{")], None, "no JSON object", id="broken arguments"),
        pytest.param(OSLO, [call('{"city": "Oslo", "city": "Rome"}')], None, "no JSON object", id="a key twice"),
        pytest.param(OSLO, [call("[" * 100_000)], None, "no JSON object", id="deeply nested"),
        pytest.param(OSLO, [call({"days": 1})], None, "'city' is required", id="required"),
        pytest.param(OSLO, [call({"city": "Oslo", "when": 1})], None, "'when' was not asked for", id="invented"),
        pytest.param(OSLO, [call({"city": "Oslo", "days": True})], None, "'days' is True", id="true is no 1"),
        pytest.param(OSLO, [call({"city": "Oslo", "days": 1.0})], None, "'days' is 1.0", id="1.0 is no integer"),
        pytest.param(OSLO, [call({"city": "Oslo", "share": 10**400})], None, "'share' is 1", id="a huge number"),
        pytest.param(OSLO, [call({"city": "Oslo"})] * 1000, None, "1000 calls", id="many calls"),
        pytest.param(OSLO, [call({"city": "Oslo"}, name="\ud800")], None, "called", id="half a surrogate"),
        pytest.param([], [call({})], None, "no tool fits", id="irrelevance"),
        pytest.param([], [], " ", "neither a call nor words", id="silence"),
    ],
)
def test_scores_zero(target: Json, calls: list[Any], text: str | None, reason: str) -> None:
    result = judge(target, *calls, text=text)
    assert value(result) == 0.0
    assert reason in result.reason


@pytest.mark.parametrize(
    ("target", "tools", "reason"),
    [
        pytest.param(OSLO, [], "sends no tools", id="no tools"),
        pytest.param("x", None, "not a list", id="no list"),
        pytest.param([{"weather": {}, "other": {}}], None, "expected", id="two in one"),
        pytest.param([{"rain": {}}], None, "none of the sample's tools", id="unknown tool"),
        pytest.param([{"weather": {"city": "Oslo"}}], None, "lists of accepted values", id="no list of values"),
    ],
)
def test_unscored(target: Json, tools: Json, reason: str) -> None:
    result = judge(target, tools=tools)
    assert isinstance(result, Unscored)
    assert reason in result.reason


def test_detail_counts_calls() -> None:
    result = judge(OSLO, call({"city": "Oslo"}), call({"city": "Oslo"}))
    assert isinstance(result, Score)
    assert result.detail == {"calls": 2.0, "wanted": 1.0}
