"""Keys come from the process, then from .env, exactly as written."""

from pathlib import Path

import pytest

from harness.config.environment import read
from harness.errors import UsageError


def test_the_process_wins_unless_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\nC=file\nexport D='quoted $A ${A} # x'\nE=\nF\n# note\n")
    monkeypatch.setenv("A", "process")
    monkeypatch.setenv("B", "")
    monkeypatch.delenv("C", raising=False)
    env = read(tmp_path)
    assert (env["A"], env["B"], env["C"]) == ("process", "file", "file")
    assert env["D"] == "quoted $A ${A} # x"
    assert "E" not in env
    assert "F" not in env


def test_without_a_file_it_is_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "process")
    assert read(tmp_path)["A"] == "process"


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfA=1\r\n", b"A=1", "A=1\r\n".encode("utf-16")])
def test_windows_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.delenv("A", raising=False)
    (tmp_path / ".env").write_bytes(raw)
    assert read(tmp_path)["A"] == "1"


def test_other_encodings_are_refused_without_showing_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=canary\xff")
    with pytest.raises(UsageError) as caught:
        read(tmp_path)
    assert caught.value.problems[0].code == "E201"
    assert "canary" not in repr(caught.value.problems)
