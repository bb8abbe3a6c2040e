"""PassesTests: the sandbox's verdict, and which part of an answer is the program."""

from collections.abc import Mapping
from time import process_time

import pytest

from harness.core.calls import Output
from harness.core.scores import SANDBOX, Reading, Score, Unscored
from harness.core.suites import Sample
from harness.scorers import PassesTests
from harness.scorers.code import module

SAMPLE = Sample(id="s", input="def f(x):\n", metadata={"entry_point": "f", "check": "def check(candidate): ..."})
PROMPT = 'import math\n\ndef helper(x): return x\n\ndef f(x):\n    """Double x."""\n'
WHOLE = "def f(x):\n    return helper(x) * 2\n"


def said(output: Output) -> Mapping[str, Reading]:
    return {SANDBOX.name: Reading(instrument=SANDBOX.name, candidate="sandbox", output=output)}


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        pytest.param(said(Output(text="passed", values={"passed": 1.0})), Score(value=1.0), id="passed"),
        pytest.param(said(Output(text="why", values={"passed": 0.0})), Score(value=0.0, reason="why"), id="failed"),
        pytest.param({}, Unscored(reason="the sandbox gave no verdict"), id="no reading"),
        pytest.param(said(Output(text="?")), Unscored(reason="the sandbox gave no verdict"), id="no verdict"),
    ],
)
def test_the_verdict_is_the_score(readings: Mapping[str, Reading], expected: Score | Unscored) -> None:
    assert PassesTests().score(SAMPLE, Output(text="whatever it says"), readings) == expected


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(WHOLE, id="bare"),
        pytest.param(f"```python\n{WHOLE}```", id="fenced"),
        pytest.param(f"Here it is:\n\n```\n{WHOLE}```\nIt doubles x.", id="with words around"),
        pytest.param(f"```python\n{PROMPT}    return x * 2\n```", id="with the prompt again"),
        pytest.param(f"```\npip install x\n```\n```py\n{WHOLE}```", id="the second block defines it"),
        pytest.param(f"```python\n{WHOLE}", id="a fence that is not closed"),
        pytest.param("  ```python\n  def f(x):\n      return x * 2\n  ```", id="indented, as in a list"),
        pytest.param("    return x * 2", id="the body"),
        pytest.param("\n\n    y = x * 2\n    return y", id="the body after blank lines"),
        pytest.param("```python\nreturn x * 2\n```", id="the body, not indented"),
        pytest.param("y = helper(x)\nfor _ in 'a':\n    y = y * 2\nreturn y", id="several lines, not indented"),
        pytest.param("```\r\ndef f(x):\r\n    return x * 2\r\n```", id="lines of Windows"),
    ],
)
def test_the_program_of_an_answer_doubles(answer: str) -> None:
    names: dict[str, object] = {}
    exec(module(PROMPT, "f", answer), names)
    assert names["f"](21) == 42  # type: ignore[operator]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("", id="empty"),
        pytest.param("I would rather not.", id="words"),
        pytest.param("def g(x): return 2 * x", id="another function"),
        pytest.param("def f_2(x): return 2 * x", id="a longer name"),
        pytest.param("# def f(x): return 2 * x", id="a remark"),
    ],
)
def test_what_holds_no_program_does_not_double(answer: str) -> None:
    names: dict[str, object] = {"f": lambda _: None}
    try:
        exec(module(PROMPT, "f", answer), names)
    except SyntaxError:
        return
    assert names["f"](21) != 42  # type: ignore[operator]


@pytest.mark.parametrize("piece", ["```\n", "def f", " ", "async ", "\ud800", "`", "def f(x):\n"])
def test_a_megabyte_is_read_in_no_time(piece: str) -> None:
    start = process_time()
    assert len(module(PROMPT, "f", piece * (10**6 // len(piece)))) < 600_000
    assert process_time() - start < 1.0
