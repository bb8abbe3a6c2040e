"""What the writer thread does inside a transaction: each function is one operation on the tables."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from harness.core.calls import Call, Failure, Fault, Record
from harness.core.wording import worded
from harness.errors import BakeoffError
from harness.store import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """What one scorer said of one answer."""

    key: str
    """Key of the answer's call."""
    scorer: str
    signature: str
    value: float | None
    """In [0, 1]; None: unscored."""
    reason: str
    detail: Mapping[str, float] = field(default_factory=dict)


class Standing(NamedTuple):
    """How far a call has come, and the dollars that hang on it."""

    plan: int
    state: str | None
    """None: never sent."""
    visit: int
    """How many times the call was taken up: once, and once more for each resume that found it unfinished."""
    sunk_usd: str | None
    """What earlier visits may have been billed."""
    held_usd: str | None
    """The worst case of the intent that is under way."""
    cost_usd: str | None
    """Of a failure; a machine's cost is nobody's bill."""

    @property
    def total_usd(self) -> str | None:
        return _sum(self[3:])


def insert_calls(connection: sqlite3.Connection, calls: Iterable[Call]) -> int:
    """Append to the plan what is not in it; return how many were. A call's sample and measured answer must be there."""
    samples = {
        (suite, task, name): number
        for number, suite, task, name in connection.execute("SELECT id, suite, task, name FROM sample")
    }
    before = connection.total_changes
    for call in calls:
        place = samples.get((call.suite, call.task, call.sample))
        if place is None:
            raise BakeoffError(
                worded(
                    "call {key} asks sample {suite}/{task}/{sample}, which is not stored",
                    key=call.key,
                    suite=call.suite,
                    task=call.task,
                    sample=call.sample,
                )
            )
        measured = None if call.measures is None else _plan_of(connection, call.measures)
        connection.execute(
            "INSERT INTO plan (key, role, candidate, sample, epoch, instrument, measures, stage, request)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (call.key, call.role.value, call.candidate, place, call.epoch, call.instrument, measured, call.stage,
             rows.request_text(call.request)),
        )  # fmt: skip
    return connection.total_changes - before


def insert_stage(connection: sqlite3.Connection, call: Call) -> None:
    """Append a cascade's stage to the plan unless it is there; the answer that it belongs to must be."""
    added = connection.execute(
        "INSERT INTO plan (key, role, candidate, sample, epoch, stage, part_of, request)"
        " SELECT ?, ?, ?, sample, epoch, ?, id, ? FROM plan WHERE key = ? ON CONFLICT (key) DO NOTHING",
        (call.key, call.role.value, call.candidate, call.stage, rows.request_text(call.request), call.part_of),
    )
    if not added.rowcount:
        _plan_of(connection, call.key)


def intend(connection: sqlite3.Connection, key: str, attempt: int, estimate: Decimal | None) -> None:
    """Note that a request is about to be sent; BakeoffError where the call is done."""
    now = _standing(connection, key)
    if now.state == "done":
        raise BakeoffError(worded("call {key} is done: asking again would pay it twice", key=key))
    if attempt > 1 and now.state == "intent":
        connection.execute(
            "UPDATE call SET attempt = ?, held_usd = ? WHERE plan = ?", (attempt, rows.money(estimate), now.plan)
        )
        return
    # a new visit; what earlier ones may have cost stays in the sum, and a failure that is tried again is no result
    connection.execute(
        "REPLACE INTO call (plan, state, visit, attempt, held_usd, sunk_usd) VALUES (?, 'intent', ?, ?, ?, ?)",
        (now.plan, now.visit + 1, attempt, rows.money(estimate), now.total_usd),
    )


def commit(connection: sqlite3.Connection, record: Record) -> None:
    """Write a record's result and attempts; BakeoffError where the call is done."""
    now = _standing(connection, record.call.key)
    if now.state == "done":
        raise BakeoffError(worded("call {key} is done: its record stands", key=record.call.key))
    sent = now.state == "intent"  # otherwise a failure that came before anything was sent
    visit, sunk = (now.visit, now.sunk_usd) if sent else (now.visit + 1, now.total_usd)
    failed = isinstance(record.outcome, Failure) and record.outcome.fault is not Fault.CANDIDATE
    connection.execute(
        _COMMIT,
        (now.plan, "failed" if failed else "done", visit, max(1, len(record.attempts)), sunk, *rows.result_row(record)),
    )
    connection.executemany(_ATTEMPT, [(now.plan, visit, *rows.attempt_row(attempt)) for attempt in record.attempts])


def release(connection: sqlite3.Connection, key: str, billed: Decimal | None) -> None:
    """Turn an intent back into a pending call; a call without one stays as it is. `billed`: instead of its estimate."""
    now = _standing(connection, key)
    if billed is not None:
        now = now._replace(held_usd=rows.money(billed))
    if now.state == "intent":
        connection.execute(
            "UPDATE call SET state = 'pending', held_usd = NULL, sunk_usd = ? WHERE plan = ?", (now.total_usd, now.plan)
        )


def call_off(connection: sqlite3.Connection, candidate: str, tasks: Iterable[tuple[str, str]]) -> None:
    """Ask a candidate no more in `tasks`, suite and task: neither for what was not sent nor for what was lost."""
    connection.executemany(
        "UPDATE plan SET called_off = 1 WHERE role = 'answer' AND candidate = ?"
        " AND sample IN (SELECT id FROM sample WHERE suite = ? AND task = ?)"
        " AND id NOT IN (SELECT plan FROM call WHERE state = 'done')",
        [(candidate, suite, task) for suite, task in tasks],
    )


def forget(connection: sqlite3.Connection, key: str) -> None:
    """Make a call pending again whose answer is lost, and drop what rests on it; what they cost stays in the sum."""
    now = _standing(connection, key)
    readings = [
        _standing(connection, reading)
        for (reading,) in connection.execute(
            "SELECT key FROM plan WHERE measures = ?1 OR part_of IN (SELECT id FROM plan WHERE measures = ?1)"
            " ORDER BY part_of IS NULL",
            (now.plan,),
        ).fetchall()
    ]
    for reading in readings:
        for table, number in (("score", "plan"), ("attempt", "plan"), ("call", "plan"), ("plan", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {number} = ?", (reading.plan,))
    connection.execute("DELETE FROM score WHERE plan = ?", (now.plan,))
    connection.execute(
        "REPLACE INTO call (plan, state, visit, attempt, sunk_usd) VALUES (?, 'pending', ?, 1, ?)",
        (now.plan, now.visit, _sum([standing.total_usd for standing in (now, *readings)])),
    )


def replace_scores(connection: sqlite3.Connection, scores: Sequence[ScoreRow]) -> None:
    """Put `scores` in the place of all that are there."""
    connection.execute("DELETE FROM score")
    connection.execute("DELETE FROM scorer")
    numbers: dict[tuple[str, str], int] = {}
    for row in scores:
        scorer = (row.scorer, row.signature)
        if scorer not in numbers:
            numbers[scorer] = len(numbers) + 1
            connection.execute("INSERT INTO scorer VALUES (?, ?, ?)", (numbers[scorer], *scorer))
        connection.execute(
            "INSERT INTO score VALUES (?, ?, ?, ?, ?)",
            (_plan_of(connection, row.key), numbers[scorer], row.value, row.reason, rows.numbers_text(row.detail)),
        )


def replace_manifest(
    connection: sqlite3.Connection, manifest: str, samples: Iterable[tuple[str, str, str, str]]
) -> None:
    """Put `manifest` in the place of the run's, and each (document, suite, task, name) in that of the stored sample."""
    connection.execute("UPDATE run SET manifest = ?", (manifest,))
    connection.executemany(
        "UPDATE sample SET document = ?1 WHERE suite = ?2 AND task = ?3 AND name = ?4 AND document <> ?1", samples
    )


_COMMIT = (
    f"REPLACE INTO call (plan, state, visit, attempt, sunk_usd, {', '.join(rows.RESULT_COLUMNS)})"
    f" VALUES (?, ?, ?, ?, ?{', ?' * len(rows.RESULT_COLUMNS)})"
)
_ATTEMPT = (
    f"INSERT INTO attempt (plan, visit, {', '.join(rows.ATTEMPT_FIELDS)})"
    f" VALUES (?, ?{', ?' * len(rows.ATTEMPT_FIELDS)})"
)


def _sum(amounts: Sequence[str | None]) -> str | None:
    known = [Decimal(amount) for amount in amounts if amount is not None]
    return rows.money(sum(known, Decimal(0))) if known else None


def _plan_of(connection: sqlite3.Connection, key: str) -> int:
    found = connection.execute("SELECT id FROM plan WHERE key = ?", (key,)).fetchone()
    if found is None:
        raise _unplanned(key)
    return int(found[0])


def _standing(connection: sqlite3.Connection, key: str) -> Standing:
    found = connection.execute(
        "SELECT id, state, coalesce(visit, 0), sunk_usd, held_usd,"
        f" CASE WHEN cost_source IN {rows.BILLED_NOWHERE} THEN NULL ELSE cost_usd END"
        " FROM plan LEFT JOIN call ON call.plan = plan.id WHERE key = ?",
        (key,),
    ).fetchone()
    if found is None:
        raise _unplanned(key)
    return Standing._make(found)


def _unplanned(key: str) -> BakeoffError:
    return BakeoffError(worded("call {key} is not in the plan of this run", key=key))
