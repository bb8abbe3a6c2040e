"""What calls would have cost with another share of the prompt in the provider's cache."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from harness.core.calls import Record, Role, Usage
from harness.core.candidates import Candidate
from harness.pricing.cost import cost


def recached(records: Iterable[Record], candidates: Mapping[str, Candidate], share: float) -> dict[str, Decimal]:
    """Return key of the answer → by how many dollars its cost changes where `share` of each prompt is cached.

    Text tokens alone are moved; the rest is fresh, and nothing is written into the cache anew. `candidates`: all that
    were called, by name. What was not billed by tokens, and what has no price, does not change; of a cascade the
    changes of its stages add up.
    """
    changes: dict[str, Decimal] = {}
    for record in records:
        candidate = candidates[record.call.candidate]
        if record.call.role not in (Role.ANSWER, Role.STAGE) or candidate.stages:
            continue
        before, after = cost(record.usage, candidate)[0], cost(_recached(record.usage, share), candidate)[0]
        if before is not None and after is not None:
            key = record.call.part_of or record.call.key
            changes[key] = changes.get(key, Decimal(0)) + after - before
    return changes


def _recached(usage: Usage, share: float) -> Usage:
    if usage.input_tokens is None:
        return usage
    prompt = usage.input_tokens + (usage.cached_tokens or 0) + (usage.cache_write_tokens or 0)
    cached = round(prompt * share)
    written = None if usage.cache_write_tokens is None else 0
    return replace(usage, input_tokens=prompt - cached, cached_tokens=cached, cache_write_tokens=written)
