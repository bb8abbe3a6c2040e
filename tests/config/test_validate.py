"""Our own keys: each wrong one is named with its place and the nearest right one."""
# ruff: noqa: E501 - tables have one case a line

import pytest

from harness.config.models import BakeoffFile, InlineSuite, ProvidersFile
from harness.config.source import parse
from harness.config.validate import validate, validate_parts
from harness.config.where import LOST
from harness.errors import Problem


def problems_of(text: str, model: type[BakeoffFile] | type[ProvidersFile] = BakeoffFile) -> list[Problem]:
    source = parse(text, file="f.yaml")
    problems: list[Problem] = []
    assert validate(model, source, source.data, (), problems) is None
    return problems


SUITES = "suites: [a]\n"


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message", "hint"),
    [
        pytest.param("wieghts: 1", "E202", 2, 1, "unknown key 'wieghts'", None, id="unknown-key-like-none"),
        pytest.param("decison: {}", "E202", 2, 1, "unknown key 'decison'", "did you mean 'decision'?", id="typo"),
        pytest.param("run: {timeout: 3}", "E202", 2, 7, "unknown key 'timeout'", "did you mean 'timeout_s'?", id="inner-typo"),
        pytest.param(
            "decision: {text: {criteria: {q: {metric: quality, wieght: 1, weight: 1}}}}",
            "E202", 2, 51, "unknown key 'wieght'", "did you mean 'weight'?", id="typo-deep-down",
        ),
        pytest.param("name: no", "E204", 2, 7, "'no', which YAML reads as false; write it in quotes: \"no\"", None, id="no-is-false"),
        pytest.param("name: 12:30", "E204", 2, 7, "'12:30', which YAML reads as the number 750", None, id="sexagesimal"),
        pytest.param("name: 12", "E204", 2, 7, 'expected text, came the number 12; write it in quotes: "12"', None, id="number-for-text"),
        pytest.param("name: 1e5", "E204", 2, 7, "'1e5', which YAML reads as the number 100000.0", None, id="exponent-for-text"),
        pytest.param('epochs: "3"', "E204", 2, 9, "'epochs': expected a whole number, came the text '3'", None, id="text-for-number"),
        pytest.param("epochs: 1.5", "E204", 2, 9, "expected a whole number, came 1.5", None, id="fraction-for-whole"),
        pytest.param("epochs: yes", "E204", 2, 9, "expected a whole number, came true", None, id="yes-is-no-number"),
        pytest.param("epochs: 0", "E204", 2, 9, "'epochs': 0 is too small", "1 or more", id="too-small"),
        pytest.param("run: fast", "E204", 2, 6, "'run': expected a mapping, came the text 'fast'", None, id="text-for-mapping"),
        pytest.param("run: {timeout_s: soon}", "E204", 2, 18, "expected a number, came the text 'soon'", None, id="text-for-float"),
        pytest.param("run: {budget_usd: lots}", "E204", 2, 19, "'budget_usd': expected a number", None, id="text-for-money"),
        pytest.param("run: {max_infra_failure_rate: 10}", "E204", 2, 31, "'max_infra_failure_rate': 10 is too large", "1 or less", id="rate-in-percent"),
        pytest.param("candidates: haiku", "E204", 2, 13, "'candidates': expected a list, came the text 'haiku'", None, id="text-for-list"),
        pytest.param("candidates: [a, no]", "E204", 2, 17, "which YAML reads as false", None, id="no-in-a-list"),
        pytest.param('name: "a\\nb"', "E204", 2, 7, "expected a name on one line", None, id="name-of-two-lines"),
        pytest.param(
            "decision: {text: {criteria: {q: {metric: a, weight: 1, scale: lgo}}}}",
            "E204", 2, 63, "'scale': 'lgo' is no choice", "did you mean 'log'?", id="unknown-choice",
        ),
        pytest.param("decision: {text: {gates: [{min: 1}]}}", "E206", 2, 27, "the key 'metric' is missing", None, id="missing-key"),
    ],
)  # fmt: skip
def test_bakeoff_file(text: str, code: str, line: int, column: int, message: str, hint: str | None) -> None:
    (problem,) = problems_of(SUITES + text)
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert message in problem.message
    if hint is not None:
        assert problem.hint == hint


def test_every_problem_at_once_in_the_order_of_the_file() -> None:
    text = "nme: x\nepochs: 0\nsuites:\n  - {name: a, modality: txt, dta: x}\n  - 3\n"
    found = [(problem.code, problem.line) for problem in problems_of(text)]
    assert found == [("E202", 1), ("E204", 2), ("E204", 4), ("E202", 4), ("E204", 5)]


def test_a_misspelt_key_is_not_also_missing() -> None:
    (problem,) = problems_of("suite: [a]")
    assert problem.hint == "did you mean 'suites'?"


@pytest.mark.parametrize("text", ["", "[]", "suites", "suites:", "suites: []", "name: x"])
def test_suites_are_needed(text: str) -> None:
    assert problems_of(text)[0].code in ("E204", "E206")


def test_a_key_with_nothing_after_it_is_unset() -> None:
    source = parse("suites: [a]\nrun:\ncandidates:\nname: ~\n", file="f.yaml")
    problems: list[Problem] = []
    file = validate(BakeoffFile, source, source.data, (), problems)
    assert problems == []
    assert file is not None
    assert (file.run, file.candidates, file.name) == (None, None, None)


def test_an_unknown_key_with_nothing_after_it_is_still_unknown() -> None:
    assert problems_of("suites: [a]\nrunn:\n")[0].hint == "did you mean 'run'?"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param("{model_name: a}", "the key 'litellm_params' is missing", id="no-params"),
        pytest.param("{model_name: a, litellm_params: {}}", "the key 'model' is missing", id="no-model"),
        pytest.param("{model_name: a, litellm_params: {model: a, api_key: 123456}}", "'api_key': expected os.environ/NAME", id="key-as-number"),
        pytest.param("{model_name: a, litellm_params: {model: a}, bakeoff: {rmp: 3}}", "unknown key 'rmp'", id="ours-are-strict"),
        pytest.param("{model_name: a, litellm_params: {model: a}, bakeoff: {utilisation: 0}}", "'utilisation'", id="utilisation-of-zero"),
        pytest.param("{model_name: a, litellm_params: {model: a, voice: no}}", "which YAML reads as false", id="voice-called-no"),
    ],
)  # fmt: skip
def test_providers_file(entry: str, message: str) -> None:
    (problem,) = problems_of(f"model_list:\n  - {entry}\n", ProvidersFile)
    assert message in problem.message
    assert "123456" not in repr(problem)
    assert problem.line == 2


def test_what_is_right_of_a_file_remains_and_keeps_its_places() -> None:
    text = "epochs: 0\nname: x\nsuites:\n  - 3\n  - {name: a, modality: sound, data: d, max_tokens: no}\n"
    problems: list[Problem] = []
    found = validate_parts(BakeoffFile, parse(text, file="f.yaml"), problems, instead={"modality": "text"})
    assert found is not None
    file, rest = found
    assert [problem.line for problem in problems] == [1, 4, 5, 5]
    (suite,) = file.suites
    assert isinstance(suite, InlineSuite)
    assert (file.name, file.epochs, suite.name, suite.modality, suite.max_tokens) == ("x", 1, "a", "text", 256)
    assert str(rest.place(("suites", 0, "data"))) == "f.yaml:5:38"
    assert rest.dropped == {("epochs",), ("suites", LOST), ("suites", 0, "modality"), ("suites", 0, "max_tokens")}


@pytest.mark.parametrize("text", ["", "[]", "suites: 3", "suites: [3, 4]"])
def test_a_file_of_which_nothing_is_right_is_none(text: str) -> None:
    problems: list[Problem] = []
    assert validate_parts(BakeoffFile, parse(text, file="f.yaml"), problems) is None
    assert problems
