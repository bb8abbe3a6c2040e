"""Reads a run's records and scores: of all of them what is counted, the whole of those that are looked at."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.core.calls import Attempt, Failure, Output, Record, Role
from harness.store import rows
from harness.store.judgements import Judgements
from harness.store.operations import ScoreRow
from harness.store.records import LABELS, MANY, NUMBERS, Column, Labels, Table

Query = Callable[..., sqlite3.Cursor]
"""SQL and the values of its marks → what is found."""
AT_ONCE = 5_000
"""Rows that are held as SQLite gives them: few enough to stay in the processor's cache."""
AMONG = "(SELECT value FROM json_each(?))"
CAME = "plan JOIN call ON call.plan = plan.id WHERE call.finished IS NOT NULL"
ALIKE = ("role", "candidate", "instrument", "cost_source", "fault", "kind", "finish_reason", "model", "usage_source")
"""Labels that together take few values: SQLite hands them over as one text, which is one value a row, not nine."""
APART = tuple(name for name in LABELS if name not in ALIKE)
PLAIN = f"CASE WHEN coalesce({', '.join(rows.BESIDE_TEXT)}) IS NULL THEN text END"
SOURCES = {"number": "plan.id", "home": "plan.sample", "tries": "call.attempt"}
"""Where numbers come from that are named otherwise in the tables."""
COUNTED = (*(SOURCES.get(name, name) for name in NUMBERS), *APART, f"json_array({', '.join(ALIKE)})", "finished", PLAIN)
_score = rows.made_of(ScoreRow)


class RunReader:
    """A run's database as `RecordSource` and `ScoreSource`."""

    def __init__(self, query: Query) -> None:
        """`query` must answer as long as a record may be looked at."""
        self._query = query
        self._known = rows.Known()

    def table(self) -> Table:
        """Read what is counted of every record, in plan order."""
        samples = self._query("SELECT id, suite, task, name FROM sample ORDER BY id").fetchall()
        numbers: dict[str, list[NDArray[np.float64]]] = {name: [np.empty(0)] for name in NUMBERS}
        labels = {name: Labels() for name in (*APART, "alike")}
        places: dict[str, list[NDArray[np.int32]]] = {name: [np.empty(0, dtype=np.int32)] for name in labels}
        finished, plain = list[str](), list[str | None]()
        found = self._query(f"SELECT {', '.join(COUNTED)} FROM {CAME} ORDER BY plan.id")
        while part := found.fetchmany(AT_ONCE):
            columns = zip(*part, strict=True)
            for name in NUMBERS:
                numbers[name].append(_floats(next(columns)))
            for name, of in labels.items():
                places[name].append(of.places(next(columns)))
            finished.extend(next(columns))
            plain.extend(next(columns))
        counted = {name: np.concatenate(parts) for name, parts in numbers.items()}
        apart = {name: (np.concatenate(parts), list(labels[name])) for name, parts in places.items()}
        alike = apart.pop("alike")
        return Table(
            numbers=counted | {"home": np.searchsorted([id for id, *_ in samples], counted["home"]).astype(np.float64)},
            labels=apart | _told_apart(*alike),
            finished=finished,
            plain=plain,
            homes=[(suite, task, name) for _, suite, task, name in samples],
            source=self,
        )

    def all(self, role: Role | None) -> Iterator[Record]:
        """Yield every record in plan order, of one role on request."""
        of_role = f" AND plan.role = '{role.value}'" if role else ""
        came = self._query(f"SELECT plan.id FROM {CAME}{of_role} ORDER BY plan.id").fetchall()
        numbers = [number for (number,) in came]
        for start in range(0, len(numbers), MANY):
            yield from self.records(numbers[start : start + MANY])

    def keys(self) -> Mapping[int, str]:
        return dict(self._query("SELECT id, key FROM plan"))

    def records(self, numbers: Sequence[int]) -> Sequence[Record]:
        attempts: dict[int, list[Attempt]] = {}
        fields = ", ".join(f"attempt.{name}" for name in rows.ATTEMPT_FIELDS)
        for plan, *attempt in self._of(
            f"SELECT plan, {fields} FROM call JOIN attempt USING (plan, visit) WHERE plan IN {AMONG}"
            " ORDER BY plan, attempt.number",
            numbers,
        ):
            attempts.setdefault(plan, []).append(rows.attempt_of(attempt))
        known, end = self._known, 1 + len(rows.CALL_COLUMNS)
        columns = ", ".join(("plan.id", *rows.RECORD_COLUMNS))
        found = {
            row[0]: rows.record_of(rows.call_of(row[1:end], known), row[end:], tuple(attempts.get(row[0], ())), known)
            for row in self._of(f"SELECT {columns} FROM {rows.CALL_TABLES} WHERE plan.id IN {AMONG}", numbers)
        }
        return [found[number] for number in numbers]

    def outcomes(self, numbers: Sequence[int]) -> Sequence[Output | Failure]:
        columns = ", ".join(("plan", *rows.OUTCOME_COLUMNS))
        of = self._of(f"SELECT {columns} FROM call WHERE plan IN {AMONG}", numbers)
        found = {row[0]: rows.outcome_of(row[1:]) for row in of}
        return [found[number] for number in numbers]

    def judgements(self) -> Judgements:
        """Read every score in plan order."""
        scorers = {
            id: (name, signature)
            for id, name, signature in self._query("SELECT id, name, signature FROM scorer ORDER BY id")
        }
        columns: tuple[list[NDArray[np.float64]], ...] = ([np.empty(0)], [np.empty(0)], [np.empty(0)])
        found = self._query("SELECT plan, scorer, value FROM score ORDER BY plan, scorer")
        while part := found.fetchmany(AT_ONCE):
            for column, cells in zip(columns, zip(*part, strict=True), strict=True):
                column.append(_floats(cells))
        calls, by, values = map(np.concatenate, columns)
        return Judgements(calls, by, values, scorers, self)

    def scores(self, calls: Sequence[int] | None) -> Iterable[tuple[int, ScoreRow]]:
        among = "" if calls is None else f"WHERE score.plan IN {AMONG}"
        sql = (
            "SELECT score.plan, key, name, signature, value, reason, detail FROM score"
            f" JOIN plan ON plan.id = score.plan JOIN scorer ON scorer.id = score.scorer {among}"
            " ORDER BY score.plan, score.scorer"
        )
        for call, *said, detail in self._query(sql) if calls is None else self._of(sql, calls):
            yield call, _score((*said, rows.numbers_of(detail)))

    def _of(self, sql: str, numbers: Sequence[int]) -> sqlite3.Cursor:
        return self._query(sql, [json.dumps(list(numbers))])


def _floats(cells: Sequence[float | None]) -> NDArray[np.float64]:
    if cells.count(None) == len(cells):
        return np.full(len(cells), np.nan)
    return np.array(cells, dtype=np.float64)


def _told_apart(places: NDArray[np.int32], values: Sequence[str | None]) -> dict[str, Column]:
    """Return each label of `ALIKE`; `values` are arrays of theirs, the first of nothing."""
    told = [[None] * len(ALIKE), *(json.loads(value) for value in values if value is not None)]
    found: dict[str, Column] = {}
    for name, cells in zip(ALIKE, zip(*told, strict=True), strict=True):
        labels = Labels()
        found[name] = labels.places(cells)[places], list(labels)
    return found
