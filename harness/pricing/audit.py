"""Recorded costs, derived again from the recorded usage and prices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from harness.core.calls import Record, Role
from harness.core.candidates import Candidate
from harness.core.verification import Verification
from harness.pricing.cost import ESTIMATED, cost


def audit(records: Sequence[Record], candidates: Mapping[str, Candidate]) -> Verification:
    """Compare what each call cost with its usage at its candidate's prices, and a cascade's answer with its stages.

    `candidates`: all that were called, by name. An upper bound stands for what a provider did not report, so nothing
    in the record says it again: it is left out.
    """
    stages: dict[str, list[Decimal | None]] = {}
    for record in records:
        if record.call.role is Role.STAGE:
            stages.setdefault(str(record.call.part_of), []).append(record.cost_usd)
    differences, bounds = [], 0
    for record in records:
        if record.cost_source == ESTIMATED:
            bounds += 1
            continue
        candidate = candidates[record.call.candidate]
        usd = _sum(stages.get(record.call.key, [])) if candidate.stages else cost(record.usage, candidate)[0]
        if usd != record.cost_usd:
            place = f"{record.call.candidate}, {record.call.suite}/{record.call.task}/{record.call.sample}"
            differences.append(
                f"cost of {place} ({record.call.role.value}): {_dollars(record.cost_usd)} is written, "
                f"{_dollars(usd)} follows from the records"
            )
    return Verification(
        what="costs",
        compared=len(records) - bounds,
        differences=tuple(differences),
        left_out=f"{bounds} costs are upper bounds where no usage was reported" if bounds else "",
    )


def _sum(costs: Sequence[Decimal | None]) -> Decimal | None:
    known = [usd for usd in costs if usd is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _dollars(usd: Decimal | None) -> str:
    return "nothing" if usd is None else f"${usd}"
