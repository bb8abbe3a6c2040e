"""Media: named by their content, whole or absent."""

import hashlib
import os
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store.media import Media


def test_what_is_put_is_got_under_its_own_digest(tmp_path: Path) -> None:
    media = Media(tmp_path / "media")
    sha256 = media.put(b"RIFF....")
    assert sha256 == hashlib.sha256(b"RIFF....").hexdigest()
    assert media.get(sha256) == b"RIFF...."
    assert media.path(sha256) == tmp_path / "media" / sha256[:2] / sha256
    assert media.path(sha256).stat().st_mode & 0o777 == 0o644


def test_equal_clips_are_one_file_that_is_written_once(tmp_path: Path) -> None:
    media = Media(tmp_path)
    path = media.path(media.put(b"x"))
    before = path.stat().st_ino
    media.put(b"x")
    assert path.stat().st_ino == before
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


@pytest.mark.parametrize("content", [None, b"other"], ids=["gone", "damaged"])
def test_what_is_not_there_is_a_storage_error(tmp_path: Path, content: bytes | None) -> None:
    media = Media(tmp_path)
    path = media.path(media.put(b"x"))
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match="media"):
        media.get(path.name)


def test_a_failing_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left") as caught:
        Media(tmp_path).put(b"x")
    assert caught.value.exit_code == 74
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_content_and_names_are_flushed_before_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    sha256 = Media(tmp_path / "media").put(b"x")
    assert flushed[0].endswith(".part")
    assert flushed[1:] == [str(tmp_path / "media" / sha256[:2]), str(tmp_path / "media"), str(tmp_path)]
