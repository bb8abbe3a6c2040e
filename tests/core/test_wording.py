"""A sentence in another language holds what it holds in English."""

import pytest

from harness.core.wording import translated, worded
from harness.errors import Problem, UsageError

CHINESE = {
    "{file} is no map: {error}": "{file} 不是价目表：{error}",
    "there is no suite": "没有测试集",
    "{said}; {more}": "{said}；{more}",
}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(
            FileNotFoundError(2, "No such file", "a.json"), "[Errno 2] No such file: 'a.json'", id="a number first"
        ),
        pytest.param(
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
            "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
            id="an encoding first",
        ),
        pytest.param(ValueError("no number"), "no number", id="a text"),
        pytest.param(UsageError(worded("there is no suite")), "没有测试集", id="a sentence of ours"),
        pytest.param(
            UsageError([Problem(code="E100", message=worded("there is no suite")) for _ in range(3)]),
            "没有测试集；没有测试集；没有测试集", id="several of ours",
        ),
    ],
)  # fmt: skip
def test_an_error_within_a_sentence_is_told_whole(error: Exception, said: str) -> None:
    text = worded("{file} is no map: {error}", file="f", error=error)
    assert translated(text, CHINESE, comma="、") == f"f 不是价目表：{said}"
