"""Files that teams have for LiteLLM's proxy are providers.yaml as they are; what Bakeoff leaves aside is said.

The shapes are those of LiteLLM's own documentation and examples: load-balanced, with wildcards, with everything else.
"""

import pytest

from harness.core.candidates import Candidate
from tests.config.conftest import FAQ, KEYS, Project, one, place

BALANCED = """\
model_list:
  - model_name: chat
    litellm_params:
      model: azure/chat-east
      api_base: https://east.example/
      api_key: os.environ/EAST_KEY
      api_version: "2024-10-21"
      rpm: 6
      timeout: 300
      stream_timeout: 60
  - model_name: chat
    litellm_params:
      model: azure/chat-west
      api_base: https://west.example/
      api_key: os.environ/WEST_KEY
      tpm: 80_000
  - model_name: chat
    litellm_params: {model: gpt-4o-mini}
    tpm: 20000
    rpm: 3
router_settings:
  routing_strategy: usage-based-routing-v2
  model_group_alias: {cheap: chat}
  redis_password: os.environ/REDIS_PASSWORD
litellm_settings: {drop_params: true, context_window_fallbacks: [{chat: [large]}]}
"""
WILD = """\
model_list:
  - model_name: local
    litellm_params: {model: ollama/zephyr}
  - model_name: "*"
    litellm_params: {model: openai/*, api_key: os.environ/OPENAI_API_KEY}
  - model_name: anthropic/*
    litellm_params: {model: anthropic/*, api_key: os.environ/ANTHROPIC_API_KEY}
    model_info: {mode: chat}
  - model_name: house/*/v*
    litellm_params: {model: openai/*-*, api_base: "https://house.example/v1"}
  - model_name: anthropic/*
    litellm_params: {model: anthropic/*, api_key: os.environ/SPARE_KEY}
  - model_name: anything-*
    litellm_params: {model: openai/gpt-4o}
"""
EVERYTHING = """\
model_list:
  - model_name: answer
    litellm_params: &usual
      model: openai/gpt-4o-mini
      api_key: os.environ/OPENAI_API_KEY
      tags: [paid]
      litellm_credential_name: default_openai
    model_info: {id: one, base_model: gpt-4o-mini, access_groups: [beta]}
  - model_name: answer-calm
    litellm_params: {<<: *usual, temperature: 0, api_base: os.environ/GATEWAY, num_retries: 2}
  - model_name: bulk
    litellm_params: {model: openai/gpt-4o-mini, s3_secret_access_key: os.environ/S3_SECRET}
    model_info: {mode: batch}
litellm_settings:
  callbacks: [otel]
  cache: true
  cache_params: {type: redis, password: os.environ/REDIS_PASSWORD}
  default_team_settings: [{team_id: a, langfuse_secret: os.environ/LANGFUSE}]
general_settings:
  master_key: os.environ/MASTER
  database_url: "postgresql://proxy:hunter2@db.example/proxy"
  pass_through_endpoints: [{path: /v1/rerank, target: "https://rerank.example", headers: {Authorization: os.environ/R}}]
guardrails:
  - guardrail_name: masks
    litellm_params: {guardrail: presidio, mode: pre_call, api_key: os.environ/GUARD}
vector_store_registry:
  - vector_store_name: wiki
    litellm_params: {vector_store_id: V1, custom_llm_provider: bedrock}
credential_list: [{credential_name: default_openai, credential_values: {api_key: os.environ/OPENAI_API_KEY}}]
environment_variables: {REDIS_HOST: localhost}
"""
ENVIRONMENT = {
    **KEYS, **dict.fromkeys(("EAST_KEY", "WEST_KEY", "S3_SECRET"), "k"), "GATEWAY": "https://gateway.example/v1",
}  # fmt: skip


def loaded(project: Project, proxy: str, *candidates: str) -> tuple[dict[str, Candidate], tuple[str, ...]]:
    project.write("providers.yaml", proxy)
    listed = f"candidates: {list(candidates)}\n" if candidates else ""
    bakeoff = project.load(f"suites:\n{FAQ}{listed}", env=ENVIRONMENT)
    return {candidate.name: candidate for candidate in bakeoff.candidates}, bakeoff.notices


def test_a_load_balanced_one(project: Project) -> None:
    found, notices = loaded(project, BALANCED)
    assert {name: it.model for name, it in found.items()} == {
        "chat#1": "azure/chat-east", "chat#2": "azure/chat-west", "chat#3": "gpt-4o-mini",
    }  # fmt: skip
    assert [(it.requests_per_minute, it.tokens_per_minute) for it in found.values()] == [
        (6, None), (None, 80_000), (3, 20_000),
    ]  # fmt: skip
    assert notices == (
        "providers.yaml: litellm_settings, router_settings concern LiteLLM's proxy and are passed over",
        "'chat' stands 3 times and each is a candidate of its own: chat#1, chat#2, chat#3",
        "litellm_params stream_timeout, timeout steer LiteLLM's router, which is not used, and are ignored",
    )


def test_one_with_wildcards_gives_the_models_that_are_named(project: Project) -> None:
    found, notices = loaded(
        project, WILD, "gpt-4o-mini", "anthropic/claude-haiku-4-5", "house/mine/v2", "gemma3", "local"
    )
    assert {name: (it.model, it.api_key_env) for name, it in found.items() if not it.is_local} == {
        "gpt-4o-mini": ("openai/gpt-4o-mini", "OPENAI_API_KEY"),
        "anthropic/claude-haiku-4-5": ("anthropic/claude-haiku-4-5", "ANTHROPIC_API_KEY"),
        "house/mine/v2": ("openai/mine-2", None),
        "local": ("ollama/zephyr", None),
    }
    assert notices == (
        "wildcard entries stand for the models that `candidates` names: *, anthropic/*, house/*/v*",
        "wildcard entries that give no candidate are passed over, since their name or their model has no *, or they"
        " repeat another: 'anthropic/*' (line 11), 'anything-*' (line 13)",
    )


def test_a_wildcard_names_nobody_by_itself(project: Project) -> None:
    project.write("providers.yaml", "model_list: [{model_name: openai/*, litellm_params: {model: openai/*}}]\n")
    assert one(project.problems(f"suites:\n{FAQ}")).hint == "name models under candidates, for which openai/* stands"
    unfit = one(project.problems(f"suites:\n{FAQ}candidates: [opnai/gpt-4o, gemma3]\n"))
    assert (unfit.code, unfit.hint) == (
        "E208",
        "known: whisper-base, dnsmos, gemma3; names like openai/* stand for models too",
    )
    itself = one(project.problems(f"suites:\n{FAQ}candidates: ['openai/*', gemma3]\n"))
    assert itself.code == "E208"


def test_a_model_that_a_wildcard_is_asked_for_and_nobody_knows_is_refused_at_the_wildcard(project: Project) -> None:
    project.write("providers.yaml", WILD)
    problem = one(project.problems(f"suites:\n{FAQ}candidates: [gpt-4o-minii]\n"))
    assert (problem.code, place(problem)) == ("E102", "providers.yaml:5:29")
    assert problem.hint == "did you mean 'openai/gpt-4o-mini'?"


def test_a_stage_may_be_a_model_of_a_wildcard(project: Project) -> None:
    cascade = (
        "cascades: [{model_name: both, stages: [{name: a, candidate: gpt-4o-mini}, {name: b, candidate: local}]}]\n"
    )
    found, _ = loaded(project, WILD + cascade, "both")
    assert [stage.candidate.model for stage in found["both"].stages] == ["openai/gpt-4o-mini", "ollama/zephyr"]


def test_one_with_everything_that_a_proxy_has(project: Project) -> None:
    found, notices = loaded(project, EVERYTHING)
    assert {name: (it.model, it.base_url) for name, it in found.items()} == {
        "answer": ("openai/gpt-4o-mini", None),
        "answer-calm": ("openai/gpt-4o-mini", "https://gateway.example/v1"),
    }
    assert found["answer-calm"].params == {"temperature": 0}
    sections, router = notices
    assert sections == (
        "providers.yaml: litellm_settings, general_settings, environment_variables, credential_list, guardrails,"
        " vector_store_registry concern LiteLLM's proxy and are passed over"
    )
    assert router == (
        "litellm_params litellm_credential_name, num_retries, tags steer LiteLLM's router, which is not used, and are"
        " ignored"
    )


@pytest.mark.parametrize("proxy", [BALANCED, WILD, EVERYTHING], ids=["balanced", "wild", "everything"])
def test_nothing_is_said_twice_and_no_secret_at_all(project: Project, proxy: str) -> None:
    _, notices = loaded(project, proxy, *(["gpt-4o-mini"] if proxy == WILD else []))
    assert len(notices) == len(set(notices))
    assert "hunter2" not in str(notices)
