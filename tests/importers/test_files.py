"""Files that mean harm: refused in a sentence, before they take memory or time."""

import json
import os
import struct
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.importers import files
from harness.importers.files import Given
from harness.importers.reading import read
from tests.importers import logs


def code(path: Path) -> str:
    with pytest.raises(UsageError) as refused:
        read([Given(path=path)])
    assert refused.value.problems[0].file == str(path)
    return refused.value.problems[0].code


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(b"", "E601", id="nothing"),
        pytest.param(b"\xff\xfe\x00", "E601", id="no text"),
        pytest.param(b"[" * 200_000, "E605", id="brackets that never close"),
        pytest.param(b'{"results": ' + b"[" * 5000 + b"]" * 5000 + b"}", "E605", id="nested"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "E601", id="a number of 5,000 digits"),
        pytest.param(b'{"some": "JSON"}', "E601", id="JSON of nobody"),
        pytest.param(b"PK\x03\x04 and no more", "E601", id="half an archive"),
        pytest.param(b"\x80\x04\x95cposix\nsystem\n.", "E601", id="a pickle"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, written: bytes, expected: str) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(written)
    assert code(path) == expected


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log.json")
    assert code(tmp_path / "log.json") == "E601"


def test_a_file_larger_than_is_read_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    with path.open("wb") as file:
        file.truncate(files.MOST_BYTES + 1)  # a hole: it takes no disk
    assert code(path) == "E605"


def test_a_document_larger_than_is_decoded_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_DOCUMENT", 1000)
    assert code(logs.write(tmp_path / "log.json", {"a": "x" * 1000})) == "E605"
    assert code(logs.archive(tmp_path / "log.eval", logs.inspect([logs.inspect_sample(1, "x" * 990, "C")]))) == "E605"


def test_archives_that_unpack_to_too_much_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = logs.archive(tmp_path / "bomb.eval", logs.inspect([logs.inspect_sample(1, " " * 1_000_000, "C")]))
    assert bomb.stat().st_size < 20_000
    assert code(bomb) == "E605"
    monkeypatch.setattr(files, "MOST_MEMBERS", 2)
    assert code(logs.archive(tmp_path / "many.eval", logs.inspect([logs.inspect_sample(1, "Paris", "C")]))) == "E605"


def test_a_member_that_is_larger_than_it_says_is_damage(tmp_path: Path) -> None:
    path = logs.archive(tmp_path / "log.eval", logs.inspect([logs.inspect_sample(1, "x" * 5000, "C")]))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")  # the directory's entry of the last member
    struct.pack_into("<I", data, at + 24, 40)
    path.write_bytes(data)
    assert code(path) == "E601"


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    log = logs.inspect([logs.inspect_sample("../../../../evil", "Paris", "C")])
    assert read([Given(path=logs.archive(tmp_path / "log.eval", log))]).answers[0].sample.id == "../../../../evil"
    assert sorted(it.name for it in tmp_path.iterdir()) == ["log.eval"]


def test_a_compression_that_cannot_be_read_names_the_way_out(tmp_path: Path) -> None:
    path = logs.archive(tmp_path / "log.eval", logs.inspect([logs.inspect_sample(1, "Paris", "C")]))
    directory = path.read_bytes().split(b"PK\x01\x02")
    entries = [entry[:6] + struct.pack("<H", 93) + entry[8:] for entry in directory[1:]]
    path.write_bytes(b"PK\x01\x02".join([directory[0], *entries]))
    with pytest.raises(UsageError) as refused:
        read([Given(path=path)])
    (problem,) = refused.value.problems
    assert problem.code == "E606"
    assert problem.hint is not None
    assert problem.hint.startswith(f"inspect log convert {path} --to json")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    logs.write(tmp_path / "secret.json", logs.promptfoo([logs.promptfoo_row("France", "Paris")]))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "log.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(UsageError, match="there are no answers"):
        read([Given(path=tmp_path / "folder")])
    assert len(read([Given(path=tmp_path / "folder" / "log.json")]).answers) == 1, "one that is named is"


def test_numbers_that_json_has_not_are_no_scores(tmp_path: Path) -> None:
    text = json.dumps(logs.promptfoo([logs.promptfoo_row("France", "Paris")]))
    path = tmp_path / "log.json"
    path.write_text(text.replace('"score": 1.0', '"score": NaN').replace("812", "1e999"), encoding="utf-8")
    (answer,) = read([Given(path=path)]).answers
    assert answer.verdicts["score"].value is None
    assert answer.marks.total_ms is None
