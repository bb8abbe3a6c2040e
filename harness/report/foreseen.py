"""What a run was foreseen to take, beside what it took."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from harness.core.calls import Role
from harness.core.forecast import Range
from harness.core.manifest import Manifest
from harness.report.numbers import Number, Raw, count, number, number_id, significant, usd
from harness.report.phrases import Phrase
from harness.store.records import Records

ASKED = (Role.ANSWER, Role.WARMUP, Role.INSTRUMENT, Role.ORACLE)
"""Whose calls are counted: the stages of an answer are a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenRow:
    """One amount."""

    what: Phrase
    low: Number
    expected: Number
    high: Number
    actual: Number | Phrase
    held: Phrase | None
    """Whether it lay in the range; None: it is not known, or not all of it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenView:
    """The last forecast of a run, made before most of its calls."""

    basis: Phrase
    rows: tuple[ForeseenRow, ...]


def foreseen(
    manifest: Manifest, records: Records, *, billed: Decimal | None, machine: Decimal | None, complete: bool
) -> ForeseenView | None:
    """Return the forecast beside the truth; None for a run of which nothing was foretold.

    `billed` and `machine` are the dollars of the whole run, None where a part is not known.
    """
    if not manifest.foreseen:
        return None
    said = manifest.foreseen[-1]
    calls = sum(n for role, n in records.counts("role").items() if role in ASKED)
    rows = [
        _row("calls", said.calls, calls, complete),
        _row("usd", said.usd, billed, complete),
        _row("machine_usd", said.machine_usd, machine, complete),
        _row("minutes", said.minutes, minutes(manifest, records), complete),
    ]
    key = "foreseen.pilot" if said.pilot else "foreseen.declared"
    n = number(said.pilot, count(said.pilot), id=number_id("run", "forecast", "", "pilot"))
    basis = Phrase(key=key, args={"samples": n} if said.pilot else {})
    return ForeseenView(basis=basis, rows=tuple(row for row in rows if row is not None))


def minutes(manifest: Manifest, records: Records) -> float | None:
    """Return how long processes have sent the run; of one that was killed, until the last that came of it.

    What lies between two processes is nobody's time. None where nobody has written down when they sent.
    """
    if not manifest.sessions:
        return None
    finished, total_s = sorted(records.finished()), 0.0
    for session, following in zip(manifest.sessions, [*manifest.sessions[1:], None], strict=True):
        came = [at for at in finished if session.began <= at and (following is None or at < following.began)]
        end = session.ended or (came[-1] if came else session.began)
        total_s += (datetime.fromisoformat(end) - datetime.fromisoformat(session.began)).total_seconds()
    return total_s / 60


def _row(metric: str, said: Range | None, actual: Raw | None, complete: bool) -> ForeseenRow | None:
    if said is None or not (said.high or actual):
        return None

    def shown(part: str, value: Raw) -> Number:
        text = count(round(value)) if metric == "calls" else significant(float(value))
        id = number_id("run", "forecast", "", f"{metric}{part}")
        return number(value, usd(value) if "usd" in metric else text, id=id)

    held = None
    if actual is not None and complete:
        held = Phrase(key="foreseen.inside" if said.holds(float(actual)) else "foreseen.outside")
    return ForeseenRow(
        what=Phrase(key=f"foreseen.{metric}"),
        low=shown(".low", said.low),
        expected=shown(".expected", said.expected),
        high=shown(".high", said.high),
        actual=Phrase(key="not_measured") if actual is None else shown("", actual),
        held=held,
    )
