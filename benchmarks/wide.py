"""Writes a finished run of many samples and candidates into a ledger, without asking anybody."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from harness.core.calls import Failure, Fault, Role
from harness.report.evidence import Evidence
from harness.store import rows
from harness.store.ledger import DATABASE, Ledger, StoredSample
from harness.store.schema import connect
from tests.report.benches import freeze
from tests.report.wide import wide

CANDIDATES = 10


def write(folder: Path, samples: int) -> Path:
    """Make `folder` the run of so many samples, each answered by `CANDIDATES`; it is judged, not decided."""
    evidence = freeze(wide(samples, candidates=CANDIDATES), name="wide")
    answers = evidence.records[Role.ANSWER]
    stored = [StoredSample(suite=a.suite, task=a.task, sample=a.sample) for a in evidence.samples]
    Ledger.create(folder, evidence.manifest, stored, [record.call for record in answers]).close()
    with closing(connect(folder / DATABASE, write=True)) as connection:
        connection.execute("BEGIN")
        plans = dict(connection.execute("SELECT key, id FROM plan"))
        for table, found in _rows(evidence, plans).items():
            marks = ", ".join("?" * (len(found[0][1])))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(found[0][0])}) VALUES ({marks})", (row for _, row in found)
            )
        connection.execute("COMMIT")
    return folder


Rows = list[tuple[tuple[str, ...], tuple[Any, ...]]]


def _rows(evidence: Evidence, plans: dict[str, int]) -> dict[str, Rows]:
    """Return table → its columns and each of its rows."""
    found: dict[str, Rows] = {"scorer": [(("id", "name", "signature"), (1, "contains", "contains@1()"))]}
    found["call"] = [
        (("plan", "state", "visit", "attempt", *rows.RESULT_COLUMNS),
         (plans[record.call.key], _state(record.outcome), 1, 1, *rows.result_row(record)))
        for record in evidence.records[Role.ANSWER]
    ]  # fmt: skip
    found["attempt"] = [
        (("plan", "visit", *rows.ATTEMPT_FIELDS), (plans[record.call.key], 1, *rows.attempt_row(attempt)))
        for record in evidence.records[Role.ANSWER]
        for attempt in record.attempts
    ]
    found["score"] = [
        (("plan", "scorer", "value", "reason", "detail"), (plans[j.key], 1, j.value, j.reason, None))
        for j in evidence.judgements
    ]
    return found


def _state(outcome: object) -> str:
    return "failed" if isinstance(outcome, Failure) and outcome.fault is not Fault.CANDIDATE else "done"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
