"""The bake-off as a whole: names, keys, instruments, filters, and every bad input of its files."""
# ruff: noqa: E501 - tables have one case a line

import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from harness.config.load import load
from harness.config.paths import shipped
from harness.core.canonical import to_json
from harness.core.runs import RunSettings
from harness.core.stopping import StopRule
from harness.errors import CredentialsError, UsageError
from harness.execute.plan import plan_partly
from tests.config.conftest import CANARY, FAQ, HEAR, KEYS, PROVIDERS, SUITE, Project, marked_text, one, place

TWO_TASKS = SUITE.replace("])\n", SUITE.splitlines()[4].replace("sums", "more", 1) + "\n])\n")
SAY = "  - {name: say, modality: tts, data: faq.jsonl, scorer: [word_accuracy, dnsmos]}\n"


def names(project: Project, text: str, **options: object) -> list[str]:
    return [candidate.name for candidate in project.load(text, **options).candidates]  # type: ignore[arg-type]


def test_the_smallest_bake_off(project: Project) -> None:
    bakeoff = project.load(f"suites:\n{FAQ}")
    assert bakeoff.name == "work"
    assert [candidate.name for candidate in bakeoff.candidates] == ["haiku", "mini", "smollm2"]
    assert bakeoff.settings == RunSettings()
    assert (bakeoff.epochs, bakeoff.seed, bakeoff.instruments, bakeoff.notices) == (1, 0, {}, ())
    assert list(bakeoff.rules) == ["text"]


def test_everything_that_can_be_said(project: Project) -> None:
    project.suite()
    bakeoff = project.load(
        f"""\
name: support
suites:
  - arith
{FAQ}{SAY}
candidates: [hibari, haiku]
epochs: 2
seed: 7
instruments: {{mos: dnsmos, judge: haiku}}
run: {{max_in_flight: 4, timeout_s: 30, idle_timeout_s: 2.5, max_attempts: 1, budget_usd: 0.1, budget_usd_per_day: 3, budgets_usd: {{anthropic: 0.05}}, max_unpriced_calls: 9, max_infra_failure_rate: 0.5, workers: 2, stop: sequential}}
traffic: {{requests_per_month: 240000}}
"""
    )
    assert bakeoff.name == "support"
    assert [suite.name for suite in bakeoff.suites] == ["arith", "faq", "say"]
    assert [candidate.name for candidate in bakeoff.candidates] == ["hibari", "haiku"]
    assert (bakeoff.epochs, bakeoff.seed) == (2, 7)
    assert bakeoff.settings == RunSettings(
        max_in_flight=4, timeout_s=30, idle_timeout_s=2.5, max_attempts=1, budget_usd=Decimal("0.1"),
        budget_usd_per_day=Decimal(3), budgets_usd={"anthropic": Decimal("0.05")}, max_unpriced_calls=9,
        max_infra_failure_rate=0.5, workers=2, stop=StopRule(),
    )  # fmt: skip
    assert {name: candidate.name for name, candidate in bakeoff.instruments.items()} == {
        "transcriber": "whisper-base", "mos": "dnsmos",
    }  # fmt: skip
    assert list(bakeoff.rules) == ["text", "tts"]
    assert bakeoff.notices == ()


def test_a_bake_off_is_json_without_a_key(project: Project) -> None:
    text = json.dumps(to_json(project.load(f"suites:\n{FAQ}{SAY}")))
    assert all(key not in text for key in KEYS.values())


# -- candidates ----------------------------------------------------------------------------------------------------


def test_unlisted_candidates_are_those_that_can_do_a_modality(project: Project) -> None:
    assert names(project, f"suites:\n{SAY}") == ["hibari"]
    assert names(project, f"suites:\n{FAQ}{SAY}") == ["haiku", "mini", "smollm2", "hibari"]


def test_a_listed_name_may_be_a_shipped_one(project: Project) -> None:
    assert names(project, f"suites:\n{FAQ}candidates: [gemma3, smollm2]") == ["gemma3", "smollm2"]


def test_without_providers_yaml_the_shipped_one_is_used_and_that_is_said(project: Project) -> None:
    (project.folder / "providers.yaml").rename(project.folder / "provider.yml")
    bakeoff = project.load(f"suites:\n{FAQ}")
    assert [candidate.name for candidate in bakeoff.candidates] == ["gemma3"]
    said = (
        "there is no providers.yaml in the folder (is 'provider.yml' meant to be it?), so the candidates are those that"
        " Bakeoff ships"
    )
    assert bakeoff.notices == (said,)
    problem = one(project.problems(f"suites:\n{FAQ}candidates: [gemma]"))
    assert (problem.code, problem.hint) == ("E208", f"did you mean 'gemma3'? {said}")


def test_a_providers_yaml_that_is_a_folder_is_refused(project: Project) -> None:
    (project.folder / "providers.yaml").unlink()
    (project.folder / "providers.yaml").mkdir()
    assert one(project.problems(f"suites:\n{FAQ}")).message == "providers.yaml is a folder"


def test_a_load_balanced_name_stands_for_all_of_its_entries(project: Project) -> None:
    entry = "  - {{model_name: gpt, litellm_params: {{model: openai/x, api_base: 'http://{0}'}}}}\n"
    project.write("providers.yaml", "model_list:\n" + entry.format("a") + entry.format("b"))
    assert names(project, f"suites:\n{FAQ}candidates: [gpt]") == ["gpt#1", "gpt#2"]
    assert names(project, f"suites:\n{FAQ}candidates: ['gpt#2']") == ["gpt#2"]


def test_the_command_line_narrows(project: Project) -> None:
    text = f"suites:\n{FAQ}{SAY}candidates: [haiku, smollm2, hibari]\ndecision: {{text: {{must_pass: [haiku]}}}}\n"
    bakeoff = project.load(text, candidates=["smollm2"], env={})
    assert [candidate.name for candidate in bakeoff.candidates] == ["smollm2"]
    assert list(bakeoff.rules) == ["text"]
    assert bakeoff.rules["text"].must_pass == ()
    assert bakeoff.instruments == project.load(text, candidates=["smollm2"], env={}).instruments
    assert "say/say is left out: no chosen candidate does tts" in bakeoff.notices
    only = project.load(text, suites=["say"], env={"ANTHROPIC_API_KEY": "k"})
    assert [suite.name for suite in only.suites] == ["say"]
    assert [candidate.name for candidate in only.candidates] == ["hibari"]
    assert list(only.rules) == ["tts"]
    assert only.notices == ()


def test_limit_takes_the_first_samples(project: Project) -> None:
    bakeoff = project.load(f"suites:\n{FAQ}", limit=1)
    assert [sample.id for sample in bakeoff.suites[0].tasks[0].loaded] == ["a"]


def test_a_part_of_a_suite_has_the_named_tasks_with_samples_from_all_over_each(project: Project) -> None:
    rows = "".join(f'{{"id": "{n}", "input": "{n} + {n}", "target": "{2 * n}"}}\n' for n in range(6))
    project.suite(TWO_TASKS, rows=rows)
    (suite,) = project.load("suites: [{suite: arith, tasks: [more], limit: 3}]\n").suites
    assert [(task.name, [sample.id for sample in task.loaded]) for task in suite.tasks] == [("more", ["0", "2", "4"])]
    (suite,) = project.load("suites: [{suite: arith, limit: 9}]\n", limit=1).suites
    assert [(task.name, len(task.loaded)) for task in suite.tasks] == [("sums", 1), ("more", 1)]


def test_what_is_wrong_with_a_part_of_a_suite_has_its_place(project: Project) -> None:
    project.suite()
    problems = project.problems(
        "suites:\n  - {suite: arith, tasks: [sum]}\n  - {suite: arit}\n  - {suite: a, lmit: 1}\n"
    )
    assert [(it.code, place(it), it.hint) for it in problems] == [
        ("E202", "bakeoff.yaml:4:16", "did you mean 'limit'?"),
        ("E209", "bakeoff.yaml:2:28", "did you mean 'sums'?"),
        ("E209", "bakeoff.yaml:3:13", "did you mean 'arith'?"),
        ("E209", "bakeoff.yaml:4:13", "known: arith"),
    ]


@pytest.mark.parametrize("written", ["[{haiku: 1}, smollm2]", "\n  - 'haiku\n  - smollm2", "\n  - [haiku"])
def test_who_must_pass_may_be_a_candidate_that_could_not_be_read(project: Project, written: str) -> None:
    project.write("bakeoff.yaml", f"suites:\n{FAQ}candidates: {written}\ndecision: {{text: {{must_pass: [haiku]}}}}\n")
    assert one(project.problems()).code in ("E201", "E204")


@pytest.mark.parametrize("written", ["{name: arith, tasks: [sums], limit: 4}", "{arith: [sums]}"])
def test_a_part_of_a_suite_without_its_key_is_told_that_key(project: Project, written: str) -> None:
    project.suite()
    project.write("bakeoff.yaml", f"suites:\n{FAQ}  - {written}\ncandidates: [smollm2]\n")
    missing, unknown = project.problems()
    assert (unknown.code, missing.code, missing.message) == ("E202", "E206", "the key 'suite' is missing")


def test_a_lenient_reading_leaves_out_what_cannot_be_asked_here(project: Project) -> None:
    project.suite("from harness.errors import UsageError\nraise UsageError('its package is not installed')\n")
    project.write("bakeoff.yaml", f"suites:\n  - {{suite: arith, limit: 1}}\n{FAQ}{SAY}candidates: [smollm2]\n")
    bakeoff = load(project.folder, env={}, shipped=project.shipped, lenient=True)
    assert [suite.name for suite in bakeoff.suites] == ["faq"]
    assert bakeoff.notices == (
        "arith is left out: its package is not installed",
        "say/say is left out: no chosen candidate does tts",
    )
    assert [problem.message for problem in project.problems()] == [
        "its package is not installed",
        "no candidate does tts, which the suite 'say' asks for",
    ]


def test_an_engine_that_not_every_machine_has_is_left_out_unless_somebody_insists(project: Project) -> None:
    engine = sys.modules["harness.local.catalog"].ENGINES["hibari"]
    engine.optional = True
    fetch = ModuleType("harness.local.fetch")
    vars(fetch)["absence"] = lambda _: "bakeoff fetch hibari"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "harness.local.fetch", fetch)
        listed = project.load(f"suites:\n{FAQ}candidates: [smollm2, hibari]\n")
        assert [candidate.name for candidate in listed.candidates] == ["smollm2"]
        assert listed.notices == ("left out here: hibari (bakeoff fetch hibari)",)
        asked = project.load(f"suites:\n{FAQ}{SAY}", candidates=["smollm2", "hibari"])
        assert [candidate.name for candidate in asked.candidates] == ["smollm2", "hibari"]
        must = project.load(f"suites:\n{SAY}decision: {{tts: {{must_pass: [hibari]}}}}\n")
        assert [candidate.name for candidate in must.candidates] == ["hibari"]


def test_what_the_router_would_have_done_is_one_notice(project: Project) -> None:
    entry = "  - {{model_name: {0}, litellm_params: {{model: openai/x, api_base: h, {1}: 1}}}}\n"
    project.write("providers.yaml", "model_list:\n" + entry.format("a", "timeout") + entry.format("b", "weight"))
    (notice,) = project.load(f"suites:\n{FAQ}").notices
    assert notice == "litellm_params timeout, weight steer LiteLLM's router, which is not used, and are ignored"


@pytest.mark.parametrize(
    ("mix", "strangers"),
    [
        ("{faq: 1}", None),
        ("{faq: 3, other: 1}", "other"),
        ("{faq: 1, faq2: 1}", "faq2"),
        ("{faq: 3, faq/faq: 1, faq_zh: 1, faqs: 1}", "faq_zh, faqs"),
        ("{orders: 1}", "orders"),
    ],
)
def test_a_mix_may_name_what_is_not_asked_here_and_that_is_told(
    project: Project, mix: str, strangers: str | None
) -> None:
    given = project.load(f"suites:\n{FAQ}candidates: [smollm2]\ntraffic: {{requests_per_month: 9, mix: {mix}}}\n")
    said = f"the mix names {strangers}, as no suite here is called: with it no product is priced"
    assert given.notices == (() if strangers is None else (said,))


# -- keys ----------------------------------------------------------------------------------------------------------


def test_every_missing_key_of_listed_candidates_is_named(project: Project) -> None:
    with pytest.raises(CredentialsError) as caught:
        project.load(f"suites:\n{FAQ}candidates: [haiku, mini, smollm2]", env={"OPENAI_API_KEY": ""})
    assert caught.value.exit_code == 3
    assert str(caught.value) == "ANTHROPIC_API_KEY is not set; haiku needs it; OPENAI_API_KEY is not set; mini needs it"
    assert {problem.code for problem in caught.value.problems} == {"E101"}
    assert all(".env" in str(problem.hint) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("params", "marked"),
    [
        pytest.param("{model: openai/gpt-4o, api_key: os.environ/OWN}", "os.environ/OWN", id="its key"),
        pytest.param("{model: mistral/mistral-large-latest}", "mistral/mistral-large-latest", id="that of its model"),
        pytest.param("{model: openai/m, api_base: os.environ/OWN}", "os.environ/OWN", id="its address"),
        pytest.param(
            "{model: openai/m, api_base: h, extra_headers: {X: [a, os.environ/OWN]}}",
            "os.environ/OWN",
            id="a parameter",
        ),
    ],
)
@pytest.mark.parametrize("cascade", [False, True])
def test_a_missing_key_is_told_where_it_is_wanted(project: Project, params: str, marked: str, cascade: bool) -> None:
    entry = f"  - model_name: own\n    litellm_params: {params}\n"
    both = "cascades:\n  - {model_name: two, stages: [{name: a, candidate: smollm2}, {name: b, candidate: own}]}\n"
    project.write("providers.yaml", PROVIDERS + entry + both)
    with pytest.raises(CredentialsError) as caught:
        project.load(f"suites:\n{FAQ}candidates: [{'two' if cascade else 'own'}]", env={})
    problem = one(caught.value.problems)
    column = len("    litellm_params: ") + params.index(marked) + 1
    assert (problem.code, place(problem), marked_text(problem)) == ("E101", f"providers.yaml:12:{column}", marked)


def test_an_unlisted_candidate_without_a_key_is_left_out_with_a_notice(project: Project) -> None:
    bakeoff = project.load(f"suites:\n{FAQ}", env={"OPENAI_API_KEY": "k"})
    assert [candidate.name for candidate in bakeoff.candidates] == ["mini", "smollm2"]
    assert bakeoff.notices == ("'haiku' is left out: ANTHROPIC_API_KEY is not set",)


def test_many_candidates_without_keys_are_counted_in_one_notice(project: Project) -> None:
    entry = (
        "  - {{model_name: m{0}, litellm_params: {{model: openai/m{0}, api_base: h, api_key: os.environ/KEY_{1}}}}}\n"
    )
    project.write("providers.yaml", PROVIDERS + "".join(entry.format(n, n % 2) for n in range(5)))
    (notice,) = project.load(f"suites:\n{FAQ}").notices
    assert notice == "5 candidates are left out: KEY_0, KEY_1 are not set"
    (notice,) = project.load(f"suites:\n{FAQ}", env={**KEYS, "KEY_0": "k"}).notices
    assert notice == "'m1', 'm3' are left out: KEY_1 is not set"


def test_the_shipped_candidates_are_read_only_when_they_are_asked_for(project: Project) -> None:
    (project.shipped / "providers.yaml").write_text("never read: [")
    assert names(project, f"suites:\n{FAQ}candidates: [haiku]") == ["haiku"]
    with pytest.raises(UsageError) as caught:
        project.load(f"suites:\n{FAQ}candidates: [gemma3]")
    assert one(caught.value.problems).code == "E201"


def test_when_no_candidate_remains_the_keys_are_named(project: Project) -> None:
    project.write("providers.yaml", PROVIDERS.partition("  - model_name: smollm2")[0])
    with pytest.raises(CredentialsError, match=r"ANTHROPIC_API_KEY.*OPENAI_API_KEY"):
        project.load(f"suites:\n{FAQ}", env={})


def test_a_task_that_only_a_keyless_candidate_could_do_is_no_silent_omission(project: Project) -> None:
    entry = "  - {model_name: voice, litellm_params: {model: openai/tts-1}}\n"
    project.write("providers.yaml", PROVIDERS.partition("  - model_name: hibari")[0] + entry)
    with pytest.raises(CredentialsError, match="OPENAI_API_KEY is not set; voice needs it"):
        project.load(f"suites:\n{FAQ}{SAY}", env={})


def test_must_pass_names_a_candidate_as_much_as_a_list_does(project: Project) -> None:
    with pytest.raises(CredentialsError, match="ANTHROPIC_API_KEY"):
        project.load(f"suites:\n{FAQ}decision: {{text: {{must_pass: [haiku]}}}}", env={})


def test_an_instrument_needs_its_key(project: Project) -> None:
    text = f"suites:\n{SAY}instruments: {{transcriber: ears}}\n"
    project.write("providers.yaml", PROVIDERS + "  - {model_name: ears, litellm_params: {model: openai/whisper-1}}\n")
    with pytest.raises(CredentialsError, match="OPENAI_API_KEY is not set; ears needs it"):
        project.load(text, env={})
    assert project.load(text).instruments["transcriber"].model == "openai/whisper-1"


def test_missing_keys_come_with_the_other_problems(project: Project) -> None:
    with pytest.raises(UsageError) as caught:
        project.load(f"suites:\n{FAQ}candidates: [haiku, miny]", env={})
    assert [problem.code for problem in caught.value.problems] == ["E208", "E101"]


# -- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "marked", "message", "hint"),
    [
        pytest.param("suites: [a", "E201", 1, "[", "malformed YAML", None, id="malformed-yaml"),
        pytest.param(f"suites:\n{FAQ}wieghts: 1", "E202", 3, "wieghts", "unknown key 'wieghts'", None, id="unknown-key"),
        pytest.param(f"suites:\n{FAQ}candidates: [haikuu]", "E208", 3, "haikuu", "there is no candidate 'haikuu'", "did you mean 'haiku'?", id="unknown-candidate"),
        pytest.param(f"suites:\n{FAQ}candidates: [haiku, haiku]", "E204", 3, "haiku", "'haiku' is listed twice", None, id="candidate-twice"),
        pytest.param(f"suites:\n{FAQ}candidates: [haiku, hibari]", "E212", 3, "hibari", "'hibari' does tts, and the suites ask for text", None, id="candidate-for-nothing"),
        pytest.param("suites: [arth]", "E209", 1, "arth", "there is no suite 'arth'", "did you mean 'arith'?", id="unknown-suite"),
        pytest.param("suites: [./arith]", "E209", 1, "./arith", "there is no suite './arith'", "did you mean 'arith'?", id="path-to-nothing"),
        pytest.param(f"suites:\n{FAQ}{FAQ}", "E221", 3, "{", "two suites are called 'faq'", None, id="suite-twice"),
        pytest.param(f"suites:\n{FAQ}run: {{budgets_usd: {{anthropc: 5}}}}", "E223", 3, "anthropc", "no candidate has the provider 'anthropc'", "did you mean 'anthropic'?", id="budget-of-nobody"),
        pytest.param(f"suites:\n{FAQ}run: {{budgets_usd: {{openai: lots}}}}", "E204", 3, "lots", "expected a number", None, id="budget-of-nothing"),
        pytest.param("suites:\n  - {name: v, modality: rerank, data: faq.jsonl, scorer: contains}", "E212", 1, "suites", "no candidate does rerank, which the suite 'v' asks for", None, id="task-for-nobody"),
        pytest.param(f"suites:\n{SAY}instruments: {{transcriber: wisper-base}}", "E213", 3, "wisper-base", "the transcriber 'wisper-base' is no candidate", "did you mean 'whisper-base'?", id="unknown-instrument-candidate"),
        pytest.param(f"suites:\n{SAY}instruments: {{transcribr: whisper-base}}", "E213", 3, "transcribr", "there is no instrument 'transcribr'", "did you mean 'transcriber'?", id="unknown-instrument"),
        pytest.param(f"suites:\n{SAY}instruments: {{mos: haiku}}", "E213", 3, "haiku", "'haiku' cannot be the mos: it does text", None, id="instrument-that-cannot"),
        pytest.param(f"suites:\n{FAQ}instruments: {{judge: haikuu}}", "E213", 3, "haikuu", "the judge 'haikuu' is no candidate", "did you mean 'haiku'?", id="instrument-not-needed-yet-wrong"),
    ],
)  # fmt: skip
def test_bad_input(
    project: Project, text: str, code: str, line: int, marked: str, message: str, hint: str | None
) -> None:
    project.suite()
    problem = one(project.problems(text))
    assert (problem.code, Path(str(problem.file)).name, problem.line) == (code, "bakeoff.yaml", line)
    assert marked_text(problem) == marked
    assert message in problem.message
    assert hint in (None, problem.hint)


def test_a_missing_file_is_named(project: Project) -> None:
    (project.folder / "bakeoff.yaml").rename(project.folder / "bakeof.yaml")
    problem = one(project.problems())
    assert (problem.code, problem.hint) == ("E200", "did you mean 'bakeof.yaml'?")
    (project.folder / "bakeof.yaml").unlink()
    (project.folder / "providers.yaml").unlink()
    assert one(project.problems()).hint == "`bakeoff init` writes one"
    (project.folder / "bakeoff.yaml").mkdir()
    assert (one(project.problems()).code, one(project.problems()).message) == ("E201", "bakeoff.yaml is a folder")


def test_all_problems_of_all_files_at_once(project: Project) -> None:
    project.suite(SUITE.replace("[ExactMatch()]", "[]"))
    project.write("faq.jsonl", "{}\n")
    project.write("providers.yaml", f"{PROVIDERS}    bakeoff: {{rmp: 3}}\n")
    text = f"suites:\n  - arith\n  - nothing\n{FAQ}decision: {{text: {{criteria: {{q: {{metric: quality, worst: 1, ideal: 1, weight: 1}}}}}}}}\n"
    found = [(problem.code, place(problem)) for problem in project.problems(text)]
    assert found == [
        ("E202", "providers.yaml:11:15"),
        ("E203", "suite.py:5:16"),
        ("E209", "bakeoff.yaml:3:5"),
        ("E306", "faq.jsonl:1"),
        ("E216", "bakeoff.yaml:5:68"),
    ]


def test_what_is_wrong_in_one_place_hides_nothing_elsewhere(project: Project) -> None:
    """Kinds and ranges, names of scorers, unknown models, keys and prompts: all at once, nothing that follows from another."""
    entries = """\
  - {model_name: wrong, litellm_params: {model: 5}}
  - {model_name: typo, litellm_params: {model: openai/gpt-4o-minii}, bakeoff: {rmp: 3}}
  - {model_name: told, litellm_params: {model: openai/gpt-4o-mini, api_key: CANARY}}
cascades:
  - {model_name: both, stages: [{name: one, candidate: wrong}, {name: two, candidate: mini}]}
""".replace("CANARY", CANARY)
    project.write("providers.yaml", PROVIDERS + entries)
    text = """\
suites:
  - {name: kind, modality: txt, data: faq.jsonl, scorer: exact_mach, prompt: "{{ inptu }}"}
  - 3
  - {name: ask, modality: text, data: faq.jsonl, scorer: exact_match, prompt: "{{ inptu }}", max_tokens: 0}
  - {name: judged, modality: text, data: faq.jsonl, scorer: 7}
candidates: [wrong, typo, told, haikuu, smollm2]
decision: {text: {criteria: {q: {metric: quality, worst: low, ideal: 1, weight: 1}}}}
epochs: 0
"""
    found = [
        (problem.code, place(problem))
        for problem in project.problems(text, examine=lambda known, _: plan_partly(known)[1])
    ]
    assert found == [
        ("E204", "bakeoff.yaml:2:28"),
        ("E204", "bakeoff.yaml:3:5"),
        ("E204", "bakeoff.yaml:4:106"),
        ("E204", "bakeoff.yaml:5:61"),
        ("E204", "bakeoff.yaml:7:58"),
        ("E204", "bakeoff.yaml:8:9"),
        ("E103", "providers.yaml:13:77"),
        ("E204", "providers.yaml:11:49"),
        ("E202", "providers.yaml:12:80"),
        ("E210", "bakeoff.yaml:2:58"),
        ("E208", "bakeoff.yaml:6:33"),
        ("E102", "providers.yaml:12:48"),
        ("E312", "bakeoff.yaml:4:79"),
        ("E312", "bakeoff.yaml:2:78"),
    ]


SIX = """\
suites:
  - {name: faq, modality: text, data: faq.jsonl, scorer: exact_match, prompt: "{{ inptu }}"}
  - {name: rank, modality: image_generation, data: faq.jsonl, scorer: contains}
candidates: [haiku, hibari]
decision:
  text:
    criteria:
      quality: {metric: quality, worst: 0, ideal: 1, weight: 50}
      speed: {metric: ttfo_p50ms, worst: 9, ideal: 1, weight: 50}
    gates: [{metric: qualty, min: 1}, {metric: quality, max: 1}]
  txt: {gates: []}
epochs: 2
"""
"""A candidate that fits nothing, a task for nobody, a slot that nobody fills, two metrics, a prompt."""


@pytest.mark.parametrize(
    ("right", "wrong", "code", "marked"),
    [
        pytest.param("epochs", "epochs", None, "", id="none"),
        pytest.param("weight: 50}", "wieght: 50}", "E202", "wieght", id="weight"),
        pytest.param("weight: 50}", "weight: lots}", "E204", "lots", id="its-kind"),
        pytest.param("exact_match", "exact_mach", "E210", "exact_mach", id="scorer"),
        pytest.param("scorer: exact", "scorr: exact", "E202", "scorr", id="its-key"),
        pytest.param("max: 1", "mxa: 1", "E202", "mxa", id="gate"),
        pytest.param("epochs", "epchs", "E202", "epchs", id="setting"),
        pytest.param("faq.jsonl", "fqa.jsonl", "E301", "fqa.jsonl", id="data"),
    ],
)
def test_one_slip_hides_none_of_the_others(project: Project, right: str, wrong: str, code: str, marked: str) -> None:
    found = project.problems(SIX.replace(right, wrong, 1), examine=lambda known, _: plan_partly(known)[1])
    others = {("E212", "hibari"), ("E212", "suites"), ("E214", "txt"), ("E215", "ttfo_p50ms"), ("E215", "qualty")}
    others |= {("E312", '"{{ inptu }}"')}
    assert {(problem.code, marked_text(problem)) for problem in found} == others | ({(code, marked)} if code else set())
    assert len(found) == len(others) + bool(code)


@pytest.mark.parametrize("file", ["bakeoff.yaml", "providers.yaml"])
def test_a_file_that_is_no_yaml_hides_nothing_of_the_other(project: Project, file: str) -> None:
    project.write(
        "bakeoff.yaml", "suites:\n  - {name: a, modality: text, data: faq.jsonl, scorer: exact_mach}\ncandidates: [x]\n"
    )
    project.write(
        "providers.yaml", PROVIDERS + "  - {model_name: typo, litellm_params: {model: openai/gpt-4o-minii}}\n"
    )
    project.write(file, "a: [")
    codes = [problem.code for problem in project.problems()]
    assert codes == (["E201", "E102"] if file == "bakeoff.yaml" else ["E201", "E210"])


def test_a_stage_that_cannot_be_asked_has_its_place(project: Project) -> None:
    cascade = "cascades:\n  - {model_name: two, stages: [{name: a, candidate: mini}, {name: b, candidate: mini, input: '{{ c }}'}]}\n"
    project.write("providers.yaml", PROVIDERS + cascade)
    _, (problem,) = plan_partly(project.load(f"suites:\n{FAQ}"))
    assert (problem.code, place(problem)) == ("E312", "providers.yaml:12:94")


def test_a_system_prompt_that_nobody_would_be_told_has_its_place(project: Project) -> None:
    spoken = SUITE.replace('modality="text"', 'modality="tts"').replace(
        "scorers=", "\n         system='Whisper.', scorers="
    )
    project.suite(spoken)
    inline = "  - {name: say, modality: tts, data: faq.jsonl, system: Whisper., scorer: exact_match}\n"
    _, problems = plan_partly(project.load(f"suites:\n  - arith\n{inline}"))
    assert [(problem.code, place(problem), marked_text(problem)) for problem in problems] == [
        ("E225", "suite.py:6:10", "system"), ("E225", "bakeoff.yaml:3:57", "Whisper."),
    ]  # fmt: skip


def test_names_on_the_command_line_are_checked(project: Project) -> None:
    text = f"suites:\n{FAQ}"
    problem = one(project.problems(text, candidates=["haikuu"]))
    assert (problem.code, problem.message) == ("E208", "--candidates: there is no candidate 'haikuu'")
    assert problem.hint == "did you mean 'haiku'?"
    problem = one(project.problems(text, suites=["fax"]))
    assert (problem.code, problem.hint) == ("E209", "did you mean 'faq'?")
    problem = one(project.problems(text, candidates=["hibari"]))
    assert (problem.code, problem.message) == ("E212", "--candidates: 'hibari' does tts, and the suites ask for text")


def test_a_literal_key_in_either_file_is_refused_unshown(project: Project) -> None:
    project.write("providers.yaml", PROVIDERS.replace("os.environ/ANTHROPIC_API_KEY", CANARY))
    problems = project.problems(f"suites:\n{FAQ}name: {CANARY}\n")
    assert [(problem.code, place(problem)) for problem in problems] == [
        ("E103", "bakeoff.yaml:3:7"),
        ("E103", "providers.yaml:3:66"),
    ]
    assert CANARY not in repr(problems)


def test_a_fault_that_is_met_twice_is_told_once(project: Project) -> None:
    project.write("providers.yaml", PROVIDERS + "  - {model_name: ears, litellm_params: {model: local/wisper}}\n")
    text = f"suites:\n{SAY}{HEAR}candidates: [ears, hibari]\ninstruments: {{transcriber: ears}}\n"
    assert [problem.code for problem in project.problems(text)] == ["E102"]


# -- keys that are not required ------------------------------------------------------------------------------------


def test_where_nothing_is_sent_no_key_is_required(project: Project) -> None:
    text = f"suites:\n{FAQ}candidates: [haiku, smollm2]\n"
    with pytest.raises(CredentialsError):
        project.load(text, env={})
    bakeoff = load(project.folder, env={}, shipped=project.shipped, require_keys=False)
    assert [candidate.name for candidate in bakeoff.candidates] == ["haiku", "smollm2"]
    assert bakeoff.notices == ("'haiku' counts as if its key were there, but ANTHROPIC_API_KEY is not set",)
    project.write("bakeoff.yaml", f"suites:\n{FAQ}")
    unlisted = load(project.folder, env={}, shipped=project.shipped, require_keys=False)
    assert [candidate.name for candidate in unlisted.candidates] == ["haiku", "mini", "smollm2"]


# -- a model under two names ---------------------------------------------------------------------------------------


AGAIN = "  - {model_name: again, litellm_params: {model: local/smollm2-135m, temperature: 0}}\n"


@pytest.mark.parametrize(
    ("more", "at"),
    [
        pytest.param("candidates: [smollm2, again]\n", "bakeoff.yaml:3:23", id="listed"),
        pytest.param("decision: {text: {must_pass: [again]}}\n", "bakeoff.yaml:3:31", id="must_pass"),
    ],
)
def test_a_named_repeat_of_another_candidate_is_refused(project: Project, more: str, at: str) -> None:
    project.write("providers.yaml", PROVIDERS + AGAIN)
    problem = one(project.problems(f"suites:\n{FAQ}{more}"))
    assert (problem.code, place(problem)) == ("E207", at)
    assert "'again' is 'smollm2' under another name" in problem.message


def test_on_the_command_line_too(project: Project) -> None:
    project.write("providers.yaml", PROVIDERS + AGAIN)
    problem = one(project.problems(f"suites:\n{FAQ}", candidates=["smollm2", "again"]))
    assert (problem.code, problem.message.partition(":")[0]) == ("E207", "--candidates")


def test_a_load_balanced_name_may_hold_the_same_model_twice(project: Project) -> None:
    entry = "  - {{model_name: gpt, litellm_params: {{model: openai/gpt-4o-mini, api_key: os.environ/{0}}}}}\n"
    project.write("providers.yaml", "model_list:\n" + entry.format("A_KEY") + entry.format("B_KEY"))
    bakeoff = project.load(f"suites:\n{FAQ}candidates: [gpt]\n", env={"A_KEY": "a", "B_KEY": "b"})
    assert [candidate.name for candidate in bakeoff.candidates] == ["gpt#1", "gpt#2"]


def test_what_is_accepted_and_does_nothing_is_said(project: Project) -> None:
    project.write("providers.yaml", PROVIDERS.replace("bakeoff: {", "bakeoff: {group: incumbent, "))
    bakeoff = project.load(f"suites:\n{FAQ}run: {{workers: 2}}\n")
    assert bakeoff.notices == ("bakeoff.group is checked, but this version does not use it",)
    assert project.load(f"suites:\n{FAQ}run: {{workers: 1}}\ncandidates: [haiku]\n").notices == ()


@pytest.mark.parametrize("field", ["api_base", "base_url"])
def test_a_password_in_an_address_is_refused_wherever_it_comes_from(project: Project, field: str) -> None:
    entry = f"  - {{model_name: own, litellm_params: {{model: openai/own, {field}: os.environ/OWN_URL}}}}\n"
    project.write("providers.yaml", "model_list:\n" + entry)
    password = "hunter-2-hunter-2"
    address = f"https://user:{password}@example.org/v1"
    with pytest.raises(UsageError) as caught:
        project.load(f"suites:\n{FAQ}", env={"OWN_URL": address})
    problem = one(caught.value.problems)
    assert (problem.code, place(problem)) == ("E103", "providers.yaml:2:" + str(entry.index("os.environ") + 1))
    assert "OWN_URL" in problem.message
    assert password not in repr(problem)
    plain = project.load(env={"OWN_URL": "https://example.org/v1"})
    assert plain.candidates[0].base_url == "https://example.org/v1"


# -- cost ----------------------------------------------------------------------------------------------------------


def test_loading_imports_nothing_heavy(project: Project) -> None:
    heavy = ["litellm", "pandas", "numpy", "scipy", "plotly", "openpyxl", "jinja2", "httpx", "dotenv"]
    script = (
        "import sys\nfrom pathlib import Path\nfrom harness.config.load import load\n"
        f"load(Path({str(project.folder)!r}), env={{'OPENAI_API_KEY': 'k'}}, shipped=Path({str(project.shipped)!r}))\n"
        f"print([name for name in {heavy} if name in sys.modules])\n"
    )
    only_remote = PROVIDERS.partition("  - model_name: smollm2")[0]
    project.write("providers.yaml", only_remote)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.alone
def test_loading_is_quick(project: Project) -> None:
    project.suite()
    project.load(f"suites:\n  - arith\n{FAQ}{SAY}")  # the price map is read once a process
    began = time.process_time()
    project.load()
    assert time.process_time() - began < 0.3


def test_the_shipped_bake_off_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "harness.local.catalog")
    bakeoff = load(shipped(), env={}, shipped=shipped())
    assert [suite.name for suite in bakeoff.suites] == ["text_core", "tts_core", "spoken_qa", "doc_ocr"]
    assert list(bakeoff.rules) == ["text", "tts", "speech", "vision"]
    assert sorted(bakeoff.instruments) == ["mos", "transcriber"]
    assert bakeoff.notices == ()
    assert all(model.weights_sha256 and model.machine for it in bakeoff.candidates for model in it.models)


def test_another_file_and_paths_beside_it(project: Project) -> None:
    project.write("sub/other.yaml", f"suites:\n{FAQ}candidates: [smollm2]\n")
    project.write("sub/faq.jsonl", '{"input": 1, "target": "one"}\n')
    bakeoff = load(project.folder, file="sub/other.yaml", env={}, shipped=project.shipped)
    assert len(bakeoff.suites[0].tasks[0].loaded) == 1


def test_a_sample_that_its_scorer_cannot_judge_is_refused(project: Project) -> None:
    project.write("blank.csv", "id,input,target\na,2+2?,4\nb,3+3?,\n")
    suite = "{name: sums, modality: text, data: blank.csv, scorer: {number_match: {}}}"
    (problem,) = project.problems(f"suites:\n  - {suite}\n")
    assert (problem.code, "'b'" in problem.message, "number_match" in problem.message) == ("E313", True, True)
    assert place(problem) == "blank.csv:3:1"
