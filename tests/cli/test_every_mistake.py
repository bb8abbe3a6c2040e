"""Forty and more mistakes in the files of one bake-off: each is told once, whatever else is wrong, and nothing besides."""
# ruff: noqa: E501 - tables have one case a line

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from harness import pipeline
from harness.errors import Problem, UsageError

RIGHT = {
    "bakeoff.yaml": """\
name: support
suites:
  - name: faq
    modality: text
    data: data/faq.csv
    prompt: "Answer briefly. {{ input }} {{ metadata.category }}"
    system: You answer customers.
    scorer: {contains: {}}
    max_tokens: 64
  - name: sums
    modality: text
    data: data/sums.jsonl
    scorer: [{number_match: {tolerance: 0}}, exact_match]
    primary: number_match
  - {suite: text_core, tasks: [arithmetic], limit: 4}
  - {name: heard, modality: transcription, slot: ears, data: data/heard.jsonl, scorer: transcript_accuracy}
candidates: [fast, slow, smollm2, chain, whisper-tiny]
epochs: 2
seed: 7
instruments: {transcriber: whisper-base, judge: slow}
run: {budget_usd: 5, budgets_usd: {openai: 3}, max_in_flight: 8, timeout_s: 30}
decision:
  text:
    gates:
      - {metric: coverage, min: 0.95}
      - {metric: ttfo_p50_ms, max: 2000}
    criteria:
      quality: {metric: quality, worst: 0.4, ideal: 0.95}
      latency: {metric: ttfo_p95_ms, worst: 3000, ideal: 200, scale: log}
      cost: {metric: usd_per_1k_requests, worst: 20, ideal: 0.25, scale: log}
    weights: {points: {quality: 50, latency: 20, cost: 30}}
    profiles: {support: {order: [quality, cost, latency]}}
    must_pass: [fast]
    thresholds: {near_tie: 0.02}
  ears:
    criteria: {words: {metric: wer, worst: 1, ideal: 0, weight: 1}}
traffic: {requests_per_month: 240000, batch_share: 0.2, mix: {faq: 3, sums: 1}}
exchange: {cny_per_usd: 7.1, date: '2026-11-27'}
""",
    "providers.yaml": """\
model_list:
  - model_name: fast
    litellm_params: {model: openai/gpt-4o-mini, temperature: 0, api_key: os.environ/DESK_KEY}
    model_info: {mode: chat, input_cost_per_token: 0.000001}
    bakeoff: {rpm: 60, max_in_flight: 4}
  - model_name: slow
    litellm_params: {model: openai/gpt-4.1-mini, top_p: 1, api_key: os.environ/DESK_KEY, tpm: 1000}
  - model_name: smollm2
    litellm_params: {model: local/smollm2-135m, temperature: 0}
    bakeoff: {usd_per_hour: 0.10, utilisation: 0.5}
  - model_name: own
    litellm_params: {model: openai/own, api_base: 'http://127.0.0.1:1/v1', api_key: os.environ/DESK_KEY}
cascades:
  - {model_name: chain, stages: [{name: draft, candidate: slow}, {name: edit, candidate: fast, input: "{{ stages.draft.text }}"}]}
  - {model_name: voice, stt: whisper-tiny, llm: smollm2, tts: hibari}
""",
    "data/faq.csv": "id,input,target,category\n1,What is the capital of France?,Paris,geo\n2,Of Italy?,Rome,geo\n3,Of Spain?,Madrid,geo\n",
    "data/sums.jsonl": '{"id": "a", "input": "1 + 1", "target": "2"}\n{"id": "b", "input": "1 + 2", "target": "3"}\n{"id": "c", "input": "1 + 3", "target": "4"}\n',
    "data/heard.jsonl": '{"id": "h", "input": "?", "target": "hi", "files": ["hi.wav"]}\n',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody wrote in the place of what is right, and what is to be said of it."""

    file: str
    right: str
    wrong: str
    code: str
    marked: str
    """The text, or the line of a data file, that is pointed at."""
    fix: str
    """What the fix has in it."""


B, P = "bakeoff.yaml", "providers.yaml"


def it(file: str, right: str, wrong: str, code: str, marked: str, fix: str) -> Mistake:
    return Mistake(file=file, right=right, wrong=wrong, code=code, marked=marked, fix=fix)


MISTAKES = (
    # names of keys
    it(B, "epochs: 2", "epcohs: 2", "E202", "epcohs", "'epochs'"),
    it(B, "max_tokens: 64", "max_token: 64", "E202", "9", "'max_tokens'"),
    it(B, "timeout_s: 30", "timout_s: 30", "E202", "timout_s", "'timeout_s'"),
    it(B, "near_tie: 0.02", "neer_tie: 0.02", "E202", "neer_tie", "'near_tie'"),
    it(B, "batch_share", "batchshare", "E202", "batchshare", "'batch_share'"),
    it(B, "system:", "persona:", "E202", "persona", "known: name, modality"),
    it(P, "rpm: 60", "rmp: 60", "E202", "rmp", "'rpm'"),
    it(P, "model_name: own", "model_nam: own", "E202", "model_nam", "'model_name'"),
    # kinds and ranges
    it(B, "seed: 7", "seed: -1", "E204", "-1", "0 or more"),
    it(B, "max_in_flight: 8", "max_in_flight: many", "E204", "many", "digits alone"),
    it(B, "cny_per_usd: 7.1", "cny_per_usd: 0", "E204", "0", "above 0"),
    it(B, "date: '2026-11-27'", "date: today", "E204", "today", "2026-11-27"),
    it(B, "requests_per_month: 240000", "requests_per_month: -5", "E204", "-5", "above 0"),
    it(
        B,
        "{suite: text_core, tasks: [arithmetic], limit: 4}",
        "{suite: text_core, tasks: [arithmetic], limit: 0}",
        "E204",
        "0",
        "1 or more",
    ),
    it(P, "max_in_flight: 4", "max_in_flight: 0", "E204", "0", "1 or more"),
    it(P, "usd_per_hour: 0.10", "usd_per_hour: -1", "E204", "-1", "0 or more"),
    it(P, "utilisation: 0.5", "utilisation: 5", "E204", "5", "1 or less"),
    # suites, prompts, scorers
    it(B, "{{ input }} {{ metadata", "{{ inptu }} {{ metadata", "E312", '"Answer', "'input'"),
    it(B, "{contains: {}}", "{contians: {}}", "E210", "contians", "'contains'"),
    it(B, "{tolerance: 0}", "{tolernce: 0}", "E210", "tolernce", "'tolerance'"),
    it(B, "primary: number_match", "primary: numbers_match", "E211", "numbers_match", "'number_match'"),
    it(B, "{suite: text_core", "{siute: text_core", "E202", "siute", "'suite'"),
    it(B, "tasks: [arithmetic]", "tasks: [arithmetc]", "E209", "arithmetc", "'arithmetic'"),
    it(B, "modality: transcription", "modality: transcripton", "E204", "transcripton", "'transcription'"),
    # who competes and who measures
    it(B, "candidates: [fast, slow, smollm2,", "candidates: [fast, slow, smolm2,", "E208", "smolm2", "'smollm2'"),
    it(B, "judge: slow", "judge: slwo", "E213", "slwo", "'slow'"),
    it(B, "transcriber: ", "transcribr: ", "E213", "transcribr", "'transcriber'"),
    it(B, "must_pass: [fast]", "must_pass: [fsat]", "E208", "fsat", "'fast'"),
    it(B, "{openai: 3}", "{opnai: 3}", "E223", "opnai", "'openai'"),
    # gates, criteria, weights, scales
    it(B, "{metric: coverage, min: 0.95}", "{metric: coverge, min: 0.95}", "E215", "coverge", "'coverage'"),
    it(
        B,
        "{metric: ttfo_p50_ms, max: 2000}",
        "{metric: ttfo_p50_ms, max: 2000, min: 1}",
        "E216",
        "{",
        "min: what is at least needed",
    ),
    it(B, "metric: ttfo_p95_ms", "metric: ttfo_p59_ms", "E215", "ttfo_p59_ms", "'ttfo_p95_ms'"),
    it(B, "{metric: quality, worst: 0.4", "{metric: qualty, worst: 0.4", "E215", "qualty", "'quality'"),
    it(B, "ideal: 0.95}", "ideal: 95}", "E216", "95", "0.95"),
    it(B, "worst: 3000", "worst: 0", "E216", "0", "above 0"),
    it(B, "worst: 20, ideal: 0.25, scale: log", "worst: 20, ideal: 0.25, scale: lgo", "E204", "lgo", "'log'"),
    it(B, "points: {quality: 50", "points: {qualty: 50", "E226", "qualty", "'quality'"),
    it(B, "[quality, cost, latency]", "[quality, cst, latency]", "E226", "cst", "'cost'"),
    it(B, "ears:\n", "eers:\n", "E214", "eers", "'ears'"),
    it(B, "{metric: wer, worst: 1", "{metric: wwer, worst: 1", "E215", "wwer", "'wer'"),
    it(B, "sums: 1}", "smus: 1}", "E209", "smus", "'sums'"),
    # models, parameters, prices, cascades
    it(P, "openai/gpt-4o-mini,", "opnai/gpt-4o-mini,", "E102", "opnai/gpt-4o-mini", "'openai/gpt-4o-mini'"),
    it(P, "openai/gpt-4.1-mini", "openai/gpt-4.1-minii", "E102", "openai/gpt-4.1-minii", "'openai/gpt-4.1-mini'"),
    it(P, "local/smollm2-135m", "local/smolm2-135m", "E102", "local/smolm2-135m", "'local/smollm2-135m'"),
    it(P, "temperature: 0, api_key", "temprature: 0, api_key", "E202", "temprature", "'temperature'"),
    it(P, "{model: openai/gpt-4.1-mini", "{modle: openai/gpt-4.1-mini", "E202", "modle", "'model'"),
    it(P, "top_p: 1, api_key:", "top_p: 1, api_kye:", "E202", "7", "'api_key'"),
    it(P, "api_base: ", "api_bas: ", "E202", "api_bas", "'api_base'"),
    it(P, "{mode: chat,", "{moed: chat,", "E202", "moed", "'mode'"),
    it(P, ": chat, input", ": chatt, input", "E204", "chatt", "'chat'"),
    it(P, "input_cost_per_token: ", "input_cost_per_tokn: ", "E202", "input_cost_per_tokn", "'input_cost_per_token'"),
    it(P, "tpm: 1000", "tpm: lots", "E204", "lots", "60"),
    it(P, "candidate: slow}", "candidate: slwo}", "E208", "slwo", "'slow'"),
    it(P, "{{ stages.draft.text }}", "{{ stage.draft.text }}", "E312", '"{{', "'stages'"),
    it(P, "llm: smollm2", "llm: smolm2", "E208", "smolm2", "'smollm2'"),
    # data
    it("data/faq.csv", "\n3,", "\n2,", "E304", "4", "an id of its own"),
    it("data/sums.jsonl", '"b", "input"', '"b", "inptu"', "E305", '"', "'input'"),
    it("data/sums.jsonl", '"4"}', '"4"', "E303", "3", "one object a line"),
    it("data/heard.jsonl", "hi.wav", "ho.wav", "E308", "1", "'hi.wav'"),
)


UNREADABLE = (
    # no YAML
    (B, "epochs: 2", "epochs: [2"),
    (B, "seed: 7", "seed 7"),
    (B, "  text:\n", "\ttext:\n"),
    (B, "    modality: text\n    data: data/faq", "  modality: text\n    data: data/faq"),
    (B, "    scorer: {contains", "     scorer: {contains"),
    (B, "    gates:\n", "   gates:\n"),
    (B, "      latency: {metric", "     latency: {metric"),
    (B, "seed: 7", "seed: 7\nseed: 8"),
    (B, "seed: 7", "seed: .inf"),
    (B, "data: data/faq.csv", "data: 'data/faq.csv"),
    (B, 'prompt: "Answer briefly. {{ input }} {{ metadata.category }}"', "prompt: Answer: {{ input }}"),
    (B, 'prompt: "Answer briefly. {{ input }} {{ metadata.category }}"', "prompt: {{ input }}"),
    (P, "{name: draft, candidate: slow}", "{name: draft, candidate: slow"),
    (P, "    litellm_params: {model: openai/gpt-4.1-mini,", "    litellm_params: model: openai/gpt-4.1-mini,"),
    # of another kind, or like nothing that is known
    (B, "name: faq\n", "name: 5\n"),
    (B, "modality: transcription", "modality: sound"),
    (B, "scorer: {contains: {}}", "scorer: 7"),
    (B, "scorer: {contains: {}}", "scorer: {contians: {}, contains: {}}"),
    (B, "scorer: {contains: {}}", "scorer: brilliance"),
    (B, "max_tokens: 64", "max_tokens: lots"),
    (B, "{suite: text_core, tasks: [arithmetic], limit: 4}", "3"),
    (B, "{suite: text_core,", "{suite: 5,"),
    (B, "{suite: text_core, tasks: [arithmetic], limit: 4}", "{suit: text_core}"),
    (B, "{suite: text_core,", "{suite: ./suites/mine,"),
    (B, "candidates: [fast, slow, smollm2, chain, whisper-tiny]", "candidates: fast"),
    (B, "candidates: [fast,", "candidates: [3, fast,"),
    (B, "candidates: [fast, slow, smollm2, chain, whisper-tiny]", "candidates:\n  - [fast"),
    (B, "candidates: [fast,", "candidates: [gpt-9, fast,"),
    (B, "instruments: {transcriber: whisper-base, judge: slow}", "instruments: [whisper-base]"),
    (B, "run: {budget_usd: 5,", "run: {budget_usd: five,"),
    (B, "{metric: coverage, min: 0.95}", "coverage"),
    (B, "{metric: coverage, min: 0.95}", "{metric: 3, min: 0.95}"),
    (B, "{metric: coverage, min: 0.95}", "{metric: coverage, min: high}"),
    (B, "{metric: quality, worst: 0.4, ideal: 0.95}", "{metric: quality, worst: low, ideal: 0.95}"),
    (B, "{metric: quality, worst: 0.4, ideal: 0.95}", "3"),
    (B, "points: {quality: 50", "points: {quality: -50"),
    (B, "weights: {points: {quality: 50, latency: 20, cost: 30}}", "weights: 3"),
    (B, "order: [quality, cost", "order: [3, cost"),
    (B, "scale: log}\n      cost", "scale: cubic}\n      cost"),
    (P, "model_name: fast\n", "model_name: 5\n"),
    (P, "model: openai/gpt-4o-mini,", "model: 5,"),
    (P, "model: openai/gpt-4o-mini,", "model: acme/zzz,"),
    (P, "{model: local/smollm2-135m, temperature: 0}", "3"),
    (P, "api_base: 'http://127.0.0.1:1/v1'", "api_base: 5"),
    (P, "bakeoff: {rpm: 60, max_in_flight: 4}", "bakeoff: 5"),
    (P, "mode: chat", "mode: brilliance"),
    (P, "input_cost_per_token: 0.000001", "input_cost_per_token: cheap"),
    (P, "stages: [{name: draft, candidate: slow}, {", "stages: [5, {"),
    (P, "{name: draft, candidate: slow}", "{name: draft, candidate: gpt-9}"),
    # missing
    (B, "  - name: faq\n    modality", "  - modality"),
    (B, "    modality: text\n    data: data/faq", "    data: data/faq"),
    (B, "    data: data/faq.csv\n", ""),
    (B, "    scorer: {contains: {}}\n", ""),
    (B, "{metric: coverage, min: 0.95}", "{min: 0.95}"),
    (B, "quality: 50, latency: 20,", "quality: 50,"),
    (B, "requests_per_month: 240000, ", ""),
    (B, "cny_per_usd: 7.1, ", ""),
    (P, "  - model_name: fast\n    litellm", "  - litellm"),
    (P, "model: openai/gpt-4o-mini, ", ""),
    (P, "    litellm_params: {model: local/smollm2-135m, temperature: 0}\n", ""),
    (P, "{model_name: chain, ", "{"),
    (P, "{name: draft, candidate: slow}", "{name: draft}"),
    ("data/faq.csv", "Paris", ""),
    ("data/faq.csv", "id,input,", "id,sentence,"),
    ("data/sums.jsonl", '"input": "1 + 2", ', ""),
    ("data/sums.jsonl", '"input": "1 + 2"', '"question": "1 + 2"'),
    ("data/heard.jsonl", ', "files": ["hi.wav"]', ""),
)
"""What nobody can guess the meaning of: whatever depends on it is not told."""

DEPEND = {(B, "data"), (P, "E208"), (P, "E213"), (P, "E223"), (P, "E312")}
"""A file, and what is told of another with its help: which data is read, and who is a candidate."""


def written(folder: Path, mistakes: Collection[Mistake]) -> None:
    texts = dict(RIGHT)
    for mistake in mistakes:
        assert texts[mistake.file].count(mistake.right) == 1, mistake
        texts[mistake.file] = texts[mistake.file].replace(mistake.right, mistake.wrong)
    for name, text in texts.items():
        (folder / name).write_text(text)


def told(folder: Path) -> list[Problem]:
    try:
        pipeline.plan(pipeline.load(folder))
    except UsageError as error:
        return list(error.problems)
    return []


def says(problem: Problem, mistake: Mistake) -> bool:
    if problem.code != mistake.code or not str(problem.file).endswith(mistake.file):
        return False
    if problem.excerpt is None or problem.column is None:
        return str(problem.line) == mistake.marked and mistake.fix in str(problem.hint)
    marked = problem.excerpt[problem.column - 1 :][: max(problem.length, len(mistake.marked))]
    at_line = str(problem.line) == mistake.marked
    return (marked.startswith(mistake.marked) or at_line) and mistake.fix in str(problem.hint)


def check(folder: Path, mistakes: Collection[Mistake]) -> None:
    written(folder, mistakes)
    problems = told(folder)
    unsaid = [mistake for mistake in mistakes if sum(says(problem, mistake) for problem in problems) < 1]
    others = [problem for problem in problems if not any(says(problem, mistake) for mistake in mistakes)]
    assert (unsaid, others) == ([], [])
    assert len(problems) == len(mistakes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.fake_provider.audio import header, speak

    folder = tmp_path_factory.mktemp("every")
    (folder / "data").mkdir()
    (folder / "data" / "hi.wav").write_bytes(header(len(speak("hi"))) + speak("hi"))
    (folder / "hi.wav").write_bytes(header(len(speak("hi"))) + speak("hi"))
    (folder / ".env").write_text("DESK_KEY=of-no-account\n")
    return folder


def test_without_a_mistake_nothing_is_said(folder: Path) -> None:
    check(folder, ())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.wrong[:40])
def test_one_mistake_is_one_problem(folder: Path, mistake: Mistake) -> None:
    check(folder, [mistake])


@pytest.mark.parametrize(("file", "right", "wrong"), UNREADABLE, ids=lambda text: text[:40])
def test_what_cannot_be_read_is_one_problem_too(folder: Path, file: str, right: str, wrong: str) -> None:
    written(folder, [it(file, right, wrong, "", "", "")])
    (problem,) = told(folder)
    assert str(problem.file).endswith((file, B)), "what a suite asks of its data is told at the suite"
    assert problem.line is not None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(UNREADABLE), st.sampled_from(MISTAKES))
def test_it_hides_nothing_of_another_file(folder: Path, unreadable: tuple[str, str, str], mistake: Mistake) -> None:
    file = unreadable[0]
    assume(file != mistake.file)
    assume(not {(file, mistake.code), (file, mistake.file.partition("/")[0])} & DEPEND)
    written(folder, [it(*unreadable, "", "", ""), mistake])
    assert sum(says(problem, mistake) for problem in told(folder)) == 1


def test_all_of_them_at_once(folder: Path) -> None:
    check(folder, MISTAKES)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(range(len(MISTAKES))), min_size=2))
def test_none_hides_another_nor_brings_one_along(folder: Path, chosen: set[int]) -> None:
    check(folder, [MISTAKES[index] for index in sorted(chosen)])
