"""EvalScope's folders: predictions with their reviews, by model, dataset and subset."""

from pathlib import Path

import pytest

from harness.core.calls import Failure, Fault, Output, Usage
from harness.errors import UsageError
from harness.importers import evalscope
from harness.importers.log import Log
from tests.importers.logs import evalscope as run
from tests.importers.logs import lines

REVIEWS = Path("reviews/fake/general_qa_world_cities.jsonl")


def log(folder: Path) -> Log:
    of = evalscope.outputs(folder / REVIEWS)
    assert of is not None
    return evalscope.read(of)


def test_an_answer_is_what_prediction_and_review_say(tmp_path: Path) -> None:
    read = log(run(tmp_path, [("Paris", 1.0), ("Rome", 0.0)]))
    (task,), (first, second) = read.tasks, read.answers
    assert (task.suite, task.name, list(task.scorers)) == ("general_qa", "world_cities", ["acc"])
    assert read.source == "evalscope (its version is not in the log)"
    assert (first.candidate, first.sample.id, first.sample.input, first.sample.target) == (
        "fake",
        "0",
        "Capital 0?",
        "Paris",
    )
    assert first.outcome == Output(text="Paris", finish_reason="stop", model="fake")
    assert first.usage == Usage(input_tokens=9, output_tokens=3, source="provider")
    assert (first.verdicts["acc"].value, second.verdicts["acc"].value) == (1.0, 0.0)
    assert (first.marks.total_ms, first.marks.valid) == (700, False), "kept, and never ranked"
    assert read.notices == (evalscope.TIMES,)


def test_the_main_score_comes_first(tmp_path: Path) -> None:
    run(tmp_path, [])
    score = {"value": {"Rouge-1": 0.4, "bleu": 0.2}, "main_score_name": "bleu"}
    lines(tmp_path / REVIEWS, [{"index": 0, "input": "?", "target": "!", "sample_score": {"score": score}}])
    lines(tmp_path / "predictions" / "fake" / REVIEWS.name, [
        {"index": 0, "model": "fake", "messages": [], "model_output": None},
        {"index": 1, "messages": [{"role": "user", "content": "??"}], "model_output": {"error": "500"}},
    ])  # fmt: skip
    read = log(tmp_path)
    assert list(read.tasks[0].scorers) == ["bleu", "Rouge-1"]
    lost = [it.outcome for it in read.answers]
    assert lost == [
        Failure(fault=Fault.INFRA, kind="logged_error", message="the log has no answer"),
        Failure(fault=Fault.INFRA, kind="logged_error", message="500"),
    ]
    assert [it.sample.input for it in read.answers] == ["?", "??"]


def test_a_repeated_sample_is_one_sample(tmp_path: Path) -> None:
    run(tmp_path, [])
    lines(tmp_path / REVIEWS, [
        {"index": i, "input": "?", "sample_score": {"group_id": i // 2, "score": {"value": {"acc": 1}}}}
        for i in range(4)
    ])  # fmt: skip
    assert [(it.sample.id, it.epoch) for it in log(tmp_path).answers] == [("0", 0), ("0", 1), ("1", 0), ("1", 1)]


def test_a_metric_that_broke_is_no_zero(tmp_path: Path) -> None:
    run(tmp_path, [("Paris", 1.0)])
    broken = {"value": {"acc": 1, "bleu-1": 0.0}, "metadata": {"metric_errors": {"BLEU": "LookupError: no punkt"}}}
    review = {"index": 0, "messages": [{"role": "user", "content": "Capital?"}, {"role": "assistant", "content": "x"}]}
    lines(tmp_path / REVIEWS, [review | {"sample_score": {"score": broken, "group_id": 0, "generation_index": 0}}])
    (answer,) = log(tmp_path).answers
    assert answer.sample.input == "Capital?"
    assert (answer.verdicts["acc"].value, answer.verdicts["bleu-1"].value) == (1.0, None)
    assert answer.verdicts["bleu-1"].reason == "EvalScope could not work it out: LookupError: no punkt"


def test_predictions_that_nobody_judged_are_refused(tmp_path: Path) -> None:
    run(tmp_path, [("Paris", 1.0)])
    (tmp_path / REVIEWS).unlink()
    with pytest.raises(UsageError, match="predictions without reviews"):
        log(tmp_path)


def test_what_lies_elsewhere_is_not_evalscopes(tmp_path: Path) -> None:
    assert evalscope.outputs(tmp_path / "fake" / "x.jsonl") is None
