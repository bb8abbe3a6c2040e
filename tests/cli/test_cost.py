"""`bakeoff cost`: a run's costs as those of a product."""

import json

import pytest

from tests.cli.conftest import Desk

PRICED = (
    "    model_info: {input_cost_per_token: 0.01, cache_read_input_token_cost: 0.001, output_cost_per_token: 0.02}\n"
)
"""A call of the scripted client has 10 tokens in and 10 out: $0.30."""


@pytest.fixture
def shop(desk: Desk) -> Desk:
    desk.entries.clear()
    desk.candidate("one", more=PRICED)
    desk.candidate("two", more="    model_info: {input_cost_per_token: 0.001, output_cost_per_token: 0.002}\n")
    desk.bakeoff("run", code=None)
    desk.write(
        "traffic.yaml",
        "users: 100\nrequests_per_user: 50\nseat: {gross_margin: 0.5}\n"
        "self_hosting: {usd_per_gpu_hour: 1, requests_per_s: 2, peak_requests_per_s: 1}\n",
    )
    return desk


def test_what_a_product_pays(shop: Desk) -> None:
    done = shop.bakeoff("cost", "latest", "--traffic", "traffic.yaml")
    lines = done.out.splitlines()
    assert "text: 5,000 requests a month, months vary by 15%" in lines
    rows = [line for line in lines if line.startswith(("| one", "| two"))]
    assert [row.split("|")[1].strip() for row in rows] == ["two", "one"], "the cheapest first"
    assert "| $0.300 " in rows[1]
    assert "two: a seat costs $1.50 a month and breaks even at $1.50; the margin asks for $3.00" in done.out
    assert (
        "one: 2 replicas of your own cost $1,460 a month, pay from 4,867 requests a month. Each serves 2.00" in done.out
    )


def test_what_if(shop: Desk) -> None:
    def request(*arguments: str) -> float:
        done = shop.bakeoff("cost", "latest", "--traffic", "traffic.yaml", "--json", *arguments)
        costs = {it["candidate"]: it for it in json.loads(done.out)["costs"]}
        return float(costs["one"]["bill"]["request"]["value"])

    assert request() == pytest.approx(0.30)
    assert request("--cached-share", "0.5") == pytest.approx(0.30 - 5 * 0.009)
    assert request("--batch-share", "0.4") == pytest.approx(0.30 * 0.8)
    told = shop.bakeoff("cost", "latest", "--traffic", "traffic.yaml", "--batch-share", "0.4").out
    assert "40% of the requests wait for a batch, which spares: two 50% (assumed), one 50% (assumed). " in told


def test_a_mix_of_what_was_not_asked_is_refused(shop: Desk) -> None:
    shop.write("traffic.yaml", "requests_per_month: 1\nmix: {fqa: 1}\n")
    done = shop.bakeoff("cost", "latest", "--traffic", "traffic.yaml", code=2)
    assert "the run asked nothing of fqa" in done.err
    assert "faq" in done.err


def test_without_traffic_it_is_what_a_request_costs_and_how_to_get_a_month(shop: Desk) -> None:
    done = shop.bakeoff("cost", "latest")
    lines = done.out.splitlines()
    assert "text: what a request costs" in lines
    (row,) = (line for line in lines if line.startswith("| one"))
    assert (row.split("|")[2].split()[0], row.split("|")[5].split()[0]) == ("$0.300", "$300")
    assert lines[-1].startswith(
        "Nothing says how many requests come. For a month: bakeoff cost latest --requests 240000"
    )
    assert "a month (" not in done.out
    told = json.loads(shop.bakeoff("cost", "latest", "--json").out)
    assert told["traffic"] is None
    assert ["month" in it["bill"] for it in told["costs"]] == [False, False]
    with_requests = shop.bakeoff("cost", "latest", "--requests", "1000").out
    assert "text: 1,000 requests a month" in with_requests
    assert "Nothing says" not in with_requests
    batched = shop.bakeoff("cost", "latest", "--batch-share", "0.4").out
    assert "40% of the requests wait for a batch" in batched
    shop.write(
        "bakeoff.yaml", (shop.folder / "bakeoff.yaml").read_text() + "exchange: {cny_per_usd: 7, date: 2026-11-01}\n"
    )
    assert "one: ¥2.10 a request\n" in shop.bakeoff("cost", "latest").out
