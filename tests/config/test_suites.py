"""suite.py: loaded on demand, loudly wrong where it is wrong."""
# ruff: noqa: E501 - tables have one case a line

import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from harness.config.suites import find_suite, known_suites, load_suite
from harness.errors import Problem, UsageError
from tests.config.conftest import ROWS, SUITE, Project, one, place


def refused(path: Path) -> list[Problem]:
    with pytest.raises(UsageError) as caught:
        load_suite(path)
    assert caught.value.exit_code == 2
    return list(caught.value.problems)


def test_a_suite_is_loaded_with_its_samples(project: Project) -> None:
    path = project.suite()
    suite = load_suite(path.parent)
    assert suite == load_suite(path)
    assert (suite.name, suite.folder) == ("arith", str(path.parent))
    assert [sample.id for sample in suite.tasks[0].loaded] == ["a", "b"]


def test_a_tasks_language_reaches_the_samples_that_have_none(project: Project) -> None:
    rows = '{"input": 1, "target": 1}\n{"input": 2, "target": 2, "metadata": {"lang": "en"}}\n'
    suite = load_suite(project.suite(SUITE.replace('primary="', 'language="zh", primary="'), rows=rows))
    assert [sample.metadata["lang"] for sample in suite.tasks[0].loaded] == ["zh", "en"]


def test_names_of_parameters_are_texts_as_they_are_sent(project: Project) -> None:
    biased = SUITE.replace("scorers=", 'params={"logit_bias": {9: -100, 10: 5}}, scorers=')
    assert load_suite(project.suite(biased)).tasks[0].params == {"logit_bias": {"9": -100, "10": 5}}


@pytest.mark.parametrize(
    ("text", "code", "line", "message"),
    [
        pytest.param("SUITE = (", "E219", 1, "malformed Python: '(' was never closed", id="syntax"),
        pytest.param("import os\n\n1 / 0\n", "E219", 3, "ZeroDivisionError: division by zero", id="raises"),
        pytest.param("import sys\nsys.exit(0)\n", "E219", 2, "SystemExit", id="exits"),
        pytest.param("import nowhere_to_be_found", "E219", 1, "No module named 'nowhere_to_be_found'", id="import"),
        pytest.param("x = 1\n", "E219", 1, "suite.py holds no SUITE", id="no-suite"),
        pytest.param("SUITE = 3\n", "E219", 1, "SUITE is a int, not a Suite", id="something-else"),
        pytest.param(SUITE.replace("scorers=", "scorer="), "E219", 5, "unexpected keyword argument 'scorer'", id="typo"),
        pytest.param(SUITE.replace("[ExactMatch()]", "[]"), "E203", 5, "it has no scorer, so every output would count as passing", id="no-scorer"),
        pytest.param(SUITE.replace("ExactMatch()", "ExactMatch"), "E210", 5, "is no scorer", id="scorer-class"),
        pytest.param(SUITE.replace("[ExactMatch()]", "[ExactMatch(), ExactMatch(normalise=False)]"), "E210", 5, "two scorers called 'exact_match'", id="same-scorer-twice"),
        pytest.param(SUITE.replace('"exact_match"', '"exact"'), "E211", 5, "primary 'exact' is none of its scorers", id="primary"),
        pytest.param(SUITE.replace('"text"', '"txt"'), "E220", 5, "the modality 'txt' is not known", id="modality"),
        pytest.param(SUITE.replace("scorers=", "max_tokens=0, scorers="), "E204", 5, "max_tokens", id="max-tokens"),
        pytest.param(SUITE.replace("sums.jsonl", "smus.jsonl"), "E301", 5, "dataset not found: smus.jsonl", id="dataset"),
        pytest.param(SUITE.replace("sums.jsonl", "../x.jsonl"), "E307", 5, "is outside the suite's folder", id="dataset-outside"),
        pytest.param(SUITE.replace('"sums.jsonl"', "[]"), "E302", 5, "it has no samples", id="no-samples"),
        pytest.param('from harness import Suite\nSUITE = Suite(name="x", version=1, tasks=[])', "E203", 1, "suite 'x' has no task", id="no-task"),
        pytest.param('from harness import Suite\nSUITE = Suite(name="", version=1, tasks=[])', "E219", 2, "a Suite has a name", id="no-name"),
    ],
)  # fmt: skip
def test_refuses(project: Project, text: str, code: str, line: int, message: str) -> None:
    problem = refused(project.suite(text))[0]
    assert (problem.code, Path(str(problem.file)).name, problem.line) == (code, "suite.py", line)
    assert message in problem.message


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ('name="sums"', "name=5", "E204"),
        ('modality="text"', 'modality=["text"]', "E220"),
        ("scorers=", "prompt=5, scorers=", "E204"),
        ("scorers=", "prompt=None, scorers=", "E204"),
        ("scorers=", "system=7, scorers=", "E204"),
        ("scorers=", "language=7, scorers=", "E204"),
        ("scorers=", "slot=['text'], scorers=", "E204"),
        ('primary="exact_match"', "primary=5", "E204"),
    ],
)
@pytest.mark.parametrize("tasks", ["", "[sums]", "[b]"])
def test_what_is_no_text_is_a_problem_of_the_suite(
    project: Project, right: str, wrong: str, code: str, tasks: str
) -> None:
    assert SUITE.count(right) == 1
    project.suite(SUITE.replace(right, wrong))
    project.write("bakeoff.yaml", f"suites: [{{suite: arith{tasks and f', tasks: {tasks}'}}}]\ncandidates: [smollm2]\n")
    found = [(problem.code, Path(str(problem.file)).name) for problem in project.problems()]
    assert (code, "suite.py") in found
    assert {it for it, file in found if file == "suite.py"} == {code}


def test_hints_say_how_to_mend_it(project: Project) -> None:
    def hint(text: str) -> str | None:
        return one(refused(project.suite(text))).hint

    assert hint(SUITE.replace("SUITE", "Suit")) == "rename Suit to SUITE"
    assert hint(SUITE.replace("ExactMatch()", "ExactMatch")) == "write ExactMatch()"
    assert hint(SUITE.replace("sums.jsonl", "smus.jsonl")) == "did you mean 'sums.jsonl'?"
    assert hint(SUITE.replace('"exact_match"', '"exact"')) == "did you mean 'exact_match'?"


def test_every_problem_of_every_task_and_file_at_once(project: Project) -> None:
    task = '    Task(name="{}", modality="text", samples="{}", scorers=[ExactMatch()], primary="{}"),\n'
    head, tail = SUITE.partition("    Task(")[0], "])\n"
    tasks = task.format("a", "sums.jsonl", "x") + task.format("b", "sums.jsonl", "exact_match")
    path = project.suite(head + tasks + tail, rows='{"input": "a", "target": 1}\nnot json\n{"inptu": 1}\n')
    assert [(p.code, place(p)) for p in refused(path)] == [
        ("E211", "suite.py:5:16"),
        ("E303", "sums.jsonl:2:1"), ("E305", "sums.jsonl:3:2"), ("E313", "sums.jsonl:3:1"),
        ("E303", "sums.jsonl:2:1"), ("E305", "sums.jsonl:3:2"), ("E313", "sums.jsonl:3:1"),
    ]  # fmt: skip


def test_two_tasks_of_a_name_are_refused(project: Project) -> None:
    task = SUITE.partition("tasks=[\n")[2].partition("])")[0]
    problem = one(refused(project.suite(SUITE.replace(task, task + task))))
    assert (problem.code, problem.line) == ("E219", 5)


def test_samples_made_in_python_are_checked(project: Project) -> None:
    samples = 'samples=[Sample(id="a", input=1), Sample(id="a", input=2, files=["../x.png"], target=3)]'
    text = SUITE.replace("import Suite", "import Sample, Suite").replace('samples="sums.jsonl"', samples)
    assert [problem.code for problem in refused(project.suite(text))] == ["E304", "E307", "E313"]


def test_a_suite_with_dataclasses_and_pickles_loads(project: Project) -> None:
    own = (
        "from dataclasses import dataclass\n\n@dataclass(frozen=True, slots=True)\nclass X:\n    a: 'int' = 1\n\nX()\n"
    )
    assert load_suite(project.suite(own + SUITE)).name == "arith"


def test_finding(project: Project, tmp_path: Path) -> None:
    def find(name: str) -> Path | None:
        return find_suite(name, beside=tmp_path, folder=project.folder, shipped=project.shipped)

    own = project.suite().parent
    theirs = project.shipped / "tasks" / "arith"
    theirs.mkdir(parents=True)
    (theirs / "suite.py").write_text(SUITE)
    other = project.shipped / "tasks" / "other"
    other.mkdir()
    (other / "suite.py").write_text(SUITE)
    assert find("arith") == own
    assert find("other") == other
    assert find("nothing") is None
    assert find("./work/tasks/arith") == tmp_path / "work/tasks/arith"
    assert find("work/tasks/arith/suite.py") == tmp_path / "work/tasks/arith/suite.py"
    assert find("./work/nothing") is None
    assert known_suites(project.folder, project.shipped) == ("arith", "other")


def test_an_installed_package_may_offer_a_suite(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "their_suite"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "sums.py").write_text(SUITE)
    (package / "sums.jsonl").write_text(ROWS)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    offered = EntryPoints([EntryPoint("theirs", "their_suite.sums", "bakeoff.suites")])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **params: offered.select(**params))
    path = find_suite("theirs", beside=tmp_path, folder=project.folder, shipped=project.shipped)
    assert path == package / "sums.py"
    assert load_suite(path).tasks[0].loaded[0].id == "a"
    assert "theirs" in known_suites(project.folder, project.shipped)
    sys.modules.pop("their_suite", None)


def test_what_a_suite_refuses_in_its_own_words_keeps_them(project: Project) -> None:
    text = "from harness.errors import UsageError\nraise UsageError('the corpus is missing', hint='make corpus')\n"
    path = project.suite(text)
    problem = one(refused(path))
    assert (problem.code, problem.message, problem.hint) == ("E100", "the corpus is missing", "make corpus")
    assert problem.file == str(path)


PASSAGES = '{"id": "p1", "input": "one"}\n{"id": "p2", "input": "two"}\n'


def with_passages(project: Project, rows: str, passages: str = PASSAGES) -> Path:
    path = project.suite(SUITE.replace("scorers=", 'documents="passages.jsonl", scorers='), rows=rows)
    (path.parent / "passages.jsonl").write_text(passages, encoding="utf-8")
    return path


def test_documents_reach_every_sample_or_those_of_its_pool(project: Project) -> None:
    rows = (
        '{"id": "a", "input": "1", "target": 1}\n{"id": "b", "input": "2", "target": 1, "metadata": {"pool": ["p2"]}}\n'
    )
    first, second = load_suite(with_passages(project, rows)).tasks[0].loaded
    assert first.metadata["documents"] == {"p1": "one", "p2": "two"}
    assert second.metadata["documents"] == {"p2": "two"}


@pytest.mark.parametrize(
    ("pool", "message"),
    [
        ('["p3"]', "the pool of sample 'a' names no document 'p3'"),
        ('["p1", 3]', "the pool of sample 'a' names no document '3'"),
        ("[]", "the pool of sample 'a' is no list of ids"),
        ('"p1"', "the pool of sample 'a' is no list of ids"),
    ],
)
def test_a_pool_names_documents(project: Project, pool: str, message: str) -> None:
    rows = f'{{"id": "a", "input": "1", "target": "2", "metadata": {{"pool": {pool}}}}}\n'
    (problem,) = refused(with_passages(project, rows))
    assert (problem.code, problem.line) == ("E306", 5)
    assert message in problem.message


def test_a_fault_of_the_documents_stands_at_their_file(project: Project) -> None:
    (problem,) = refused(with_passages(project, ROWS, passages='{"id": "p1"}\n'))
    assert str(problem.file).endswith("passages.jsonl")
    missing = project.suite(SUITE.replace("scorers=", 'documents="nowhere.jsonl", scorers='))
    (problem,) = refused(missing)
    assert (problem.code, problem.message) == ("E301", "suite 'arith', task 'sums': dataset not found: nowhere.jsonl")
