"""`bakeoff memo`: where it is written, in which language and format, and at which volumes it prices a month."""

import io
import json
import math
import re
from statistics import NormalDist

import pytest
from docx import Document as read_docx

from tests.cli.conftest import BAKEOFF, Desk


def test_formats_languages_and_volumes(ran: Desk) -> None:
    (run,) = ran.runs
    assert "requests_a_month: [10000, 100000, 1000000]" in (run / "memo.md").read_text(encoding="utf-8")
    ran.write("bakeoff.yaml", BAKEOFF + "traffic: {requests_per_month: 240000}\n")
    assert ran.bakeoff("memo", "latest").out.strip().endswith("memo.md")
    assert "requests_a_month: [24000, 240000, 2400000]" in (run / "memo.md").read_text(encoding="utf-8")
    done = ran.bakeoff("memo", "latest", "--format", "docx", "--lang", "zh", "--requests", "9000,500")
    assert done.out.strip().endswith("memo.zh.docx")
    texts = [
        cell.text for cell in read_docx(io.BytesIO((run / "memo.zh.docx").read_bytes())).tables[0].columns[1].cells
    ]
    assert "500、9,000" in texts


TRAFFIC = """traffic:
  users: 2000
  requests_per_user: 120
  volume_cv: 0.15
  seat: {gross_margin: 0.75, price: 20, overhead: 0.12, infra: 1.1, fee_share: 0.029, fee_fixed: 0.3}
  self_hosting: {usd_per_gpu_hour: 2.9, requests_per_s: 6.5, peak_requests_per_s: 9}
"""


def test_with_a_traffic_it_says_what_a_product_costs_and_what_a_seat_may_ask(desk: Desk) -> None:
    desk.write("bakeoff.yaml", BAKEOFF + TRAFFIC)
    desk.bakeoff("run", code=None)
    (run,) = desk.runs
    memo = (run / "memo.md").read_text(encoding="utf-8")
    (decision,) = json.loads((run / "decision.json").read_text(encoding="utf-8"))["decisions"]
    cells = {
        row[0]: [re.sub(r"\]\(.*?\)|[\\[\]$,%]", "", cell) for cell in row[1:]]
        for table in re.findall(
            r"(?:^\|.*\n)+", memo.partition("### Price and margin")[2].partition("###")[0], re.MULTILINE
        )
        for row in ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:])
        if "Breaks even at" in table.splitlines()[0]
    }
    assert cells.keys() == decision["estimates"].keys()
    for name, shown in cells.items():
        (request,) = (e["value"] for e in decision["estimates"][name] if e["metric"] == "usd_per_request")
        cost = 120 * request * 1.12 + 1.1
        left = {margin: 20 * (1 - margin - 0.029) - 0.3 - 1.1 for margin in (0.0, 0.75)}
        caps = {margin: amount / (request * 1.12) for margin, amount in left.items()}
        middle = math.log(120) - 0.5
        wanted = [cost, (cost + 0.3) / 0.971, (cost + 0.3) / 0.221, 20, caps[0.75]]
        assert [float(text) for text in shown[:-1]] == pytest.approx(wanted, rel=5e-3)
        losing = 1 - NormalDist(middle, 1).cdf(math.log(caps[0.0]))
        assert shown[-1] in ("0", "<0.1") or float(shown[-1]) == pytest.approx(100 * losing, abs=0.05)
    assert "On machines of your own (3 at work or to spare)" in memo
    assert "What the words mean:" in memo

    desk.bakeoff("memo", "latest", "--format", "docx")
    desk.write("bakeoff.yaml", BAKEOFF + TRAFFIC.replace("2000", "9"))  # what it was priced for stands in the memo
    assert "Derived again and the same" in desk.bakeoff("verify", "latest").out
    (run / "memo.md").write_text(memo.replace("Price and margin\n\n240", "Price and margin\n\n250"), encoding="utf-8")
    assert "memo.md line" in desk.bakeoff("verify", "latest", code=74).out


def test_a_traffic_of_other_suites_prices_no_product(desk: Desk) -> None:
    desk.write("bakeoff.yaml", BAKEOFF + "traffic: {requests_per_month: 9000, mix: {other: 1}}\n")
    desk.bakeoff("run", code=None)
    memo = (desk.runs[0] / "memo.md").read_text(encoding="utf-8")
    assert "requests_a_month: [900, 9000, 90000]" in memo
    assert "Price and margin" not in memo


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--format", "pdf"), "the memo is written as md or docx, not 'pdf'", id="format"),
        pytest.param(("--lang", "de"), "--lang is en or zh, not 'de'", id="language"),
        pytest.param(("--requests", "many"), "--requests takes whole numbers above 0, not 'many'", id="no number"),
        pytest.param(("--requests", "0"), "--requests takes whole numbers above 0, not '0'", id="nothing"),
    ],
)
def test_what_it_cannot_do_is_an_error(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    assert said in desk.bakeoff("memo", "latest", *arguments, code=2).err


def test_a_report_speaks_the_same_languages(desk: Desk) -> None:
    assert "--lang is en or zh, not 'de'" in desk.bakeoff("report", "latest", "--lang", "de", code=2).err
