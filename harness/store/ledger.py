"""The ledger of a run: what was planned, what was sent, what came back, what it was worth.

One run is one folder. `run.db` is SQLite in WAL mode with synchronous=FULL; one thread writes, readers never wait.
An intent is committed before its request is sent; a record is committed before it is counted or shown.
"""

import asyncio
import json
import shlex
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from harness.core.calls import Call, Came, Record, Role, Told, Unrecorded
from harness.core.canonical import canonical, from_json, to_json
from harness.core.manifest import Manifest
from harness.core.stopping import Stop
from harness.core.suites import Sample
from harness.core.wording import worded
from harness.errors import StoreError, UsageError
from harness.store import operations, rows
from harness.store.ballast import Ballast
from harness.store.lock import Lock, holder
from harness.store.network import refuse_network
from harness.store.operations import ScoreRow
from harness.store.schema import build, connect, is_outdated, migrate
from harness.store.writer import Operation, Writer

if TYPE_CHECKING:
    from harness.store.judgements import Judgements
    from harness.store.records import Records

DATABASE = "run.db"
__all__ = ["Count", "Ledger", "ScoreRow", "StoredSample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSample:
    """A sample with its place."""

    suite: str
    task: str
    sample: Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How far the calls of one candidate in one role have come; `planned` is the sum of the others."""

    role: Role
    candidate: str
    planned: int
    outputs: int
    failed_candidate: int
    failed_infra: int
    failed_harness: int
    pending: int
    """No final word yet, those whose outcome nobody saw among them."""


class Ledger:
    """One run's database. Reads see what is committed, also while another process writes."""

    def __init__(self, folder: Path, *, lock: Lock | None) -> None:
        self.folder = folder
        self._lock = lock
        self._read = connect(folder / DATABASE, write=False)
        self._writer: Writer | None = None
        self._dead: tuple[Call, ...] = ()
        self._ballast = Ballast(folder)
        if lock is not None:
            self._dead = tuple(self._calls("call.state = 'intent'"))
            path = folder / DATABASE
            self._writer = Writer(
                connect(path, write=True), name=folder.name, path=path, make_room=self._ballast.give_up
            )

    @classmethod
    def create(
        cls, folder: Path, manifest: Manifest, samples: Iterable[StoredSample], calls: Iterable[Call]
    ) -> "Ledger":
        """Make the run's database, whole or not at all, and open it to write; UsageError where there is one already."""
        folder.mkdir(parents=True, exist_ok=True)
        refuse_network(folder)
        path = folder / DATABASE
        if path.exists():
            raise UsageError(
                worded("{folder} already holds a run", folder=folder),
                hint=worded("go on with it: bakeoff run --resume {folder}", folder=shlex.quote(str(folder))),
            )
        lock = Lock(folder)
        try:
            with closing(connect(path, write=True)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                build(connection)
                connection.execute("INSERT INTO run VALUES (1, ?)", (canonical(manifest).decode(),))
                connection.executemany(
                    "INSERT INTO sample (suite, task, name, document) VALUES (?, ?, ?, ?)",
                    ((s.suite, s.task, s.sample.id, _sample_text(s.sample)) for s in samples),
                )
                operations.insert_calls(connection, calls)
                connection.execute("COMMIT")
            return cls(folder, lock=lock)
        except BaseException as error:
            for part in ("", "-wal", "-shm"):
                path.with_name(path.name + part).unlink(missing_ok=True)
            lock.release()
            _raise(path, error)

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> "Ledger":
        """Open a run; StoreLockedError where another process writes it, NewerStoreError where its schema is newer."""
        path = folder / DATABASE
        if not path.is_file():
            raise UsageError(
                worded("{folder} holds no run", folder=folder),
                hint=worded("a run's folder holds run.db; `latest` is the newest run"),
            )
        if write:
            refuse_network(folder)
        lock = Lock(folder) if write else None
        try:
            _bring_up_to_date(path, locked=write)
            return cls(folder, lock=lock)
        except BaseException as error:
            if lock is not None:
                lock.release()
            _raise(path, error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits and let go of the run."""
        self._read.close()
        if self._writer is not None:
            self._writer.close()
        if self._lock is not None:
            self._ballast.remove()
            self._lock.release()
            self._lock = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within the context, all reads see the run as it was at the first, whatever is committed meanwhile."""
        self._query("BEGIN")
        try:
            yield
        finally:
            if self._read.in_transaction:  # SQLite ends it itself where the disk fails
                self._query("ROLLBACK")

    # -- what was asked

    def manifest(self) -> Manifest:
        ((text,),) = self._query("SELECT manifest FROM run")
        return from_json(Manifest, json.loads(text))

    def samples(self) -> list[StoredSample]:
        """Return the samples in the order in which they were loaded."""
        found = self._query("SELECT suite, task, name, document FROM sample ORDER BY id")
        return [
            StoredSample(suite=suite, task=task, sample=rows.sample_of(name, document))
            for suite, task, name, document in found
        ]

    def add_calls(self, calls: Iterable[Call]) -> int:
        """Append calls to the plan; those that are planned already stay as they are. Return how many were new."""
        calls = list(calls)
        return int(self._write(lambda connection: operations.insert_calls(connection, calls)))

    def places(self) -> dict[tuple[str, str, str], bool]:
        """Return suite, task and sample of every planned answer in plan order → whether any candidate's has come."""
        found = self._query(
            "SELECT suite, task, name, count(call.finished) FROM plan JOIN sample ON sample.id = plan.sample"
            " LEFT JOIN call ON call.plan = plan.id WHERE role = 'answer' GROUP BY plan.sample ORDER BY min(plan.id)"
        )
        return {(suite, task, name): n > 0 for suite, task, name, n in found}

    def call_off(self, stops: Sequence[Stop], tasks: Mapping[str, Collection[tuple[str, str]]]) -> None:
        """Commit at once that candidates are asked no more; `tasks`: slot → suite and task."""
        text = canonical(replace(stored := self.manifest(), stops=(*stored.stops, *stops))).decode()

        def commit(connection: sqlite3.Connection) -> None:
            operations.replace_manifest(connection, text, ())
            for stop in stops:
                operations.call_off(connection, stop.candidate, tasks[stop.slot])

        self._write(commit)

    async def add_stage(self, call: Call) -> None:
        """Append a stage of a planned answer to the plan, unless it is there already."""
        await self._write_soon(lambda connection: operations.insert_stage(connection, call))

    # -- what came of it

    def records(self, role: Role | None = None) -> Iterator[Record]:
        """Yield every record in plan order."""
        from harness.store.reader import RunReader

        return RunReader(self._query).all(role)

    def table(self) -> "Records":
        """Return every record in plan order as a table, for which a record is read from here when it is looked at."""
        from harness.store.reader import RunReader
        from harness.store.records import Records

        return Records.all(RunReader(self._query).table())

    def used(self, table: str) -> list[str]:
        """Return the columns of a table in which some row holds something."""
        names = [column[0] for column in self._query(f"SELECT * FROM {table} LIMIT 0").description]
        (uses,) = self._query(f"SELECT {', '.join(f'count({name})' for name in names)} FROM {table}")
        return [name for name, n in zip(names, uses, strict=True) if n]

    def told(self, role: Role) -> Iterator[Told]:
        """Yield the output of every call that has one, in plan order."""
        columns = ", ".join((*rows.TOLD_COLUMNS, *(f"call.{name}" for name in rows.OUTPUT_COLUMNS)))
        where = f"plan.role = '{role.value}' AND call.state = 'done' AND call.fault IS NULL"
        return map(
            rows.told_of, self._query(f"SELECT {columns} FROM {rows.CALL_TABLES} WHERE {where} ORDER BY plan.id")
        )

    def pending(self, *roles: Role, retry_failed: bool = False) -> list[Call]:
        """Return the calls without a final word in plan order; on request also those that failed for infra or a bug.

        An answer that took longer than our own deadline is not among them: it was measured, and asking again until it
        is fast would hide the tail. Nor is one with a stage replaced: the stage that was too slow is not asked again.
        Nor is what was called off.
        """
        wanted = "call.state IS NULL OR call.state IN ('pending', 'intent')"
        if retry_failed:
            measured = f"call.kind IS 'timeout' AND plan.role IN ('{Role.ANSWER.value}', '{Role.ORACLE.value}')"
            wanted += f" OR (call.state = 'failed' AND NOT ({measured}))"
        among = ", ".join(f"'{role.value}'" for role in roles)
        return list(self._calls(f"plan.role IN ({among}) AND plan.called_off IS NULL AND ({wanted})"))

    def uncertain(self) -> list[Call]:
        """Return the calls that a dead process had sent without seeing their end: they may have been billed."""
        if self._writer is not None:
            return list(self._dead)
        return [] if holder(self.folder) else list(self._calls("call.state = 'intent'"))

    def counts(self) -> tuple[Count, ...]:
        """Return one count for each role and candidate, in the order in which they first appear in the plan.

        The stages of cascades are not among them: they come and fail with the answers that they belong to. Nor is what
        was called off.
        """
        found = self._query(
            "SELECT role, plan.candidate, count(*), total(state = 'done' AND fault IS NULL),"
            " total(fault = 'candidate'), total(fault = 'infra'), total(fault = 'harness'),"
            " total(state IS NULL OR state IN ('pending', 'intent'))"
            " FROM plan LEFT JOIN call ON call.plan = plan.id WHERE role <> 'stage' AND called_off IS NULL"
            " GROUP BY role, plan.candidate ORDER BY min(plan.id)"
        )
        return tuple(
            Count(
                role=Role(role),
                candidate=candidate,
                planned=planned,
                outputs=int(outputs),
                failed_candidate=int(candidates),
                failed_infra=int(infra),
                failed_harness=int(harness),
                pending=int(pending),
            )
            for role, candidate, planned, outputs, candidates, infra, harness, pending in found
        )

    def spent(self, *, since: str = "") -> Decimal:
        """Return the dollars that providers may have billed so far, over every resume; no machine's cost.

        `since`, UTC in ISO 8601: without the calls that ended before. What calls may have cost that were lost or are
        tried again has no date and always counts.
        """
        return sum(self.spent_by_candidate(since=since).values(), Decimal(0))

    def spent_by_candidate(self, *, since: str = "") -> dict[str, Decimal]:
        """Return `spent` of each candidate that was sent anything."""
        dated = f"cost_source IN {rows.BILLED_NOWHERE}" + (f" OR finished < '{since}'" if since else "")
        found = self._query(
            f"SELECT candidate, count(*), CASE WHEN {dated} THEN NULL ELSE cost_usd END AS cost, sunk_usd, held_usd"
            " FROM plan JOIN call ON plan.id = call.plan GROUP BY candidate, cost, sunk_usd, held_usd"
        )
        spent: dict[str, Decimal] = {}
        for candidate, calls, *amounts in found:
            known = (calls * Decimal(amount) for amount in amounts if amount is not None)
            spent[candidate] = sum(known, spent.get(candidate, Decimal(0)))
        return spent

    def came(self) -> Came:
        """Return how much of the plan has come, and what it was worth."""
        ((calls, came, failed, last),) = self._query(
            "SELECT (SELECT count(*) FROM plan WHERE called_off IS NULL), count(finished), total(state = 'failed'),"
            " max(finished) FROM call"
        )
        ((scores, worth),) = self._query("SELECT count(*), total(value * plan) FROM score")
        return Came(calls=calls, came=came, failed=int(failed), last=last, scores=scores, worth=worth)

    def unrecorded(self) -> Unrecorded:
        """Return what may have been billed for what no record tells, now that nothing is in flight.

        Of a run that another process is sending, only what it has broken off: what is in flight may yet be told.
        """
        ended = self._writer is not None or holder(self.folder) is None
        held = "held_usd" if ended else "NULL"
        found = self._query(f"SELECT sunk_usd, {held} FROM call WHERE coalesce(sunk_usd, {held}) IS NOT NULL")
        amounts = [sum((Decimal(amount) for amount in row if amount is not None), Decimal(0)) for row in found]
        return Unrecorded(calls=sum(amount > 0 for amount in amounts), usd=sum(amounts, Decimal(0)))

    def requests(self, *, most: int) -> dict[str, int]:
        """Return candidate → the requests to it that may have been billed, over every resume; never too few.

        Attempts of a call that was interrupted are counted, not kept, and forgotten when it is taken up again: `most`
        is put for each such time, the most that one can hold.
        """
        found = self._query(
            "SELECT candidate, billed, visit - visits, state IN ('pending', 'intent'), attempt FROM (SELECT candidate,"
            " call.*, (SELECT count(*) FROM attempt WHERE attempt.plan = call.plan AND"
            " (outcome = 'ok' OR may_be_billed OR http_status BETWEEN 200 AND 299)) AS billed,"
            " (SELECT count(DISTINCT visit) FROM attempt WHERE attempt.plan = call.plan) AS visits"
            " FROM plan JOIN call ON plan.id = call.plan)"
        )
        sent: dict[str, int] = {}
        for candidate, billed, lost, is_open, attempt in found:
            forgotten = lost * most - (most - min(attempt, most) if lost and is_open else 0)
            sent[candidate] = sent.get(candidate, 0) + billed + forgotten
        return sent

    def held(self) -> Decimal:
        """Return the most that calls may be billed whose request was sent and whose end nobody saw, in dollars."""
        found = self._query("SELECT held_usd FROM call WHERE state = 'intent' AND held_usd IS NOT NULL")
        return sum((Decimal(amount) for (amount,) in found), Decimal(0))

    # -- what is sent

    def commonest_failures(self) -> dict[tuple[Role, str], str]:
        """Return role and candidate → the message of most of its infra failures and bugs."""
        found = self._query(
            "SELECT role, candidate, message FROM plan JOIN call ON plan.id = call.plan WHERE state = 'failed' "
            "GROUP BY role, candidate, message ORDER BY count(*)"
        )
        return {(Role(role), candidate): message for role, candidate, message in found}

    def keep_room(self, size: int) -> None:
        """Set `size` bytes of the disk aside for what is in flight; StoreError where there is no room to begin."""
        self._ballast.load(size)

    def make_room(self) -> bool:
        """Give up what `keep_room` set aside; return whether a write that failed is worth a second try."""
        return self._ballast.give_up()

    @property
    def broken(self) -> StoreError | None:
        """Why nothing that arrives can be kept any more; None while it can."""
        return None if self._writer is None else self._writer.broken

    def echoes(self) -> dict[tuple[str, str], int]:
        """Return candidate and the name that its provider gave the model → in how many answers it did."""
        found = self._query(
            "SELECT candidate, model, count(*) FROM plan JOIN call ON plan.id = call.plan"
            " WHERE model IS NOT NULL AND role IN ('answer', 'stage') GROUP BY candidate, model ORDER BY min(plan.id)"
        )
        return {(candidate, model): n for candidate, model, n in found}

    async def intend(self, key: str, attempt: int, estimate: Decimal | None) -> None:
        """Commit that a request is about to be sent; `estimate` is the most that the call may cost with it, in dollars.

        Raises BakeoffError where the call already has its final word: it would be paid twice; StoreError where the disk
        has no room for what would come back.
        """
        self._ballast.check()
        await self._write_soon(lambda connection: operations.intend(connection, key, attempt, estimate))

    async def commit(self, record: Record) -> None:
        """Commit a record with its attempts; the caller's cancellation does not stop it: it has been paid for."""
        await self._write_soon(lambda connection: operations.commit(connection, record), always=True)

    async def release(self, key: str, billed: Decimal | None = None) -> None:
        """Make a cancelled call pending again; what may have been `billed` for it stays counted in `spent`.

        None: as much as its intent said.
        """
        await self._write_soon(lambda connection: operations.release(connection, key, billed), always=True)

    # -- what it was worth

    def replace_scores(self, scores: Iterable[ScoreRow]) -> None:
        """Put `scores` in the place of all scores, at once."""
        scores = list(scores)
        self._write(lambda connection: operations.replace_scores(connection, scores))

    def replace_manifest(self, manifest: Manifest, samples: Iterable[StoredSample]) -> None:
        """Say anew how the run is judged: by `manifest`, and against what `samples` hold; calls stay as they are."""
        text = canonical(manifest).decode()
        documents = [(_sample_text(s.sample), s.suite, s.task, s.sample.id) for s in samples]
        self._write(lambda connection: operations.replace_manifest(connection, text, documents))

    def has_unjudged(self) -> bool:
        """Whether some answer has arrived of which no scorer has said anything."""
        found = self._query(
            "SELECT 1 FROM plan JOIN call ON call.plan = plan.id WHERE role = 'answer' AND state = 'done'"
            " AND fault IS NULL AND NOT EXISTS (SELECT 1 FROM score WHERE score.plan = plan.id) LIMIT 1"
        )
        return found.fetchone() is not None

    def scores(self) -> "Judgements":
        """Return every score in plan order."""
        from harness.store.reader import RunReader

        return RunReader(self._query).judgements()

    def query(self, sql: str) -> sqlite3.Cursor:
        """Read rows of the schema as they are: for frames, which take columns and no nouns."""
        return self._query(sql)

    def _calls(self, where: str) -> Iterator[Call]:
        columns = ", ".join(rows.CALL_COLUMNS)
        return map(
            rows.call_of, self._query(f"SELECT {columns} FROM {rows.CALL_TABLES} WHERE {where} ORDER BY plan.id")
        )

    def _query(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._read.execute(sql, values)
        except sqlite3.Error as error:
            raise StoreError(
                worded("{folder} cannot be read: {error}", folder=self.folder / DATABASE, error=error)
            ) from error

    def _write(self, operation: Operation) -> Any:
        return self._open_writer().submit(operation).result()

    def _write_soon(self, operation: Operation, *, always: bool = False) -> "asyncio.Future[Any]":
        return self._open_writer().submit_soon(operation, always=always)

    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise StoreError(worded("{folder} was opened to read", folder=self.folder))
        return self._writer


def _bring_up_to_date(path: Path, *, locked: bool) -> None:
    with closing(connect(path, write=False)) as reader:
        if not is_outdated(reader, path):
            return
    lock = None if locked else Lock(path.parent)
    try:
        with closing(connect(path, write=True)) as connection:
            migrate(connection, path)
    finally:
        if lock is not None:
            lock.release()


def _raise(path: Path, error: BaseException) -> NoReturn:
    """Raise what a caller can act on in the place of SQLite's and the system's own errors."""
    if isinstance(error, sqlite3.Error | OSError):
        raise StoreError(worded("{path} cannot be used: {error}", path=path, error=error)) from error
    raise error


def _sample_text(sample: Sample) -> str:
    document = to_json(sample)
    assert isinstance(document, dict)
    del document["id"]
    return canonical(document).decode()
