"""JSONL and media: what is read, and each fault with its line."""
# ruff: noqa: E501 - tables have one case a line

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.config.data import MAX_BYTES, MAX_PROBLEMS, load_samples
from harness.core.suites import Sample
from harness.errors import Problem, UsageError
from harness.scorers import ExactMatch
from harness.scorers.tools import ToolCalls
from tests.config.conftest import CANARY, place


def write(folder: Path, content: str | bytes, name: str = "d.jsonl") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> list[Problem]:
    with pytest.raises(UsageError) as caught:
        load_samples(path)
    assert caught.value.exit_code == 2
    return list(caught.value.problems)


def test_every_field(tmp_path: Path) -> None:
    write(tmp_path, b"x", "a.png")
    row = '{"id": "s", "input": {"q": [1]}, "target": ["x", 2], "files": ["a.png"], "metadata": {"lang": "zh"}}'
    (sample,) = load_samples(write(tmp_path, row))
    assert sample == Sample(id="s", input={"q": [1]}, target=["x", 2], files=("a.png",), metadata={"lang": "zh"})


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param('{"input": "a"}\n\n{"input": "b"}\n', ["row-1", "row-3"], id="row-number-for-a-missing-id"),
        pytest.param('{"id": 7, "input": "a"}', ["7"], id="number-as-id"),
        pytest.param('{"id": null, "input": "a"}', ["row-1"], id="null-as-id"),
        pytest.param('\ufeff{"id": "a", "input": "a"}\r\n', ["a"], id="windows"),
        pytest.param('{"id": "a", "input": "x\u2028y"}', ["a"], id="line-separator-inside-a-string"),
    ],
)
def test_ids(tmp_path: Path, text: str, ids: list[str]) -> None:
    assert [sample.id for sample in load_samples(write(tmp_path, text))] == ids


@pytest.mark.parametrize(
    ("text", "code", "where", "message"),
    [
        pytest.param("", "E302", "d.jsonl", "the dataset is empty", id="empty"),
        pytest.param("\n  \n", "E302", "d.jsonl", "the dataset is empty", id="blank"),
        pytest.param('{"input": "a"}\n{"input": }\n', "E303", "d.jsonl:2:11", "not JSON: expecting value", id="not-json"),
        pytest.param("hello", "E303", "d.jsonl:1:1", "not JSON", id="plain-text"),
        pytest.param('{"input": "a"', "E303", "d.jsonl:1:14", "not JSON", id="torn-line"),
        pytest.param("[1]", "E303", "d.jsonl:1:1", "expected a JSON object", id="json-list"),
        pytest.param('{"input": "a", "input": "b"}', "E303", "d.jsonl:1", "the key 'input' stands twice", id="key-twice"),
        pytest.param('{"input": NaN}', "E303", "d.jsonl:1", "NaN is no JSON number", id="nan"),
        pytest.param('{"input": "\\ud800"}', "E303", "d.jsonl:1", "half of a surrogate pair", id="lone-surrogate"),
        pytest.param("[" * 100_000, "E303", "d.jsonl:1", "not JSON", id="nesting-bomb"),
        pytest.param(f'{{"input": {"9" * 5000}}}', "E303", "d.jsonl:1", "not JSON", id="huge-number"),
        pytest.param('{"input": "a", "tagret": "b"}', "E305", "d.jsonl:1:16", "unknown key 'tagret'", id="unknown-key"),
        pytest.param('{"id": "a"}', "E306", "d.jsonl:1", "the sample has no input", id="no-input"),
        pytest.param('{"input": "  "}', "E306", "d.jsonl:1", "the sample has no input", id="blank-input"),
        pytest.param('{"input": "a", "id": ["x"]}', "E306", "d.jsonl:1", "'id' is a text", id="id-of-wrong-type"),
        pytest.param('{"input": "a", "metadata": 3}', "E306", "d.jsonl:1", "'metadata' is an object", id="metadata"),
        pytest.param('{"input": "a", "files": [1]}', "E306", "d.jsonl:1", "'files' is a list of paths", id="files"),
        pytest.param(
            '{"id": "a", "input": 1}\n\n{"id": "a", "input": 2}', "E304", "d.jsonl:3",
            "the sample id 'a' stands in line 1 and in line 3", id="duplicate-id",
        ),
        pytest.param('{"input": 1}\n{"id": "row-1", "input": 2}', "E304", "d.jsonl:2", "'row-1'", id="made-id-taken"),
    ],
)  # fmt: skip
def test_refuses(tmp_path: Path, text: str, code: str, where: str, message: str) -> None:
    problem = refused(write(tmp_path, text))[0]
    assert (problem.code, place(problem)) == (code, where)
    assert message in problem.message


def test_the_unknown_key_has_a_suggestion(tmp_path: Path) -> None:
    (problem,) = refused(write(tmp_path, '{"input": "a", "tagret": "b"}'))
    assert problem.hint == "did you mean 'target'? slices go into metadata"


def test_every_bad_line_is_named_up_to_a_limit(tmp_path: Path) -> None:
    problems = refused(write(tmp_path, "x\n" * 100))
    assert len(problems) == MAX_PROBLEMS + 1
    assert [problem.line for problem in problems[:MAX_PROBLEMS]] == list(range(1, MAX_PROBLEMS + 1))
    assert problems[-1].message == "the dataset has 80 more problems"


def test_latin_1_is_refused_with_its_line(tmp_path: Path) -> None:
    (problem,) = refused(write(tmp_path, b'{"input": "a"}\n{"input": "\xe9"}\n'))
    assert (problem.code, problem.line, problem.hint) == ("E310", 2, "save it as UTF-8")


def test_a_key_in_a_broken_line_is_not_shown(tmp_path: Path) -> None:
    (problem,) = refused(write(tmp_path, f'{{"input": "{CANARY}", }}'))
    assert problem.excerpt is None
    assert CANARY not in repr(problem)


@pytest.mark.parametrize("name", ["d.json", "d.txt", "d", "d.xls", "d.parquet"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    (problem,) = refused(write(tmp_path, "x", name))
    assert problem.code == "E301"
    assert ".xlsx" in problem.message


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refused(path)[0].code == "E309"


def test_a_folder_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").mkdir()
    assert refused(tmp_path / "d.jsonl")[0].message == "the dataset is no regular file"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("/etc/hostname", id="absolute"),
        pytest.param("../secret.wav", id="parent"),
        pytest.param("a/../../secret.wav", id="parent-in-the-middle"),
        pytest.param("a/../clip.wav", id="parent-that-stays-inside"),
        pytest.param("C:\\\\clip.wav", id="drive"),
        pytest.param("..\\\\clip.wav", id="windows-parent"),
        pytest.param("https://example.com/clip.wav", id="url"),
        pytest.param("file:///etc/hostname", id="file-url"),
        pytest.param("link.wav", id="symlink-that-leads-out"),
        pytest.param("out/secret.wav", id="folder-symlink-that-leads-out"),
        pytest.param("a\\u0000b", id="nul"),
        pytest.param("", id="empty"),
    ],
)
def test_media_outside_the_suite_are_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "suite"
    (root / "a").mkdir(parents=True)
    write(tmp_path, b"s", "secret.wav")
    write(root, b"c", "clip.wav")
    (root / "link.wav").symlink_to(tmp_path / "secret.wav")
    (root / "out").symlink_to(tmp_path)
    problem = refused(write(root, f'{{"input": "a"}}\n{{"input": "b", "files": ["{name}"]}}'))[0]
    assert (problem.code, place(problem)) == ("E307", "d.jsonl:2")
    assert "media path outside the suite" in problem.message


def test_a_link_that_stays_inside_is_read(tmp_path: Path) -> None:
    write(tmp_path, b"c", "clip.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "clip.wav")
    assert load_samples(write(tmp_path, '{"input": "a", "files": "link.wav"}'))[0].files == ("link.wav",)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("media/clp.wav", "did you mean 'media/clip.wav'?", id="typo"),
        pytest.param("clip2.wav", "did you mean 'data/clip2.wav'?", id="beside-the-data-file"),
    ],
)
def test_missing_media_are_suggested(tmp_path: Path, name: str, hint: str) -> None:
    for folder in ("media", "data"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "media", b"c", "clip.wav")
    write(tmp_path / "data", b"c", "clip2.wav")
    path = write(tmp_path / "data", f'{{"input": "a", "files": ["{name}"]}}')
    with pytest.raises(UsageError) as caught:
        load_samples(path, root=tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.hint) == ("E308", 1, hint)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(raw=st.binary(max_size=60), suffix=st.sampled_from([".jsonl", ".csv", ".tsv", ".xlsx"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes, suffix: str) -> None:
    path = tmp_path / f"fuzz{suffix}"
    for content in (raw, b"input\n" + raw):
        path.write_bytes(content)
        found = outcome(path)
        assert found
        assert len({it.id for it in found if isinstance(it, Sample)}) in (0, len(found))
        assert all(isinstance(it, Sample) or it.code.startswith("E3") for it in found)


def outcome(path: Path) -> tuple[Sample, ...] | tuple[Problem, ...]:
    try:
        return load_samples(path)
    except UsageError as error:
        return error.problems


def test_an_empty_list_is_a_target_for_who_may_want_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, '{"input": "a", "target": []}')
    assert load_samples(path, judge=ToolCalls())[0].target == []
    with pytest.raises(UsageError, match="no target, which exact_match judges against: sample 'row-1'"):
        load_samples(path, judge=ExactMatch())
