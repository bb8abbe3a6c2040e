"""The hash of a run's evidence: one digest over everything that its numbers rest on."""

import hashlib
import json

from harness.store.ledger import Ledger

TABLES = {
    "run": "id",
    "sample": "id",
    "plan": "id",
    "call": "plan",
    "attempt": "plan, visit, number",
    "scorer": "id",
    "score": "plan, scorer",
}
"""Table → its order: the manifest (candidates, prices, instruments, weights), samples with their answer keys, prompts,
what came of them, the signatures of scorers and normalisers, and scores. Media are named in it by their own digests."""

AT_ONCE = 1000


def evidence_sha256(ledger: Ledger) -> str:
    """Return the sha256 over the rows of `TABLES`, in hex; read in a snapshot where the run may go on.

    Of each table its name and columns as JSON, then its rows, `AT_ONCE` to a document. A column that no row uses is
    left out, so that one that a newer schema adds changes no older run.
    """
    spelling = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    sha = hashlib.sha256()
    for table, order in TABLES.items():
        used = ledger.used(table)
        sha.update(spelling([table, used]).encode())
        rows = ledger.query(f"SELECT {', '.join(used) or 'NULL'} FROM {table} ORDER BY {order}")
        while batch := rows.fetchmany(AT_ONCE):
            sha.update(spelling(batch).encode())
    return sha.hexdigest()
