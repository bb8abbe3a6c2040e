"""Recorded costs, derived again from the recorded usage and prices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from harness.core.calls import IMPORTED, Failure, Record, Role
from harness.core.candidates import Candidate
from harness.core.verification import Verification
from harness.core.wording import worded
from harness.pricing.cost import ESTIMATED, SUSPECT, cost_of


def audit(records: Sequence[Record], candidates: Mapping[str, Candidate]) -> Verification:
    """Compare what each call cost with its usage at its candidate's prices, and a cascade's answer with its stages.

    `candidates`: all that were called, by name. Where an attempt may have been billed that nobody metered, an upper
    bound stands in the record, and nothing else there says it again: it is left out.
    """
    stages: dict[str, list[Decimal | None]] = {}
    for record in records:
        if record.call.role is Role.STAGE:
            stages.setdefault(str(record.call.part_of), []).append(record.cost_usd)
    differences, bounds, stated = [], 0, 0
    for record in records:
        candidate = candidates[record.call.candidate]
        if record.cost_source == IMPORTED:
            stated += 1
            continue
        if _is_guess(record):
            bounds += 1
            continue
        if candidate.stages:
            usd = _sum(stages.get(record.call.key, []))
        elif _is_free(record, candidate):
            usd = Decimal(0)
        else:
            usd = cost_of(record, candidate)[0]
        if usd != record.cost_usd:
            place = f"{record.call.candidate}, {record.call.suite}/{record.call.task}/{record.call.sample}"
            differences.append(
                worded(
                    "cost of {place} ({role}): {written} is written, {derived} follows from the records",
                    place=place,
                    role=record.call.role.value,
                    written=_dollars(record.cost_usd),
                    derived=_dollars(usd),
                )
            )
    left_out = ""
    if bounds:
        left_out = worded("{n} costs are upper bounds where no usage was reported", n=bounds)
    if stated:
        of_logs = worded("{n} costs are what the log of another tool states", n=stated)
        left_out = worded("{first}; {then}", first=left_out, then=of_logs) if bounds else of_logs
    return Verification(
        what=worded("costs"),
        compared=len(records) - bounds - stated,
        differences=tuple(differences),
        left_out=left_out,
    )


def _is_guess(record: Record) -> bool:
    """Whether the most that an attempt can cost is in the sum: its usage was never reported, or cannot be true."""
    doubtful = record.usage.source in ("none", SUSPECT) or any(attempt.may_be_billed for attempt in record.attempts)
    return record.cost_source == ESTIMATED and doubtful


def _is_free(record: Record, candidate: Candidate) -> bool:
    """Whether nothing was served that a provider would bill: every attempt was refused."""
    refused = isinstance(record.outcome, Failure) and record.usage.source == "none"
    return refused and candidate.machine is None and record.cost_usd is not None


def _sum(costs: Sequence[Decimal | None]) -> Decimal | None:
    known = [usd for usd in costs if usd is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _dollars(usd: Decimal | None) -> str:
    return worded("nothing") if usd is None else f"${usd}"
