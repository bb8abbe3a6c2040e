"""What is wrong with a run's store: the database, and the media that its rows name."""

import json
import os
import shlex
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core.wording import worded
from harness.errors import StoreError, UsageError
from harness.store.ledger import DATABASE
from harness.store.lock import Lock
from harness.store.media import FOLDER, Media
from harness.store.schema import BUSY_MS, connect, is_outdated

NAMING = (
    "SELECT audio FROM call WHERE audio IS NOT NULL",
    "SELECT image FROM call WHERE image IS NOT NULL",
    "SELECT video FROM call WHERE video IS NOT NULL",
    "SELECT vectors FROM call WHERE vectors IS NOT NULL",
    "SELECT request FROM plan WHERE request LIKE '%sha256%'",
)
"""Rows that name media, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a check has found; each problem is one sentence."""

    problems: tuple[str, ...]
    damaged: frozenset[str]
    """Digests of the media that are named, and gone or not what they were."""
    orphans: tuple[Path, ...]
    """Files below media/ that no row names, or that were never finished; harmless."""
    media: int
    """Files that are named."""

    @property
    def orphan_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.orphans)


def check(folder: Path) -> Health:
    """Read all of a run's store; UsageError where there is none, NewerStoreError where its schema is newer."""
    path = _database(folder)
    media = Media(folder / FOLDER)
    with closing(connect(path, write=False)) as connection:
        with suppress(StoreError):  # what cannot be read is a problem like others
            is_outdated(connection, path)
        problems = list(_of_database(path))
        try:
            named = named_media(connection)
        except sqlite3.Error:
            return Health(problems=tuple(problems), damaged=frozenset(), orphans=(), media=0)
    damaged = []
    for sha256 in sorted(named):
        try:
            media.get(sha256)
        except StoreError as error:
            damaged.append(sha256)
            problems.append(str(error))
    orphans = tuple(sorted(path for path in media.folder.rglob("*") if path.is_file() and path.name not in named))
    return Health(problems=tuple(problems), damaged=frozenset(damaged), orphans=orphans, media=len(named))


def collect(folder: Path) -> tuple[int, int]:
    """Remove the media that no row names; return how many files and bytes. StoreError where the rows cannot be read."""
    _database(folder)  # otherwise the lock itself would be left in somebody's folder
    lock = Lock(folder)  # a run that goes on has files whose rows are still to come
    try:
        health = check(folder)
        if len(health.problems) > len(health.damaged):
            raise StoreError(
                worded("{folder} is damaged: {why}", folder=folder, why=health.problems[0]),
                hint=shlex.join(["bakeoff", "store", "check", str(folder)]),
            )
        freed = health.orphan_bytes
        for path in health.orphans:
            path.unlink()
        return len(health.orphans), freed
    finally:
        lock.release()


def _database(folder: Path) -> Path:
    path = folder / DATABASE
    if not path.is_file():
        raise UsageError(
            worded("{folder} holds no run", folder=folder),
            hint=worded("a run's folder holds run.db; `latest` is the newest run"),
        )
    return path


def named_media(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the digests that rows name; sqlite3.Error where they cannot be read."""
    return frozenset(
        sha256 for sql in NAMING for (text,) in connection.execute(sql) for sha256 in _digests(json.loads(text))
    )


def _digests(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("sha256"), str):
            yield value["sha256"]
        for item in value.values():
            yield from _digests(item)
    elif isinstance(value, list):
        for item in value:
            yield from _digests(item)


def _of_database(path: Path) -> Iterator[str]:
    try:
        with closing(_knowing_constraints(path)) as connection:
            for (text,) in connection.execute("PRAGMA integrity_check(20)"):
                if text != "ok":
                    yield f"{DATABASE}: {text}"
            for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
                yield worded(
                    "{path}: row {row} of {table} belongs to a row of {parent} that is not there",
                    path=DATABASE,
                    row=row,
                    table=table,
                    parent=parent,
                )
    except sqlite3.Error as error:
        yield f"{DATABASE}: {error}"


def _knowing_constraints(path: Path) -> sqlite3.Connection:
    """Open to read: SQLite skips the CHECK constraints of a file that it opens as read-only."""
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return connect(path, write=False)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA query_only = ON")
    return connection
