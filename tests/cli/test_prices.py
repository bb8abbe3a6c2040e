"""`bakeoff prices`: a folder's dated prices, what has changed since, and old runs at other prices."""

import json
from datetime import UTC, datetime

import pytest

from harness.core.candidates import Prices
from harness.core.canonical import from_json
from harness.store.ledger import Ledger
from tests.cli.conftest import BAKEOFF, Desk
from tests.report.pages import unlinked

OLD = '{"openai/one": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 0.01, "output_cost_per_token": 0.02}}'  # noqa: E501
NEW = OLD.replace("0.02", "0.05")
"""A call of the scripted client has 10 tokens in and 10 out: $0.30 then, $0.60 now."""


@pytest.fixture
def shop(desk: Desk) -> Desk:
    desk.entries.clear()
    desk.candidate("one", more="")
    desk.write("old.json", OLD)
    desk.write("new.json", NEW)
    return desk


def test_a_folder_keeps_its_prices_and_says_what_has_changed(shop: Desk) -> None:
    assert "one: no price" in shop.bakeoff("prices", "show").out
    assert "there is no prices.json" in shop.bakeoff("prices", "diff", code=2).err
    assert "prices of 1 model." in shop.bakeoff("prices", "update", "--from", "old.json").out
    stamp = json.loads((shop.folder / "prices.json").read_text(encoding="utf-8"))["bakeoff"]
    assert stamp["source"] == "old.json"
    assert stamp["date"] == f"{datetime.now(UTC):%Y-%m-%d}"
    shown = shop.bakeoff("prices", "show").out
    assert f"one: old.json, {stamp['date']}" in shown
    assert "  output_cost_per_token: $0.02" in shown
    assert "  for reference, a million tokens at 3:1 (input:output): $" in shown
    assert shop.bakeoff("prices", "diff", "old.json").out == "No price has changed.\n"
    changed = "openai/one: output_cost_per_token $0.02 -> $0.05 (+150%)\n"
    assert shop.bakeoff("prices", "diff", "new.json").out == changed
    assert shop.bakeoff("prices", "diff", "new.json", "--all").out == changed
    assert "is no price map" in shop.bakeoff("prices", "diff", "bakeoff.yaml", code=2).err


def test_a_run_keeps_its_prices_and_is_priced_anew_on_request(shop: Desk) -> None:
    shop.bakeoff("prices", "update", "--from", "old.json")
    shop.bakeoff("run", code=None)
    shop.write("traffic.yaml", "requests_per_month: 1000\n")

    def request(*arguments: str) -> float:
        done = shop.bakeoff("cost", "latest", "--traffic", "traffic.yaml", "--json", *arguments)
        return float(json.loads(done.out)["costs"][0]["bill"]["request"]["value"])

    assert request() == pytest.approx(0.30)
    assert request("--prices", "new.json") == pytest.approx(0.60)
    assert request() == pytest.approx(0.30), "the run keeps its own"
    assert (
        "At the prices of new.json."
        in shop.bakeoff("cost", "latest", "--traffic", "traffic.yaml", "--prices", "new.json").out
    )
    decision = (shop.runs[0] / "decision.json").read_bytes()
    anew = json.loads(shop.bakeoff("decide", "latest", "--prices", "new.json", "--json", code=None).out)["decisions"][0]
    per_1k = {e["metric"]: e.get("value") for e in anew["estimates"]["one"]}["usd_per_1k_requests"]
    assert per_1k == pytest.approx(600)
    assert (shop.runs[0] / "decision.json").read_bytes() == decision, "what was decided stays"
    with Ledger.open(shop.runs[0], write=False) as ledger:
        used = from_json(Prices, ledger.manifest().config["candidates"][0]["prices"])  # type: ignore[index,call-overload]
    assert (used.source, used.date) == ("old.json", f"{datetime.now(UTC):%Y-%m-%d}")


def test_prices_in_yuan_have_a_rate_or_are_not_known(desk: Desk) -> None:
    desk.entries.clear()
    yuan = "    model_info: {input_cost_per_token: 0.071, output_cost_per_token: 0.142}\n    bakeoff: {currency: CNY}\n"
    desk.candidate("one", more=yuan)
    told = desk.bakeoff("plan")
    assert "not known: no price of one" in told.out
    assert "one: priced in CNY, and bakeoff.yaml has no exchange" in told.err
    desk.write("bakeoff.yaml", BAKEOFF + "exchange: {cny_per_usd: 7.1, date: 2026-11-20}\n")
    shown = desk.bakeoff("prices", "show").out
    assert "one: providers.yaml, ¥7.1 a dollar, 2026-11-20" in shown
    assert "  input_cost_per_token: $0.010000000000000" in shown
    desk.bakeoff("run", code=None)
    desk.write("traffic.yaml", "requests_per_month: 1000\n")
    bill = desk.bakeoff("cost", "latest", "--traffic", "traffic.yaml").out
    assert "In yuan, at ¥7.1 a dollar (2026-11-20):" in bill
    assert "one: ¥2.13 a request, ¥2,130 a month" in bill
    assert "¥2,130 for 1,000 requests, at ¥7.1 a dollar (2026-11-20)" in unlinked(
        (desk.runs[0] / "memo.md").read_text("utf-8")
    )
    assert desk.bakeoff("verify", "latest").code == 0


def test_a_copy_that_cannot_be_read_is_told_with_everything_else(shop: Desk) -> None:
    shop.write("prices.json", "{")
    told = shop.bakeoff("check", code=2).err
    assert "prices.json cannot be read" in told
    assert "bakeoff prices update writes it anew" in told
