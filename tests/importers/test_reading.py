"""Which tool wrote a file is told by what is in it, whatever it is called."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.importers.files import Given
from harness.importers.log import Log
from harness.importers.reading import read
from tests.importers import logs
from tests.importers.logs import inspect_sample, lm_eval_row, promptfoo_row

PROMPTFOO = logs.promptfoo([promptfoo_row("France", "Paris")])
INSPECT = logs.inspect([inspect_sample(1, "Paris", "C")])


def imported(*paths: Path) -> Log:
    return read([Given(path=path) for path in paths])


def problems(*paths: Path) -> list[str]:
    with pytest.raises(UsageError) as refused:
        imported(*paths)
    return [problem.code for problem in refused.value.problems]


def test_every_format_is_known_by_its_content(tmp_path: Path) -> None:
    spread = tmp_path / "spread"  # over several lines, as editors save it
    spread.write_text(logs.json.dumps(PROMPTFOO, indent=2), encoding="utf-8")
    lm = logs.lm_eval(tmp_path / "lm", [lm_eval_row(0, "Paris", 1.0)])
    scope = logs.evalscope(tmp_path / "scope", [("Paris", 1.0)])
    told = {
        "promptfoo": (
            logs.write(tmp_path / "a.txt", PROMPTFOO), spread,
            logs.lines(tmp_path / "rows", [promptfoo_row("France", "Paris")]),
            logs.lines(tmp_path / "two", [promptfoo_row(q, "Paris") for q in ("France", "Italy")]),
        ),
        "inspect_ai": (logs.write(tmp_path / "b", INSPECT), logs.archive(tmp_path / "c", INSPECT)),
        "lm_eval": (lm, lm.parent, next(lm.parent.glob("samples_*"))),
        "evalscope": (scope, scope / "predictions" / "fake" / "general_qa_world_cities.jsonl"),
    }  # fmt: skip
    for tool, paths in told.items():
        for path in paths:
            log = imported(path)
            assert (log.tool, len(log.answers) > 0) == (tool, True), path


def test_a_folder_gives_every_log_once_and_tells_what_it_passes_over(tmp_path: Path) -> None:
    for model in ("a", "b"):
        logs.write(tmp_path / "logs" / f"{model}.json", logs.inspect([inspect_sample(1, "Paris", "C")], model=model))
    logs.write(tmp_path / "logs" / "package.json", {"name": "x"})
    (tmp_path / "logs" / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "logs" / "notes.md").write_text("no log", encoding="utf-8")
    log = imported(tmp_path / "logs", tmp_path / "logs" / "a.json")
    assert [it.name for it in log.candidates] == ["a", "b"]
    assert log.notices == (
        f"passed over, since no tool that is known wrote it: {tmp_path}/logs/broken.json and 1 more",
    )


def test_runs_of_lm_eval_in_one_folder_are_several_candidates(tmp_path: Path) -> None:
    logs.lm_eval(tmp_path, [lm_eval_row(0, "Paris", 1.0)])
    logs.lm_eval(tmp_path, [lm_eval_row(0, "Rome", 0.0)], date="2026-11-21T10-00-00.654321", model_name="other")
    assert [it.name for it in imported(tmp_path).candidates] == ["fake", "other"]


def test_models_of_evalscope_in_one_folder_are_several_candidates(tmp_path: Path) -> None:
    for model, said in (("a", "Paris"), ("b", "Rome")):
        logs.evalscope(tmp_path, [(said, 1.0)], model=model)
    assert [it.name for it in imported(tmp_path).candidates] == ["a", "b"]


def test_a_candidate_can_be_called_something_else(tmp_path: Path) -> None:
    one, two = (logs.write(tmp_path / f"{n}.json", INSPECT) for n in "12")
    log = read([Given(path=one, candidate="cold"), Given(path=two, candidate="warm")])
    assert [(it.name, it.model) for it in log.candidates] == [("cold", "openai/fake"), ("warm", "openai/fake")]
    columns = logs.promptfoo([promptfoo_row("France", "Paris"), promptfoo_row("France", "Rome", promptIdx=1)])
    log = read([Given(path=logs.write(tmp_path / "3.json", columns), candidate="mine")])
    assert [it.name for it in log.candidates] == ["mine: openai:chat:fake", "mine: openai:chat:fake #2"]


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    empty = logs.write(tmp_path / "empty.json", {"some": "JSON"})
    sums = logs.lm_eval(tmp_path / "lm", [])
    for samples in sums.parent.glob("samples_*"):
        samples.unlink()
    assert problems(tmp_path / "none.json", empty, sums) == ["E601", "E601", "E603"]


def test_a_log_without_answers_says_so(tmp_path: Path) -> None:
    assert problems(logs.write(tmp_path / "log.json", logs.promptfoo([]))) == ["E602"]
    assert problems(logs.write(tmp_path / "log2.json", logs.inspect([]))) == ["E602"]
    assert problems(tmp_path) == ["E602"]


def test_a_report_of_evalscope_has_sums_alone(tmp_path: Path) -> None:
    folder = logs.evalscope(tmp_path, [("Paris", 1.0)])
    assert problems(folder / "reports" / "fake" / "general_qa.json") == ["E603"]
