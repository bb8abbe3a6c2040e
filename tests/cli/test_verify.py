"""`bakeoff verify`: passes on what the records say, and fails after any of it was changed."""

import json
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import docx
import pytest

from tests.cli.conftest import BAKEOFF, Desk
from tests.execute.bakeoffs import failed

Change = Callable[[Path], None]


def row(sql: str) -> Change:
    """Change the run's database."""

    def change(run: Path) -> None:
        with closing(sqlite3.connect(run / "run.db", isolation_level=None)) as db:
            assert db.execute(sql).rowcount > 0

    return change


def text(name: str, old: str, new: str) -> Change:
    """Change one place of a file."""

    def change(run: Path) -> None:
        written = (run / name).read_text(encoding="utf-8")
        assert old in written
        (run / name).write_text(written.replace(old, new, 1), encoding="utf-8")

    return change


def test_what_the_records_say_is_verified(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    before = {
        path.name: path.read_bytes() for path in desk.runs[0].iterdir() if path.suffix in (".json", ".md", ".html")
    }
    done = desk.bakeoff("verify", "latest")
    assert "Derived again and the same: 8 costs, 8 scores," in done.out
    for part in ("values of decision.json", "values of draws.json", "lines of memo.md", "figures of report.html"):
        assert part in done.out
    assert "Not derived again" not in done.out
    assert before == {name: (desk.runs[0] / name).read_bytes() for name in before}, "verify writes nothing"
    assert len(desk.client.sent) == 8, "verify sends nothing"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param(
            row("UPDATE call SET text = 'Rome' WHERE plan = 1"), "exact_match of", id="an answer"
        ),
        pytest.param(row("UPDATE call SET cost_usd = '0.5' WHERE plan = 2"), "cost of", id="a cost"),
        pytest.param(row("UPDATE score SET value = 0.25 WHERE plan = 3"), "exact_match of", id="a score"),
        pytest.param(row("UPDATE call SET total_ms = 9e9 WHERE plan = 1"), "decision.json evidence_", id="a time"),
        pytest.param(
            row("UPDATE run SET manifest = replace(manifest, 'usd_per_hour\":\"0.1', 'usd_per_hour\":\"0.2')"),
            "decision.json evidence_sha256", id="a price",
        ),
        pytest.param(
            row("UPDATE sample SET document = replace(document, 'Paris', 'Lyon')"), "decision.json evidence_sha256",
            id="an answer key",
        ),
        pytest.param(text("decision.json", '"draws": 10000', '"draws": 9999'), "decisions[text].draws", id="a number"),
        pytest.param(text("draws.json", '"draws": 10000', '"draws": 9999'), "draws.json latitudes[text]", id="a draw"),
        pytest.param(text("memo.md", "Score: ", "Score: 9"), "memo.md line", id="a number of the memo"),
        pytest.param(text("report.html", '<data value="', '<data value="7'), "report.html ", id="a figure of it"),
        pytest.param(text("report.html", "</main>", "<p>Buy it.</p></main>"), "report.html line", id="a word"),
    ],
)  # fmt: skip
def test_whatever_is_changed_is_found(ran: Desk, change: Change, where: str) -> None:
    change(ran.runs[0])
    done = ran.bakeoff("verify", "latest", code=74)
    assert where in done.out
    document = json.loads(ran.bakeoff("verify", "latest", "--json", code=74).out)
    assert not document["verified"]
    assert any(where in line for part in document["parts"] for line in part["differences"])


def test_refused_calls_of_a_priced_model_are_no_damage(desk: Desk) -> None:
    desk.entries.clear()
    desk.candidate("one", more="    model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.02}\n")
    script = desk.client.script
    desk.client.script = lambda request, target: (
        failed("bad_request") if "Japan" in str(request) else script(request, target)
    )
    desk.bakeoff("run", code=None)
    assert "4 costs" in desk.bakeoff("verify", "latest").out


def test_who_signs_may_complete_the_memo(ran: Desk) -> None:
    text("memo.md", "decision-makers: []", 'decision-makers: ["A. Person"]')(ran.runs[0])
    text("memo.md", 'status: "proposed"', 'status: "accepted"')(ran.runs[0])
    assert "Derived again and the same" in ran.bakeoff("verify", "latest").out


def test_what_is_in_chinese_is_verified_at_the_volumes_that_it_names(ran: Desk) -> None:
    ran.bakeoff("memo", "latest", "--lang", "zh", "--requests", "500,20000")
    ran.bakeoff("report", "latest", "--lang", "zh")
    assert '<html lang="zh-Hans">' in (ran.runs[0] / "report.html").read_text(encoding="utf-8")
    assert "lines of memo.zh.md" in ran.bakeoff("verify", "latest").out
    text("memo.zh.md", "得分：", "得分：9")(ran.runs[0])
    with (ran.runs[0] / "memo.zh.md").open("a", encoding="utf-8") as memo:
        memo.write("再见\n")
    told = ran.bakeoff("--lang", "zh", "verify", "latest", code=74).out
    assert re.search(r"^memo\.zh\.md 第 \d+ 行：写的是 '.*得分：9", told, re.MULTILINE)
    assert re.search(r"^memo\.zh\.md 第 \d+ 行：写的是 '再见'，按记录应为 空$", told, re.MULTILINE)
    assert "中有 2 处不同。" in told


def test_a_memo_in_word_is_verified_as_it_was_saved_by_whoever_signs(ran: Desk) -> None:
    for language in ("en", "zh"):
        ran.bakeoff("memo", "latest", "--format", "docx", "--lang", language, "--requests", "500,20000")
    english, chinese = (ran.runs[0] / name for name in ("memo.docx", "memo.zh.docx"))
    files = [docx.Document(str(path)) for path in (english, chinese)]
    for path, file in zip((english, chinese), files, strict=True):
        file.tables[0].cell(3, 1).text = "A. Person"
        file.save(str(path))
    done = ran.bakeoff("verify", "latest")
    assert "Derived again and the same" in done.out
    assert "lines of memo.docx" in done.out
    assert "lines of memo.zh.docx" in done.out

    links = [
        next(
            link for table in file.tables for row in table.rows for cell in row.cells
            for link in cell.paragraphs[0].hyperlinks if "$" in link.text
        ) for file in files
    ]  # fmt: skip
    links[0].runs[0].text = "$0.0123"
    files[1].part.rels[links[1]._hyperlink.rId]._target = "report.html#another"
    for path, file in zip((english, chinese), files, strict=True):
        file.save(str(path))
    done = ran.bakeoff("verify", "latest", code=74)
    assert "memo.docx line" in done.out
    assert "$0.0123" in done.out
    assert "report.html#another" in done.out

    english.write_bytes(b"PK no Word file")
    assert "memo.docx cannot be read: it is no Word file" in ran.bakeoff("verify", "latest", code=74).out


def test_a_memo_in_word_is_left_out_where_nothing_reads_word(ran: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ran.bakeoff("memo", "latest", "--format", "docx")
    monkeypatch.setitem(sys.modules, "docx", None)
    assert "Not derived again: memo.docx, because a memo in docx needs" in ran.bakeoff("verify", "latest").out


def test_what_cannot_be_derived_again_is_said(ran: Desk) -> None:
    (ran.runs[0] / "memo.md").unlink()
    ran.write("bakeoff.yaml", BAKEOFF.replace("exact_match", "contains"))
    done = ran.bakeoff("verify", "latest")
    assert "Not derived again: scores by contains, exact_match: the bake-off judges otherwise now." in done.out
    assert "Not derived again: memo.md was never written." in done.out


def test_a_decision_that_cannot_be_read_is_damage(ran: Desk) -> None:
    (ran.runs[0] / "decision.json").write_text("{", encoding="utf-8")
    assert "decision.json cannot be read" in ran.bakeoff("verify", "latest", code=74).err


def test_a_run_without_a_decision_names_the_command(ran: Desk) -> None:
    (ran.runs[0] / "decision.json").unlink()
    assert "bakeoff decide" in ran.bakeoff("verify", "latest", code=2).err


def test_what_is_decided_anew_says_what_is_now_out_of_date(ran: Desk) -> None:
    signed = (ran.runs[0] / "decision.json").read_bytes()
    where = ("-C", "../desk", "--runs", "reports")
    tried = ran.bakeoff("decide", "latest", *where, "--weights", "quality=0, cost=1", "--allow-incomplete", code=1).out
    command = tried.partition("decision.json stays as it is. To decide with these: bakeoff ")[2]
    verb, run, *options = shlex.split(command)
    assert [verb, Path(run), *options] == [
        "decide", Path("reports", ran.runs[0].name), "--weights", "quality=0, cost=1", "--keep",
        "--allow-incomplete", *where,
    ]  # fmt: skip
    assert (ran.runs[0] / "decision.json").read_bytes() == signed
    kept = ran.bakeoff(verb, run, *options, code=1).out
    assert "not with those that were frozen before the run; report, memo and exports will say so" in kept
    changed = "weights or gates are not those that were frozen before the first call"
    assert changed in ran.bakeoff("export", "latest", "--format", "md", "-o", "-").out
    assert "changed since it was frozen" in ran.bakeoff("export", "latest", "--format", "junit", "-o", "-").out
    assert "decided anew" in ran.bakeoff("verify", "latest", code=74).out
    ran.bakeoff("report", "latest")
    ran.bakeoff("memo", "latest")
    assert "Derived again and the same" in ran.bakeoff("verify", "latest").out
    ran.bakeoff("decide", "latest", code=1)
    assert "decided anew" in ran.bakeoff("verify", "latest", code=74).out
