"""The store under other processes, newer and older versions, failing disks, and kill -9."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Output, Role
from harness.errors import BakeoffError, NewerStoreError, StoreError, StoreLockedError, UsageError
from harness.store import schema
from harness.store.ledger import DATABASE, Ledger
from harness.store.writer import Operation, Writer
from tests.store.nouns import call, new_ledger, record

pytestmark = pytest.mark.alone

WRITE_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from harness.store.ledger import Ledger
from tests.store.nouns import call, record

async def main(ledger):
    for i in range(100_000):
        await ledger.intend(f"k{i}", 1, None)
        await ledger.commit(record(call(f"k{i}")))
        print(i, flush=True)

asyncio.run(main(Ledger.open(Path(sys.argv[1]), write=True)))
"""


@contextmanager
def writing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_a_second_writer_is_refused_by_name_and_readers_are_not(tmp_path: Path) -> None:
    new_ledger(tmp_path, *(call(f"k{i}") for i in range(3000))).close()
    with writing(tmp_path) as process:
        with pytest.raises(StoreLockedError, match=f"process {process.pid}") as caught:
            Ledger.open(tmp_path, write=True)
        assert caught.value.exit_code == 75
        with Ledger.open(tmp_path, write=False) as reader:
            assert next(reader.records()).call.key == "k0"
            assert reader.uncertain() == []
    Ledger.open(tmp_path, write=True).close()  # the lock died with its process


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    new_ledger(tmp_path, *(call(f"k{i}") for i in range(3000))).close()
    with writing(tmp_path) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(20)][-1]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in process.stdout if line.endswith("\n"))])
    with Ledger.open(tmp_path, write=True) as ledger:
        found = list(ledger.records())
        assert found[: acknowledged + 1] == [record(call(f"k{i}")) for i in range(acknowledged + 1)]
        assert len(found) <= acknowledged + 2
        assert len(ledger.uncertain()) <= 1
        assert len(found) + len(ledger.pending(Role.ANSWER)) == 3000


@pytest.mark.parametrize("write", [True, False], ids=["write", "read"])
def test_a_newer_store_is_refused(tmp_path: Path, write: bool) -> None:
    new_ledger(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerStoreError, match="schema 99") as caught:
        Ledger.open(tmp_path, write=write)
    assert caught.value.exit_code == 2
    with pytest.raises(NewerStoreError):  # and the lock was let go
        Ledger.open(tmp_path, write=True)


@pytest.mark.parametrize("write", [True, False], ids=["write", "read"])
def test_an_older_store_is_migrated_after_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: bool) -> None:
    new_ledger(tmp_path).close()
    before = len(schema.MIGRATIONS)
    step = "CREATE TABLE colour (name TEXT) STRICT; INSERT INTO colour VALUES ('red');"
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    with Ledger.open(tmp_path, write=write) as ledger:
        assert ledger.query("SELECT name FROM colour").fetchall() == [("red",)]
        assert ledger.pending(Role.ANSWER) == [call()]
    Ledger.open(tmp_path, write=write).close()
    with closing(sqlite3.connect(tmp_path / f"{DATABASE}.bak-v{before}")) as copy:
        assert copy.execute("SELECT count(*) FROM plan").fetchone() == (1,)
        assert copy.execute("PRAGMA user_version").fetchone() == (before,)


def test_a_failing_migration_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new_ledger(tmp_path).close()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE a (x TEXT); NONSENSE;"))
        with pytest.raises(StoreError, match="NONSENSE"):
            Ledger.open(tmp_path, write=True)
    with Ledger.open(tmp_path, write=True) as ledger:
        assert ledger.query("SELECT count(*) FROM sqlite_master WHERE name = 'a'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        pytest.param(b"", UsageError, "interrupted before it began", id="killed while it was created"),
        pytest.param(b"not a database, " * 512, StoreError, "cannot be read", id="damaged"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path: Path, content: bytes, error: type[BakeoffError], message: str) -> None:
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(error, match=message):
        Ledger.open(tmp_path, write=False)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("CREATE TABLE x (y)")
    with pytest.raises(UsageError, match="not a run"):
        Ledger.open(tmp_path, write=True)


def test_a_full_disk_is_exit_74_and_nothing_is_written_after_it(tmp_path: Path) -> None:
    calls = [call(f"k{i}") for i in range(4)]
    with new_ledger(tmp_path, *calls) as ledger:
        asyncio.run(ledger.commit(record(calls[0])))
        writer: Any = ledger._writer
        pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]
        writer._connection.execute(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(StoreError, match="full") as caught:
            asyncio.run(ledger.commit(record(calls[1], outcome=Output(text="x" * 100_000))))
        assert caught.value.exit_code == 74
        with pytest.raises(StoreError, match="full"):
            asyncio.run(ledger.intend("k2", 1, None))
        assert [r.call.key for r in ledger.records()] == ["k0"]


def busy(_: sqlite3.Connection) -> None:
    """Keep the writer at work while more is queued."""
    time.sleep(0.2)


class Logged(sqlite3.Connection):
    """Tells when each transaction is committed."""

    log: list[str]

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if sql in ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            self.log.append(sql)
        return super().execute(sql, *args)


def logged_connection() -> Logged:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=Logged)
    connection.log = []
    connection.execute("CREATE TABLE t (x INTEGER)")
    return connection


def inserting(number: int) -> Operation:
    def insert(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO t VALUES (?)", (number,))
        return number

    return insert


def test_many_writes_share_one_commit_and_none_resolves_before_it() -> None:
    connection = logged_connection()
    writer = Writer(connection, name="test")
    hold = writer.submit(busy)
    futures = [writer.submit(inserting(i)) for i in range(100)]
    for future in futures:
        future.add_done_callback(lambda f: connection.log.append(f"resolved {f.result()}"))
    assert [future.result(5) for future in futures] == list(range(100))
    hold.result(5)
    writer.close()
    assert connection.log.count("COMMIT") <= 3
    assert connection.log[-101:] == ["COMMIT", *(f"resolved {i}" for i in range(100))]


def test_a_refused_write_fails_alone() -> None:
    def refuse(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (99)")
        raise BakeoffError("no")

    connection = logged_connection()
    writer = Writer(connection, name="test")
    hold = writer.submit(busy)
    before = writer.submit(lambda c: c.execute("INSERT INTO t VALUES (1)").rowcount)
    refused = writer.submit(refuse)
    after = writer.submit(lambda c: c.execute("INSERT INTO t VALUES (2)").rowcount)
    assert (before.result(5), after.result(5)) == (1, 1)
    with pytest.raises(BakeoffError, match="no"):
        refused.result(5)
    hold.result(5)
    seen = writer.submit(lambda c: c.execute("SELECT x FROM t ORDER BY x").fetchall())
    assert seen.result(5) == [(1,), (2,)]
    writer.close()
    with pytest.raises(StoreError, match="closed"):
        writer.submit(refuse)


def test_a_write_that_was_cancelled_while_it_waited_is_never_begun(tmp_path: Path) -> None:
    async def cancel(ledger: Ledger) -> None:
        blocked = ledger._write_soon(busy)
        await asyncio.sleep(0.05)
        intent = asyncio.create_task(ledger.intend("k0", 1, None))
        await asyncio.sleep(0.01)
        intent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await intent
        await blocked

    with new_ledger(tmp_path) as ledger:
        asyncio.run(cancel(ledger))
        assert ledger.query("SELECT count(*) FROM call").fetchone() == (0,)


def test_a_record_is_committed_although_its_caller_is_cancelled(tmp_path: Path) -> None:
    async def cancel(ledger: Ledger) -> None:
        blocked = ledger._write_soon(busy)
        await asyncio.sleep(0.05)
        commit = asyncio.create_task(ledger.commit(record()))
        await asyncio.sleep(0.01)
        commit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await commit
        await blocked

    with new_ledger(tmp_path) as ledger:
        asyncio.run(cancel(ledger))
    with Ledger.open(tmp_path, write=False) as ledger:
        assert list(ledger.records()) == [record()]


ACKNOWLEDGE = """
import asyncio, os, sys
from decimal import Decimal
from pathlib import Path
from harness.store.ledger import Ledger
from tests.store.nouns import call, record

async def main(ledger):
    for i in range(12):
        await ledger.intend(f"k{i}", 1, Decimal(1))
        os.write(2, b"SENT")
        await ledger.commit(record(call(f"k{i}")))
        os.write(2, b"TOLD")

with Ledger.open(Path(sys.argv[1]), write=True) as ledger:
    asyncio.run(main(ledger))
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_kernel_has_flushed_every_write_before_a_request_and_before_an_answer_counts(tmp_path: Path) -> None:
    """An intent is on the disk before its request, a record before it is told: as the system calls tell it."""
    folder, log = tmp_path / "run", tmp_path / "strace.log"
    new_ledger(folder, *(call(f"k{i}") for i in range(12))).close()
    calls = "trace=pwrite64,write,fdatasync,fsync"
    command = ["strace", "-f", "-y", "-e", calls, "-o", str(log), sys.executable, "-c", ACKNOWLEDGE, str(folder)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    written = flushed = 0
    seen = []
    unflushed = False
    for line in log.read_text(errors="replace").splitlines():
        if f"{DATABASE}-wal>" in line and "pwrite64(" in line:
            unflushed, written = True, written + 1
        elif f"{DATABASE}-wal>" in line and ("fdatasync(" in line or "fsync(" in line):
            unflushed, flushed = False, flushed + 1
        elif '"SENT"' in line or '"TOLD"' in line:
            assert not unflushed, "told before it was flushed"
            seen.append((line.split('"')[1], written, flushed))
    assert [word for word, _, _ in seen] == ["SENT", "TOLD"] * 12
    for (_, before, flushes), (_, after, more) in pairwise([("", 0, 0), *seen]):
        assert after > before
        assert more > flushes, "nothing was flushed for it"
