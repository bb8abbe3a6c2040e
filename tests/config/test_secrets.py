"""What looks like a key is not shown; what is one is refused; what is neither is left alone."""

import pytest

from harness.config.secrets import HIDDEN, holds_key, is_key, looks_like_key, safe_excerpt, shown
from tests.config.conftest import CANARY

KEYS = [
    CANARY,
    "sk-" + "ant-api03-" + "Zk3v9Qw1Er5Ty7Ui0Op",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "gsk_1234567890abcdefghijklmnop",
    "hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345",
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    "AKIAIOSFODNN7EXAMPLE",
    "https://api.example.com/v1?key=a1b2c3d4e5f6a7b8",
    "https://user:secret@example.com",
    "-----BEGIN PRIVATE KEY-----",
]
PROSE = [
    "no key at all",
    "task-specific",
    "risk-averse decisions",
    "Bearer authentication is used",
    "gpt-4o-mini",
    "use sk-learn",
]


@pytest.mark.parametrize("text", KEYS)
def test_keys(text: str) -> None:
    assert looks_like_key(text)
    assert is_key(f"before {text} after")
    assert shown(text) == HIDDEN
    assert safe_excerpt(f"  x: {text}") is None


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_never_refused(text: str) -> None:
    assert not is_key(text)


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "aws_secret_access_key",
        "aws_access_key_id",
        "azure_ad_token",
        "client_secret",
        "Authorization",
        "x-api-key",
        "azure_password",
        "vertex_credentials",
    ],
)
def test_names_that_hold_keys(name: str) -> None:
    assert holds_key(name)
    assert safe_excerpt(f"  {name}: hunter2") is None
    assert safe_excerpt(f'{{"{name}": "hunter2"}}') is None
    assert safe_excerpt("  hunter2", before=f"  {name}: |") is None


@pytest.mark.parametrize("name", ["api_kye", "api_keyy", "apikey", "aip_key", "api-kay"])
def test_a_line_with_a_misspelt_name_of_a_key_is_not_shown(name: str) -> None:
    assert safe_excerpt(f"litellm_params: {{modle: openai/x, {name}: hunter2}}") is None
    assert safe_excerpt(f"  {name}: os.environ/MINE") is not None


@pytest.mark.parametrize(
    "name",
    [
        "max_tokens",
        "max_completion_tokens",
        "input_cost_per_token",
        "keyboard",
        "prompt_cache_key",
        "monkey",
        "client_id",
    ],
)
def test_names_that_hold_none(name: str) -> None:
    assert not holds_key(name)


@pytest.mark.parametrize("line", ["    api_key: os.environ/OPENAI_API_KEY", "max_tokens: 32", "name: x", "api_key:"])
def test_harmless_lines_are_shown(line: str) -> None:
    assert safe_excerpt(line) == line


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 1000)) == 60
    assert safe_excerpt("x" * 1000) is None
