"""What the product of a bake-off costs a month, and what a seat of it may ask: a memo's tables, by its traffic."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.core.canonical import canonical, from_json
from harness.core.traffic import Product, ProductCost, Traffic
from harness.report.document import CELLS, Block, Bullets, Paragraph, Span, Spans, Table, plain
from harness.report.markdown import front_matter
from harness.report.numbers import percent, significant, usd
from harness.report.speaker import Speaker, place

STATED = re.compile(r"^traffic: (\{.*\})$", re.MULTILINE)


def stated_traffic(memo: str) -> Traffic | None:
    """Return the traffic that a written memo names in its front matter; None where it names none."""
    found = STATED.search(front_matter(memo))
    return None if found is None else _traffic(found[1])


def stated_traffic_in_word(lines: Iterable[str], label: str) -> Traffic | None:
    """Return the traffic that a Word file, read back as `lines`, names in the row `label` of its first table."""
    row = next((line for line in lines if line.startswith(label + CELLS)), None)
    return None if row is None else _traffic(row.removeprefix(label + CELLS))


def spelled(traffic: Traffic) -> str:
    """Return the traffic as one line, from which it is read again."""
    return canonical(traffic).decode()


def _traffic(text: str) -> Traffic | None:
    """Return what somebody may have changed by hand; None where it is no traffic any more."""
    try:
        return from_json(Traffic, json.loads(text))
    except (ValueError, TypeError, KeyError):
        return None


def margin(speak: Speaker, product: Product, slot: str, links: Mapping[str, str]) -> Iterator[Block]:
    """Yield the tables of one slot; `links`: candidate → id of what it costs in the report."""
    costs = [cost for cost in product.costs if cost.slot == slot]
    if not costs:
        yield Paragraph(spans=speak.say("memo.margin.none"))
        return
    traffic = product.traffic
    volume = {"requests": significant(costs[0].requests), "spread": percent(traffic.volume_cv)}
    yield Paragraph(spans=speak.say("memo.margin.traffic", **volume))
    yield _table(speak, costs, ("request", "month", *(["user"] if traffic.users is not None else [])), links)
    if traffic.seat is not None:
        yield Paragraph(spans=speak.say("memo.margin.kept", margin=percent(traffic.seat.gross_margin)))
        yield _table(speak, costs, ("seat", "even", "asked", "price", "fair", "losing"), links)
    if own := [_own(speak, cost, links) for cost in costs if cost.hosting is not None]:
        yield Bullets(items=tuple(own))


def _table(speak: Speaker, costs: Sequence[ProductCost], columns: Sequence[str], links: Mapping[str, str]) -> Table:
    return Table(
        head=(
            speak.say("column.candidate"),
            *(speak.say(f"memo.margin.{column}") for column in columns),
        ),
        rows=tuple(
            (speak.show(cost.candidate), *(_cell(speak, cost, column, links) for column in columns)) for cost in costs
        ),
    )


def _cell(speak: Speaker, cost: ProductCost, column: str, links: Mapping[str, str]) -> Spans:
    month, seat = cost.bill.month, cost.seat
    if column == "month":
        if month is None:
            return speak.say("not_measured")
        ends = plain(speak.say("measured.interval", low=usd(month.low), high=usd(month.high)))
        return _linked(f"{usd(month.mean)} {ends}", cost, links)
    amounts = {"request": cost.bill.request.value, "user": cost.user}
    if seat is not None:
        amounts |= {
            "seat": seat.cost,
            "even": seat.break_even_price,
            "asked": seat.price_at_margin,
            "price": seat.price,
            "fair": seat.fair_use,
            "losing": seat.loss_making,
        }
    amount = amounts.get(column)
    if amount is None:
        return speak.say("memo.margin.no_price" if seat is not None else "not_measured")
    if math.isinf(amount):
        return speak.say("memo.margin.any")
    if column == "losing":
        return _linked(percent(amount), cost, links)
    return _linked(significant(amount) if column == "fair" else usd(amount), cost, links)


def _own(speak: Speaker, cost: ProductCost, links: Mapping[str, str]) -> Spans:
    """Say what the same traffic costs on machines of one's own, and from when that is less."""
    hosting = cost.hosting
    assert hosting is not None
    pays = {} if math.isinf(hosting.pays_from) else {"requests": _linked(significant(hosting.pays_from), cost, links)}
    key = "memo.margin.own" if pays else "memo.margin.own_never"
    if not hosting.carries:
        key = "memo.margin.own_short"
    return speak.say(
        key,
        candidate=cost.candidate,
        replicas=str(hosting.replicas),
        month=_linked(usd(hosting.month), cost, links),
        each=_linked(usd(hosting.usd_per_1k), cost, links),
        **pays,
    )


def _linked(text: str, cost: ProductCost, links: Mapping[str, str]) -> Spans:
    id = links.get(cost.candidate)
    return (Span(text=text, link=None if id is None else place(id)),)
