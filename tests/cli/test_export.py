"""`bakeoff export` and `report --redact-content`: what they write, and where."""

import csv
import io
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from harness.core.decision import GateStatus
from harness.report.exports import read_jsonl
from harness.store.decision_file import decisions
from tests.cli.conftest import CAPITALS, Desk


def test_a_table_lies_in_the_runs_folder(ran: Desk) -> None:
    said = ran.bakeoff("export", "latest").out.strip()
    text = (ran.folder / said).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {(row["candidate"], row["sample"], row["answer"], row["quality"]) for row in rows} == {
        (name, question, answer, "1.0") for name in ("one", "two") for question, answer in CAPITALS.items()
    }


def test_lines_go_where_they_are_told_to(ran: Desk) -> None:
    shown = ran.bakeoff("export", "latest", "--format", "jsonl", "-o", "-").out
    ran.bakeoff("export", "latest", "--format", "jsonl", "-o", "a.jsonl")
    assert (ran.folder / "a.jsonl").read_text(encoding="utf-8") == shown
    assert len(read_jsonl(shown)) == 2 * len(CAPITALS)


def test_other_formats_are_refused(desk: Desk) -> None:
    assert "parquet, md, junit, not 'xml'" in desk.bakeoff("export", "latest", "--format", "xml", code=2).err


def test_a_decision_is_a_comment_a_page_of_ci_and_a_workbook(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(desk.folder / "summary.md"))
    shown = desk.bakeoff("run", code=None).out
    for name in ("md", "junit", "xlsx"):
        desk.bakeoff("export", "latest", "--format", name)
    (run,) = desk.runs
    told = (run / "decision.md").read_text(encoding="utf-8")
    assert (desk.folder / "summary.md").read_text(encoding="utf-8").strip() == told.strip()
    assert told.strip() in shown
    (suite,) = ElementTree.parse(run / "junit.xml").getroot()
    gates = [result for decision in decisions(run) for line in decision.ranking for result in line.gates]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("text", str(len(gates)), "0")
    unproven = [result.reason for result in gates if result.status is GateStatus.UNPROVEN]
    assert [case.get("message") for case in suite.findall("testcase/skipped")] == unproven
    book = load_workbook(run / "answers.xlsx")
    assert book.sheetnames == ["decision text", "answers"]
    heads, *rows = book["answers"].iter_rows(values_only=True)
    place = heads.index("answer")
    assert sorted(str(row[place]) for row in rows) == sorted(2 * list(CAPITALS.values()))
    assert {type(row[heads.index("total_ms")]) for row in rows} <= {int, float, type(None)}
    for name in ("xlsx", "parquet"):
        assert "no text" in desk.bakeoff("export", "latest", "--format", name, "-o", "-", code=2).err


def test_a_page_without_content_lies_beside_the_other(ran: Desk) -> None:
    ran.bakeoff("report", "latest", "--redact-content")
    (run,) = ran.runs
    assert "Madrid" in (run / "report.html").read_text(encoding="utf-8")
    assert "Madrid" not in (run / "report-redacted.html").read_text(encoding="utf-8")
