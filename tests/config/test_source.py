"""YAML with its places: what is read, what is refused, what is never shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.source import MAX_BYTES, Source, parse, read
from harness.errors import Problem, UsageError
from tests.config.conftest import CANARY

KEY = CANARY


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(UsageError) as caught:
        parse(text, file="f.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("a: 1e-6", {"a": 1e-6}, id="exponent-without-point-is-a-number"),
        pytest.param("a: 2.5e3", {"a": 2500.0}, id="exponent-without-sign-is-a-number"),
        pytest.param('a: "1e-6"', {"a": "1e-6"}, id="quoted-stays-text"),
        pytest.param("a: 1e", {"a": "1e"}, id="half-an-exponent-is-text"),
        pytest.param("a: no\nno: b", {"a": False, "no": "b"}, id="keys-are-text-as-written"),
        pytest.param("a: 2026-11-05", {"a": "2026-11-05"}, id="dates-stay-text"),
        pytest.param("a: ~\nb:", {"a": None, "b": None}, id="null"),
        pytest.param("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}, id="aliases"),
        pytest.param(
            "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}, id="merge"
        ),
        pytest.param("", None, id="empty"),
        pytest.param("a: |\n  x\n  y\n", {"a": "x\ny\n"}, id="block-text"),
        pytest.param("\ufeffa: 1", {"a": 1}, id="byte-order-mark"),
    ],
)
def test_reads(text: str, data: object) -> None:
    assert parse(text.removeprefix("\ufeff"), file="f.yaml").data == data


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message"),
    [
        pytest.param("a: [1, 2", "E201", 1, 4, "the [ that opens here is not closed", id="open-bracket"),
        pytest.param("a: 1\n b: 2", "E201", 2, 2, "this line is indented deeper", id="indentation"),
        pytest.param("a:\n\tb: 1", "E201", 2, 1, "malformed YAML: a tab stands where", id="tab"),
        pytest.param("a: 'x", "E201", 1, 4, "a quote opens here and is not closed", id="open-quote"),
        pytest.param("a: *x", "E201", 1, 4, "a text that begins with * is read as an alias", id="unknown-alias"),
        pytest.param("a: 1\n---\nb: 1", "E201", 2, 1, "malformed YAML", id="two-documents"),
        pytest.param("a: !!python/object:os.system x", "E201", 1, 4, "is not allowed", id="foreign-tag"),
        pytest.param("a: !mine x", "E201", 1, 4, "is not allowed", id="own-tag"),
        pytest.param("a: &x [*x]", "E201", 1, 4, "an alias that contains itself", id="alias-to-itself"),
        pytest.param("? [a, b]\n: 1", "E201", 1, 3, "a key must be plain text", id="complex-key"),
        pytest.param("a: 1\nb: 2\na: 3", "E205", 3, 1, "the key 'a' stands twice, first in line 1", id="duplicate-key"),
        pytest.param("a: {b: 1, b: 2}", "E205", 1, 11, "the key 'b' stands twice", id="duplicate-inner-key"),
        pytest.param("a: .inf", "E204", 1, 4, "'.inf' is no finite float", id="infinity"),
        pytest.param("a: 1e999", "E204", 1, 4, "'1e999' is no finite float", id="too-large-a-number"),
        pytest.param("a: b\x07", "E201", 1, 5, "U+0007 is not allowed", id="control-character"),
        pytest.param("a: {<<: 1}", "E201", 1, 9, "`<<` takes a mapping", id="merge-of-no-mapping"),
    ],
)
def test_refuses(text: str, code: str, line: int, column: int, message: str) -> None:
    problem = refused(text)[0]
    assert (problem.code, problem.file, problem.line, problem.column) == (code, "f.yaml", line, column)
    assert message in problem.message


def test_every_duplicate_key_is_named_at_once() -> None:
    assert [problem.line for problem in refused("a: 1\na: 2\nb: {c: 1, c: 2}\n")] == [2, 3]


def test_alias_bomb_is_stopped_early() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "more than 100,000 values" in refused("\n".join(levels))[0].message


@pytest.mark.parametrize("depth", [150, 1_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    problem = refused("[" * depth + "]" * depth)[0]
    assert problem.code == "E201"
    assert "deeper than 100 levels" in problem.message


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UsageError, match=r"5\.0 MB"):
        read(path)


@pytest.mark.parametrize(
    ("raw", "line"),
    [pytest.param(b"a: 1\nb: \xff\n", 2, id="latin-1"), pytest.param(b"\xc3(", 1, id="broken-utf-8")],
)
def test_other_encodings_are_refused(tmp_path: Path, raw: bytes, line: int) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(raw)
    with pytest.raises(UsageError) as caught:
        read(path)
    problem = caught.value.problems[0]
    assert (problem.code, problem.line, problem.hint) == ("E201", line, "save it as UTF-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_windows_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 输入\r\nb: 1\r\n".encode(encoding))
    assert read(path).data == {"a": "输入", "b": 1}


def source() -> Source:
    return parse("top:\n  - name: a\n    size:  12:30\n  - name: b\nempty:\n", file="f.yaml")


@pytest.mark.parametrize(
    ("where", "key", "line", "column", "length"),
    [
        pytest.param(("top", 0, "size"), False, 3, 12, 5, id="value"),
        pytest.param(("top", 0, "size"), True, 3, 5, 4, id="its-key"),
        pytest.param(("top", 1, "missing"), False, 4, 5, 1, id="nearest-parent-of-what-is-missing"),
        pytest.param(("nowhere", 3), False, 1, 1, 1, id="root"),
    ],
)
def test_places(where: tuple[str | int, ...], key: bool, line: int, column: int, length: int) -> None:
    problem = source().problem("E204", "m", where, key=key)
    assert (problem.line, problem.column, problem.length) == (line, column, length)
    assert problem.excerpt == source().lines[line - 1]


def test_raw_is_the_text_as_written() -> None:
    assert source().at(("top", 0, "size")) == 750
    assert source().raw(("top", 0, "size")) == "12:30"
    assert source().raw(("top",)) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"a: {KEY}\n b: 2", id="syntax-error-on-the-line"),
        pytest.param(f"api_key:\n  {KEY}: [", id="key-as-a-key"),
        pytest.param("api_key: 'hunter two\n", id="an-odd-key-named-so"),
        pytest.param(f"x: *{KEY}", id="alias-name"),
        pytest.param(f"{KEY}: 1\n{KEY}: 2", id="duplicate-key"),
        pytest.param(f"x: !{KEY} 2", id="tag"),
        pytest.param("api_key:\n  hunter2: *nothing", id="on-the-next-line"),
    ],
)
def test_no_message_repeats_a_key(text: str) -> None:
    shown = repr(refused(text))
    assert KEY not in shown
    assert "hunter" not in shown


def test_a_place_below_a_key_is_never_shown() -> None:
    text = "litellm_params:\n  vertex_credentials: |\n    {\n    secret stuff\n    }\n"
    problem = parse(text, file="f.yaml").problem("E103", "m", ("litellm_params", "vertex_credentials"))
    assert problem.excerpt is None


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        pytest.param(
            "p: {model: m, api_key: os.environ/A_KEY}", "p: {model: m, api_key: os.environ/A_KEY}", id="its-variable"
        ),
        pytest.param("p: {model: m, api_key: hunter2}", "p: {model: m, api_key: ***}", id="the-key"),
        pytest.param("p: {model: m, api_key: 'hunter2'}", "p: {model: m, api_key: ***}", id="in-quotes"),
        pytest.param("p: {model: hunter2, api_key: hunter2}", None, id="twice-in-the-line"),
        pytest.param("p: {token: hunter3, api_key: hunter2}", None, id="beside-another"),
        pytest.param('p: {api_key: "hunter\\x32"}', None, id="spelt-otherwise"),
        pytest.param('p: {api_key: "hunter\n  two"}', None, id="over-two-lines"),
        pytest.param("a: &k hunter2\np: {api_key: *k}", None, id="written-elsewhere"),
        pytest.param("p: {api_key: os.environ/hunter-2}", "p: {api_key: ***}", id="no-variable"),
    ],
)
def test_a_line_is_shown_without_the_key_that_stands_in_it(text: str, excerpt: str | None) -> None:
    place = parse(text, file="f.yaml").place(("p", "api_key"))
    assert place.excerpt == excerpt
    assert excerpt is None or excerpt[place.column - 1 :][: place.length] in ("***", "os.environ/A_KEY")  # type: ignore[operator]


def test_a_file_in_another_encoding_is_to_be_saved_anew() -> None:
    (problem,) = refused("name: a".encode("utf-16-le").decode())
    assert (problem.code, problem.hint) == ("E201", "save it as UTF-8")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for name, said in (("loop", "symbolic links"), ("folder", "folder.yaml is a folder"), ("none", "No such file")):
        with pytest.raises(UsageError) as caught:
            read(tmp_path / f"{name}.yaml")
        (problem,) = caught.value.problems
        assert (problem.code, problem.file) == ("E201", str(tmp_path / f"{name}.yaml"))
        assert said in problem.message


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`?,<= \n\t~0123.e\u2028é", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert all(problem.code in ("E201", "E204", "E205") for problem in outcome(text))


def outcome(text: str) -> tuple[Problem, ...]:
    try:
        parse(text, file="f.yaml")
    except UsageError as error:
        return error.problems
    return ()
