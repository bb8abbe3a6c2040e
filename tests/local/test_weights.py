"""Weights are joined, verified, cached, and refused when a byte differs."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.local.embedded import Engine, Package, Part, Weight
from harness.local.weights import Locate, cache_folder, installed, verified

WHOLE, FIRST, SECOND = b"tokens", b"one half, ", b"the other"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


ENGINE = Engine(
    name="toy",
    modality="text",
    summary="a toy",
    version="1",
    module="toy",
    runtimes=(),
    packages=(Package(name="toy-a", version="1.0", megabytes=1), Package(name="toy-b", version="2.0", megabytes=1)),
    weights=(
        Weight(
            file="model.gguf",
            sha256=sha256(FIRST + SECOND),
            parts=(Part(package="toy-a", path="a"), Part(package="toy-b", path="b")),
        ),
        Weight(file="vocab.json", sha256=sha256(WHOLE), parts=(Part(package="toy-a", path="vocab.json"),)),
    ),
    licence="none",
)


def place(folder: Path, files: Mapping[str, bytes]) -> Locate:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)

    def locate(part: Part) -> Path:
        path = folder / part.path
        if not path.exists():
            raise FileNotFoundError(path)
        return path

    return locate


@pytest.fixture
def good(tmp_path: Path) -> Locate:
    return place(tmp_path / "site", {"a": FIRST, "b": SECOND, "vocab.json": WHOLE})


def problem(error: pytest.ExceptionInfo[UsageError]) -> tuple[str, str, str]:
    (one,) = error.value.problems
    return one.code, one.message, one.hint or ""


def test_parts_are_joined_in_the_cache_and_a_whole_file_stays_where_it_is(tmp_path: Path, good: Locate) -> None:
    files = verified(ENGINE, cache=tmp_path / "cache", locate=good)
    assert files["model.gguf"].read_bytes() == FIRST + SECOND
    assert files["model.gguf"].is_relative_to(tmp_path / "cache")
    assert files["vocab.json"] == tmp_path / "site" / "vocab.json"


def test_an_engine_that_loads_a_folder_gets_all_files_in_one(tmp_path: Path, good: Locate) -> None:
    files = verified(dataclasses.replace(ENGINE, one_folder=True), cache=tmp_path / "cache", locate=good)
    assert {path.parent for path in files.values()} == {files["model.gguf"].parent}
    assert files["vocab.json"].read_bytes() == WHOLE


def test_the_second_time_the_joined_file_is_used_as_it_is(tmp_path: Path, good: Locate) -> None:
    first = verified(ENGINE, cache=tmp_path / "cache", locate=good)["model.gguf"].stat()
    second = verified(ENGINE, cache=tmp_path / "cache", locate=good)["model.gguf"].stat()
    assert (first.st_ino, first.st_mtime_ns) == (second.st_ino, second.st_mtime_ns)


def test_a_damaged_joined_file_is_made_again(tmp_path: Path, good: Locate) -> None:
    path = verified(ENGINE, cache=tmp_path / "cache", locate=good)["model.gguf"]
    path.write_bytes(b"damaged")
    assert verified(ENGINE, cache=tmp_path / "cache", locate=good)["model.gguf"].read_bytes() == FIRST + SECOND


@pytest.mark.parametrize(
    ("name", "data", "pins"),
    [
        pytest.param("vocab.json", b"Tokens", "toy-a==1.0", id="whole file"),
        pytest.param("b", b"another", "toy-a==1.0 toy-b==2.0", id="part"),
    ],
)
def test_other_bytes_are_refused(tmp_path: Path, name: str, data: bytes, pins: str) -> None:
    locate = place(tmp_path / "site", {"a": FIRST, "b": SECOND, "vocab.json": WHOLE, name: data})
    with pytest.raises(UsageError) as error:
        verified(ENGINE, cache=tmp_path / "cache", locate=locate)
    code, message, hint = problem(error)
    found = sha256(data if name == "vocab.json" else FIRST + data)
    expected = sha256(WHOLE if name == "vocab.json" else FIRST + SECOND)
    assert code == "E402"
    assert all(text in message for text in (str(tmp_path / "site" / name), found, expected))
    assert hint.endswith(f"--force-reinstall --no-deps {pins}")


def test_a_failed_join_leaves_nothing(tmp_path: Path) -> None:
    locate = place(tmp_path / "site", {"a": FIRST, "b": b"another", "vocab.json": WHOLE})
    with pytest.raises(UsageError):
        verified(ENGINE, cache=tmp_path / "cache", locate=locate)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_missing_file_is_named_with_what_brings_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        verified(ENGINE, cache=tmp_path / "cache", locate=place(tmp_path / "site", {"a": FIRST}))
    code, message, hint = problem(error)
    assert code == "E401"
    assert "'toy' lacks its file" in message
    assert "toy-b==2.0" in hint


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, good: Locate) -> None:
    (tmp_path / "cache").write_text("a file where the folder belongs")
    with pytest.raises(UsageError) as error:
        verified(ENGINE, cache=tmp_path / "cache", locate=good)
    code, message, hint = problem(error)
    assert code == "E404"
    assert str(tmp_path / "cache") in message
    assert "XDG_CACHE_HOME" in hint


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        pytest.param({"XDG_CACHE_HOME": "/x"}, Path("/x/bakeoff"), id="named"),
        pytest.param({"XDG_CACHE_HOME": ""}, Path.home() / ".cache/bakeoff", id="empty counts as unset"),
        pytest.param({}, Path.home() / ".cache/bakeoff", id="default"),
    ],
)
def test_cache_folder(env: Mapping[str, str], folder: Path) -> None:
    assert cache_folder(env) == folder


def test_installed_finds_files_of_distributions() -> None:
    assert installed(Part(package="pytest", path="pytest/py.typed")).is_file()


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(Part(package="no-such-package", path="x"), id="no package"),
        pytest.param(Part(package="pytest", path="pytest/no-such-file"), id="no file"),
    ],
)
def test_installed_misses(part: Part) -> None:
    with pytest.raises(FileNotFoundError):
        installed(part)
