"""Whether enough of what was planned came for a ranking, and what lacks."""

from collections.abc import Mapping, Sequence

from harness.core.calls import Role
from harness.core.decision import Completeness
from harness.core.manifest import Unsent

WHY: Mapping[Unsent, str] = {
    Unsent.INTERRUPTED: "interrupted",
    Unsent.BUDGET: "the budget is spent",
    Unsent.GIVEN_UP: "nothing more was sent to it",
    Unsent.STORAGE: "the disk failed",
    Unsent.PILOT: "only a pilot was asked",
    Unsent.UNKNOWN: "killed, or still running",
}


def lacking(rows: Sequence[Completeness], *, most_lost: float) -> tuple[Completeness, ...]:
    """Return the rows with pending calls, and those that lost more than the share `most_lost` of what was planned."""
    return tuple(row for row in rows if row.pending or row.lost > most_lost * row.planned)


def told(row: Completeness) -> str:
    """Say in one sentence what lacks of `row`."""
    what = "answers" if row.role is Role.ANSWER else "measurements of its answers"
    parts = [f"{n} {how}" for n, how in _parts(row) if n]
    return f"{row.candidate}: of {row.planned} planned {what} {', '.join(parts)}."


def pending(row: Completeness) -> str:
    """Return `pending` with the reason, where there is one."""
    return "pending" if row.why is None else f"pending ({WHY[row.why]})"


def _parts(row: Completeness) -> tuple[tuple[int, str], ...]:
    return (
        (row.pending, pending(row)),
        (row.failed_infra, "lost to infrastructure"),
        (row.failed_harness, "lost to Bakeoff"),
    )
