"""Cost: from a run's measured costs to what a product pays for a month of traffic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from pandas import DataFrame

    from harness.core.calls import Record
    from harness.core.candidates import Candidate, Exchange
    from harness.core.traffic import Product, ProductCost, Traffic
    from harness.pricing.book import Book

DRAWS = 10_000
"""Months that are drawn."""


def traffic(folder: Path, file: Path | None, *, requests: float | None = None) -> "Traffic | None":
    """Read what the product will send, from `file` or from the bake-off in `folder`, else `requests` a month; None
    where nobody says how many come."""
    from harness.config.traffic import load_traffic

    return load_traffic(folder, file, requests=requests)


def exchange(folder: Path) -> "Exchange | None":
    """Return what the bake-off in `folder` says that a dollar costs in yuan."""
    from harness.config.traffic import load_exchange

    return load_exchange(folder)


def planned_traffic(folder: Path) -> "Traffic | None":
    """Return the traffic of the bake-off in `folder`; None where it names none."""
    try:
        return traffic(folder, None)
    except UsageError:
        return None


def volumes(traffic: "Traffic | None") -> tuple[int, ...] | None:
    """Return a tenth, the whole and ten times the requests of a month; None where nobody says how many come."""
    if traffic is None:
        return None
    return tuple(max(1, round(traffic.requests * share)) for share in (0.1, 1, 10))


def product(run_folder: Path, traffic: "Traffic | None") -> "Product | None":
    """Return what the candidates cost with `traffic`; None without one, or where it is of other suites than the run."""
    from harness.core.traffic import Product

    if traffic is None:
        return None
    try:
        return Product(traffic=traffic, costs=product_cost(run_folder, traffic))
    except UsageError:
        return None


def product_cost(run_folder: Path, traffic: "Traffic", *, prices: "Book | None" = None) -> "tuple[ProductCost, ...]":
    """Return what each candidate of each slot costs a product with `traffic`, the cheapest of a slot first.

    `prices`: the book whose prices hold, in the place of those that the run has recorded and keeps.
    With a mix each slot has its part of the requests, and one without a part is left out; else each has all of them.
    Whoever was stopped early is left out too.
    UsageError where the mix names a suite or task that the run did not ask.
    """
    from harness.core.traffic import ProductCost
    from harness.metrics.early import observe_some
    from harness.metrics.traffic import bills, shares
    from harness.pricing import economics
    from harness.report.evidence import called
    from harness.store.frames import calls_frame, scores_frame
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        manifest, calls, scores = ledger.manifest(), calls_frame(ledger), scores_frame(ledger)
        records = list(ledger.records()) if _asks_what_if(traffic, prices) else []
    candidates = called(manifest)
    discounts = _otherwise(calls, records, candidates, traffic, prices)
    traffic = _with_goodput(traffic, records, candidates)
    config = cast(dict[str, Any], manifest.config)
    slots = [slot for slot in config["rules"] if (calls["slot"] == slot).any()]
    gone = [(stop.slot, stop.candidate) for stop in manifest.stops]
    observed = [
        observe_some(calls, scores, slot=slot, candidates={it for it in calls["candidate"] if (slot, it) not in gone})
        for slot in slots
    ]
    tasks = [task for observations in observed for task in observations.tasks]
    try:
        share = shares(traffic.mix, tasks)
    except ValueError as error:
        raise UsageError(
            worded("the run asked nothing of {error}, which the traffic's mix names", error=error),
            hint=worded(
                "known: {names}", names=[*sorted({part for task in tasks for part in (task, task.partition("/")[0])})]
            ),
        ) from error
    costs = []
    for observations in observed:
        part = sum(share[task] for task in observations.tasks) if share else 1.0
        its = replace(traffic, requests=traffic.requests * part)
        found = bills(
            observations, its, share, draws=DRAWS, seed=int(config["seed"]), discounts=discounts
        ) if part else {}  # fmt: skip
        costs += [
            ProductCost(
                slot=observations.slot,
                candidate=candidate,
                requests=its.requests,
                bill=bill,
                user=None if bill.month is None or its.users is None else bill.month.mean / its.users,
                seat=None if bill.request.value is None else economics.seat(bill.request.value, its),
                hosting=None if bill.request.value is None else economics.hosting(bill.request.value, its),
            )
            for candidate, bill in found.items()
        ]
    return tuple(sorted(costs, key=lambda it: (slots.index(it.slot), *_price(it))))


def at_prices(
    calls: "DataFrame", records: "Iterable[Record]", candidates: "Mapping[str, Candidate]", prices: "Book"
) -> None:
    """Change the costs of `calls` to those at the prices of a book; one that it does not know is not measured."""
    from harness.pricing.what_if import repriced

    costs = repriced(records, candidates, prices)
    calls["cost_usd"] = [
        now if key not in costs else float("nan") if costs[key] is None else float(costs[key] or 0)
        for key, now in zip(calls["key"], calls["cost_usd"], strict=True)
    ]


def _asks_what_if(traffic: "Traffic", prices: "Book | None") -> bool:
    """Whether anything is asked that the sums of the run do not say."""
    batched = bool(traffic.batch_share) and traffic.batch_discount is None
    hosted = traffic.self_hosting is not None and traffic.self_hosting.candidate is not None
    return batched or hosted or prices is not None or traffic.cached_share is not None


def _otherwise(
    calls: "DataFrame", records: "Sequence[Record]", candidates: "Mapping[str, Candidate]", traffic: "Traffic",
    prices: "Book | None",
) -> dict[str, float]:  # fmt: skip
    """Change the costs of `calls` to those of what is asked; returns candidate → what a batch spares of its cost."""
    from harness.pricing.what_if import at_prices_of, in_batches, recached

    if prices is not None:
        at_prices(calls, records, candidates, prices)
        candidates = {name: at_prices_of(prices, candidate) for name, candidate in candidates.items()}
    if traffic.cached_share is not None:
        changes = recached(records, candidates, traffic.cached_share)
        calls["cost_usd"] += calls["key"].map({key: float(usd) for key, usd in changes.items()}).fillna(0.0)
    if not traffic.batch_share or traffic.batch_discount is not None:
        return {}
    spared = calls["key"].map({key: -float(usd) for key, usd in in_batches(records, candidates).items()})
    sums = calls.assign(spared=spared)[spared.notna() & (calls["cost_usd"] > 0)].groupby("candidate")
    return {str(name): float(it["spared"].sum() / it["cost_usd"].sum()) for name, it in sums}


def _with_goodput(traffic: "Traffic", records: "Sequence[Record]", candidates: "Mapping[str, Candidate]") -> "Traffic":
    """Return `traffic` with what a replica serves, where a candidate of the run says it; UsageError where none does."""
    from harness.core.calls import Role
    from harness.pricing.goodput import goodput

    host = traffic.self_hosting
    if host is None or host.candidate is None:
        return traffic
    if host.candidate not in candidates:
        known = ", ".join(sorted(name for name, candidate in candidates.items() if candidate.machine is not None))
        raise UsageError(
            worded("the run asked no candidate {candidate!r}", candidate=host.candidate),
            hint=worded("on machines of your own: {names}", names=known or "-"),
        )
    answers = [r for r in records if r.call.role is Role.ANSWER and r.call.candidate == host.candidate]
    served = goodput(answers, within_ms=host.within_ms)
    if served is None:
        raise UsageError(
            worded(
                "what a replica serves cannot be told from {candidate!r}: it has no answer of a machine in time",
                candidate=host.candidate,
            ),
            hint=worded("name a candidate with usd_per_hour, raise within_ms, or give requests_per_s"),
        )
    return replace(traffic, self_hosting=replace(host, requests_per_s=served))


def _price(it: "ProductCost") -> tuple[bool, float]:
    """Return what candidates are sorted by: who has no price comes last."""
    value = it.bill.request.value
    return value is None, value or 0.0
