"""What a product pays, in Markdown that pastes."""

from harness.cli.manner import counted
from harness.core.candidates import Exchange
from harness.core.traffic import ProductCost, Traffic
from harness.report import numbers
from harness.report.closing import estimate_text
from harness.report.columns import table


def lines(costs: list[ProductCost], traffic: Traffic) -> list[str]:
    """Return the lines of one slot: a table, the cheapest first, then seats and machines of one's own."""
    heads = ["candidate", "a request (95% CI)", "median", "p95", "a month (90% of months)"]
    heads += ["a user"] if traffic.users is not None else []
    rows = [
        [
            it.candidate,
            estimate_text(it.bill.request),
            _usd(it.bill.median),
            _usd(it.bill.p95),
            _month(it),
            *([_usd(it.user)] if traffic.users is not None else []),
        ]
        for it in costs
    ]
    spread = f"months vary by {numbers.percent(traffic.volume_cv)}"
    shown = [
        f"{costs[0].slot}: {numbers.significant(costs[0].requests)} requests a month, {spread}",
        "",
        *table(heads, rows),
    ]
    shown += _batches(costs, traffic)
    shown += [line for it in costs for line in (*_seat(it), *_hosting(it))]
    unknown = [f"{it.candidate}: {it.bill.request.note}" for it in costs if it.bill.month is None]
    return [*shown, *(["", "What these cost is not known.", *unknown] if unknown else [])]


def in_yuan(costs: list[ProductCost], exchange: Exchange | None) -> list[str]:
    """Return a line for each candidate whose cost is known; nothing where nobody has said what a dollar costs."""
    if exchange is None:
        return []
    rate = float(exchange.cny_per_usd)
    head = f"In yuan, at ¥{exchange.cny_per_usd:f} a dollar ({exchange.date}):"
    known = [
        f"{it.candidate}: ¥{numbers.significant(it.bill.request.value * rate)} a request, "
        f"¥{numbers.significant(it.bill.month.mean * rate)} a month"
        for it in costs
        if it.bill.request.value is not None and it.bill.month is not None
    ]
    return ["", head, *known] if known else []


def _month(it: ProductCost) -> str:
    month = it.bill.month
    if month is None:
        return "not measured"
    return f"{numbers.usd(month.mean)} [{numbers.usd(month.low)}, {numbers.usd(month.high)}]"


def _batches(costs: list[ProductCost], traffic: Traffic) -> list[str]:
    """Say what whoever waits for a batch is spared, and whose discount nobody has stated."""
    told = [
        f"{it.candidate} {numbers.percent(it.bill.batch_discount)}{' (assumed)' if it.bill.batch_is_assumed else ''}"
        for it in costs
        if it.bill.batch_discount is not None
    ]
    if not told:
        return []
    assumed = " Assumed: its prices name none for batches; batch_discount in the traffic sets one."
    said = f"{numbers.percent(traffic.batch_share)} of the requests wait for a batch, which spares: {', '.join(told)}."
    return ["", said + (assumed if any(it.bill.batch_is_assumed for it in costs) else "")]


def _seat(it: ProductCost) -> list[str]:
    seat = it.seat
    if seat is None:
        return []
    told = [
        f"{it.candidate}: a seat costs {numbers.usd(seat.cost)} a month "
        f"and breaks even at {_usd(seat.break_even_price)}"
    ]
    told += [f"the margin asks for {_usd(seat.price_at_margin)}"]
    if seat.price is not None and seat.fair_use is not None and seat.loss_making is not None:
        cap = "any number of" if seat.fair_use == float("inf") else numbers.significant(seat.fair_use)
        told += [f"at {numbers.usd(seat.price)} the margin is kept up to {cap} requests"]
        told += [f"{numbers.percent(seat.loss_making)} of the seats lose money"]
    return ["", "; ".join(told) + "."]


def _hosting(it: ProductCost) -> list[str]:
    hosting = it.hosting
    if hosting is None:
        return []
    never = hosting.pays_from == float("inf")
    pays = "never pay" if never else f"pay from {numbers.significant(hosting.pays_from)} requests a month"
    carried = "" if hosting.carries else ", and do not carry this traffic"
    return [
        f"{it.candidate}: {counted(hosting.replicas, 'replica')} of your own cost {numbers.usd(hosting.month)} "
        f"a month, {pays}{carried}. Each serves {numbers.significant(hosting.requests_per_s)} good requests a second; "
        f"1,000 requests cost {numbers.usd(hosting.usd_per_1k)} with this traffic, "
        f"{numbers.usd(hosting.usd_per_1k_busy)} where the replicas are always as busy as may be planned."
    ]


def _usd(value: float | None) -> str:
    return "not measured" if value is None else numbers.usd(value)
