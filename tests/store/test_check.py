"""Damage: it is found, what can be read is salvaged, and what nothing names is removed."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core.calls import Output, Record, Role
from harness.core.requests import TranscriptionRequest
from harness.errors import NewerStoreError, StoreError, StoreLockedError, UsageError
from harness.store import salvage as salvaging
from harness.store.ballast import ADVICE
from harness.store.check import check, collect
from harness.store.ledger import DATABASE, Ledger, ScoreRow
from harness.store.media import Media
from harness.store.salvage import salvage
from harness.store.schema import connect
from tests.store.nouns import CLIP, call, instrument, new_ledger, record

N = 200
PAGE = 4096


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of many long answers and one clip, all scored."""
    folder = tmp_path / "run"
    sha256 = Media(folder / "media").put(b"a clip")
    clip = replace(CLIP, sha256=sha256)
    calls = [call(f"k{i}") for i in range(N)] + [call("spoken", sample="v0")]

    async def write(ledger: Ledger) -> None:
        told = [record(c, outcome=Output(text=f"{c.key} " * 200)) for c in calls[:-1]]
        told.append(record(calls[-1], outcome=Output(audio=clip)))
        await asyncio.gather(*(ledger.commit(r) for r in told))

    heard = instrument("reading", "spoken", TranscriptionRequest(audio=clip))
    with new_ledger(folder, *calls) as ledger:
        asyncio.run(write(ledger))
        ledger.add_calls([heard])
        asyncio.run(ledger.commit(record(heard, outcome=Output(text="hello"))))
        ledger.replace_scores(ScoreRow(key=c.key, scorer="s", signature="s@1()", value=1.0, reason="") for c in calls)
    return folder


def damage(folder: Path, table: str, *, pages: int = 3) -> None:
    """Overwrite some leaves of a table."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        sql = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno"
        try:
            numbers = [number for (number,) in connection.execute(sql, (table,))]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not say where a table's pages are")
    with (folder / DATABASE).open("r+b") as file:
        for number in numbers[5 : 5 + pages]:
            file.seek((number - 1) * PAGE)
            file.write(b"\xff" * PAGE)


def test_a_whole_store_has_no_problem(run: Path) -> None:
    health = check(run)
    assert (health.problems, health.orphans, health.media) == ((), (), 1)


def test_what_is_no_run_is_not_checked(tmp_path: Path) -> None:
    for look in (check, collect):
        with pytest.raises(UsageError, match="holds no run"):
            look(tmp_path)
    assert list(tmp_path.iterdir()) == []


def alter(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.executescript(sql)


@pytest.mark.parametrize(
    ("sql", "error"), [("PRAGMA user_version = 99", NewerStoreError), ("PRAGMA application_id = 1", UsageError)]
)
@pytest.mark.parametrize("look", [check, salvage])
def test_what_another_program_wrote_is_neither_checked_nor_salvaged(
    run: Path, sql: str, error: type[UsageError], look: Callable[[Path], object]
) -> None:
    alter(run, sql)
    with pytest.raises(error):
        look(run)
    assert not run.with_name("run-salvaged").exists()


IMPOSSIBLE = "PRAGMA ignore_check_constraints = ON; UPDATE call SET state = 'odd' WHERE plan IN (3, 7)"


def test_rows_that_the_schema_forbids_are_a_problem_and_the_check_changes_nothing(run: Path) -> None:
    alter(run, IMPOSSIBLE)
    before = (run / DATABASE).read_bytes()
    assert check(run).problems == (f"{DATABASE}: CHECK constraint failed in call",) * 2
    assert (run / DATABASE).read_bytes() == before


def test_rows_that_damage_has_made_impossible_are_counted(run: Path) -> None:
    alter(run, IMPOSSIBLE)
    saved = salvage(run)
    assert saved.unreadable == {"sample": 0, "plan": 0, "call": 2, "attempt": 0, "scorer": 0, "score": 0}
    assert saved.kept["call"] == N


@pytest.mark.parametrize("full", ["media", "database"])
def test_a_full_disk_ends_a_salvage_and_leaves_nothing(run: Path, monkeypatch: pytest.MonkeyPatch, full: str) -> None:
    """What does not fit is not lost: it must not be asked for, and paid, again."""

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    def small(path: Path, *, write: bool) -> sqlite3.Connection:
        connection = connect(path, write=write)
        connection.execute("PRAGMA max_page_count = 60")
        return connection

    if full == "media":
        monkeypatch.setattr(os, "fsync", no_room)
    else:
        monkeypatch.setattr(salvaging, "connect", small)
    with pytest.raises(StoreError, match=r"nothing of .* is salvaged: .*(No space left|full)") as caught:
        salvage(run)
    assert caught.value.hint == (ADVICE if full == "media" else None)
    assert not run.with_name("run-salvaged").exists()


def test_a_damaged_page_is_found_and_the_rest_is_salvaged(run: Path) -> None:
    before = {r.call.key: r for r in _records(run)}
    damage(run, "call")
    assert any(DATABASE in problem for problem in check(run).problems)
    saved = salvage(run)
    assert saved.folder == run.with_name("run-salvaged")
    assert saved.unreadable["call"] > 0
    after = {r.call.key: r for r in _records(saved.folder)}
    assert 0.8 * N < len(after) < N + 2
    assert all(before[key] == found for key, found in after.items())
    with Ledger.open(saved.folder, write=True) as ledger:
        assert len(after) + len([*ledger.pending(Role.ANSWER), *ledger.pending(Role.INSTRUMENT)]) == N + 2
        assert ledger.samples() == _samples(run)
    assert check(saved.folder).problems == ()
    with pytest.raises(UsageError, match="is there already"):
        salvage(run)


def test_calls_whose_plan_is_lost_go_with_it(run: Path) -> None:
    damage(run, "plan", pages=2)
    saved = salvage(run)
    assert 0 < saved.kept["call"] == saved.kept["plan"] < N + 2
    assert check(saved.folder).problems == ()


def test_what_cannot_be_read_at_all_leaves_nothing_behind(run: Path) -> None:
    (run / DATABASE).write_bytes(b"\xff" * 100_000)
    assert check(run).problems
    with pytest.raises(StoreError, match=r"nothing of .* is salvaged"):
        salvage(run)
    assert not run.with_name("run-salvaged").exists()


@pytest.mark.parametrize("content", [None, b"other"], ids=["gone", "damaged"])
def test_a_clip_that_is_lost_is_told_and_asked_again(run: Path, content: bytes | None) -> None:
    (clip,) = (run / "media").rglob("*/*")
    clip.unlink()
    if content is not None:
        clip.write_bytes(content)
    health = check(run)
    assert clip.name in health.damaged
    assert any("media" in problem for problem in health.problems)
    spent = _spent(run)
    saved = salvage(run)
    assert saved.asked_again == 1
    with Ledger.open(saved.folder, write=True) as ledger:
        assert [c.key for c in ledger.pending(Role.ANSWER)] == ["spoken"]
        assert list(ledger.records(Role.INSTRUMENT)) == ledger.pending(Role.INSTRUMENT) == [], (
            "it measured another clip"
        )
        assert ledger.spent() == spent
        assert {score.key for score in ledger.scores()} == {f"k{i}" for i in range(N)}


def test_what_no_row_names_is_told_and_removed(run: Path) -> None:
    media = Media(run / "media")
    stray = media.path(media.put(b"nobody's"))
    half = stray.with_name(".abc.part")
    half.write_bytes(b"hal")
    assert set(check(run).orphans) == {stray, half}
    assert collect(run) == (2, 11)
    assert check(run).orphans == ()
    assert collect(run) == (0, 0)


def test_nothing_is_removed_while_a_run_goes_on_or_its_rows_cannot_be_read(run: Path) -> None:
    media = Media(run / "media")
    stray = media.path(media.put(b"to come"))
    with Ledger.open(run, write=True), pytest.raises(StoreLockedError):
        collect(run)
    damage(run, "call")
    with pytest.raises(StoreError, match="damaged"):
        collect(run)
    assert stray.exists()


def _records(folder: Path) -> list[Record]:
    with Ledger.open(folder, write=False) as ledger:
        return list(ledger.records())


def _samples(folder: Path) -> object:
    with Ledger.open(folder, write=False) as ledger:
        return ledger.samples()


def _spent(folder: Path) -> object:
    with Ledger.open(folder, write=False) as ledger:
        return ledger.spent()
