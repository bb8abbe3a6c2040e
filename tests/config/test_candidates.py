"""Entries become candidates: what they do, what they cost, what they need."""
# ruff: noqa: E501 - tables have one case a line

from collections.abc import Mapping
from decimal import Decimal

import pytest

from harness.config.candidates import Resolved, resolve
from harness.config.providers import read_providers
from harness.core.candidates import Machine, Prices
from harness.errors import Problem
from harness.pricing import book
from tests.config.conftest import Project, one, place

BOOK: Mapping[str, tuple[str, bool, str]] = {
    "gpt-4o-mini": ("chat", True, "0.00000015"),
    "openai/o-text": ("chat", False, "0.000001"),
    "openai/gpt-audio": ("chat", False, "0.0000025"),
    "tts-1": ("audio_speech", False, "0.000015"),
    "whisper-1": ("audio_transcription", False, "0.0001"),
    "text-embedding-3-small": ("embedding", False, "0.00000002"),
    "omni-moderation": ("moderation", False, "0"),
    "runwayml/films": ("video_generation", True, "0.1"),
    "gemini/films": ("video_generation", False, "0.1"),
    "fal_ai/films": ("video_generation", True, "0.1"),
    "anthropic/claude-haiku-4-5": ("chat", True, "0.000001"),
}


def _key(model: str) -> str | None:
    return next((key for key in (model, model.removeprefix("openai/"), f"openai/{model}") if key in BOOK), None)


def _lookup(model: str) -> Prices | None:
    key = _key(model)
    return Prices(usd={"input_cost_per_token": Decimal(BOOK[key][2])}, source="book 1") if key else None


@pytest.fixture(autouse=True)
def small_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "mode", lambda model: BOOK[key][0] if (key := _key(model)) else None)
    monkeypatch.setattr(book, "supports_vision", lambda model: bool((key := _key(model)) and BOOK[key][1]))
    monkeypatch.setattr(book, "supports_speech", lambda model: model == "openai/gpt-audio")
    monkeypatch.setattr(
        book, "denies", lambda model, ability: (model, ability) == ("openai/o-text", "function_calling")
    )
    monkeypatch.setattr(book, "takes_no_pictures", lambda model: not BOOK[model][1])
    monkeypatch.setattr(book, "lookup", _lookup)
    monkeypatch.setattr(book, "known_models", lambda: tuple(BOOK))


def resolved(
    project: Project, params: str, rest: str = "", env: Mapping[str, str] | None = None
) -> tuple[Resolved | None, list[Problem]]:
    text = f"model_list:\n  - model_name: c\n    litellm_params: {params}\n{rest}"
    problems: list[Problem] = []
    providers = read_providers(project.write("providers.yaml", text), problems)
    assert not problems
    return resolve(providers.entries[0], env or {}, problems), problems


def good(project: Project, params: str, rest: str = "", env: Mapping[str, str] | None = None) -> Resolved:
    found, problems = resolved(project, params, rest, env)
    assert found is not None, problems
    return found


def bad(project: Project, params: str, rest: str = "") -> Problem:
    found, problems = resolved(project, params, rest)
    assert found is None or found.wrong
    return one(problems)


@pytest.mark.parametrize(
    ("params", "info", "modalities"),
    [
        pytest.param("{model: openai/gpt-4o-mini}", "", {"text", "vision"}, id="chat-that-sees"),
        pytest.param("{model: openai/o-text}", "", {"text"}, id="chat"),
        pytest.param("{model: tts-1}", "", {"tts"}, id="speech"),
        pytest.param("{model: openai/gpt-audio}", "", {"text", "speech"}, id="chat-that-hears-and-speaks"),
        pytest.param("{model: openai/gpt-audio}", "{supports_audio_input: true, supports_audio_output: false}", {"text"}, id="speech-info-over-book"),
        pytest.param("{model: whisper-1}", "", {"transcription"}, id="transcription"),
        pytest.param("{model: text-embedding-3-small}", "", {"embedding", "rerank"}, id="embedding, which ranks by its vectors"),
        pytest.param("{model: omni-moderation}", "", set(), id="what-no-suite-asks"),
        pytest.param("{model: local/hibari}", "", {"tts"}, id="embedded"),
        pytest.param("{model: local/dnsmos}", "", {"mos"}, id="embedded-instrument"),
        pytest.param("{model: openai/mine, api_base: 'http://h/v1'}", "", {"text"}, id="own-server-is-chat"),
        pytest.param("{model: openai/mine, api_base: 'http://h/v1'}", "{mode: audio_speech}", {"tts"}, id="mode-of-own-server"),
        pytest.param("{model: openai/mine, api_base: 'http://h/v1'}", "{supports_vision: true}", {"text", "vision"}, id="sight-of-own-server"),
        pytest.param("{model: openai/gpt-4o-mini}", "{supports_vision: false}", {"text"}, id="info-over-book"),
        pytest.param("{model: azure/mine}", "{base_model: gpt-4o-mini}", {"text", "vision"}, id="base-model"),
        pytest.param("{model: cohere/new}", "{mode: rerank}", {"rerank"}, id="unknown-with-mode"),
        pytest.param("{model: gpt-4o-mini, custom_llm_provider: openai}", "", {"text", "vision"}, id="provider-apart"),
    ],
)  # fmt: skip
def test_modalities(project: Project, params: str, info: str, modalities: set[str]) -> None:
    rest = f"    model_info: {info}\n" if info else ""
    assert good(project, params, rest).candidate.modalities == modalities


@pytest.mark.parametrize(
    ("params", "info", "lacks"),
    [
        pytest.param("{model: openai/gpt-4o-mini}", "", set(), id="the book is silent"),
        pytest.param("{model: openai/o-text}", "", {"tools"}, id="the book says no"),
        pytest.param("{model: openai/o-text}", "{supports_function_calling: true}", set(), id="info-over-book"),
        pytest.param("{model: openai/gpt-4o-mini}", "{supports_response_schema: false}", {"response_format"}, id="info-says-no"),
        pytest.param("{model: local/smollm2-135m}", "", {"tools"}, id="embedded"),
        pytest.param("{model: tts-1}", "", set(), id="speech"),
        pytest.param("{model: runwayml/films}", "", set(), id="clips of pictures"),
        pytest.param("{model: gemini/films}", "", {"input_reference"}, id="the book lists text alone"),
        pytest.param("{model: gemini/films}", "{supports_vision: true}", set(), id="sight-over-book"),
        pytest.param("{model: fal_ai/films}", "", {"input_reference"}, id="links alone"),
    ],
)  # fmt: skip
def test_what_a_candidate_cannot_take(project: Project, params: str, info: str, lacks: set[str]) -> None:
    rest = f"    model_info: {info}\n" if info else ""
    assert good(project, params, rest).candidate.lacks == lacks


@pytest.mark.parametrize(
    ("params", "where", "message", "hint"),
    [
        pytest.param("{model: openai/gpt-4o-minii}", "providers.yaml:3:29", "the model 'openai/gpt-4o-minii' is not known", "did you mean 'openai/gpt-4o-mini'?", id="typo"),
        pytest.param("{model: anthropic/claude-haiku-45}", "providers.yaml:3:29", "is not known", "did you mean 'anthropic/claude-haiku-4-5'?", id="typo-of-a-full-name"),
        pytest.param("{model: quux}", "providers.yaml:3:29", "is not known", "if it exists, say what it does: model_info: {mode: chat}", id="like-none"),
        pytest.param("{model: local/smolm2-135m}", "providers.yaml:3:29", "'local/smolm2-135m' is no embedded engine", "did you mean 'local/smollm2-135m'?", id="engine"),
    ],
)  # fmt: skip
def test_an_unknown_model_is_refused(project: Project, params: str, where: str, message: str, hint: str) -> None:
    problem = bad(project, params)
    assert (problem.code, place(problem), problem.hint) == ("E102", where, hint)
    assert message in problem.message


@pytest.mark.parametrize(
    ("params", "message", "hint"),
    [
        pytest.param("{model: opnai/mine, api_base: 'http://h/v1'}", "LiteLLM knows no provider 'opnai'", "did you mean 'openai/mine'?", id="typo"),
        pytest.param("{model: Qwen/Qwen3-8B, api_base: 'http://h/v1'}", "LiteLLM knows no provider 'Qwen'", "where the server speaks OpenAI's API: openai/Qwen/Qwen3-8B", id="an-organisation-is-none"),
        pytest.param("{model: mine, api_base: 'http://h/v1'}", "the model 'mine' names no provider", "where the server speaks OpenAI's API: openai/mine", id="none"),
    ],
)  # fmt: skip
def test_a_provider_that_litellm_does_not_know_is_refused(
    project: Project, params: str, message: str, hint: str
) -> None:
    problem = bad(project, params)
    assert (problem.code, place(problem), problem.message, problem.hint) == (
        "E102",
        "providers.yaml:3:29",
        message,
        hint,
    )


def test_an_address_that_litellm_knows_names_the_provider(project: Project) -> None:
    assert good(project, "{model: mine, api_base: 'https://api.groq.com/openai/v1'}").candidate.model == "mine"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("tempertaure: 0", "temperature"), ("api_kye: hunter2, api_key: os.environ/A", "api_key"), ("max_token: 3", "max_tokens"), ("quary_prefix: q", "query_prefix")],
)  # fmt: skip
@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "local/smollm2-135m"])
def test_a_parameter_that_is_nearly_a_known_one_is_refused(
    project: Project, model: str, written: str, meant: str
) -> None:
    problem = bad(project, f"{{{written}, model: {model}}}")
    assert (problem.code, place(problem)) == ("E202", "providers.yaml:3:22")
    assert str(problem.hint).startswith(f"did you mean '{meant}'? ")
    assert "hunter2" not in str(problem)


def test_a_parameter_like_no_known_one_is_sent_and_told(project: Project) -> None:
    found = good(
        project,
        "{model: openai/gpt-4o-mini, repetition_context: 3, temperature: 0, min_p: 0.1, extra_body: {top_a: 1}}",
    )
    assert found.unknown == ("repetition_context",)
    assert found.candidate.params["repetition_context"] == 3


def test_an_unknown_mode_is_refused(project: Project) -> None:
    problem = bad(project, "{model: openai/b}", "    model_info: {mode: chatt}\n")
    assert (problem.code, place(problem), problem.hint) == ("E204", "providers.yaml:4:24", "did you mean 'chat'?")


def test_request_parameters_are_kept_and_the_routers_are_not(project: Project) -> None:
    params = (
        "{model: openai/o-text, temperature: 1e-6, voice: alloy, reasoning_effort: low, extra_body: {a: [1]},"
        " rpm: 60, tpm: 1000, max_parallel_requests: 4, timeout: 30, max_retries: 5, input_cost_per_token: 1e-7}"
    )
    found = good(project, params)
    candidate = found.candidate
    assert candidate.params == {
        "temperature": 1e-6, "voice": "alloy", "reasoning_effort": "low", "extra_body": {"a": [1]},
    }  # fmt: skip
    assert (candidate.requests_per_minute, candidate.tokens_per_minute, candidate.max_in_flight) == (60, 1000, 4)
    assert found.ignored == ("max_retries", "timeout")


def test_our_limits_win(project: Project) -> None:
    rest = "    bakeoff: {rpm: 6, max_in_flight: 2, group: incumbent}\n"
    candidate = good(project, "{model: openai/o-text, rpm: 60, tpm: 10}", rest).candidate
    assert (candidate.requests_per_minute, candidate.tokens_per_minute, candidate.max_in_flight) == (6, 10, 2)
    assert candidate.group == "incumbent"


def test_a_limit_that_is_no_number_is_refused(project: Project) -> None:
    problem = bad(project, "{model: openai/o-text, rpm: many}")
    assert (problem.code, problem.message) == ("E204", "'rpm': expected a number above 0, came 'many'")


@pytest.mark.parametrize(
    ("params", "info", "usd", "source"),
    [
        pytest.param("{model: openai/gpt-4o-mini}", "", {"input_cost_per_token": "0.00000015"}, "book 1", id="book"),
        pytest.param("{model: openai/gpt-4o-mini}", "{input_cost_per_token: 1e-6}", {"input_cost_per_token": "0.000001"}, "book 1 + providers.yaml", id="over-the-book"),
        pytest.param("{model: openai/gpt-4o-mini}", "{output_cost_per_token: 2.5e-6}", {"input_cost_per_token": "0.00000015", "output_cost_per_token": "0.0000025"}, "book 1 + providers.yaml", id="beside-the-book"),
        pytest.param("{model: openai/b, api_base: x}", "{output_cost_per_character_above_128k_tokens: 0.1}", {"output_cost_per_character_above_128k_tokens": "0.1"}, "providers.yaml", id="own-server"),
        pytest.param("{model: openai/b, api_base: x, input_cost_per_second: 0.1}", "", {"input_cost_per_second": "0.1"}, "providers.yaml", id="in-litellm-params"),
    ],
)  # fmt: skip
def test_prices(project: Project, params: str, info: str, usd: dict[str, str], source: str) -> None:
    prices = good(project, params, f"    model_info: {info}\n" if info else "").candidate.prices
    own = tuple(name for name in usd if name in params + info)
    assert prices == Prices(usd={name: Decimal(price) for name, price in usd.items()}, source=source, own=own)


def test_no_price_is_none_and_never_zero(project: Project) -> None:
    assert good(project, "{model: openai/b, api_base: x}").candidate.prices is None
    assert good(project, "{model: local/hibari}").candidate.prices is None


@pytest.mark.parametrize(
    ("info", "code", "message", "hint"),
    [
        pytest.param("{input_cost_per_token: free}", "E204", "'input_cost_per_token': expected dollars as a number, came 'free'", "such as 0.000001", id="text"),
        pytest.param("{input_cost_per_token: -1}", "E204", "came -1", "such as 0.000001", id="negative"),
        pytest.param("{input_cost_per_tokens: 1}", "E202", "unknown key 'input_cost_per_tokens'", "did you mean 'input_cost_per_token'?", id="typo"),
    ],
)  # fmt: skip
def test_wrong_prices_are_refused(project: Project, info: str, code: str, message: str, hint: str | None) -> None:
    problem = bad(project, "{model: openai/o-text}", f"    model_info: {info}\n")
    assert (problem.code, problem.line, problem.hint) == (code, 4, hint)
    assert message in problem.message


def test_a_machine_has_a_price_an_hour(project: Project) -> None:
    candidate = good(
        project, "{model: local/smollm2-135m}", "    bakeoff: {usd_per_hour: 0.10, utilisation: 0.5}\n"
    ).candidate
    assert candidate.machine == Machine(usd_per_hour=Decimal("0.1"), utilisation=Decimal("0.5"))
    assert candidate.weights_sha256 == "sha-smollm2-135m"


@pytest.mark.parametrize(
    ("params", "env", "variable", "missing"),
    [
        pytest.param("{model: openai/b, api_base: x, api_key: os.environ/MINE}", {}, "MINE", ("MINE",), id="named"),
        pytest.param("{model: openai/b, api_base: x, api_key: os.environ/MINE}", {"MINE": "k"}, "MINE", (), id="named-and-set"),
        pytest.param("{model: openai/o-text, api_key: os.environ/MINE}", {"MINE": ""}, "MINE", ("MINE",), id="empty-is-missing"),
        pytest.param("{model: openai/o-text}", {}, "OPENAI_API_KEY", ("OPENAI_API_KEY",), id="customary"),
        pytest.param("{model: gpt-4o-mini}", {}, "OPENAI_API_KEY", ("OPENAI_API_KEY",), id="customary-of-a-bare-name"),
        pytest.param("{model: gemini/x, model_info: {}}", {"GOOGLE_API_KEY": "k"}, "GOOGLE_API_KEY", (), id="second-customary"),
        pytest.param("{model: openai/mine, api_base: 'http://h'}", {}, None, (), id="own-server-needs-none"),
        pytest.param("{model: azure/mine, api_base: 'http://h'}", {}, "AZURE_API_KEY", ("AZURE_API_KEY",), id="azure-has-an-address-and-a-key"),
        pytest.param("{model: azure/mine, azure_ad_token: os.environ/AD}", {}, None, ("AD",), id="another-credential"),
        pytest.param("{model: bedrock/x, aws_secret_access_key: os.environ/S, aws_access_key_id: os.environ/I}", {"I": "k"}, None, ("S",), id="several"),
        pytest.param("{model: local/hibari}", {}, None, (), id="embedded"),
        pytest.param("{model: hosted_vllm/of}", {}, None, (), id="provider-without-a-custom"),
    ],
)  # fmt: skip
def test_keys(
    project: Project, params: str, env: dict[str, str], variable: str | None, missing: tuple[str, ...]
) -> None:
    found = good(project, params, "    model_info: {mode: chat}\n", env)
    assert (found.candidate.api_key_env, tuple(found.missing)) == (variable, missing)


def test_an_address_from_the_environment(project: Project) -> None:
    params = "{model: openai/mine, api_base: os.environ/BASE}"
    assert good(project, params, env={"BASE": "http://h/v1"}).candidate.base_url == "http://h/v1"
    assert list(good(project, params).missing) == ["BASE"]


def test_the_key_itself_never_enters_a_candidate(project: Project) -> None:
    found = good(project, "{model: openai/o-text, api_key: os.environ/MINE}", env={"MINE": "canary"})
    assert "canary" not in repr(found)


def test_identity_follows_parameters_not_names_or_limits(project: Project) -> None:
    one_, two = (
        good(project, "{model: openai/b, api_base: x, rpm: 1}"),
        good(project, "{model: openai/b, api_base: x, rpm: 2}"),
    )
    other = good(project, "{model: openai/b, api_base: x, temperature: 1}")
    assert one_.candidate.identity == two.candidate.identity != other.candidate.identity
