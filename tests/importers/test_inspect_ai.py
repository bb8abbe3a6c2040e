"""inspect_ai's logs: grades that are words, errors that are nobody's score, and the time of one request alone."""

from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Failure, Fault, Output, Usage
from harness.errors import UsageError
from harness.importers.inspect_ai import CACHED, UNTIMED, is_document, read_archive, read_document
from harness.importers.log import Log
from tests.importers.logs import archive, inspect, inspect_sample


def log(*samples: dict[str, Any], **more: Any) -> Log:
    document = inspect(samples, **more)
    assert is_document(document)
    return read_document(document, Path("log.json"), "sha")


def test_an_answer_is_what_the_sample_says() -> None:
    read = log(inspect_sample(1, "Paris", "C"))
    (answer,), (candidate,), (task,) = read.answers, read.candidates, read.tasks
    assert (read.source, read.finished, read.notices) == ("inspect_ai 0.3.285", "2026-11-20T10:00:05+00:00", ())
    assert (candidate.name, candidate.params) == ("openai/fake", {"temperature": 0.0})
    assert (task.suite, task.name, list(task.scorers)) == ("capitals", "capitals", ["match"])
    assert (answer.sample.id, answer.epoch, answer.sample.input, answer.sample.target) == (
        "1",
        0,
        "Capital 1?",
        "Paris",
    )
    assert answer.outcome == Output(text="Paris", finish_reason="stop", model="fake")
    assert answer.usage == Usage(input_tokens=9, output_tokens=3, source="provider")
    assert (str(answer.usd), answer.finished) == ("0.001", "2026-11-20T10:00:00+00:00")
    assert (answer.marks.total_ms, answer.marks.valid) == (400, True), "the request, not the sample's 3 s"


@pytest.mark.parametrize(
    ("grade", "value"),
    [
        ("C", 1.0), ("P", 0.5), ("I", 0.0), ("N", 0.0), (True, 1.0), (False, 0.0), (0.25, 0.25), ("0.25", 0.25),
        ("yes", 1.0), ("No", 0.0), (7, 7.0), ("c", None), ("unsure", None), ({"a": 1}, None), ([1, 0], None),
        (None, None), (float("nan"), None), ("nan", None),
    ],
)  # fmt: skip
def test_a_grade_is_a_number_or_none(grade: Any, value: float | None) -> None:
    (answer,) = log(inspect_sample(1, "Paris", grade)).answers
    assert answer.verdicts["match"].value == value
    assert value is not None or answer.verdicts["match"].reason


def test_a_sample_that_ended_with_an_error_is_nobodys_score() -> None:
    broken = inspect_sample(1, "Paris", "I", error={"message": "APIConnectionError", "traceback": "..."})
    (answer,) = log(broken).answers
    assert answer.outcome == Failure(fault=Fault.INFRA, kind="logged_error", message="APIConnectionError")
    assert (answer.verdicts, answer.marks.total_ms) == ({}, None)


def test_a_refusal_is_an_answer() -> None:
    sample = inspect_sample(1, "No.", "N")
    sample["output"]["error"] = "content policy"
    (answer,) = log(sample).answers
    assert answer.outcome == Output(text="No.", finish_reason="content_filter", model="fake")
    assert answer.verdicts["match"].value == 0.0


def test_thinking_and_calls_of_tools_are_kept_apart() -> None:
    sample = inspect_sample(1, "", "C")
    message = sample["output"]["choices"][0]["message"]
    message["content"] = [{"type": "reasoning", "reasoning": "Hm."}, {"type": "text", "text": "attachment://a1"}]
    message["tool_calls"] = [{"id": "c1", "function": "look", "arguments": {"at": "map"}, "type": "function"}]
    sample["attachments"] = {"a1": "Paris, of course"}
    (answer,) = log(sample).answers
    assert answer.outcome == Output(
        text="Paris, of course", reasoning="Hm.", finish_reason="stop", model="fake",
        tool_calls=({"id": "c1", "name": "look", "arguments": '{"at": "map"}'},),
    )  # fmt: skip


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([{"event": "model"}, {"event": "model"}], id="two requests"),
        pytest.param([{"event": "model", "retries": 1}], id="a retry"),
        pytest.param([], id="nothing says how many"),
    ],
)
def test_only_a_request_that_stands_alone_is_timed(events: list[dict[str, Any]]) -> None:
    read = log(inspect_sample(1, "Paris", "C", events=events))
    assert (read.answers[0].marks.total_ms, read.answers[0].marks.valid) == (400, False)
    assert read.counted == {CACHED: 0, UNTIMED: 1}


def test_a_batch_is_not_timed_and_a_failed_attempt_before_is_no_part_of_the_time() -> None:
    sample = inspect_sample(1, "Paris", "C")
    (batched,) = log(sample, model_generate_config={"batch": True}).answers
    assert not batched.marks.valid
    sample["events"].insert(0, {"event": "model", "error": "503", "output": {"usage": None}})
    sample["events"].insert(0, {"event": "model", "role": "attacker", "output": {"usage": None}})
    (answer,) = log(sample).answers
    assert (answer.marks.valid, answer.usage.input_tokens) == (True, 9)


def test_what_a_judge_is_asked_is_not_the_candidates() -> None:
    sample = inspect_sample(1, "Paris", "C")
    judged = {"event": "model", "output": {"usage": {"input_tokens": 500, "output_tokens": 5, "total_tokens": 505}}}
    sample["events"] = [sample["events"][0], {"event": "span_begin", "type": "scorers"}, judged, {"event": "score"}]
    (answer,) = log(sample).answers
    assert answer.usage == Usage(input_tokens=9, output_tokens=3, source="provider")
    assert answer.marks.valid


def test_requests_of_one_sample_are_summed() -> None:
    sample = inspect_sample(1, "Paris", "C")
    sample["events"] = [sample["events"][0]] * 2
    (answer,) = log(sample).answers
    assert (answer.usage.input_tokens, answer.usage.output_tokens, str(answer.usd)) == (18, 6, "0.002")


def test_a_cached_answer_took_and_cost_nothing_that_is_known() -> None:
    sample = inspect_sample(1, "Paris", "C")
    sample["events"][0]["cache"] = "read"
    (answer,) = log(sample).answers
    assert (answer.cached, answer.marks.total_ms, answer.usd, answer.usage) == (True, None, None, Usage())


def test_an_invalid_sample_is_unscored() -> None:
    (answer,) = log(inspect_sample(1, "Paris", "C", invalidation={"author": "me"})).answers
    assert (answer.verdicts["match"].value, answer.verdicts["match"].reason) == (
        None,
        "the log calls the sample invalid",
    )


def test_what_was_cut_short_is_lost_and_not_forgotten() -> None:
    document = inspect([inspect_sample(1, "Paris", "C")], status="cancelled", dataset={"sample_ids": [1, 2, 3]})
    del document["results"]
    read = read_document(document, Path("log.json"), "sha")
    assert [(it.sample.id, getattr(it.outcome, "kind", "")) for it in read.answers] == [
        ("1", ""), ("2", "not_run"), ("3", "not_run"),
    ]  # fmt: skip
    assert read.notices == ("log.json was cancelled: what it lacks is counted as lost where the log names it",)


def test_epochs_are_tries_of_one_sample() -> None:
    read = log(*(inspect_sample(1, "Paris", "C", epoch=epoch) for epoch in (1, 2)), dataset={}, config={"epochs": 2})
    assert [(it.sample.id, it.epoch) for it in read.answers] == [("1", 0), ("1", 1)]


def test_an_archive_says_the_same_as_the_document(tmp_path: Path) -> None:
    document = inspect([inspect_sample(1, "Paris", "C"), inspect_sample(2, "Rome", "I")])
    path = archive(tmp_path / "log.eval", document)
    assert read_archive(path, "sha").answers == read_document(document, path, "sha").answers


def test_a_log_without_samples_says_so() -> None:
    with pytest.raises(UsageError, match="no samples, only sums"):
        log(config={"log_samples": False})
