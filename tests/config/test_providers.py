"""providers.yaml: LiteLLM's files as they are, literal keys refused, names made unique."""
# ruff: noqa: E501 - tables have one case a line

import pytest

from harness.config.candidates import OWN, PRICES, ROUTER_KEYS
from harness.config.models import ModelInfo
from harness.config.providers import KEYS, Providers, read_providers
from harness.core.suggest import meant
from harness.errors import Problem
from tests.config.conftest import CANARY, Project, marked_text, one, place

KEY = CANARY


def read(project: Project, text: str) -> tuple[Providers, list[Problem]]:
    problems: list[Problem] = []
    providers = read_providers(project.write("providers.yaml", text), problems, elsewhere=lambda: ["gemma3"])
    return providers, problems


PROXY = f"""\
model_list:
  - model_name: gpt
    litellm_params: {{model: azure/gpt, api_base: os.environ/AZURE_API_BASE, api_key: os.environ/AZURE_API_KEY, rpm: 6}}
    model_info: {{mode: chat, id: one, anything: [goes]}}
  - model_name: "openai/*"
    litellm_params: {{model: "openai/*"}}
litellm_settings: {{drop_params: true, num_retries: 5}}
router_settings: {{routing_strategy: usage-based-routing-v2}}
general_settings: {{master_key: {KEY}}}
environment_variables: {{OPENAI_API_KEY: {KEY}}}
guardrails: [{{guardrail_name: x}}]
"""


def test_a_misspelt_key_is_read_as_it_was_meant_and_what_it_holds_is_not_shown(project: Project) -> None:
    providers, problems = read(
        project, "model_list: [{model_name: a, litellm_params: {modle: openai/gpt-4o,\n  api_kye: hunter2}}]\n"
    )
    (entry,) = providers.entries
    assert (entry.model.litellm_params.model, entry.model.litellm_params.api_key) == ("openai/gpt-4o", None)
    assert [(it.code, it.message) for it in problems] == [
        ("E202", "unknown key 'modle'"),
        ("E202", "unknown key 'api_kye'"),
        ("E103", "a key is written out in 'api_key'"),
    ]
    assert "hunter2" not in str([(it, it.hint) for it in problems])


def test_no_key_that_is_known_is_read_as_another() -> None:
    for section, keys in KEYS.items():
        known = (ROUTER_KEYS | OWN | PRICES | ModelInfo.model_fields.keys()).difference(*KEYS.values())
        assert [key for key in known if meant(key, keys)] == [], section


def test_a_proxy_file_works_unchanged(project: Project) -> None:
    providers, problems = read(project, PROXY)
    assert problems == []
    assert [entry.name for entry in providers.entries] == ["gpt"]
    assert list(providers.notices) == [
        "providers.yaml: litellm_settings, router_settings, general_settings, environment_variables, guardrails"
        " concern LiteLLM's proxy and are passed over",
        "wildcard entries stand for the models that `candidates` names: openai/*",
    ]


def test_load_balanced_entries_become_candidates_of_their_own(project: Project) -> None:
    text = """\
model_list:
  - {model_name: gpt, litellm_params: {model: openai/gpt-4o, api_base: "http://a"}}
  - {model_name: other, litellm_params: {model: openai/gpt-4o}}
  - {model_name: gpt, litellm_params: {model: openai/gpt-4o, api_base: "http://b"}}
"""
    providers, _ = read(project, text)
    assert [entry.name for entry in providers.entries] == ["gpt#1", "other", "gpt#2"]
    assert providers.notices == ("'gpt' stands 2 times and each is a candidate of its own: gpt#1, gpt#2",)
    assert [entry.name for entry in providers.named("gpt")] == ["gpt#1", "gpt#2"]
    assert [entry.name for entry in providers.named("gpt#2")] == ["gpt#2"]


def test_identical_entries_are_an_error(project: Project) -> None:
    entry = "  - {model_name: gpt, litellm_params: {model: openai/gpt-4o}}\n"
    _, problems = read(
        project, f"model_list:\n{entry}  - {{model_name: x, litellm_params: {{model: gpt-4o}}}}\n{entry}"
    )
    problem = one(problems)
    assert (problem.code, place(problem)) == ("E207", "providers.yaml:4:5")
    assert problem.message == "the model entry 'gpt' is identical to that in line 2"


def test_a_name_may_not_look_load_balanced(project: Project) -> None:
    entries = [("gpt", "a"), ("gpt", "b"), ("gpt#2", "c")]
    lines = [f"  - {{model_name: '{name}', litellm_params: {{model: openai/{model}}}}}" for name, model in entries]
    _, problems = read(project, "model_list:\n" + "\n".join(lines))
    assert (one(problems).code, one(problems).line) == ("E207", 4)


@pytest.mark.parametrize(
    ("params", "line", "column"),
    [
        pytest.param(f"{{model: a, api_key: {KEY}}}", 3, 41, id="of-the-usual-shape"),
        pytest.param("{model: a, api_key: hunter2}", 3, 41, id="of-no-shape"),
        pytest.param("{model: a, api_key: dummy}", 3, 41, id="placeholder"),
        pytest.param("{model: a, aws_secret_access_key: hunter2}", 3, 55, id="another-secret"),
        pytest.param(f"{{model: a, extra_headers: {{X-Auth: Bearer {KEY}}}}}", 3, 56, id="header"),
        pytest.param("{model: a, extra_headers: {Authorization: hunter2}}", 3, 63, id="header-by-its-name"),
        pytest.param(f'{{model: a, api_base: "https://x/?key={KEY}"}}', 3, 42, id="in-a-url"),
        pytest.param('{model: a, api_base: "https://me:hunter2@host"}', 3, 42, id="password-in-a-url"),
        pytest.param("\n      api_key:\n        hunter2\n      model: a", 5, 9, id="on-a-line-of-its-own"),
    ],
)
def test_a_literal_key_is_refused_with_its_line_and_never_shown(
    project: Project, params: str, line: int, column: int
) -> None:
    _, problems = read(project, f"model_list:\n  - model_name: a\n    litellm_params: {params}\n")
    problem = one(problems)
    assert (problem.code, problem.line, problem.column) == ("E103", line, column)
    assert problem.excerpt is None if params.startswith("\n") else marked_text(problem) == "***"
    assert KEY not in repr(problem)
    assert "hunter2" not in repr(problem)
    assert "os.environ/NAME" in str(problem.hint)


def test_every_literal_key_is_named(project: Project) -> None:
    entry = "  - {{model_name: {0}, litellm_params: {{model: a, api_key: hunter2}}}}\n"
    _, problems = read(project, "model_list:\n" + entry.format("a") + entry.format("b"))
    assert [(problem.code, problem.line) for problem in problems] == [("E103", 2), ("E103", 3)]


@pytest.mark.parametrize(
    ("text", "code", "where", "message", "hint"),
    [
        pytest.param("model_lists: []", "E202", "providers.yaml:1:1", "unknown key 'model_lists'", "did you mean 'model_list'?", id="typo"),
        pytest.param("model_list: []", "E204", "providers.yaml:1:13", "at least 1 item", None, id="empty-list"),
        pytest.param(
            "model_list:\n  - {model_name: a, litellm_params: {model: a}, bakeof: {}}",
            "E202", "providers.yaml:2:49", "unknown key 'bakeof'", "did you mean 'bakeoff'?", id="typo-in-an-entry",
        ),
    ],
)  # fmt: skip
def test_refuses(project: Project, text: str, code: str, where: str, message: str, hint: str | None) -> None:
    problem = read(project, text)[1][0]
    assert (problem.code, place(problem)) == (code, where)
    assert message in problem.message
    assert hint in (None, problem.hint)


CASCADES = """\
model_list:
  - {model_name: smollm2, litellm_params: {model: local/smollm2-135m}}
  - {model_name: hibari, litellm_params: {model: local/hibari}}
cascades:
"""


@pytest.mark.parametrize(
    "cascade",
    [
        "{model_name: c, stt: smollm2, llm: smollm2, tts: hibari}",
        "{model_name: c, ocr: smollm2, llm: gemma3}",
        "{model_name: c, stages: [{name: a, candidate: smollm2}, {name: b, candidate: hibari, input: '{{ input }}'}]}",
    ],
)
def test_cascades_are_read(project: Project, cascade: str) -> None:
    providers, problems = read(project, f"{CASCADES}  - {cascade}\n")
    assert problems == []
    assert [cascade.name for cascade in providers.cascades] == ["c"]


@pytest.mark.parametrize(
    ("cascade", "code", "message"),
    [
        pytest.param("{model_name: c}", "E204", "needs stages, or stt + llm + tts, or ocr + llm", id="empty"),
        pytest.param("{model_name: c, stt: smollm2}", "E204", "needs stages", id="half"),
        pytest.param("{model_name: c, ocr: smollm2, llm: smollm2, stages: [{name: a, candidate: smollm2}]}", "E204", "needs stages", id="both"),
        pytest.param("{model_name: c, ocr: smolm2, llm: smollm2}", "E208", "uses 'smolm2', which is no candidate", id="unknown-candidate"),
        pytest.param("{model_name: hibari, ocr: smollm2, llm: smollm2}", "E207", "has the name of a model entry", id="name-taken"),
        pytest.param(
            "{model_name: c, ocr: smollm2, llm: smollm2}\n  - {model_name: c, ocr: smollm2, llm: smollm2}",
            "E207", "two cascades are called 'c'", id="name-twice",
        ),
        pytest.param(
            "{model_name: c, stages: [{name: a, candidate: smollm2}, {name: a, candidate: hibari}]}",
            "E204", "two stages of the cascade 'c' are called 'a'", id="stage-twice",
        ),
    ],
)  # fmt: skip
def test_wrong_cascades_are_refused(project: Project, cascade: str, code: str, message: str) -> None:
    problem = read(project, f"{CASCADES}  - {cascade}\n")[1][0]
    assert (problem.code, problem.line) == (code, 5 + cascade.count("\n"))
    assert message in problem.message
