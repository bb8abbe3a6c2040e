"""Unit economics against the worked example of methodology.md 4."""

import math
from dataclasses import replace

import pytest

from harness.core.traffic import Seat, SelfHosting, Traffic
from harness.pricing import economics
from tests.oracles import oracle

RESULTS = oracle("cost_worked_example")["results"]
PRICING = RESULTS["pricing"]
INPUTS = PRICING["inputs"]
SEAT = Seat(
    gross_margin=INPUTS["target_gross_margin"],
    price=20.0,
    overhead=INPUTS["overhead_frac"],
    infra=INPUTS["infra_per_seat"],
    fee_share=INPUTS["fee_pct"],
    fee_fixed=INPUTS["fee_fixed"],
)
REQUEST = RESULTS["traffic_per_1k"]["per_1k"] / 1000  # the example tells `cost_per_request` with fewer digits
REQUESTS = INPUTS["requests_per_user"]
HOST = RESULTS["self_host"]
MACHINES = SelfHosting(
    usd_per_gpu_hour=HOST["inputs"]["gpu_usd_per_h"],
    requests_per_s=HOST["inputs"]["goodput_rps_per_replica_at_SLO"],
    peak_requests_per_s=HOST["inputs"]["peak_rps"],
    gpus_per_replica=HOST["inputs"]["gpus_per_replica"],
    headroom=HOST["inputs"]["headroom"],
    spare_replicas=HOST["inputs"]["spare_replicas"],
    hours=HOST["inputs"]["hours"],
)


def test_what_a_seat_costs_and_must_cost() -> None:
    cost = economics.seat_cost(REQUEST, REQUESTS, SEAT)
    assert cost == pytest.approx(PRICING["cogs_per_seat"], abs=1e-8)
    price = economics.seat_price(cost, SEAT, margin=SEAT.gross_margin)
    assert price == pytest.approx(PRICING["price_at_target"], abs=1e-8)
    assert economics.seat_price(cost, SEAT, margin=0.0) == pytest.approx(PRICING["breakeven_price"], abs=1e-8)
    assert price is not None
    kept = price - price * SEAT.fee_share - SEAT.fee_fixed - cost
    assert kept / price == pytest.approx(PRICING["gross_margin_check"], abs=1e-8)


def test_a_margin_that_the_fees_eat_has_no_price() -> None:
    assert economics.seat_price(1.0, SEAT, margin=0.98) is None


def test_how_much_a_seat_may_ask() -> None:
    cap = economics.most_requests(REQUEST, 20.0, SEAT, margin=SEAT.gross_margin)
    assert cap == pytest.approx(PRICING["max_requests_per_seat_at_price_20_for_margin"], abs=1e-7)
    even = economics.most_requests(REQUEST, 20.0, SEAT, margin=0.0)
    assert even == pytest.approx(PRICING["breakeven_requests_at_price_20"], abs=1e-7)
    assert economics.most_requests(REQUEST, 1.0, SEAT, margin=SEAT.gross_margin) == 0.0
    assert economics.most_requests(0.0, 20.0, SEAT, margin=0.0) == math.inf


def test_the_share_of_seats_that_lose_money() -> None:
    even = economics.most_requests(REQUEST, PRICING["price_at_target"], SEAT, margin=0.0)
    assert economics.loss_making(even, REQUESTS, SEAT) == pytest.approx(PRICING["exact_share"], abs=1e-8)
    assert economics.loss_making(math.inf, REQUESTS, SEAT) == 0.0
    assert economics.loss_making(0.0, REQUESTS, SEAT) == 1.0


def test_a_product_with_seats_is_told_all_of_it() -> None:
    traffic = Traffic(requests=240_000, users=2_000, seat=replace(SEAT, price=None), self_hosting=MACHINES)
    told = economics.seat(REQUEST, traffic)
    assert told is not None
    assert told.price == told.price_at_margin == pytest.approx(PRICING["price_at_target"], abs=1e-8)
    assert told.fair_use == pytest.approx(REQUESTS, abs=1e-6), "the margin is kept at the mean by that price"
    assert told.loss_making == pytest.approx(PRICING["exact_share"], abs=1e-8)
    hosted = economics.hosting(REQUEST, traffic)
    assert hosted is not None
    assert (hosted.replicas, hosted.month, hosted.carries) == (3, pytest.approx(12_702.0), True)
    assert hosted.usd_per_1k == pytest.approx(1000 * HOST["cost_per_request_at_240k"], abs=1e-5)
    assert hosted.usd_per_1k_busy == pytest.approx(1000 * 2.9 * 2 / (6.5 * 0.7 * 3600), abs=1e-12)
    assert economics.seat(REQUEST, replace(traffic, users=None)) is None


def test_machines_of_ones_own() -> None:
    assert economics.replicas(MACHINES) == HOST["replicas"]
    assert economics.hosting_cost(MACHINES) == pytest.approx(HOST["monthly_fixed"], abs=1e-8)
    assert economics.hosting_cost(MACHINES) / 240_000 == pytest.approx(HOST["cost_per_request_at_240k"], abs=1e-8)
    even = economics.hosting_pays_from(REQUEST, MACHINES)
    assert even == pytest.approx(HOST["breakeven_requests_per_month_vs_api"], abs=1e-3)
    assert economics.hosting_carries(even, MACHINES) is HOST["capacity_ok"]
    assert not economics.hosting_carries(1e9, MACHINES)
    assert economics.hosting_pays_from(0.0, MACHINES) == math.inf
    assert economics.hosting_pays_from(1e-6, MACHINES) == math.inf, "so many they do not carry"
    even = replace(MACHINES, requests_per_s=3, peak_requests_per_s=2.1, spare_replicas=0)
    assert economics.replicas(even) == 1
    assert economics.replicas(replace(MACHINES, headroom=0.3)) == 5 + 1, "9 a second, of 1.95 each"
    assert economics.hosting_cost(replace(MACHINES, ops=500.0)) == pytest.approx(HOST["monthly_fixed"] + 500)
    month_s = 730 * 3600
    assert economics.hosting_carries(9.0 * month_s, MACHINES), "two replicas serve 4.55 a second each"
    assert not economics.hosting_carries(9.2 * month_s, MACHINES), "the spare one serves nobody"


def test_a_machine_is_priced_by_its_goodput() -> None:
    busy = economics.hosting_per_1k(MACHINES, utilisation=HOST["inputs"]["utilisation"])
    assert busy == pytest.approx(HOST["per_1k_at_utilisation"], abs=1e-8)
