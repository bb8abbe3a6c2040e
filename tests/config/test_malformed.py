"""What is no YAML is told in a person's words, where it stands, and hides only itself."""
# ruff: noqa: E501 - tables have one case a line

import pytest

from harness.config.source import Source, parse
from harness.config.where import LOST, Where
from harness.core.canonical import Json
from harness.errors import Problem, UsageError


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "fix"),
    [
        pytest.param("a: 1\n\tb: 2", 2, 1, "a tab stands where the line is indented", "spaces, not tabs", id="tab"),
        pytest.param("x: 1\ncandidates [a]\nepochs: 2", 2, 1, "the line has no colon", "`key: value`", id="no colon"),
        pytest.param("x: 1\nepochs:2\nname: a", 2, 1, "the line has no colon", "a space after the colon", id="no space after it"),
        pytest.param("a:\n  - name faq\n    modality: text", 2, 5, "the line has no colon", "`key: value`", id="no colon in a list"),
        pytest.param('a: 1\nname: "x\nb: "y"', 2, 7, "a quote opens here and is not closed", 'close it with "', id="quote"),
        pytest.param("name: 'x", 1, 7, "a quote opens here and is not closed", "close it with '", id="single quote"),
        pytest.param('a: "b" c', 1, 8, "more text follows", "whole text in quotes", id="text after a quote"),
        pytest.param("a: [b, c\nd: 2", 1, 4, "the [ that opens here is not closed", "close it with ]", id="bracket"),
        pytest.param("a: {b: 1 c: 2}", 1, 4, "or a comma is missing", "close it with }", id="comma"),
        pytest.param("a: [b, c]]", 1, 10, "] closes nothing", "take it out", id="one bracket too many"),
        pytest.param("a:\n  b: 1\n   c: 2", 3, 4, "this line is indented deeper", "same column", id="too deep"),
        pytest.param("a:\n   b: 1\n  c: 2", 3, 3, "this line begins in another column", "same column", id="not deep enough"),
        pytest.param("a:\n  - b\n  -c\n  - d", 3, 3, "a space is missing after the dash", "`- value`", id="dash"),
        pytest.param("a:\n-c\n- d", 2, 1, "a space is missing after the dash", "`- value`", id="dash first"),
        pytest.param("a: what: ever", 1, 8, "a colon with a space after it stands in the text", "quotes", id="colon in a text"),
        pytest.param("a: {{ input }}", 1, 5, "without quotes, `{{` begins a mapping", "quotes", id="a template"),
        pytest.param("a: {{ input }} please", 1, 4, "without quotes, `{{` begins a mapping", "quotes", id="a template and more"),
        pytest.param("a: @x", 1, 4, "a text cannot begin with @", "quotes", id="at"),
        pytest.param("a: [*]", 1, 6, "a text that begins with * is read as an alias", "quotes", id="star"),
        pytest.param("a: - b", 1, 4, "a list begins behind its key", "next line", id="list behind its key"),
        pytest.param('a: "\\d"', 1, 6, "a backslash begins an escape", "single quotes", id="backslash"),
        pytest.param("a: 1\n---\nb: 2", 2, 1, "a second document begins here", "take out ---", id="two documents"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_a_persons_words(text: str, line: int, column: int, said: str, fix: str) -> None:
    _, (problem, *_) = read(f"{text}\nlast: 1\n")
    assert (problem.code, problem.line, problem.column) == ("E201", line, column)
    assert said in problem.message
    assert fix in str(problem.hint)


@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize("line", ["decision:", "  text:", "    gates: []", "    weights: {}"])
def test_a_tab_is_told_at_its_line_and_read_as_the_spaces_that_were_meant(width: int, line: str) -> None:
    right = "a: |\n  \tb: 1\n\ndecision:\n  text:\n    gates: []\n    weights: {}\n    must_pass: []\n  tts: {}\n"
    right = right.replace("  ", " " * width)
    whole, _ = read(right)
    assert whole is not None
    indented = line.replace("  ", " " * width)
    for tabbed in (indented.replace("  " * (width // 2), "\t"), indented.replace(" " * width, "\t", 1)):
        found, problems = read(right.replace(f"\n{indented}\n", f"\n{tabbed}\n"))
        assert found is not None
        assert found.data == whole.data
        at = right.split("\n").index(indented) + 1
        assert [(it.line, "a tab stands" in it.message) for it in problems] == [(at, True)] * (tabbed != indented)


def test_an_item_without_a_space_after_its_dash_is_read_as_one() -> None:
    found, (problem,) = read("a:\n  - b: 1\n    c: |\n      -x\n      - y\n  -{b: 2}\n  - b: 3\n")
    assert found is not None
    assert found.data == {"a": [{"b": 1, "c": "-x\n- y\n"}, {"b": 2}, {"b": 3}]}
    assert (problem.line, problem.column) == (6, 3)


NESTED = """\
a:
  - b: 1
    c: 2
  - b: 3
d:
  e:
    f:
      - {g: 1}
      - {g: 2}
    h: {i: 1}
    j:
      k: 1
      l: 2
  m: {n: 1}
o: 1
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("    c: 2", "   c: 2"),
        ("    c: 2", "  c: 2"),
        ("    c: 2", "     c: 2"),
        ("    f:", "   f:"),
        ("    f:", "  f:"),
        ("      - {g: 2}", "     - {g: 2}"),
        ("    h: {i", "   h: {i"),
        ("    h: {i", "     h: {i"),
        ("      l: 2", "       l: 2"),
    ],
)
def test_a_line_in_a_wrong_column_is_read_in_the_right_one(right: str, wrong: str) -> None:
    assert NESTED.count(right) == 1
    whole, _ = read(NESTED)
    found, (problem,) = read(NESTED.replace(right, wrong))
    assert whole is not None
    assert found is not None
    assert (found.data, found.dropped) == (whole.data, frozenset())
    assert "in another column than" in problem.message or "indented deeper than" in problem.message
    assert problem.line == NESTED[: NESTED.index(right)].count("\n") + 1


@pytest.mark.parametrize("written", ["\tb: x", "   b: x", " - b: x", "   -{b: x}"])
def test_what_is_read_where_it_was_meant_is_marked_where_it_stands(written: str) -> None:
    text = f"a:\n  {'- c: 1' if '-' in written else 'c: 1'}\n{written}\n"
    found, _ = read(text)
    assert found is not None
    marks = [(span.line, span.column) for where, span in found.values.items() if where[-1:] == ("b",)]
    assert marks in ([(3, written.index("x") + 1)], [])


@pytest.mark.parametrize(("right", "wrong"), [("      l: 2", "     l: 2"), ("  m:", " m:"), ("o: 1", " o: 1")])
def test_a_line_as_near_to_two_columns_is_left_out(right: str, wrong: str) -> None:
    whole, _ = read(NESTED)
    found, problems = read(NESTED.replace(right, wrong))
    assert whole is not None
    assert found is not None
    assert found.data != whole.data
    assert (len(problems), len(found.dropped)) == (1, 1)


def test_lines_that_are_all_indented_with_tabs_are_one_fault() -> None:
    found, (problem,) = read("a:\n\tb: 1\n\tc:\n\t\t- d: 2\n\t\t  e: 3\nf: 4\n")
    assert found is not None
    assert found.data == {"a": {"b": 1, "c": [{"d": 2, "e": 3}]}, "f": 4}
    assert (problem.line, problem.column) == (2, 1)


@pytest.mark.parametrize(
    ("text", "data", "unread"),
    [
        pytest.param("a: [1\nb: 2\n", {"b": 2}, {("a",)}, id="a key"),
        pytest.param("a:\n  b: [1\n  c: 2\nd: 3\n", {"a": {"c": 2}, "d": 3}, {("a", "b")}, id="a key below it"),
        pytest.param("a:\n- {b: 1\n- {c: 2}\n", {"a": [{"c": 2}]}, {("a", LOST)}, id="an item"),
        pytest.param("a:\n- {c: 0}\n- b: [1\n  c: 2\n", {"a": [{"c": 0}, {"c": 2}]}, {("a", 1, "b")}, id="the first key of an item"),
        pytest.param(
            "a:\n- b: 1\n  c: x: y\n  d: 2\n- {e: 1\n- f: 'x\n  g: 1\n", {"a": [{"b": 1, "d": 2}, {"g": 1}]},
            {("a", 0, "c"), ("a", LOST), ("a", 1, "f")}, id="several",
        ),
        pytest.param("a: x\nb 1\nc: 2\n", {"a": "x", "c": 2}, {("b",)}, id="a line without a colon"),
        pytest.param("a: 1\na: 2\nb: .nan\nc: [!x y, z]\n", {"a": 1, "c": ["z"]}, {("b",), ("c", LOST)}, id="values"),
    ],
)  # fmt: skip
def test_what_stands_beside_it_is_read(text: str, data: Json, unread: set[Where]) -> None:
    found, problems = read(text)
    assert found is not None
    assert (found.data, {*found.dropped}) == (data, unread)
    assert problems


def read(text: str) -> tuple[Source | None, list[Problem]]:
    problems: list[Problem] = []
    try:
        return parse(text, file="f.yaml", problems=problems), problems
    except UsageError as error:
        return None, list(error.problems)


def test_a_long_file_is_not_read_in_parts_and_a_deep_one_does_no_harm() -> None:
    for text in ("".join(f"a{number}: 1\n" for number in range(3_000)) + "b: [\n", "a: b: c\nd: " + "[" * 5_000):
        found, problems = read(text)
        assert [problem.code for problem in problems][:1] == ["E201"]
        assert found is None or found.data is None
