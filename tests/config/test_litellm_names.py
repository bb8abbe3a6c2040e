"""The list of LiteLLM's names is what the pinned LiteLLM has."""

from harness.config.litellm_names import FILE, litellm_names
from tests.config.litellm_names import text


def test_the_list_is_what_litellm_has() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "`make names` writes it anew"


def test_what_a_typo_would_be_of_is_there() -> None:
    assert {"api_key", "temperature", "max_tokens", "top_k", "reasoning_effort", "voice"} <= litellm_names("parameter")
    assert {"openai", "hosted_vllm", "dashscope", "openrouter"} <= litellm_names("provider")
    assert "model_nmae" not in litellm_names("parameter")
