"""What a product pays, in Markdown that pastes."""

from dataclasses import replace

from harness.cli import screen
from harness.cli.manner import MANNER, counted, listed, tell
from harness.core.candidates import Exchange
from harness.core.traffic import ProductCost, Traffic
from harness.report import numbers
from harness.report.closing import estimate_text
from harness.report.columns import table


def lines(costs: list[ProductCost], traffic: Traffic, *, monthly: bool) -> list[str]:
    """Return the lines of one slot: a table, the cheapest first, then seats and machines of one's own.

    Where it is not known how many requests a month has, 1,000 of them stand in its place.
    """
    spread, more = numbers.percent(traffic.volume_cv), ["user"] if traffic.users is not None else []
    named = ["candidate", "request", "median", "p95", "month" if monthly else "thousand", *more]
    rows = [
        [
            it.candidate,
            estimate_text(it.bill.request, MANNER.get().language),
            _usd(it.bill.median),
            _usd(it.bill.p95),
            _month(it) if monthly else _thousand(it),
            *([_usd(it.user)] if more else []),
        ]
        for it in costs
    ]
    requests = numbers.significant(costs[0].requests)
    shown = [
        tell("cost.slot" if monthly else "cost.slot.each", slot=costs[0].slot, requests=requests, spread=spread),
        "",
        *table([tell(f"cost.head.{head}") for head in named], rows, wide=screen.table_columns()),
    ]
    shown += _batches(costs, traffic)
    shown += [line for it in costs for line in (*_seat(it), *_hosting(it))]
    unknown = [f"{it.candidate}: {it.bill.request.note}" for it in costs if it.bill.request.value is None]
    return [*shown, *(["", tell("cost.unknown"), *unknown] if unknown else [])]


def in_yuan(costs: list[ProductCost], exchange: Exchange | None) -> list[str]:
    """Return a line for each candidate whose cost is known; nothing where nobody has said what a dollar costs."""
    if exchange is None:
        return []
    rate = float(exchange.cny_per_usd)
    known = []
    for it in costs:
        if it.bill.request.value is not None:
            month, request = it.bill.month, numbers.significant(it.bill.request.value * rate)
            pieces = {} if month is None else {"month": numbers.significant(month.mean * rate)}
            key = "cost.yuan.of" if pieces else "cost.yuan.each"
            known.append(tell(key, candidate=it.candidate, request=request, **pieces))
    return ["", tell("cost.yuan", rate=f"{exchange.cny_per_usd:f}", date=exchange.date), *known] if known else []


def _thousand(it: ProductCost) -> str:
    each = it.bill.request
    value, low, high = (None if usd is None else 1000 * usd for usd in (each.value, each.low, each.high))
    return estimate_text(replace(each, value=value, low=low, high=high), MANNER.get().language)


def _month(it: ProductCost) -> str:
    month = it.bill.month
    if month is None:
        return tell("not_measured")
    return f"{numbers.usd(month.mean)} [{numbers.usd(month.low)}, {numbers.usd(month.high)}]"


def _batches(costs: list[ProductCost], traffic: Traffic) -> list[str]:
    """Say what whoever waits for a batch is spared, and whose discount nobody has stated."""
    told = [
        tell(
            "cost.batch.assumed" if it.bill.batch_is_assumed else "cost.batch.of",
            candidate=it.candidate,
            discount=numbers.percent(it.bill.batch_discount),
        )
        for it in costs
        if it.bill.batch_discount is not None
    ]
    if not told:
        return []
    key = "cost.batch.guess" if any(it.bill.batch_is_assumed for it in costs) else "cost.batch"
    return ["", tell(key, share=numbers.percent(traffic.batch_share), spared=listed(told))]


def _seat(it: ProductCost) -> list[str]:
    seat = it.seat
    if seat is None:
        return []
    ends = {"even": _usd(seat.break_even_price), "price": _usd(seat.price_at_margin)}
    told = [tell("cost.seat", candidate=it.candidate, usd=numbers.usd(seat.cost), **ends)]
    if seat.price is not None and seat.fair_use is not None and seat.loss_making is not None:
        any_number, losing = seat.fair_use == float("inf"), numbers.percent(seat.loss_making)
        capped = {} if any_number else {"requests": numbers.significant(seat.fair_use)}
        key = "cost.seat.kept" if any_number else "cost.seat.capped"
        told.append(tell(key, price=numbers.usd(seat.price), losing=losing, **capped))
    return ["", tell("cost.seat.stop").join(told) + tell("full_stop")]


def _hosting(it: ProductCost) -> list[str]:
    hosting = it.hosting
    if hosting is None:
        return []
    pays = {} if hosting.pays_from == float("inf") else {"requests": numbers.significant(hosting.pays_from)}
    own = {
        "candidate": it.candidate,
        "replicas": counted(hosting.replicas, "replica"),
        "month": numbers.usd(hosting.month),
        "pays": tell("cost.own.pays" if pays else "cost.own.never", **pays),
    }
    each = {
        "rate": numbers.significant(hosting.requests_per_s),
        "per_1k": numbers.usd(hosting.usd_per_1k),
        "busy": numbers.usd(hosting.usd_per_1k_busy),
    }
    return [tell("cost.own" if hosting.carries else "cost.own.short", **own) + tell("cost.own.each", **each)]


def _usd(value: float | None) -> str:
    return tell("not_measured") if value is None else numbers.usd(value)
