"""Several logs as one run: candidates side by side on the same samples, and nothing that contradicts itself."""

from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.importers.inspect_ai import read_document as read_inspect
from harness.importers.log import Log
from harness.importers.merging import merge
from harness.importers.promptfoo import read_document as read_promptfoo
from tests.importers.logs import inspect, inspect_sample, promptfoo, promptfoo_row


def of(model: str, *samples: dict[str, Any], **spec: Any) -> Log:
    return read_inspect(inspect(samples, model=model, **spec), Path(f"{model}.json"), f"sha of {model}")


def refusal(*logs: Log, primary: str | None = None) -> tuple[str, str, str]:
    with pytest.raises(UsageError) as refused:
        merge(logs, primary=primary)
    (problem,) = refused.value.problems
    return problem.code, problem.message, str(problem.hint)


def test_logs_of_several_models_are_several_candidates() -> None:
    a, b = of("a", inspect_sample(1, "Paris", "C")), of("b", inspect_sample(1, "Rome", "I"))
    merged = merge([a, b])
    assert [it.name for it in merged.candidates] == ["a", "b"]
    assert [(it.candidate, it.sample.id) for it in merged.answers] == [("a", "1"), ("b", "1")]
    assert (len(merged.tasks), merged.version) == (1, "0.3.285")
    assert merged.files == {"a.json": "sha of a", "b.json": "sha of b"}


def test_the_same_answer_twice_is_refused() -> None:
    one = of("a", inspect_sample(1, "Paris", "C"))
    code, message, hint = refusal(one, of("a", inspect_sample(1, "Rome", "I")))
    assert (code, message) == ("E604", "a answers the same samples in a.json: 1")
    assert "first=PATH second=PATH" in hint
    assert refusal(of("a", *[inspect_sample(1, "Paris", "C")] * 2))[0] == "E604", "also in one file"


def test_one_model_on_several_tasks_keeps_the_settings_that_all_share() -> None:
    other = of(
        "a", inspect_sample(1, "Paris", "C"), task="rivers", model_generate_config={"temperature": 1, "top_p": 1}
    )
    (candidate,) = merge([of("a", inspect_sample(1, "Paris", "C")), other]).candidates
    assert candidate.params == {}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        pytest.param(
            of("b", inspect_sample(1, "Paris", "C", input="Another?")), "asks or wants something else than a.json",
            id="another question",
        ),
        pytest.param(
            of("b", inspect_sample(1, "Paris", "C", target="Rome")), "asks or wants something else",
            id="another target",
        ),
        pytest.param(
            of("b", inspect_sample(1, "Paris", "C"), scorers=[{"name": "match", "options": {"location": "end"}}]),
            "match of capitals/capitals judges otherwise than in a.json", id="another judge",
        ),
        pytest.param(
            of("b", inspect_sample(1, "Paris", "C"), task_version=2), "judges otherwise", id="another version"
        ),
        pytest.param(
            read_promptfoo(promptfoo([promptfoo_row("France", "Paris")]), Path("p.json"), "sha"),
            "these are of 2: a.json is of inspect_ai, p.json is of promptfoo", id="another tool",
        ),
    ],
)  # fmt: skip
def test_logs_that_do_not_compare_are_refused(other: Log, said: str) -> None:
    code, message, _ = refusal(of("a", inspect_sample(1, "Paris", "C")), other)
    assert code == "E607"
    assert said in message


def test_a_scale_that_is_not_ours_is_no_score_at_any_of_its_values() -> None:
    a, b = (
        of("a", inspect_sample(1, "Paris", 1), inspect_sample(2, "Rome", 10)),
        of("b", inspect_sample(1, "Oslo", 0.5)),
    )
    merged = merge([a, b])
    assert [it.verdicts["match"].value for it in merged.answers] == [None, None, None], "1 of 10 is not 1"
    assert merged.answers[0].verdicts["match"].reason.startswith("the log's value is 1; its scale is not from 0 to 1")
    assert merged.notices == (
        "match of capitals/capitals lies between 0.5 and 10: that is no score from 0 to 1, and is not scaled",
    )


def test_what_a_log_lacks_has_the_words_of_another() -> None:
    short = inspect([inspect_sample(1, "Paris", "C")], status="error", model="b", dataset={"sample_ids": [1, 2]})
    del short["results"]
    cut = read_inspect(short, Path("b.json"), "sha")
    merged = merge([cut, of("a", inspect_sample(1, "Paris", "C"), inspect_sample(2, "Rome", "I"))])
    lost = merged.answers[1]
    assert (lost.candidate, lost.sample.input, lost.sample.target) == ("b", "Capital 2?", "Paris")
    assert merged.notices[0] == (
        "of 4 answers 1 never came, as the log was cut short, which lowers coverage and scores nothing"
    )


def test_notices_that_count_are_summed() -> None:
    logs = [of(model, inspect_sample(1, "Paris", "C", events=[])) for model in "ab"]
    assert [it.partition(",")[0] for it in merge(logs).notices] == ["of 2 answers 2 took several requests"]


def test_the_primary_scorer_can_be_chosen() -> None:
    log = read_promptfoo(
        promptfoo([promptfoo_row("France", "Paris", namedScores={"tone": 0.5})]), Path("p.json"), "sha"
    )
    assert list(merge([log], primary="tone").tasks[0].scorers) == ["tone", "score", "pass"]
    assert refusal(log, primary="tome") == (
        "E608", "no scorer of capitals/capitals is called 'tome'", "did you mean 'tone'?"
    )  # fmt: skip
