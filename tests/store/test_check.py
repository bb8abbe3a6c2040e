"""Damage: it is found, what can be read is salvaged, and what nothing names is removed."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core.calls import Output, Record, Role, TranscriptionRequest
from harness.errors import StoreError, StoreLockedError, UsageError
from harness.store.check import check, collect
from harness.store.ledger import DATABASE, Ledger, ScoreRow
from harness.store.media import Media
from harness.store.salvage import salvage
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
    with pytest.raises(UsageError, match="holds no run"):
        check(tmp_path)


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
    with pytest.raises(StoreError, match=r"nothing of .* can be salvaged"):
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
