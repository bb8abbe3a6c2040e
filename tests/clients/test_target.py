from typing import Any

import pytest

from harness.clients.target import Target, resolve
from harness.core.candidates import Candidate
from harness.errors import CredentialsError

ENV = {"MY_KEY": "sk-mine", "ANTHROPIC_API_KEY": "sk-ant", "OPENAI_API_KEY": "sk-openai"}


def candidate(model: str, **options: Any) -> Candidate:
    return Candidate(name="c", model=model, modalities=frozenset({"text"}), **options)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        pytest.param(candidate("local/hibari"), ("openai/hibari", "http://127.0.0.1:8/v1", "local"), id="engine"),
        pytest.param(candidate("gpt-5", api_key_env="MY_KEY"), ("gpt-5", None, "sk-mine"), id="named variable"),
        pytest.param(candidate("anthropic/x"), ("anthropic/x", None, "sk-ant"), id="customary variable"),
        pytest.param(candidate("bedrock/x"), ("bedrock/x", None, None), id="credentials of LiteLLM's own"),
        pytest.param(
            candidate("openai/x", base_url="http://lan:1/v1"), ("openai/x", "http://lan:1/v1", "unused"),
            id="OPENAI_API_KEY does not go to another host",
        ),
    ],
)  # fmt: skip
def test_resolve(chosen: Candidate, expected: tuple[str, str | None, str | None]) -> None:
    found = resolve(chosen, engine_url="http://127.0.0.1:8" if chosen.is_local else None, env=ENV)
    assert (found.model, found.base_url, found.api_key) == expected


@pytest.mark.parametrize("env", [{}, {"NO_KEY": ""}])
def test_missing_key_is_named(env: dict[str, str]) -> None:
    with pytest.raises(CredentialsError, match="NO_KEY"):
        resolve(candidate("openai/x", api_key_env="NO_KEY"), engine_url=None, env=env)


@pytest.mark.parametrize("model", ["openai/x", "acme/x"], ids=["named", "customary"])
def test_a_key_may_end_its_line_and_holds_no_other_control_character(model: str) -> None:
    name = "NAMED" if model == "openai/x" else "ACME_API_KEY"
    chosen = candidate(model, api_key_env="NAMED" if name == "NAMED" else None)
    for end in ("\n", "\r\n"):  # a mounted secret
        assert resolve(chosen, engine_url=None, env={name: f"sk-mine{end}"}).api_key == "sk-mine"
    for bad in ("sk-\nmine", "\tsk-mine", "sk-mine\x7f", "sk-one\nsk-two\n"):
        with pytest.raises(CredentialsError, match=rf"{name} holds control characters") as caught:
            resolve(chosen, engine_url=None, env={name: bad})
        assert "sk-" not in str(caught.value)
    with pytest.raises(CredentialsError, match="needs a key"):
        resolve(candidate("acme/x", api_key_env="NAMED"), engine_url=None, env={"NAMED": "\n"})


REFERRING = candidate(
    "azure/x",
    params={
        "organization": "os.environ/ORG",
        "extra_headers": {"X": "os.environ/DEEP"},
        "stop": ["a", "os.environ/ORG"],
    },
)


def test_parameters_that_name_a_variable_are_sent_with_its_value() -> None:
    target = resolve(REFERRING, engine_url=None, env={"ORG": "org-42-secret", "DEEP": "deep-secret\n", "OTHER": "x"})
    sent = target.resolved({**REFERRING.params, "user": "os.environ/OTHER", "temperature": 0})
    assert sent == {
        "organization": "org-42-secret",
        "extra_headers": {"X": "deep-secret"},
        "stop": ["a", "org-42-secret"],
        "user": "os.environ/OTHER",  # of a task: no suite may read the environment
        "temperature": 0,
    }
    assert REFERRING.params["organization"] == "os.environ/ORG"
    assert "secret" not in repr(target)
    assert target.scrub("no org-42-secret here") == "no [key] here"


def test_a_variable_that_a_parameter_names_must_be_set() -> None:
    with pytest.raises(CredentialsError, match="DEEP"):
        resolve(REFERRING, engine_url=None, env={"ORG": "org-42-secret"})


def test_engine_needs_its_address() -> None:
    with pytest.raises(ValueError, match="address"):
        resolve(candidate("local/hibari"), engine_url=None, env=ENV)


def test_key_is_never_shown() -> None:
    target = Target(candidate="c", model="m", api_key="sk-secret")
    assert "sk-secret" not in repr(target)
    assert target.scrub("Incorrect key sk-secret!") == "Incorrect key [key]!"
    assert Target(candidate="c", model="m", api_key="local").scrub("a local model") == "a local model"
