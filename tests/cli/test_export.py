"""`bakeoff export` and `report --redact-content`: what they write, and where."""

import csv
import io

from harness.report.exports import read_jsonl
from tests.cli.conftest import CAPITALS, Desk


def test_a_table_lies_in_the_runs_folder(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    said = desk.bakeoff("export", "latest").out.strip()
    text = (desk.folder / said).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {(row["candidate"], row["sample"], row["answer"], row["quality"]) for row in rows} == {
        (name, question, answer, "1.0") for name in ("one", "two") for question, answer in CAPITALS.items()
    }


def test_lines_go_where_they_are_told_to(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    shown = desk.bakeoff("export", "latest", "--format", "jsonl", "-o", "-").out
    desk.bakeoff("export", "latest", "--format", "jsonl", "-o", "a.jsonl")
    assert (desk.folder / "a.jsonl").read_text(encoding="utf-8") == shown
    assert len(read_jsonl(shown)) == 2 * len(CAPITALS)


def test_other_formats_are_refused(desk: Desk) -> None:
    assert "csv or jsonl, not 'xml'" in desk.bakeoff("export", "latest", "--format", "xml", code=2).err


def test_a_page_without_content_lies_beside_the_other(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    desk.bakeoff("report", "latest", "--redact-content")
    (run,) = desk.runs
    assert "Madrid" in (run / "report.html").read_text(encoding="utf-8")
    assert "Madrid" not in (run / "report-redacted.html").read_text(encoding="utf-8")
