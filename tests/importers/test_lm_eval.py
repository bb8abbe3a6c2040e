"""lm_eval's results: one answer a document, one scorer a metric and filter, and no metric that only sums have."""

from pathlib import Path

import pytest

from harness.core.calls import Output
from harness.errors import UsageError
from harness.importers import lm_eval
from harness.importers.log import Log
from tests.importers.logs import lines, lm_eval_row, write
from tests.importers.logs import lm_eval as run


def log(folder: Path) -> Log:
    results = next(folder.glob("results_*.json"))
    return lm_eval.read(results, lm_eval.beside(results))


def test_an_answer_is_what_the_row_says(tmp_path: Path) -> None:
    run(tmp_path, [lm_eval_row(0, " Paris", 1.0)])
    read = log(tmp_path)
    (answer,), (task,) = read.answers, read.tasks
    assert (read.source, read.candidates[0].name, read.candidates[0].params) == (
        "lm_eval 0.4.9",
        "fake",
        {"temperature": 0},
    )
    assert (task.suite, task.name, task.version, list(task.scorers)) == (
        "capitals",
        "capitals",
        "1.0, 0-shot",
        ["exact_match"],
    )
    assert (answer.sample.id, answer.sample.input, answer.sample.target) == ("0", "Capital 0?", "Paris")
    assert answer.messages == ({"role": "user", "content": "Q: Capital 0?\nA:"},)
    assert answer.outcome == Output(text=" Paris")
    assert answer.verdicts["exact_match"].value == 1.0
    assert (answer.marks.total_ms, answer.usd, answer.usage.source) == (None, None, "none"), "lm_eval logs none of them"
    assert len(read.files) == 2


def test_filters_of_one_answer_are_scorers_of_it(tmp_path: Path) -> None:
    strict, loose = ({"filter": name, "metrics": ["f1", "exact_match"], "f1": 0.5} for name in ("strict", "loose"))
    run(tmp_path, [lm_eval_row(0, "so: Paris", 0.0, **strict), lm_eval_row(0, "so: Paris", 1.0, **loose)])
    read = log(tmp_path)
    assert list(read.tasks[0].scorers) == ["exact_match,strict", "exact_match,loose", "f1,strict", "f1,loose"], (
        "as the task lists its metrics"
    )
    (answer,) = read.answers
    assert {name: it.value for name, it in answer.verdicts.items()} == {
        "f1,strict": 0.5, "exact_match,strict": 0.0, "f1,loose": 0.5, "exact_match,loose": 1.0,
    }  # fmt: skip


def test_of_several_choices_the_likeliest_is_the_answer(tmp_path: Path) -> None:
    row = lm_eval_row(
        0, "", 1.0, resps=[[["-2.5", "False"]], [["-0.5", "True"]]], filtered_resps=[], metrics=["acc"], acc=1.0,
        arguments=[["Capital?", " Rome"], ["Capital?", " Paris"]],
        doc={"query": "Capital?", "choices": ["Rome", "Paris"]},
    )  # fmt: skip
    run(tmp_path, [row], configs={"capitals": {"output_type": "multiple_choice"}})
    (answer,) = log(tmp_path).answers
    assert answer.outcome == Output(text="Paris")
    assert answer.sample.input == "Capital?\n- Rome\n- Paris"


def test_metrics_that_are_no_score_of_an_answer_are_unscored(tmp_path: Path) -> None:
    row = lm_eval_row(0, "Paris", 1.0, metrics=["bleu", "wer", "exact_match"], bleu=["Paris", "Paris"], wer=0.2)
    run(tmp_path, [row], higher_is_better={"capitals": {"bleu": True, "wer": False}})
    read = log(tmp_path)
    told = {name: (it.value, it.reason) for name, it in read.answers[0].verdicts.items()}
    assert told == {
        "bleu": (None, "lm_eval makes this metric of all answers together, not of one"),
        "wer": (None, lm_eval.LOWER), "exact_match": (1.0, ""),
    }  # fmt: skip
    assert read.notices == ("wer: less is better there, so it is no score",)


def test_tasks_that_lm_eval_averages_are_one_suite(tmp_path: Path) -> None:
    groups = {"all": ["world", "capitals"], "world": ["capitals"], "a": ["b"], "b": ["a"]}
    run(tmp_path, [lm_eval_row(0, "Paris", 1.0)], group_subtasks={"all": ["world"], "world": ["capitals"]})
    assert log(tmp_path).tasks[0].suite == "all"
    assert lm_eval._suites(groups)["a"] in ("a", "b"), "a circle ends"


def test_sums_alone_are_refused_with_the_way_out(tmp_path: Path) -> None:
    results = run(tmp_path, [lm_eval_row(0, "Paris", 1.0)])
    for samples in tmp_path.glob("samples_*"):
        samples.unlink()
    with pytest.raises(UsageError, match="only sums are in it") as refused:
        lm_eval.read(results, lm_eval.beside(results))
    assert refused.value.problems[0].code == "E603"
    assert "--log_samples" in str(refused.value.problems[0].hint)


def test_samples_are_those_of_the_same_run(tmp_path: Path) -> None:
    first = run(tmp_path, [lm_eval_row(0, "Paris", 1.0)])
    second = run(tmp_path, [lm_eval_row(0, "Rome", 0.0)], date="2026-11-21T10-00-00.654321")
    assert [it.name for it in lm_eval.beside(second)] == ["samples_capitals_2026-11-21T10-00-00.654321.jsonl"]
    assert lm_eval.results_of(lm_eval.beside(first)[0]) == first
    renamed = write(tmp_path / "other" / "mine.json", {})
    lines(tmp_path / "other" / "samples_capitals.jsonl", [])
    assert [it.name for it in lm_eval.beside(renamed)] == ["samples_capitals.jsonl"]
    with pytest.raises(UsageError, match="without their results"):
        lm_eval.results_of(tmp_path / "other" / "samples_capitals.jsonl")
