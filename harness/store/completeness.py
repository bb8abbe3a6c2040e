"""What came of the calls behind each slot's verdict, by candidate."""

from collections import Counter
from typing import Any

from harness.core.calls import Role
from harness.core.decision import Completeness
from harness.core.manifest import Unsent
from harness.store.ledger import Ledger

COUNTS = """
    SELECT sample.suite, sample.task, coalesce(measured.candidate, plan.candidate) AS whose, plan.role,
        total(NOT off) AS planned, total(state = 'done' AND fault IS NULL) AS done,
        total(fault = 'candidate') AS failed_candidate, total(fault = 'infra') AS failed_infra,
        total(fault = 'harness') AS failed_harness,
        total(finished IS NULL AND NOT off) AS pending, total(off) AS stopped,
        min(CASE WHEN finished IS NULL AND NOT off THEN plan.candidate END) AS waits_for
    FROM (SELECT plan.*, call.*, called_off IS NOT NULL AND finished IS NULL AS off
        FROM plan LEFT JOIN call ON call.plan = plan.id WHERE role IN ('answer', 'instrument')) AS plan
        JOIN sample ON sample.id = plan.sample LEFT JOIN plan AS measured ON measured.id = plan.measures
    GROUP BY 1, 2, 3, 4 ORDER BY whose, plan.role
"""
PLACES = """
    SELECT suite, task, count(*) FROM (SELECT DISTINCT sample, epoch FROM plan WHERE role = 'answer') AS asked
    JOIN sample ON sample.id = asked.sample GROUP BY 1, 2
"""
NUMBERS = ("planned", "done", "failed_candidate", "failed_infra", "failed_harness", "pending", "stopped")


def completeness(ledger: Ledger) -> dict[str, tuple[Completeness, ...]]:
    """Return slot → one count for each candidate's answers, and one for the calls that measure them, where any do."""
    manifest = ledger.manifest()
    config: Any = manifest.config
    slots = {(suite["name"], task["name"]): task["slot"] for suite in config["suites"] for task in suite["tasks"]}
    asked: Counter[str] = Counter()
    for suite, task, n in ledger.query(PLACES):
        asked[slots[suite, task]] += n
    sums: dict[tuple[str, str, str], Counter[str]] = {}
    why: dict[tuple[str, str, str], Unsent] = {}
    for suite, task, candidate, role, *counts, waits_for in ledger.query(COUNTS):
        key = slots[suite, task], candidate, role
        sums.setdefault(key, Counter()).update({name: int(n) for name, n in zip(NUMBERS, counts, strict=True)})
        if waits_for is not None:
            why[key] = manifest.unsent.get(waits_for, Unsent.UNKNOWN)
    return {
        slot: tuple(
            Completeness(
                candidate=candidate,
                role=Role(role),
                excluded=asked[slot] - of["planned"] - of["stopped"] if role == Role.ANSWER else 0,
                why=why.get((where, candidate, role)),
                **{name: of[name] for name in NUMBERS},
            )
            for (where, candidate, role), of in sums.items()
            if where == slot
        )
        for slot in asked
    }
