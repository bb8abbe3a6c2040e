"""Suites written in bakeoff.yaml: a spreadsheet, a prompt, a scorer by name."""
# ruff: noqa: E501 - tables have one case a line

import pytest

from harness.core.suites import Task
from harness.scorers import Contains, ExactMatch, LabelMatch, NumberMatch
from harness.scorers.structured import JsonMatch
from tests.config.conftest import Project, one, place


def text(rest: str) -> str:
    return f"candidates: [smollm2]\nsuites:\n  - {{name: faq, modality: text, data: faq.jsonl, {rest}}}\n"


def task(project: Project, rest: str) -> Task:
    (suite,) = project.load(text(rest)).suites
    return suite.tasks[0]


def test_everything_that_can_be_said(project: Project) -> None:
    given = (
        'scorer: exact_match, prompt: "Q: {{ input }}", system: Be brief, max_tokens: 9, slot: helpdesk, language: en'
    )
    (suite,) = project.load(text(given)).suites
    task = suite.tasks[0]
    assert (suite.name, suite.version, suite.slot, suite.folder) == ("faq", 1, "helpdesk", str(project.folder))
    assert (task.name, task.prompt, task.system, task.max_tokens) == ("faq", "Q: {{ input }}", "Be brief", 9)
    assert suite.slot_of(task) == "helpdesk"
    assert task.loaded[0].metadata == {"lang": "en"}


@pytest.mark.parametrize(
    ("scorer", "scorers"),
    [
        pytest.param("exact_match", (ExactMatch(),), id="name"),
        pytest.param("{exact_match: {normalise: false}}", (ExactMatch(normalise=False),), id="with-parameters"),
        pytest.param("{exact_match: }", (ExactMatch(),), id="without-parameters"),
        pytest.param("{exact_match: {}, contains: {max_words: 3}}", (ExactMatch(), Contains(max_words=3)), id="two-in-a-mapping"),
        pytest.param("[exact_match, {number_match: {tolerance: 1}}]", (ExactMatch(), NumberMatch(tolerance=1.0)), id="list"),
        pytest.param("{label_match: {labels: [a, b]}}", (LabelMatch(labels=("a", "b")),), id="list-for-a-tuple"),
        pytest.param("{json_match: {schema: {type: object}}}", (JsonMatch(schema={"type": "object"}),), id="json-for-a-mapping"),
        pytest.param("{number_match: {which: first, tolerance: 1e-6}}", (NumberMatch(which="first", tolerance=1e-6),), id="choice"),
    ],
)  # fmt: skip
def test_scorers(project: Project, scorer: str, scorers: tuple[object, ...]) -> None:
    found = task(project, f"scorer: {scorer}")
    assert found.scorers == scorers
    assert found.primary == found.scorers[0].name


def test_the_primary_may_be_another(project: Project) -> None:
    assert task(project, "scorer: [exact_match, contains], primary: contains").primary == "contains"


@pytest.mark.parametrize(
    ("rest", "code", "column", "message", "hint"),
    [
        pytest.param("max_tokens: 3", "E203", 5, "suite 'faq' has no scorer, so every output would count as passing", None, id="none"),
        pytest.param("scorer: ", "E203", 58, "suite 'faq' has no scorer", None, id="nothing-after-it"),
        pytest.param("scorer: []", "E203", 58, "suite 'faq' has no scorer", None, id="empty-list"),
        pytest.param("scorer: {}", "E203", 58, "suite 'faq' has no scorer", None, id="empty-mapping"),
        pytest.param("scorer: exact_mach", "E210", 58, "there is no scorer 'exact_mach'", "did you mean 'exact_match'?", id="typo"),
        pytest.param("scorer: {exact_mach: {}}", "E210", 59, "there is no scorer 'exact_mach'", "did you mean 'exact_match'?", id="typo-in-a-mapping"),
        pytest.param("scorer: {exact_match: {normalize: true}}", "E210", 73, "the scorer 'exact_match' has no parameter 'normalize'", "did you mean 'normalise'?", id="parameter"),
        pytest.param("scorer: {exact_match: {normalise: 3}}", "E210", 84, "the parameter 'normalise' of 'exact_match': input should be a valid boolean, came 3", None, id="type"),
        pytest.param("scorer: {number_match: {which: best}}", "E210", 81, "the parameter 'which' of 'number_match'", None, id="choice"),
        pytest.param("scorer: {contains: {max_words: 0}}", "E210", 59, "needs max_words of at least 1", None, id="value"),
        pytest.param("scorer: [exact_match, exact_match]", "E210", 58, "it has two scorers called 'exact_match'", None, id="twice"),
        pytest.param("scorer: exact_match, primary: contains", "E211", 80, "primary 'contains' is none of its scorers", None, id="primary"),
    ],
)  # fmt: skip
def test_wrong_scorers(project: Project, rest: str, code: str, column: int, message: str, hint: str | None) -> None:
    problem = one(project.problems(text(rest)))
    assert (problem.code, place(problem)) == (code, f"bakeoff.yaml:3:{column}")
    assert message in problem.message
    assert hint in (None, problem.hint)


@pytest.mark.parametrize(
    ("data", "code", "message", "hint"),
    [
        pytest.param("fqa.jsonl", "E301", "dataset not found: fqa.jsonl", "did you mean 'faq.jsonl'?", id="typo"),
        pytest.param(
            "data/faq.csv", "E301", "dataset not found: data/faq.csv", "paths are relative to", id="no-folder"
        ),
        pytest.param("../faq.jsonl", "E307", "is outside the suite's folder", "copy it into", id="outside"),
        pytest.param("/etc/passwd", "E307", "is outside the suite's folder", "copy it into", id="absolute"),
    ],
)
def test_wrong_data(project: Project, data: str, code: str, message: str, hint: str) -> None:
    given = f"suites:\n  - {{name: faq, modality: text, data: {data}, scorer: contains}}\n"
    problem = one(project.problems(given))
    assert (problem.code, place(problem)) == (code, "bakeoff.yaml:2:39")
    assert message in problem.message
    assert str(problem.hint).startswith(hint)


def test_problems_of_the_data_file_name_the_data_file(project: Project) -> None:
    project.write("faq.jsonl", '{"input": 1, "target": 1}\n{\n')
    assert place(one(project.problems(text("scorer: contains")))) == "faq.jsonl:2:2"


def test_a_guessed_column_is_a_notice_of_the_bake_off(project: Project) -> None:
    project.write("faq.csv", "question,output\na,b\n")
    given = "suites:\n  - {name: faq, modality: text, data: faq.csv, scorer: exact_match}\ncandidates: [smollm2]\n"
    assert project.load(given).notices == ("faq.csv: the column 'output' is taken for the target",)


def test_a_spreadsheet_in_a_folder(project: Project) -> None:
    project.write("data/faq.csv", "输入;参考答案\n你好;问候\n".encode("gb18030"))
    given = "suites:\n  - {name: faq, modality: text, data: data/faq.csv, scorer: exact_match}\ncandidates: [smollm2]\n"
    assert project.load(given).suites[0].tasks[0].loaded[0].target == "问候"
