"""Whether enough of what was planned came for a ranking, and what lacks."""

from collections.abc import Iterator, Mapping, Sequence

from harness.core.calls import Role
from harness.core.decision import Completeness, Said
from harness.core.manifest import Unsent
from harness.decide.sentences import SENTENCES, said

WHY: Mapping[Unsent, str] = {unsent: SENTENCES[f"why.{unsent}"] for unsent in Unsent}


def lacking(rows: Sequence[Completeness], *, most_lost: float) -> tuple[Completeness, ...]:
    """Return the rows with pending calls, and those that lost more than the share `most_lost` of what was planned."""
    return tuple(row for row in rows if row.pending or row.lost > most_lost * row.planned)


def told(row: Completeness) -> Said:
    """Say in one sentence what lacks of `row`."""
    key = "came.answers" if row.role is Role.ANSWER else "came.measurements"
    return said(key, candidate=row.candidate, planned=str(row.planned), parts=tuple(_parts(row)))


def _parts(row: Completeness) -> Iterator[Said]:
    if row.pending and row.why is None:
        yield said("came.pending", n=str(row.pending))
    elif row.pending:
        yield said("came.pending.because", n=str(row.pending), why=said(f"why.{row.why}"))
    if row.failed_infra:
        yield said("came.infra", n=str(row.failed_infra))
    if row.failed_harness:
        yield said("came.harness", n=str(row.failed_harness))
