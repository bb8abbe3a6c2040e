"""What is kept of a stranger's JSON: no count twice, no number that is none, no text that cannot be stored."""

import math
from decimal import Decimal
from typing import Any

import pytest

from harness.core.calls import Usage
from harness.importers import values

Meters = dict[str, int | None]


def meters(**told: int | None) -> Usage:
    return Usage(**told, source="provider")  # type: ignore[arg-type]  # whole numbers all


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param({"prompt": 9, "completion": 3, "total": 12}, meters(input_tokens=9, output_tokens=3), id="plain"),
        pytest.param(
            {"prompt": 100, "completion": 3, "total": 103, "cached": 80},
            meters(input_tokens=20, cached_tokens=80, output_tokens=3), id="the prompt holds what was cached",
        ),
        pytest.param(
            {"prompt": 20, "completion": 3, "total": 103, "cached": 80},
            meters(input_tokens=20, cached_tokens=80, output_tokens=3), id="what was cached is beside the prompt",
        ),
        pytest.param(
            {"prompt": 20, "completion": 3, "total": 113, "cached": 80, "written": 10},
            meters(input_tokens=20, cached_tokens=80, cache_write_tokens=10, output_tokens=3),
            id="written to the cache",
        ),
        pytest.param(
            {"prompt": 100, "completion": 3, "total": None, "cached": 80}, meters(output_tokens=3),
            id="nothing tells where the cached ones are",
        ),
        pytest.param(
            {"prompt": 9, "completion": 30, "total": 39, "reasoning": 20},
            meters(input_tokens=9, output_tokens=10, reasoning_tokens=20), id="the answer holds the thinking",
        ),
        pytest.param(
            {"prompt": 9, "completion": 10, "total": 39, "reasoning": 20},
            meters(input_tokens=9, output_tokens=10, reasoning_tokens=20), id="the thinking is beside the answer",
        ),
        pytest.param(
            {"prompt": 50, "completion": 30, "total": 100, "cached": 20, "reasoning": 20}, Usage(source="provider"),
            id="the total fits two readings",
        ),
        pytest.param({"prompt": 0, "completion": 0, "total": 0}, Usage(), id="no tokens at all are no count"),
        pytest.param({"prompt": -1, "completion": 2.5, "total": "9"}, Usage(), id="no counts"),
        pytest.param({"prompt": 10**400, "completion": 3, "total": 1}, meters(output_tokens=3), id="beyond numbers"),
    ],
)  # fmt: skip
def test_no_token_is_counted_twice(told: dict[str, Any], kept: Usage) -> None:
    assert values.usage(**told) == kept


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "1", None, [1], 10**400])
def test_what_is_no_finite_number_is_none(value: Any) -> None:
    assert values.number(value) is None
    assert values.milliseconds(value) is None
    assert values.dollars(value) is None


def test_nothing_paid_is_not_known_to_be_free() -> None:
    assert (values.dollars(0), values.dollars(-1), values.dollars(0.1)) == (None, None, Decimal("0.1"))


def test_text_can_be_stored_whatever_it_holds() -> None:
    assert values.text("half \ud800 of a pair").encode() == b"half \\ud800 of a pair"
    assert values.text({"b": ["ü"]}) == '{"b": ["ü"]}'
    assert values.name("a\x1b[31m\nb\u202ec") == "a [31m b c"
    long, longer = (values.name("x" * n) for n in (500, 501))
    assert (len(long), len(longer), long == longer) == (120, 120, False), "two that begin alike stay two"
    assert values.place("evals/gsm8k", default="task") == "evals-gsm8k"


def test_settings_are_numbers_and_words_and_no_keys() -> None:
    told = {"temperature": 0, "api_key": "sk-0123456789abcdef", "seed": [1], "reasoning_effort": "low", "top_p": None}
    assert values.settings({"temperature": 1}, told) == {"temperature": 0, "reasoning_effort": "low"}


def test_tags_mean_nothing_of_ours() -> None:
    told = {"topic": "cities", "cluster": "x", "params": {"a": 1}, "lang": 5, "long": "x" * 81, "hard": True, "n": 2.5}
    assert values.tags(told) == {"topic": "cities", "hard": True, "n": 2.5}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param("Hello", [("user", "Hello")], id="text"),
        pytest.param('[{"role": "system", "content": "Be brief."}]', [("system", "Be brief.")], id="a chat as text"),
        pytest.param('[{"a": 1}]', [("user", '[{"a": 1}]')], id="a list that is no chat"),
        pytest.param("[{" * 5000, [("user", "[{" * 5000)], id="a list that never ends"),
        pytest.param(
            [{"role": "user", "content": [{"type": "text", "text": "What?"}, {"type": "image", "image": "data:"}]}],
            [("user", "What?\n[image that the import leaves out]")], id="a picture",
        ),
    ],
)  # fmt: skip
def test_what_was_asked_is_a_chat(told: Any, kept: list[tuple[str, str]]) -> None:
    assert [(it["role"], it["content"]) for it in values.messages(told)] == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-11-20T10:00:00.5Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00+00:00"),
        (1795168800, "2026-11-20T10:00:00+00:00"),
        ("yesterday", None), (1e300, None), (math.nan, None), (None, None),
    ],
)  # fmt: skip
def test_a_moment_is_utc(told: Any, kept: str | None) -> None:
    assert values.moment(told) == kept
