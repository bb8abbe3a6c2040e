"""Ceilings on the command line: what stops a run, what a resume remembers, what is not counted as nothing."""

import json
from decimal import Decimal

import pytest

from harness.store.ledger import Ledger
from harness.store.lock import sending
from tests.cli.conftest import BAKEOFF, Desk

PRICED = "    model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}\n"
"""A call of the scripted client costs $0.20; its worst case is a little more."""
SHORT = BAKEOFF.replace("scorer:", "max_tokens: 10, scorer:")


@pytest.fixture
def priced(desk: Desk) -> Desk:
    desk.entries.clear()
    desk.write("bakeoff.yaml", SHORT)
    desk.candidate("one", more=PRICED)
    return desk


def spent(desk: Desk, number: int) -> Decimal:
    with Ledger.open(desk.runs[number], write=False) as ledger:
        return ledger.spent()


def test_a_resume_keeps_the_budget_of_the_command_line(priced: Desk) -> None:
    stopped = priced.bakeoff("run", "--budget", "0.7", code=5)
    assert "could pass the budget of $0.7. Fix: resume with a higher --budget." in stopped.err
    sent = len(priced.client.sent)
    assert 0 < sent < 4
    priced.bakeoff("run", "--resume", "latest", code=5)
    assert len(priced.client.sent) == sent
    priced.bakeoff("run", "--resume", "latest", "--budget", "0.75", code=5)
    assert "budget of $0.75." in priced.bakeoff("run", "--resume", "latest", code=5).err
    priced.bakeoff("run", "--resume", "latest", "--budget", "50", code=None)
    assert len(priced.client.sent) == 4


def test_a_budget_that_buys_nothing_is_refused_before_a_run_begins(priced: Desk) -> None:
    priced.write("bakeoff.yaml", SHORT.replace("warm_up: 0", "warm_up: 0, budget_usd: 5"))
    refused = priced.bakeoff("run", "--budget", "0.1", code=2).err
    assert "error[E224]: the budget of $0.1 buys 0 of 4 calls: the cheapest call may cost $0." in refused
    assert "-->" not in refused, "it is the command line's, and not that of bakeoff.yaml"
    assert (priced.runs, priced.client.sent) == ([], [])


def test_a_budget_per_day_is_over_all_runs_of_the_folder(priced: Desk) -> None:
    priced.write("bakeoff.yaml", SHORT.replace("warm_up: 0", "warm_up: 0, budget_usd_per_day: 1.3"))
    priced.bakeoff("run", code=None)
    assert spent(priced, 0) == Decimal("0.80")
    done = priced.bakeoff("run", code=5)
    assert "could pass the budget of $1.3 per day." in done.err
    assert spent(priced, 1) in (Decimal("0.20"), Decimal("0.40"))
    priced.bakeoff("run", "--runs", "elsewhere", code=None)  # another folder, another purse


def test_a_run_beside_one_with_a_budget_per_day_is_refused_and_leaves_nothing(priced: Desk) -> None:
    (priced.folder / "reports").mkdir()
    with sending(priced.folder / "reports", alone=True):
        done = priced.bakeoff("run", code=75)
    assert "another run in" in done.err
    assert (priced.runs, priced.client.sent) == ([], [])


@pytest.mark.parametrize("flags", [["--allow-unpriced"], ["--max-calls", "5"]])
def test_what_has_no_price_is_bounded_by_its_number_or_refused(desk: Desk, flags: list[str]) -> None:
    done = desk.bakeoff("run", "--budget", "1", *flags, code=2)
    assert "--allow-unpriced and --max-calls go together" in done.err
    assert desk.runs == []


def test_what_has_no_price_is_asked_so_often_and_costs_what_was_not_measured(priced: Desk) -> None:
    priced.candidate("two", more="")
    (row,) = (line for line in priced.bakeoff("plan").out.splitlines() if line.startswith("| two "))
    assert [cell.strip() for cell in row.split("|")][-3:-1] == ["not known", "not known: no price of two"]
    refused = priced.bakeoff("run", "--budget", "9", code=2)
    assert "--allow-unpriced --max-calls N" in refused.err
    stopped = priced.bakeoff("run", "--budget", "9", "--allow-unpriced", "--max-calls", "3", code=5)
    assert "ceiling of 3 requests without a price. Nothing more is sent to two;" in stopped.err
    assert sorted(name for name, _ in priced.client.sent) == ["one"] * 4 + ["two"] * 3
    priced.bakeoff("run", "--resume", "latest", code=5)
    assert len(priced.client.sent) == 7
    priced.bakeoff("run", "--resume", "latest", "--allow-unpriced", "--max-calls", "4", code=None)
    assert len(priced.client.sent) == 8
    (decision,) = json.loads((priced.runs[0] / "decision.json").read_text(encoding="utf-8"))["decisions"]
    costs = {
        name: [e.get("value") for e in estimates if e["metric"] == "usd_per_1k_requests"]
        for name, estimates in decision["estimates"].items()
    }
    assert costs == {"one": [200.0], "two": [None]}
    assert "not measured" in (priced.runs[0] / "memo.md").read_text(encoding="utf-8")
