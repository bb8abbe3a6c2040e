"""Tables of options with their rule: every way to write one, and every fault with its cell."""
# ruff: noqa: E501 - tables have one case a line

from pathlib import Path

import openpyxl
import pytest

from harness.config.option_table import MAX_OPTIONS, load_table
from harness.core.option_table import Cell, OptionTable, Rice
from harness.core.rules import Criterion, Gate, Scale
from harness.errors import Problem, UsageError
from tests.config.conftest import place

SHEET = "option,reach,effort low,effort,effort high,owner\nchat,9000,2,3,5,Ana\nvoice,,4,,8,Bo\n"
RULE = """\
criteria:
  reach: {worst: 0, ideal: 10000, weight: 3}
  work: {metric: effort, worst: 20, ideal: 1, weight: 1, scale: log}
gates:
  - {metric: effort, max: 9}
"""
CELLS = ((Cell(value=9000), Cell(value=3, low=2, high=5)), (Cell(), Cell(low=4, high=8)))


def write(folder: Path, sheet: str | bytes = SHEET, rule: str | None = RULE, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(sheet.encode() if isinstance(sheet, str) else sheet)
    if rule is not None:
        path.with_suffix(".yaml").write_text(rule, encoding="utf-8")
    return path


def loaded(folder: Path, sheet: str | bytes = SHEET, rule: str = RULE, name: str = "t.csv") -> OptionTable:
    return load_table(write(folder, sheet, rule, name))


def problems(path: Path, rule_file: Path | None = None) -> tuple[Problem, ...]:
    with pytest.raises(UsageError) as caught:
        load_table(path, rule_file)
    assert caught.value.exit_code == 2
    return caught.value.problems


def test_a_table_and_its_rule(tmp_path: Path) -> None:
    table = loaded(tmp_path)
    assert (table.name, table.options, table.metrics) == ("t.csv", ("chat", "voice"), ("reach", "effort"))
    assert table.cells == CELLS
    assert table.unread == ("owner",)
    assert table.rule.slot == "t"
    assert table.rule.criteria == (
        Criterion(name="reach", metric="reach", worst=0, ideal=10000, weight=3),
        Criterion(name="work", metric="effort", worst=20, ideal=1, weight=1, scale=Scale.LOG),
    )
    assert table.rule.gates == (Gate(metric="effort", max=9),)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_sheets_in_every_encoding_of_excel(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [
        ["方案", "用户数", "工作量最低", "工作量", "工作量最高"],
        ["客服对话", "9000", "2", "3", "5"],
        ["语音点餐", "未知", "4", "", "8"],
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    rule = "criteria:\n  用户数: {worst: 0, ideal: 10000, weight: 3}\n  工作量: {worst: 20, ideal: 1, weight: 1}\n"
    table = loaded(tmp_path, text.encode(encoding), rule)
    assert (table.options, table.metrics, table.cells) == (("客服对话", "语音点餐"), ("用户数", "工作量"), CELLS)


def test_a_workbook_and_the_rule_that_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ("option", "reach", "Effort (low)", "effort", "effort_high"),
        ("chat", 9000, 2, 3.0, 5),
        ("voice", None, 4, None, 8),
    ):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    rule = tmp_path / "other.yml"
    rule.write_text(RULE)
    assert load_table(tmp_path / "t.xlsx", rule).cells == CELLS


def test_an_interval_may_stand_alone_and_a_lone_end_is_a_column(tmp_path: Path) -> None:
    sheet = "option,Effort low,Effort high,staff on high\nchat,1,2,7\n"
    rule = "criteria:\n  Effort: {worst: 9, ideal: 0, weight: 1}\n  staff on high: {worst: 0, ideal: 9, weight: 1}\n"
    table = loaded(tmp_path, sheet, rule)
    assert table.metrics == ("Effort", "staff on high")
    assert table.cells == ((Cell(low=1, high=2), Cell(value=7)),)


@pytest.mark.parametrize(
    ("sheet", "code", "at", "message", "hint"),
    [
        pytest.param("", "E302", "t.csv", "holds no option", "first row names the columns", id="empty"),
        pytest.param("option,reach\n\n", "E302", "t.csv", "holds no option", "first row", id="header alone"),
        pytest.param(b"option,reach\nchat,\xe9\n", "E310", "t.csv", "neither UTF-8", "CSV UTF-8", id="no text"),
        pytest.param("option\nchat\n", "E311", "t.csv:1:1", "no column stands beside", None, id="no column"),
        pytest.param("option,reach,effort,reach\nchat,1,2,3\n", "E311", "t.csv:1:4", "two columns are called 'reach'", "rename", id="twice"),
        pytest.param("option,reach,effort,effort low\nchat,1,2,3\n", "E311", "t.csv:1:4", "is the low end of intervals without another", "effort high", id="one end"),
        pytest.param("option,reach,effort\nchat,1,2,3\n", "E303", "t.csv:2:4", "4 cells, the header 3", "double quotes", id="too many cells"),
        pytest.param('option,reach,effort\nchat,"1,2\n', "E303", "t.csv:2", "malformed table", None, id="open quote"),
        pytest.param("option,reach,effort\n,1,2\n", "E306", "t.csv:2:1", "cell A2: the option has no name", None, id="no name"),
        pytest.param("option,reach,effort\nchat,1,2\nchat,1,2\n", "E304", "t.csv:3:1", "cell A3: the option 'chat' stands in line 2 too", "rename", id="option twice"),
        pytest.param("option,reach,effort\n\nchat,lots,2\n", "E306", "t.csv:3:2", "cell B3: 'lots' is no number", "leave a cell empty", id="no number"),
        pytest.param("option;reach;effort\nchat;1.200;2\n", "E306", "t.csv:2:2", "'1.200' may be 1200 or 1.200", "1234.5", id="thousands"),
        pytest.param("option,reach,effort\nchat,1,-2\n", "E306", "t.csv:2:3", "'effort' of 'chat' is -2, and its criterion has a log scale", None, id="log below 0"),
        pytest.param("option,reach,effort,effort low,effort high\nchat,1,2,3,4\n", "E306", "t.csv:2:3", "'effort' of 'chat' is 2, outside of its interval from 3 to 4", None, id="outside"),
        pytest.param("option,reach,effort low,effort high\nchat,1,5,4\n", "E306", "t.csv:2:3", "low end 5 is above its high end 4", None, id="ends the wrong way round"),
        pytest.param("option,reach,effort low,effort high\nchat,1,5,\n", "E306", "t.csv:2:3", "one end of an interval and not the other", None, id="half an interval"),
        pytest.param("option,reach,effort\n" + "".join(f"o{i},1,2\n" for i in range(MAX_OPTIONS + 1)), "E309", "t.csv", "51 options by 2 columns", None, id="too many"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_decided(
    tmp_path: Path, sheet: str | bytes, code: str, at: str, message: str, hint: str | None
) -> None:
    (found,) = problems(write(tmp_path, sheet))
    assert (found.code, place(found)) == (code, at)
    assert message in found.message
    assert hint is None or hint in str(found.hint)


@pytest.mark.parametrize(
    ("rule", "code", "at", "message", "hint"),
    [
        pytest.param("", "E204", "t.yaml:1:1", "expected a mapping, came nothing", None, id="empty"),
        pytest.param("gates: []", "E206", "t.yaml:1:1", "the key 'criteria' is missing", None, id="no criteria"),
        pytest.param("criteria: {reach: {worst: 0, ideal: 9, wieght: 1}}", "E202", "t.yaml:1:40", "unknown key 'wieght'", "did you mean 'weight'?", id="key"),
        pytest.param("criteria: {reach: {worst: 0, ideal: 9}}", "E206", "t.yaml:1:19", "the key 'weight' is missing", None, id="no weight"),
        pytest.param("criteria: {rich: {worst: 0, ideal: 9, weight: 1}}", "E215", "t.yaml:1:12", "'rich' is not known", "did you mean 'reach'?", id="no such column"),
        pytest.param("criteria: {a: {metric: dnsmos_ovrl, worst: 0, ideal: 9, weight: 1}}", "E215", "t.yaml:1:24", "the metric 'dnsmos_ovrl' is not known", "known: reach, effort, owner", id="a metric of runs"),
        pytest.param("criteria: {reach: {worst: 9, ideal: 9, weight: 1}}", "E216", "t.yaml:1:37", "are equal", None, id="anchors"),
        pytest.param("criteria: {reach: {worst: 0, ideal: 9, weight: 0}}", "E217", "t.yaml:1:1", "are zero", None, id="weights"),
        pytest.param("criteria: {reach: {worst: 0, ideal: 9, weight: 1}}\nmust_pass: [chta]", "E208", "t.yaml:2:13", "no option 'chta'", "did you mean 'chat'?", id="must pass"),
        pytest.param(f"{RULE}cost: efort\n", "E215", "t.yaml:6:7", "'efort' is not known", "did you mean 'effort'?", id="cost"),
        pytest.param(f"{RULE}rice: {{reach: reach, impact: rach, effort: effort}}\n", "E215", "t.yaml:6:30", "'rach' is not known", "did you mean 'reach'?", id="RICE"),
        pytest.param("criteria: [", "E201", "t.yaml:1:12", "malformed YAML", None, id="no YAML"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_decide(
    tmp_path: Path, rule: str, code: str, at: str, message: str, hint: str | None
) -> None:
    (found,) = problems(write(tmp_path, rule=rule))
    assert (found.code, place(found)) == (code, at)
    assert message in found.message
    assert hint is None or hint in str(found.hint)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param("cost: spare\n", "'spare' of 'voice' is -1, and it is what options cost", id="cost"),
        pytest.param(
            "rice: {reach: spare, impact: reach, effort: reach}\n",
            "'spare' of 'voice' is -1, and RICE multiplies by it",
            id="a factor",
        ),
        pytest.param(
            "rice: {reach: reach, impact: reach, effort: spare}\n",
            "'spare' of 'chat' is 0, and RICE divides by it",
            id="effort",
        ),
    ],
)
def test_a_column_that_cannot_be_what_the_rule_makes_of_it(tmp_path: Path, more: str, message: str) -> None:
    found = problems(write(tmp_path, "option,reach,effort,spare\nchat,1,2,0\nvoice,1,2,-1\n", RULE + more))
    assert {it.code for it in found} == {"E306"}
    assert any(message in it.message for it in found)


def test_columns_of_cost_and_rice_are_read_beside_the_criteria(tmp_path: Path) -> None:
    table = loaded(tmp_path, SHEET.replace("Ana", "1").replace("Bo", "2"),
                   RULE + "cost: owner\nrice: {reach: reach, impact: owner, effort: effort}\n")  # fmt: skip
    assert (table.metrics, table.unread, table.rule.cost) == (("reach", "effort", "owner"), (), "owner")
    assert table.rice == Rice(reach="reach", impact="owner", effort="effort")


def test_quality_of_a_table_is_no_share(tmp_path: Path) -> None:
    rule = "criteria: {quality: {worst: 1, ideal: 10, weight: 1}}"
    assert loaded(tmp_path, "option,quality\nchat,7\n", rule).rule.criteria[0].ideal == 10


def test_without_a_rule_one_to_fill_in_is_shown(tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, rule=None))
    assert found.code == "E200"
    assert str(tmp_path / "t.yaml") in found.message
    assert str(found.hint).splitlines()[1:] == [
        "criteria:",
        "  reach: {worst: ?, ideal: ?, weight: ?}  # 9000 to 9000 in the table",
        "  effort: {worst: ?, ideal: ?, weight: ?}  # 2 to 8 in the table",
    ]
    (named,) = problems(tmp_path / "t.csv", tmp_path / "gone.yaml")
    assert "gone.yaml" in named.message


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path)
    (found,) = problems(tmp_path / "tt.csv")
    assert (found.code, found.hint) == ("E301", "did you mean 't.csv'?")


def test_every_problem_of_both_files_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "option,reach,effort\nchat,lots,2\nvoice,1,few\n", RULE.replace("max: 9", "mx: 9"))
    assert [(it.code, place(it)) for it in problems(path)] == [
        ("E202", "t.yaml:5:22"),
        ("E306", "t.csv:2:2"),
        ("E306", "t.csv:3:3"),
    ]
