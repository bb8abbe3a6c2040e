"""A workbook computes nothing that a model wrote, and holds what fits into a cell."""

import io
from dataclasses import replace

from openpyxl import load_workbook

from harness.core.calls import Output, Role
from harness.report.exports import rows
from harness.report.workbook import LONGEST, workbook
from tests.report.benches import Bench, freeze, text_slot


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
