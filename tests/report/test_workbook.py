"""A workbook computes nothing that a model wrote, and holds what fits into a cell."""

import io
from dataclasses import replace

from openpyxl import load_workbook

from harness.core.calls import Output, Role
from harness.core.firmness import Tier
from harness.report.exports import rows
from harness.report.workbook import LONGEST, workbook
from tests.decide.cases import decided
from tests.report.benches import Bench, freeze, text_slot


def test_a_decision_is_numbers_that_can_be_reckoned_with() -> None:
    usd = "usd_per_1k_requests"
    decision = decided({"alpha": {"quality": 0.9, usd: 1.0}, "bravo": {"quality": None, usd: None}}, noise=0.02)
    sheet = load_workbook(io.BytesIO(workbook("run", (decision,), [])))[f"decision {decision.slot}"]
    heads, first, second, *_ = sheet.iter_rows(values_only=True)
    alpha, bravo = (dict(zip(heads, row, strict=True)) for row in (first, second))
    (ranked, _) = decision.ranking
    (quality, cost), (value, _) = decision.matrix.raw[0], decision.matrix.values[0]
    assert (alpha["rank"], alpha["candidate"], alpha["score"]) == (1, "alpha", ranked.score)
    assert (alpha["score low"], alpha["score high"], alpha["P(best)"]) == (ranked.low, ranked.high, ranked.p_best)
    told = [alpha[f"quality: quality{end}"] for end in ("", " low", " high", " value")]
    assert told == [quality.value, quality.low, quality.high, value]
    assert alpha[f"cost: {usd}"] == cost.value == 1.0
    assert [bravo[name] for name in ("score", "quality: quality", f"cost: {usd}")] == [None, None, None]


def test_a_decision_keeps_what_the_terminal_marks() -> None:
    measured = {"quality": 0.9, "usd_per_1k_requests": 1.0, "coverage": 0.75}
    decision = decided({"alpha": measured}, bounded=["alpha"])
    tiers = {"alpha": Tier(letters="a", best=1, worst=1)}
    separation = replace(decision.firmness.separation, tiers=tiers)
    decision = replace(decision, firmness=replace(decision.firmness, separation=separation))
    sheet = load_workbook(io.BytesIO(workbook("run", (decision,), [])))[f"decision {decision.slot}"]
    heads, row, *_ = sheet.iter_rows(values_only=True)
    alpha = dict(zip(heads, row, strict=True))
    assert [alpha[name] for name in ("on quality", "coverage", "P(best)")] == ["a", 0.75, None], "nobody is better"
    named = ("quality: quality", "cost: usd_per_1k_requests")
    told = [(alpha[f"{name} n"], alpha[f"{name} estimated calls"]) for name in named]
    assert told == [(100, 0), (100, 3)]


def test_hostile_and_long_answers_are_text() -> None:
    bench = Bench()
    text_slot(bench, n=4)
    hostile = ("=1+1", "#N/A", "\u202e\x00 hidden", "x" * 40_000)
    for i, text in enumerate(hostile):
        bench.answers[i] = replace(bench.answers[i], outcome=Output(text=text))
    evidence = freeze(bench)
    found = rows(evidence, [record.call.key for record in evidence.records[Role.ANSWER]])
    sheet = load_workbook(io.BytesIO(workbook("run", (), found)))["answers"]
    heads = [cell.value for cell in sheet[1]]
    cells = [sheet.cell(row=i + 2, column=heads.index("answer") + 1) for i in range(len(hostile))]
    assert {cell.data_type for cell in cells} == {"s"}
    shown = [str(cell.value) for cell in cells]
    assert shown[:3] == ["'=1+1", "#N/A", "⟨U+202E⟩⟨U+0000⟩ hidden"]
    assert shown[3].startswith("x" * LONGEST + " …")
    assert "8000 more characters" in shown[3]
