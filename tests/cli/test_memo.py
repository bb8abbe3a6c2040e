"""`bakeoff memo`: where it is written, in which language and format, and at which volumes it prices a month."""

import io

import pytest
from docx import Document as read_docx

from tests.cli.conftest import BAKEOFF, Desk


def test_formats_languages_and_volumes(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    (run,) = desk.runs
    assert "requests_a_month: [10000, 100000, 1000000]" in (run / "memo.md").read_text(encoding="utf-8")
    desk.write("bakeoff.yaml", BAKEOFF + "traffic: {requests_per_month: 240000}\n")
    assert desk.bakeoff("memo", "latest").out.strip().endswith("memo.md")
    assert "requests_a_month: [24000, 240000, 2400000]" in (run / "memo.md").read_text(encoding="utf-8")
    done = desk.bakeoff("memo", "latest", "--format", "docx", "--lang", "zh", "--requests", "9000,500")
    assert done.out.strip().endswith("memo.zh.docx")
    texts = [
        cell.text for cell in read_docx(io.BytesIO((run / "memo.zh.docx").read_bytes())).tables[0].columns[1].cells
    ]
    assert "500、9,000" in texts


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
