"""What a month costs at the volumes that a memo names: the measured mean cost of a request, times the requests."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from harness.report.document import CELLS, Spans
from harness.report.markdown import front_matter
from harness.report.numbers import Number, usd
from harness.report.phrases import Measured
from harness.report.speaker import Speaker

VOLUMES = (10_000, 100_000, 1_000_000)
"""Requests a month, where nobody says how many come."""
AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})*")
STATED = re.compile(r"^requests_a_month: \[([\d, ]*)\]$", re.MULTILINE)


def stated(memo: str) -> tuple[int, ...]:
    """Return the volumes that a written memo names in its front matter; the usual ones where it names none."""
    found = STATED.search(front_matter(memo))
    return tuple(int(part) for part in found[1].split(",")) if found is not None and found[1].strip() else VOLUMES


def stated_in_word(lines: Iterable[str], label: str) -> tuple[int, ...]:
    """Return the volumes that a Word file, read back as `lines`, names in the row `label` of its first table."""
    row = next((line for line in lines if line.startswith(label + CELLS)), "")
    found = tuple(int(part.replace(",", "")) for part in AMOUNT.findall(row.removeprefix(label)))
    return found or VOLUMES


def month(speak: Speaker, per_1k: Measured, requests: int) -> Spans:
    """Return what `requests` cost, with the interval of the mean; it links to the cost of 1,000 that was measured."""
    value, low, high = (_times(number, requests) for number in (per_1k.value, per_1k.low, per_1k.high))
    if value is None:
        return speak.show(per_1k.value)
    return speak.show(replace(per_1k, value=value, low=low, high=high, n=None))


def middle(volumes: Sequence[int]) -> int:
    """Return the volume that the bottom line names."""
    return sorted(volumes)[len(volumes) // 2]


def _times(per_1k: object, requests: int) -> Number | None:
    """Return the number of the month that has the place of the cost of 1,000 requests."""
    if not isinstance(per_1k, Number):
        return None
    dollars = Decimal(per_1k.raw) * requests / 1000
    return Number(id=per_1k.id, raw=format(dollars, "f"), text=usd(dollars))
