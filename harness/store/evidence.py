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


def evidence_sha256(ledger: Ledger) -> str:
    """Return the sha256 over the rows of `TABLES`, in hex; read in a snapshot where the run may go on.

    What is NULL is left out, so that a column that a newer schema adds changes no older run.
    """
    spelling = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    sha = hashlib.sha256()
    for table, order in TABLES.items():
        rows = ledger.query(f"SELECT * FROM {table} ORDER BY {order}")  # the names are those above
        names = [column[0] for column in rows.description]
        sha.update(spelling([table]).encode())
        for row in rows:
            known = {name: value for name, value in zip(names, row, strict=True) if value is not None}
            sha.update(spelling(known).encode())
    return sha.hexdigest()
