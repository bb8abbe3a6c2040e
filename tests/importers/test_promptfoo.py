"""promptfoo's tables: an error is nobody's score, a cached answer has no latency, no assertion is no judgement."""

from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Failure, Fault, Output, Usage
from harness.importers.log import Log
from harness.importers.promptfoo import CACHED, TIMES, UNJUDGED, is_document, is_row, read_document
from tests.importers.logs import promptfoo, promptfoo_row


def log(*rows: dict[str, Any], **more: Any) -> Log:
    document = promptfoo(rows, **more)
    assert is_document(document)
    assert all(is_row(row) for row in rows)
    return read_document(document, Path("results.json"), "sha")


def test_an_answer_is_what_the_row_says() -> None:
    read = log(promptfoo_row("France", "Paris"))
    (answer,), (candidate,), (task,) = read.answers, read.candidates, read.tasks
    assert (read.source, read.finished) == ("promptfoo 0.123.1", "2026-11-20T10:00:00+00:00")
    assert (candidate.name, candidate.model) == ("openai:chat:fake", "openai/fake")
    assert (answer.suite, list(task.scorers)) == ("capitals", ["score", "pass"])
    assert (answer.sample.input, answer.sample.target) == ("France", "Paris")
    assert answer.messages == ({"role": "user", "content": "Answer: France"},)
    assert answer.outcome == Output(text="Paris")
    assert {name: it.value for name, it in answer.verdicts.items()} == {"score": 1.0, "pass": 1.0}
    assert answer.usage == Usage(input_tokens=9, output_tokens=3, source="provider")
    assert str(answer.usd) == "0.002"
    assert (answer.marks.total_ms, answer.marks.valid) == (812, False), "kept, and never ranked"
    assert read.notices == (TIMES,)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        pytest.param(
            {"response": {"error": "API error: 500"}, "failureReason": 2, "error": "API error: 500"},
            Failure(fault=Fault.INFRA, kind="logged_error", message="API error: 500"), id="the provider failed",
        ),
        pytest.param(
            {"response": None, "failureReason": 2, "error": "Evaluation timed out after 5ms"},
            Failure(fault=Fault.INFRA, kind="logged_error", message="Evaluation timed out after 5ms"), id="timed out",
        ),
        pytest.param(
            {"response": {}, "failureReason": 0, "error": "No output", "score": 0, "success": False},
            Failure(fault=Fault.CANDIDATE, kind="empty", message="No output"), id="it said nothing",
        ),
        pytest.param(
            {"response": {"output": "I can't help with that.", "isRefusal": True, "finishReason": "content_filter"}},
            Output(text="I can't help with that.", finish_reason="content_filter"), id="a refusal is an answer",
        ),
        pytest.param({"response": {"output": {"a": [1]}}}, Output(text='{"a": [1]}'), id="an object"),
        pytest.param(
            {"response": {"output": "cut", "finishReason": "max_tokens"}}, Output(text="cut", finish_reason="length"),
            id="cut",
        ),
    ],
)  # fmt: skip
def test_what_came_of_a_row(row: dict[str, Any], outcome: Output | Failure) -> None:
    (answer,) = log(promptfoo_row("France", None, score=0.0) | row).answers
    assert answer.outcome == outcome
    assert isinstance(outcome, Output) or answer.verdicts == {}, "an error is no score of 0"


def test_an_answer_that_could_not_be_judged_is_unscored() -> None:
    failed = {"failureReason": 2, "error": "grader: 429", "score": 0, "success": False, "gradingResult": None}
    (answer,) = log(promptfoo_row("France", "Paris") | failed).answers
    assert answer.outcome == Output(text="Paris")
    assert (answer.verdicts["score"].value, answer.verdicts["score"].reason[-11:]) == (None, "grader: 429")


def test_a_test_without_an_assertion_judges_nothing() -> None:
    grading = {"pass": True, "score": 1, "reason": "No assertions", "namedScores": {}}
    row = promptfoo_row("France", "Paris", testCase={"vars": {}}, gradingResult=grading)
    (answer,) = log(row).answers
    assert (answer.verdicts["score"].value, answer.verdicts["score"].reason) == (None, UNJUDGED)
    read = log(row, promptfoo_row("Italy", "Rome"))
    assert [it.sample.input for it in read.answers] == ["Italy"], "beside tests that do, it is no loss of coverage"
    assert read.notices[1] == "1 rows of results.json assert nothing, so nothing judges them: they are left out"


def test_a_cached_answer_took_and_cost_nothing_that_is_known() -> None:
    cached = {"output": "Paris", "cached": True, "tokenUsage": {"total": 12, "cached": 12}}
    read = log(promptfoo_row("France", "Paris", response=cached, cost=0.002, latencyMs=3))
    (answer,) = read.answers
    assert (answer.cached, answer.marks.total_ms, answer.usd, answer.usage) == (True, None, None, Usage())
    assert answer.verdicts["score"].value == 1.0
    assert (read.counted, read.notices) == ({CACHED: 1}, ())


def test_a_test_that_is_repeated_is_one_sample() -> None:
    rows = [promptfoo_row(q, "Paris", testIdx=i) for i, q in enumerate(["France", "Italy", "France"])]
    told = [(it.sample.id.partition("-")[0], it.epoch) for it in log(*rows).answers]
    assert told == [("france", 0), ("italy", 0), ("france", 1)]


def test_what_asserts_otherwise_is_another_sample() -> None:
    other = promptfoo_row("France", "Paris")
    other["testCase"]["assert"] = [{"type": "assert-set", "assert": [{"type": "contains", "value": 5}]}]
    one, two = log(promptfoo_row("France", "Paris"), other).answers
    assert one.sample.id != two.sample.id
    assert two.sample.target == "5"


def test_columns_are_candidates() -> None:
    warm = {"id": "openai:chat:fake", "config": {"temperature": 1, "apiKey": "sk-0123456789abcdef"}}
    rows = [
        promptfoo_row("France", "Paris"),
        promptfoo_row("France", "Paris", promptIdx=1, provider=warm),
        promptfoo_row("France", "Paris", promptIdx=2, provider={"id": "openai:chat:fake", "label": "mini"}),
    ]
    names = [it.name for it in log(*rows).candidates]
    assert names == ["openai:chat:fake", "openai:chat:fake #2", "mini"]
    assert log(*rows).candidates[1].params == {"temperature": 1}
    rows[1]["prompt"] = {"raw": "France!", "label": "loud"}
    names = [it.name for it in log(*rows).candidates]
    assert names == [
        "openai:chat:fake [Answer: {{question}}]",
        "openai:chat:fake [loud]",
        "mini [Answer: {{question}}]",
    ]


def test_named_scores_are_scorers_too() -> None:
    (task,) = log(promptfoo_row("France", "Paris", namedScores={"tone": 0.5, "score": 7})).tasks
    assert list(task.scorers) == ["score", "pass", "tone"]


def test_several_variables_are_shown_by_name() -> None:
    row = promptfoo_row("France", "Paris", vars={"country": "France", "tone": "curt", "_conversation": []})
    assert log(row).answers[0].sample.input == "country: France\ntone: curt"


def test_rows_of_older_versions_are_read() -> None:
    row = {
        key: it
        for key, it in promptfoo_row("France", "Paris").items()
        if key not in ("promptIdx", "testIdx", "failureReason")
    }
    row |= {"response": None, "error": "API error: 500", "provider": "openai:chat:fake"}
    (answer,) = log(row).answers
    assert answer.outcome == Failure(fault=Fault.INFRA, kind="logged_error", message="API error: 500")
