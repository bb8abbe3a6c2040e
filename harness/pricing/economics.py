"""Unit economics in closed form: batches, seats, margins, machines of one's own (methodology.md 4).

`request` is what one request costs in USD, the answers that failed among them. Money a seat is USD a month.
"""

import math
from statistics import NormalDist

from harness.core.traffic import HostingCost, Seat, SeatCost, SelfHosting, Traffic


def seat(request: float, traffic: Traffic) -> SeatCost | None:
    """Return what a seat costs and may ask; None where the traffic has no seats or nobody knows its users."""
    given, users = traffic.seat, traffic.users
    if given is None or users is None:
        return None
    requests = traffic.requests / users
    cost = seat_cost(request, requests, given)
    at_margin = seat_price(cost, given, margin=given.gross_margin)
    price = at_margin if given.price is None else given.price
    most = None if price is None else most_requests(request, price, given, margin=0.0)
    return SeatCost(
        cost=cost,
        break_even_price=seat_price(cost, given, margin=0.0),
        price_at_margin=at_margin,
        price=price,
        fair_use=None if price is None else most_requests(request, price, given, margin=given.gross_margin),
        break_even_requests=most,
        loss_making=None if most is None else loss_making(most, requests, given),
    )


def hosting(request: float, traffic: Traffic) -> HostingCost | None:
    """Return what the same traffic costs on machines of one's own; None where the traffic names none."""
    host = traffic.self_hosting
    if host is None:
        return None
    return HostingCost(
        replicas=replicas(host),
        requests_per_s=host.requests_per_s,
        usd_per_1k=1000 * hosting_cost(host) / traffic.requests,
        usd_per_1k_busy=hosting_per_1k(host, utilisation=host.headroom),
        month=hosting_cost(host),
        pays_from=hosting_pays_from(request, host),
        carries=hosting_carries(traffic.requests, host),
    )


def seat_cost(request: float, requests: float, seat: Seat) -> float:
    """Return what a seat with `requests` a month costs before the payment's fees."""
    return requests * request * (1.0 + seat.overhead) + seat.infra


def seat_price(cost: float, seat: Seat, *, margin: float) -> float | None:
    """Return the price at which `margin` of it is left; None where no price leaves that, for the fees are too high."""
    kept = 1.0 - margin - seat.fee_share
    return (cost + seat.fee_fixed) / kept if kept > 0 else None


def most_requests(request: float, price: float, seat: Seat, *, margin: float) -> float:
    """Return how many requests a seat at `price` may send before less than `margin` is left: the fair-use cap.

    0 where nothing is left even of an idle seat, infinity where requests cost nothing.
    """
    left = price * (1.0 - margin - seat.fee_share) - seat.fee_fixed - seat.infra
    if left <= 0:
        return 0.0
    each = request * (1.0 + seat.overhead)
    return left / each if each > 0 else math.inf


def loss_making(most: float, requests: float, seat: Seat) -> float:
    """Return the share of seats that send more than `most` requests a month, lognormal around the mean `requests`."""
    if math.isinf(most):
        return 0.0
    if most <= 0:
        return 1.0
    middle = math.log(requests) - seat.usage_sigma**2 / 2  # of the logarithm, so that the mean is `requests`
    if seat.usage_sigma == 0:
        return float(requests > most)
    return 1.0 - NormalDist(middle, seat.usage_sigma).cdf(math.log(most))


def replicas(host: SelfHosting) -> int:
    """Return how many replicas carry the peak with headroom, and the spare ones."""
    needed = host.peak_requests_per_s / (host.requests_per_s * host.headroom)
    return math.ceil(needed - 1e-9) + host.spare_replicas  # 2.1 / (3 · 0.7) is a hair above 1


def hosting_per_1k(host: SelfHosting, *, utilisation: float) -> float:
    """Return what 1,000 requests cost on machines that serve for that share of the hours; spares and ops left out."""
    an_hour = host.gpus_per_replica * host.usd_per_gpu_hour
    return 1000 * an_hour / (3600 * host.requests_per_s * utilisation)


def hosting_cost(host: SelfHosting) -> float:
    """Return what the replicas cost in a month, however many requests come."""
    return replicas(host) * host.gpus_per_replica * host.usd_per_gpu_hour * host.hours + host.ops


def hosting_pays_from(request: float, host: SelfHosting) -> float:
    """Return the requests a month from which the machines are cheaper than `request` each.

    Infinity: never, for so many as would pay they do not carry.
    """
    even = hosting_cost(host) / request if request > 0 else math.inf
    return even if math.isfinite(even) and hosting_carries(even, host) else math.inf


def hosting_carries(requests: float, host: SelfHosting) -> bool:
    """Say whether the replicas serve `requests` a month on average, spare ones not counted."""
    working = replicas(host) - host.spare_replicas
    return requests / (host.hours * 3600) <= working * host.requests_per_s * host.headroom
