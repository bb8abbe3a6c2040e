"""The tables of a run's database: how a file is recognised, opened and brought up to date."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from harness.core.wording import worded
from harness.errors import NewerStoreError, StoreError, UsageError

APPLICATION_ID = 0x42414B45
"""`BAKE`: what `file` and SQLite's header show for a run.db."""

BUSY_MS = 10_000
"""How long one connection waits for another before it gives up."""

MIGRATIONS: Sequence[str] = (
    # 1. `plan` is what was asked and never changes; `call` is what came of it and has no row before the first intent.
    # Marks and usage are columns, so that frames read them without parsing a document.
    """
    CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        manifest TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sample (
        id INTEGER PRIMARY KEY,
        suite TEXT NOT NULL,
        task TEXT NOT NULL,
        name TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (suite, task, name)
    ) STRICT;
    CREATE TABLE plan (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('answer', 'instrument', 'warmup')),
        candidate TEXT NOT NULL,
        sample INTEGER NOT NULL REFERENCES sample,
        epoch INTEGER NOT NULL CHECK (epoch >= 0),
        instrument TEXT,
        measures INTEGER REFERENCES plan,
        request TEXT NOT NULL,
        CHECK ((role = 'instrument') = (instrument IS NOT NULL AND measures IS NOT NULL))
    ) STRICT;
    CREATE TABLE call (
        plan INTEGER PRIMARY KEY REFERENCES plan,
        state TEXT NOT NULL CHECK (state IN ('pending', 'intent', 'done', 'failed')),
        visit INTEGER NOT NULL CHECK (visit >= 1),
        attempt INTEGER NOT NULL CHECK (attempt >= 1),
        held_usd TEXT,
        sunk_usd TEXT,
        finished TEXT,
        cost_usd TEXT,
        cost_source TEXT,
        fault TEXT CHECK (fault IN ('candidate', 'infra', 'harness')),
        kind TEXT,
        message TEXT,
        partial TEXT,
        text TEXT,
        reasoning TEXT,
        audio TEXT,
        tool_calls TEXT,
        numbers TEXT,
        finish_reason TEXT,
        model TEXT,
        headers_ms REAL,
        first_byte_ms REAL,
        ttft_ms REAL,
        ttfo_ms REAL,
        ttfa_ms REAL,
        total_ms REAL,
        closed_ms REAL,
        queue_ms REAL,
        client_ttft_ms REAL,
        marks_valid INTEGER CHECK (marks_valid IN (0, 1)),
        input_tokens INTEGER,
        cached_tokens INTEGER,
        cache_write_tokens INTEGER,
        output_tokens INTEGER,
        reasoning_tokens INTEGER,
        input_audio_tokens INTEGER,
        output_audio_tokens INTEGER,
        input_characters INTEGER,
        input_audio_seconds REAL,
        output_audio_seconds REAL,
        busy_seconds REAL,
        usage_source TEXT,
        CHECK ((state IN ('done', 'failed')) = (finished IS NOT NULL)),
        CHECK (finished IS NOT NULL OR (fault IS NULL AND cost_usd IS NULL)),
        CHECK (coalesce(fault IN ('infra', 'harness'), 0) = (state = 'failed'))
    ) STRICT;
    CREATE TABLE attempt (
        plan INTEGER NOT NULL REFERENCES plan,
        visit INTEGER NOT NULL,
        number INTEGER NOT NULL CHECK (number >= 1),
        started TEXT NOT NULL,
        duration_ms REAL NOT NULL,
        outcome TEXT NOT NULL,
        http_status INTEGER,
        request_id TEXT,
        retry_after_s REAL,
        wire_requests INTEGER NOT NULL,
        may_be_billed INTEGER NOT NULL CHECK (may_be_billed IN (0, 1)),
        detail TEXT,
        PRIMARY KEY (plan, visit, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE scorer (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        signature TEXT NOT NULL
    ) STRICT;
    CREATE TABLE score (
        plan INTEGER NOT NULL REFERENCES plan,
        scorer INTEGER NOT NULL REFERENCES scorer,
        value REAL CHECK (value BETWEEN 0 AND 1),
        reason TEXT NOT NULL,
        detail TEXT,
        PRIMARY KEY (plan, scorer)
    ) STRICT, WITHOUT ROWID;
    """,
    # 2. What embedders and rerankers return, and what rerankers bill by.
    """
    ALTER TABLE call ADD COLUMN vectors TEXT;
    ALTER TABLE call ADD COLUMN ranking TEXT;
    ALTER TABLE call ADD COLUMN search_units INTEGER;
    """,
    # 3. A cascade's answer is made of stages, each a call of its own.
    """
    CREATE TABLE new_plan (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('answer', 'stage', 'instrument', 'warmup')),
        candidate TEXT NOT NULL,
        sample INTEGER NOT NULL REFERENCES sample,
        epoch INTEGER NOT NULL CHECK (epoch >= 0),
        instrument TEXT,
        measures INTEGER REFERENCES plan,
        stage TEXT,
        part_of INTEGER REFERENCES plan,
        request TEXT NOT NULL,
        CHECK ((role = 'instrument') = (instrument IS NOT NULL AND measures IS NOT NULL)),
        CHECK ((role = 'stage') = (stage IS NOT NULL AND part_of IS NOT NULL))
    ) STRICT;
    INSERT INTO new_plan (id, key, role, candidate, sample, epoch, instrument, measures, request)
        SELECT id, key, role, candidate, sample, epoch, instrument, measures, request FROM plan;
    DROP TABLE plan;
    ALTER TABLE new_plan RENAME TO plan;
    """,
    # 4. A bad answer of a cascade is asked again with one stage replaced: who is at fault.
    """
    CREATE TABLE new_plan (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('answer', 'stage', 'oracle', 'instrument', 'warmup')),
        candidate TEXT NOT NULL,
        sample INTEGER NOT NULL REFERENCES sample,
        epoch INTEGER NOT NULL CHECK (epoch >= 0),
        instrument TEXT,
        measures INTEGER REFERENCES plan,
        stage TEXT,
        part_of INTEGER REFERENCES plan,
        request TEXT NOT NULL,
        CHECK ((role = 'instrument') = (instrument IS NOT NULL)),
        CHECK ((role IN ('instrument', 'oracle')) = (measures IS NOT NULL)),
        CHECK ((role IN ('stage', 'oracle')) = (stage IS NOT NULL)),
        CHECK ((role = 'stage') = (part_of IS NOT NULL))
    ) STRICT;
    INSERT INTO new_plan SELECT id, key, role, candidate, sample, epoch, instrument, measures, stage, part_of, request
        FROM plan;
    DROP TABLE plan;
    ALTER TABLE new_plan RENAME TO plan;
    """,
    # 5. A voice may speak the first sentence while the others are written; what makers of pictures return and bill by;
    # what a listener hears of a clip that comes in pieces.
    """
    ALTER TABLE call ADD COLUMN sentences_ms TEXT;
    ALTER TABLE call ADD COLUMN image TEXT;
    ALTER TABLE call ADD COLUMN input_image_tokens INTEGER;
    ALTER TABLE call ADD COLUMN output_image_tokens INTEGER;
    ALTER TABLE call ADD COLUMN output_images INTEGER;
    ALTER TABLE call ADD COLUMN gap_ms REAL;
    ALTER TABLE call ADD COLUMN stall_ms REAL;
    """,
    # 6. What makers of clips return and bill by.
    """
    ALTER TABLE call ADD COLUMN video TEXT;
    ALTER TABLE call ADD COLUMN input_images INTEGER;
    ALTER TABLE call ADD COLUMN output_video_seconds REAL;
    ALTER TABLE call ADD COLUMN output_video_pixels INTEGER;
    """,
    # 7. A candidate that has lost for certain is asked no more: of its planned calls, those without an answer.
    """
    ALTER TABLE plan ADD COLUMN called_off INTEGER CHECK (called_off = 1);
    """,
    # 8. What is kept in a cache for an hour costs more than what is kept for minutes.
    """
    ALTER TABLE call ADD COLUMN cache_write_1h_tokens INTEGER;
    """,
)
"""Forward only: entry n brings a store from schema n to n + 1. An entry that was released never changes."""


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open a database in autocommit mode; readers never take a lock that a writer waits for."""
    if write:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
    else:
        # on a read-only disk SQLite cannot make the shared memory of a WAL; nobody writes there either. But a WAL that
        # holds something must be read, and an immutable database has none
        wal = path.with_name(f"{path.name}-wal")
        left = wal.exists() and wal.stat().st_size > 0
        still = "" if left or os.access(path.parent, os.W_OK) else "&immutable=1"
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{still}", uri=True, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def build(connection: sqlite3.Connection) -> None:
    """Create every table in an open transaction; with its commit the file is a run."""
    for script in MIGRATIONS:
        _execute(connection, script)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def is_outdated(connection: sqlite3.Connection, path: Path) -> bool:
    """Say whether the file must be migrated; UsageError where it is no run, NewerStoreError where it is too new."""
    return _version(connection, path) < len(MIGRATIONS)


def require_current(connection: sqlite3.Connection, path: Path) -> None:
    """Raise UsageError where the file must be migrated first, as `is_outdated` does where it cannot be used at all."""
    if is_outdated(connection, path):
        raise UsageError(
            worded("{path} has an older schema", path=path), hint=worded("`bakeoff report` brings it up to date")
        )


def old_copy(path: Path) -> Path | None:
    """Return where `migrate` will leave a copy of the store at `path`; None where it is current."""
    with closing(connect(path, write=False)) as connection:
        found = _version(connection, path)
        return _copy(path, found) if found < len(MIGRATIONS) else None


def _copy(path: Path, version: int) -> Path:
    return path.with_name(f"{path.name}.bak-v{version}")


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring an older store up to date in one transaction, after a copy of it beside (`run.db.bak-v1`)."""
    found = _version(connection, path)
    copy = _copy(path, found)
    copy.unlink(missing_ok=True)  # left by a migration that was killed: the store itself is still at this version
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.execute("PRAGMA foreign_keys = OFF")  # else a table to which others refer could not be made anew
    connection.execute("BEGIN IMMEDIATE")
    try:
        for script in MIGRATIONS[found:]:
            _execute(connection, script)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreError(
                worded(
                    "{path}: row {row} of {table} belongs to a row of {parent} that is not there",
                    path=path,
                    row=broken[1],
                    table=broken[0],
                    parent=broken[2],
                )
            )
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (found,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(worded("{path} cannot be read as a run: {error}", path=path, error=error)) from error
    if application != APPLICATION_ID:
        raise UsageError(
            worded("{path} is not a run of Bakeoff, or it was interrupted before it began", path=path),
            hint=worded("delete the folder and start the run again"),
        )
    if found > len(MIGRATIONS):
        raise NewerStoreError(
            worded(
                "{path} has schema {found} and this Bakeoff reads up to {n}", path=path, found=found, n=len(MIGRATIONS)
            ),
            hint=worded("it was written by a newer Bakeoff: upgrade this one"),
        )
    return int(found)


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Run a script inside the open transaction; `executescript` would commit it first."""
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement)
