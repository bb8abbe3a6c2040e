"""What a damaged store still holds, in a new one beside it."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core.wording import worded
from harness.errors import StoreError, UsageError
from harness.store import operations
from harness.store.check import named_media
from harness.store.ledger import DATABASE
from harness.store.media import FOLDER, Media
from harness.store.schema import build, connect, require_current

TABLES = {"sample": "id", "plan": "id", "call": "plan", "attempt": "plan", "scorer": "id", "score": "plan"}
"""Table → the number by which its rows are read, parents first."""
ROWS_A_PAGE = 40
"""More than fit: bounds the numbers that are tried where a table does not tell its last one."""
BELONGS = {
    "plan": "sample NOT IN (SELECT id FROM sample) OR measures NOT IN (SELECT id FROM plan)"
    " OR part_of NOT IN (SELECT id FROM plan)",
    "call": "plan NOT IN (SELECT id FROM plan)",
    "attempt": "plan NOT IN (SELECT id FROM plan)",
    "score": "plan NOT IN (SELECT id FROM plan) OR scorer NOT IN (SELECT id FROM scorer)",
}
"""Table → rows that have lost what they belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """The new store, and what is not in it."""

    folder: Path
    kept: Mapping[str, int]
    """Table → rows."""
    unreadable: Mapping[str, int]
    """Table → rows that could not be read, at least, or are no rows of such a table."""
    asked_again: int
    """Answers whose clip is gone: a resume buys them anew."""


def salvage(folder: Path) -> Salvaged:
    """Copy what can be read of `folder` into `folder`-salvaged; StoreError where nothing can."""
    target = folder.with_name(f"{folder.resolve().name}-salvaged")
    if target.exists():
        raise UsageError(
            worded("{target} is there already", target=target), hint=worded("move it away, or go on with it")
        )
    target.mkdir()
    kept, unreadable = {}, {}
    try:
        with (
            closing(connect(folder / DATABASE, write=False)) as old,
            closing(connect(target / DATABASE, write=True)) as new,
        ):
            require_current(old, folder / DATABASE)
            new.execute("PRAGMA foreign_keys = OFF")
            new.execute("BEGIN IMMEDIATE")
            build(new)
            new.executemany("INSERT INTO run VALUES (?, ?)", old.execute("SELECT id, manifest FROM run"))
            for table, number in TABLES.items():
                unreadable[table] = _copy(old, new, table, number)
            while sum(new.execute(f"DELETE FROM {table} WHERE {lost}").rowcount for table, lost in BELONGS.items()):
                pass  # an instrument's call goes with the answer that it measures, and its record with it
            gone = _media(folder, target, named_media(new))
            asked_again = _forget(new, gone)
            for table in TABLES:
                (kept[table],) = new.execute(f"SELECT count(*) FROM {table}").fetchone()
            new.execute("COMMIT")
    except BaseException as error:
        shutil.rmtree(target)
        if isinstance(error, sqlite3.Error | OSError | StoreError):
            hint = error.hint if isinstance(error, StoreError) else None
            raise StoreError(
                worded("nothing of {folder} is salvaged: {error}", folder=folder, error=error), hint=hint
            ) from error
        raise
    return Salvaged(folder=target, kept=kept, unreadable=unreadable, asked_again=asked_again)


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str, number: str) -> int:
    """Copy the rows that can be read; return how many could not, as far as that can be told."""
    lost = failed = 0
    try:
        (last,), known = old.execute(f"SELECT max({number}) FROM {table}").fetchone(), True
    except sqlite3.Error:
        (pages,), known = old.execute("PRAGMA page_count").fetchone(), False
        last = pages * ROWS_A_PAGE
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({table})")]
    insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"
    for rows in _readable(
        old, f"SELECT {', '.join(columns)} FROM {table} WHERE {number} BETWEEN ? AND ?", 0, last or 0
    ):
        if rows is None:
            failed += 1
        elif rows:
            lost, failed = lost + failed, 0
        for row in rows or ():
            try:
                new.execute(insert, row)
            except (sqlite3.IntegrityError, sqlite3.DataError):  # a row that damage has made impossible
                lost += 1
    return lost + (failed if known else min(failed, 1))


def _readable(old: sqlite3.Connection, sql: str, first: int, last: int) -> Iterator[list[Any] | None]:
    """Yield rows in ranges as large as can be read, and None for each number whose row cannot."""
    try:
        yield old.execute(sql, (first, last)).fetchall()
    except sqlite3.Error:
        if first == last:
            yield None
            return
        middle = (first + last) // 2
        yield from _readable(old, sql, first, middle)
        yield from _readable(old, sql, middle + 1, last)


def _media(folder: Path, target: Path, named: frozenset[str]) -> frozenset[str]:
    """Copy the media that are whole; return the digests of those that are not."""
    old, new, gone = Media(folder / FOLDER), Media(target / FOLDER), set()
    for sha256 in named:
        try:
            data = old.get(sha256)
        except StoreError:
            gone.add(sha256)
        else:
            new.put(data)
    return frozenset(gone)


def _forget(connection: sqlite3.Connection, gone: frozenset[str]) -> int:
    """Make the calls pending whose media are gone; what they cost stays counted."""
    keys = [
        key
        for sha256 in gone
        for (key,) in connection.execute(
            "SELECT key FROM plan JOIN call ON call.plan = plan.id"
            " WHERE json_extract(coalesce(audio, image, video, vectors), '$.sha256') = ?",
            (sha256,),
        )
    ]
    for key in keys:
        operations.forget(connection, key)
    return len(keys)
