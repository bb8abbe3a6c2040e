"""Redaction: no spelling of a secret survives, and what a model said stays as it was."""

import base64
import json
import math
from urllib.parse import quote, quote_plus

import pytest

from harness.core.redaction import REDACTED, Redactor, secrets

KEY = 'sh+ort/"kéy"-9Z'
"""Looks like no provider's key, and every encoding changes it."""


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(KEY, id="plain"),
        pytest.param(quote(KEY), id="url path"),
        pytest.param(quote(KEY, safe=""), id="url"),
        pytest.param(quote_plus(KEY).lower().replace("9z", "9Z"), id="url with small escapes"),
        pytest.param(base64.b64encode(KEY.encode()).decode(), id="base64"),
        pytest.param(base64.b64encode(KEY.encode()).decode().rstrip("="), id="base64 without padding"),
        pytest.param(base64.urlsafe_b64encode(KEY.encode()).decode(), id="base64 of URLs"),
        pytest.param(json.dumps(KEY)[1:-1], id="JSON"),
        pytest.param(json.dumps(KEY, ensure_ascii=False)[1:-1], id="JSON in UTF-8"),
        pytest.param(json.dumps(KEY)[1:-1].replace("/", "\\/"), id="JSON with escaped slashes"),
        pytest.param(repr(KEY)[1:-1], id="repr"),
        pytest.param(json.dumps(json.dumps(KEY)[1:-1])[1:-1], id="JSON in JSON"),
        pytest.param(repr(json.dumps(json.dumps({"it's": KEY}))).split(": ")[1][3:-6], id="repr of JSON in JSON"),
        pytest.param(KEY.lower(), id="small letters"),
        pytest.param(KEY.encode().hex(), id="hex"),
        pytest.param(KEY.encode().hex().upper(), id="HEX"),
    ],
)
def test_every_spelling_is_replaced_whole(spelling: str) -> None:
    redactor = Redactor([KEY, "another-secret"])
    assert redactor.clean(f"<{spelling}> and another-secret.") == f"<{REDACTED}> and {REDACTED}."
    assert redactor.clean_answer(f"<{spelling}>") == f"<{REDACTED}>"


@pytest.mark.parametrize("user", ["", "u", "us", "use"])
def test_base64_of_a_longer_text_gives_nothing_of_the_secret_away(user: str) -> None:
    encoded = base64.b64encode(f"{user}:{KEY}:tail".encode()).decode()
    before, after = Redactor([KEY]).clean(encoded).split(REDACTED)
    # what is left are the neighbours, and of the secret less than a byte at each edge
    assert len(before) == math.ceil((len(user) + 1) * 8 / 6)
    assert base64.b64decode(before[: len(before) // 4 * 4]).decode() in f"{user}:"
    assert len(after) <= math.ceil(len(":tail") * 8 / 6) + 4


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("key sk-abcDEF1234567890 is bad", f"key {REDACTED} is bad", id="sk-"),
        pytest.param("sk-ant-api03-abcdefghijklmnop", REDACTED, id="sk-ant-"),
        pytest.param("AIzaSyA1234567890abcdefghijklm", REDACTED, id="AIza"),
        pytest.param("Authorization: Bearer abc.def-ghi", f"Authorization: {REDACTED}", id="Bearer"),
        pytest.param("GET /v1?key=abc123&x=1", f"GET /v1?{REDACTED}&x=1", id="?key="),
        pytest.param("https://h/p?x=1&api_key=abc", f"https://h/p?x=1&{REDACTED}", id="&api_key="),
    ],
)
def test_what_looks_like_a_key_is_cleaned_from_errors_but_not_from_answers(text: str, cleaned: str) -> None:
    redactor = Redactor([])
    assert redactor.clean(text) == cleaned
    assert redactor.clean_answer(text) == text


@pytest.mark.parametrize("text", ["a task-force of sk-8 skaters", "the key is under the mat", "bearer", "1.5 tokens"])
def test_plain_words_stay(text: str) -> None:
    assert Redactor(["none", "local"]).clean(f"{text}: none of the local") == f"{text}: none of the local"


def test_the_longest_spelling_wins() -> None:
    assert Redactor(["secret-one", "secret-one-and-more"]).clean("secret-one-and-more") == REDACTED


def test_a_mounted_secret_is_known_without_the_end_of_its_line() -> None:
    assert Redactor(secrets({"MY_KEY": f"{KEY}\n"})).clean(f"no {KEY}!") == f"no {REDACTED}!"
    assert secrets({"MY_KEY": "\n"}) == frozenset()


def test_secrets_are_told_by_the_names_of_variables() -> None:
    env = {"OPENAI_API_KEY": "a", "HF_TOKEN": "b", "AWS_SECRET_ACCESS_KEY": "c", "db_password": "d", "HOME": "/root",
           "KEYBOARD": "us", "EMPTY_API_KEY": ""}  # fmt: skip
    assert secrets(env) == {"a", "b", "c", "d"}
    assert secrets(env, {"KEYBOARD", "EMPTY_API_KEY", "UNSET"}) == {"a", "b", "c", "d", "us"}


@pytest.mark.parametrize(
    "spelling", [KEY, base64.b64encode(KEY.encode()).decode(), quote(KEY, safe=""), json.dumps(json.dumps(KEY))[3:-3]]
)
def test_a_secret_that_was_cut_leaves_no_beginning(spelling: str) -> None:
    redactor = Redactor([KEY])
    for length in range(12, len(spelling)):
        cut = f"{spelling} was wrong: {spelling[:length]}"
        for clean in (redactor.clean(cut), redactor.clean_answer(cut, cut=True)):
            assert clean.rstrip("=\\") == f"{REDACTED} was wrong: {REDACTED}"
    assert redactor.clean_answer(spelling[:8]) == spelling[:8], "an answer that nobody cut may say so"
