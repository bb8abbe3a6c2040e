"""What calls would have cost otherwise: with another share in the cache, in batches, at the prices of another book."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from harness.core.calls import Output, Record, Role, Usage
from harness.core.candidates import Candidate, Prices
from harness.pricing.book import Book
from harness.pricing.cost import cost, cost_of, sent_at

BATCHES = "batches"
"""The service tier whose prices LiteLLM's map names so."""


def recached(records: Iterable[Record], candidates: Mapping[str, Candidate], share: float) -> dict[str, Decimal]:
    """Return key of the answer → by how many dollars its cost changes where `share` of each prompt is cached.

    Text tokens alone are moved; the rest is fresh, and nothing is written into the cache anew. `candidates`: all that
    were called, by name. What was not billed by tokens, and what has no price, does not change; of a cascade the
    changes of its stages add up.
    """
    return _changes(
        records,
        candidates,
        lambda record, candidate: cost(_recached(record.usage, share), candidate, at=sent_at(record.attempts))[0],
    )


def in_batches(records: Iterable[Record], candidates: Mapping[str, Candidate]) -> dict[str, Decimal]:
    """Return key of the answer → by how many dollars its cost changes where its model's price for batches holds.

    What has no price for batches does not change.
    """
    waiting = {
        name: replace(candidate, params={**candidate.params, "service_tier": BATCHES})
        for name, candidate in candidates.items()
    }
    return _changes(records, candidates, lambda record, candidate: cost(record.usage, waiting[candidate.name])[0])


def repriced(records: Iterable[Record], candidates: Mapping[str, Candidate], book: Book) -> dict[str, Decimal | None]:
    """Return key of each answer → what it costs at the prices of `book`; None where that is not known.

    Prices that providers.yaml stated stay. What was kept aside for attempts of which nobody said what they used stays
    as it was written down.
    """
    then = {name: at_prices_of(book, candidate) for name, candidate in candidates.items()}
    costs: dict[str, Decimal | None] = {}
    for record in _paid(records, candidates):
        key, before = record.call.part_of or record.call.key, costs.get(record.call.part_of or "", Decimal(0))
        after = _cost_then(record, candidates[record.call.candidate], then[record.call.candidate])
        costs[key] = None if before is None or after is None else before + after
    return costs


def at_prices_of(book: Book, candidate: Candidate) -> Candidate:
    """Return `candidate` at the prices of `book`, under those that its providers.yaml stated."""
    if candidate.is_local or candidate.stages:
        return candidate
    known, had = book.prices(candidate.model), candidate.prices
    own = {} if had is None else {name: had.usd[name] for name in had.own if name in had.usd}
    if known is None:
        stated = None if had is None or not own else replace(had, usd=own, off_peak=None)
        return replace(candidate, prices=stated)
    source = f"{known.source} + providers.yaml" if own else known.source
    usd = {**known.usd, **own}
    return replace(candidate, prices=Prices(
        usd=usd, source=source, date=known.date, own=tuple(own), off_peak=known.off_peak
    ))  # fmt: skip


def _cost_then(record: Record, was: Candidate, then: Candidate) -> Decimal | None:
    if record.usage.source == "none" and not isinstance(record.outcome, Output):
        return record.cost_usd or Decimal(0)
    before, after = cost_of(record, was)[0], cost_of(record, then)[0]
    if after is None:
        return None
    return after if before is None or record.cost_usd is None else record.cost_usd + after - before


def _changes(
    records: Iterable[Record],
    candidates: Mapping[str, Candidate],
    otherwise: Callable[[Record, Candidate], Decimal | None],
) -> dict[str, Decimal]:
    changes: dict[str, Decimal] = {}
    for record in _paid(records, candidates):
        candidate = candidates[record.call.candidate]
        before, after = cost_of(record, candidate)[0], otherwise(record, candidate)
        if before is not None and after is not None:
            key = record.call.part_of or record.call.key
            changes[key] = changes.get(key, Decimal(0)) + after - before
    return changes


def _paid(records: Iterable[Record], candidates: Mapping[str, Candidate]) -> Iterator[Record]:
    """Yield the records of answers that are paid for themselves: of a cascade, its stages."""
    for record in records:
        if record.call.role in (Role.ANSWER, Role.STAGE) and not candidates[record.call.candidate].stages:
            yield record


def _recached(usage: Usage, share: float) -> Usage:
    if usage.input_tokens is None:
        return usage
    writing = ("cache_write_tokens", "cache_write_1h_tokens")
    written = {name: tokens for name in writing if (tokens := getattr(usage, name)) is not None}
    prompt = usage.input_tokens + (usage.cached_tokens or 0) + sum(written.values())
    cached = round(prompt * share)
    meters: dict[str, Any] = {"input_tokens": prompt - cached, "cached_tokens": cached, **dict.fromkeys(written, 0)}
    return replace(usage, **meters)
