"""Cost: from a run's measured costs to what a product pays for a month of traffic."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.core.traffic import ProductCost, Traffic
    from harness.store.ledger import Ledger

DRAWS = 10_000
"""Months that are drawn."""


def traffic(folder: Path, file: Path | None) -> "Traffic":
    """Read what the product will send, from `file` or from the bake-off in `folder`."""
    from harness.config.traffic import load_traffic

    return load_traffic(folder, file)


def product_cost(run_folder: Path, traffic: "Traffic") -> "tuple[ProductCost, ...]":
    """Return what each candidate of each slot costs a product with `traffic`, the cheapest of a slot first.

    With a mix each slot has its part of the requests, and one without a part is left out; else each has all of them.
    UsageError where the mix names a suite or task that the run did not ask.
    """
    from harness.core.traffic import ProductCost
    from harness.metrics.tables import observe
    from harness.metrics.traffic import bills, shares
    from harness.pricing import economics
    from harness.store.frames import calls_frame, scores_frame
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        manifest, calls, scores = ledger.manifest(), calls_frame(ledger), scores_frame(ledger)
        if traffic.cached_share is not None:
            calls["cost_usd"] += calls["key"].map(_changes(ledger, traffic.cached_share)).fillna(0.0)
    config = cast(dict[str, Any], manifest.config)
    slots = [slot for slot in config["rules"] if (calls["slot"] == slot).any()]
    observed = [observe(calls, scores, slot=slot) for slot in slots]
    tasks = [task for observations in observed for task in observations.tasks]
    try:
        share = shares(traffic.mix, tasks)
    except ValueError as error:
        raise UsageError(
            f"the run asked nothing of {error}, which the traffic's mix names",
            hint=f"known: {', '.join(sorted({part for task in tasks for part in (task, task.partition('/')[0])}))}",
        ) from error
    costs = []
    for observations in observed:
        part = sum(share[task] for task in observations.tasks) if share else 1.0
        its = replace(traffic, requests=traffic.requests * part)
        found = bills(observations, its, share, draws=DRAWS, seed=int(config["seed"])) if part else {}
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


def _changes(ledger: "Ledger", share: float) -> dict[str, float]:
    from harness.pricing.what_if import recached
    from harness.report.evidence import called

    return {key: float(usd) for key, usd in recached(ledger.records(), called(ledger.manifest()), share).items()}


def _price(it: "ProductCost") -> tuple[bool, float]:
    """Return what candidates are sorted by: who has no price comes last."""
    value = it.bill.request.value
    return value is None, value or 0.0
