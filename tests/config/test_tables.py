"""Spreadsheets: encodings, delimiters, headers, cells."""
# ruff: noqa: E501 - tables have one case a line

import datetime
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest

from harness.config.data import load_samples
from harness.core.suites import Sample
from harness.errors import Problem, UsageError
from harness.scorers import ExactMatch
from tests.config.conftest import place

ROWS = (("输入", "参考答案", "标签"), ("你好，世界", "问候", "简单"), ("再见", "告别", "简单"))


def csv(folder: Path, content: str | bytes, name: str = "d.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def xlsx(folder: Path, rows: object) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:  # type: ignore[attr-defined]
        book.active.append(row)
    path = folder / "d.xlsx"
    book.save(path)
    return path


def refused(path: Path) -> Problem:
    with pytest.raises(UsageError) as caught:
        load_samples(path)
    assert len(caught.value.problems) == 1, caught.value.problems
    return caught.value.problems[0]


CHINESE = (
    Sample(id="row-2", input="你好，世界", target="问候", metadata={"tags": "简单"}),
    Sample(id="row-3", input="再见", target="告别", metadata={"tags": "简单"}),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_sheets_in_every_encoding_of_excel(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS)
    assert load_samples(csv(tmp_path, text.encode(encoding))) == CHINESE


def test_xlsx_gives_the_same_samples(tmp_path: Path) -> None:
    assert load_samples(xlsx(tmp_path, ROWS)) == CHINESE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("padded", [True, False])
def test_a_title_above_the_header_is_recognised_and_told(tmp_path: Path, delimiter: str, padded: bool) -> None:
    above = [("客服问答, 2026",), (), ("内部使用",)]
    cells = [(*row, *[""] * (3 - len(row))) if padded else row for row in above]
    notices: list[str] = []
    text = "\r\n".join(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in (*cells, *ROWS))
    (tmp_path / "text").mkdir()
    for path in (csv(tmp_path / "text", text), xlsx(tmp_path, (*cells, *ROWS))):
        samples = load_samples(path, notices=notices)
        assert [(it.id, it.input, it.target) for it in samples] == [
            ("row-5", "你好，世界", "问候"),
            ("row-6", "再见", "告别"),
        ]
        assert notices.pop() == f"{path.name}: row 4 names the columns; above it stands a title, '客服问答, 2026'"
    assert notices == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("question\nWhy; and how?\nWho?\n", id="one column, called as it should be"),
        pytest.param("question,\nWhy?,\n", id="an empty column"),
        pytest.param("input,target\nx,y\n", id="no title"),
    ],
)
def test_a_header_is_no_title(tmp_path: Path, text: str) -> None:
    notices: list[str] = []
    assert load_samples(csv(tmp_path, text), notices=notices)[0].id == "row-2"
    assert notices == []


@pytest.mark.parametrize("head", ["input", "问题", '"Question"'])
@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_of_one_column_keeps_what_parts_the_cells_of_others(tmp_path: Path, head: str, mark: str) -> None:
    samples = load_samples(csv(tmp_path, f"{head}\nTranslate: cat{mark} dog\nTranslate: house{mark} tree\n"))
    assert [sample.input for sample in samples] == [f"Translate: cat{mark} dog", f"Translate: house{mark} tree"]


def test_where_no_row_names_an_input_the_first_one_is_the_header(tmp_path: Path) -> None:
    notices: list[str] = []
    with pytest.raises(UsageError) as caught:
        load_samples(csv(tmp_path, "text\nhello, world\nbye, world\n"), notices=notices)
    assert [it.message for it in caught.value.problems] == [
        "no column for the input; the columns are 'text' (metadata)"
    ]
    assert notices == []


def test_a_title_may_hold_what_parts_no_cells(tmp_path: Path) -> None:
    notices: list[str] = []
    text = "Support questions, March 2026\nQuestion;Answer\nWhy, and how?;So\n"
    (sample,) = load_samples(csv(tmp_path, text), notices=notices)
    assert (sample.input, sample.target) == ("Why, and how?", "So")
    assert len(notices) == 1
    assert "row 2 names the columns; above it stands a title, 'Support questions, March 2026'" in notices[0]


def test_many_rows_of_one_cell_are_no_title(tmp_path: Path) -> None:
    assert (
        "no column for the input; the columns are 'a' (metadata)"
        in refused(csv(tmp_path, "a\nb\nc\nd\ninput,target\n")).message
    )


def test_tsv_keeps_commas(tmp_path: Path) -> None:
    (sample,) = load_samples(csv(tmp_path, "input\ttarget\na, b; c\td\n", "d.tsv"))
    assert (sample.input, sample.target) == ("a, b; c", "d")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("id,input,target,topic", {"id": "1", "input": "2", "target": "3", "topic": "4"}, id="own-names"),
        pytest.param("ID, Question ,ANSWER,x", {"id": "1", "input": "2", "target": "3", "x": "4"}, id="case-and-spaces"),
        pytest.param("编号,问题,答案,类别", {"id": "1", "input": "2", "target": "3", "category": "4"}, id="chinese"),
        pytest.param("#,prompt,expected_answer,tags", {"input": "2", "target": "3", "tags": "4", "#": "1"}, id="synonyms"),
        pytest.param("x,text,input,label", {"input": "3", "target": "4", "x": "1", "text": "2"}, id="label-is-the-target"),
        pytest.param("x,input,answer,label", {"input": "2", "target": "3", "tags": "4", "x": "1"}, id="label-is-a-tag"),
        pytest.param("input,prompt,target,lang", {"input": "1", "target": "3", "prompt": "2", "lang": "4"}, id="own-name-first"),
        pytest.param("cluster,input,,target", {"cluster": "1", "input": "2", "target": "4"}, id="column-without-name"),
        pytest.param("问题,标准答案,提示,输出", {"input": "1", "target": "2", "提示": "3", "输出": "4"}, id="strong-before-weak"),
        pytest.param("提示,输出,x,y", {"input": "1", "target": "2", "x": "3", "y": "4"}, id="weak-alone"),
        pytest.param("输入*,期望：,x (a),y", {"input": "1", "target": "2", "x (a)": "3", "y": "4"}, id="remarks"),
        pytest.param("input (tokens),input,target (old),target", {"input": "2", "target": "4", "input (tokens)": "1", "target (old)": "3"}, id="its-name-before-a-remark"),
        pytest.param("ｉｎｐｕｔ,a,b,c", {"input": "1", "a": "2", "b": "3", "c": "4"}, id="full-width"),
    ],
)  # fmt: skip
def test_headers(tmp_path: Path, header: str, expected: dict[str, str]) -> None:
    (sample,) = load_samples(csv(tmp_path, f"{header}\n1,2,3,4\n"))
    found = {"input": sample.input, "target": sample.target, **sample.metadata}
    if sample.id != "row-2":
        found["id"] = sample.id
    assert {key: value for key, value in found.items() if value is not None} == expected


@pytest.mark.parametrize(
    ("header", "guessed"),
    [
        pytest.param("input,Target:,tags", [], id="by-their-names"),
        pytest.param("input (tokens),target,tags", [("input (tokens)", "input")], id="by-a-remark"),
        pytest.param("提示,输出,x", [("提示", "input"), ("输出", "target")], id="by-what-others-use-too"),
        pytest.param("input,label,x", [("label", "target")], id="a-label-is-the-target"),
    ],
)
def test_what_a_column_is_only_taken_for_is_noticed(
    tmp_path: Path, header: str, guessed: list[tuple[str, str]]
) -> None:
    notices: list[str] = []
    load_samples(csv(tmp_path, f"{header}\n1,2,3\n"), notices=notices)
    assert notices == [f"d.csv: the column '{column}' is taken for the {field}" for column, field in guessed]


@pytest.mark.parametrize(
    ("text", "code", "line", "message"),
    [
        pytest.param("", "E302", None, "the dataset is empty", id="empty"),
        pytest.param("input,target\n", "E302", None, "the dataset is empty", id="header-alone"),
        pytest.param(
            "inptu,target\na,b\n",
            "E311",
            1,
            "no column for the input; the columns are 'inptu' (metadata), 'target' (target)",
            id="no-input-column",
        ),
        pytest.param(
            "输入,输出,标签\na,b,c\n", "E311", 1, "'输出' and '标签' could both be the target", id="two-that-could-be"
        ),
        pytest.param("question,prompt\na,b\n", "E311", 1, "'question' and 'prompt' both mean 'input'", id="two-inputs"),
        pytest.param("input,x,x\na,b,c\n", "E311", 1, "two columns are called 'x'", id="two-of-a-name"),
        pytest.param("input,target\na,b,c\n", "E303", 2, "the row has 3 cells, the header 2", id="too-many-cells"),
        pytest.param('input,target\n"a,b\n', "E303", 2, "malformed table", id="open-quote"),
        pytest.param("input,target\n\n ,b\n", "E306", 3, "the sample has no input", id="no-input"),
        pytest.param("id,input\na,b\na,c\n", "E304", 3, "stands in line 2 and in line 3", id="duplicate-id"),
        pytest.param("input,files\na,x.wav\n", "E308", 2, "media file not found: x.wav", id="missing-file"),
        pytest.param("input,files\na,../x.wav\n", "E307", 2, "outside the suite", id="file-outside"),
    ],
)
def test_refuses(tmp_path: Path, text: str, code: str, line: int | None, message: str) -> None:
    problem = refused(csv(tmp_path, text))
    assert (problem.code, problem.line) == (code, line)
    assert message in problem.message


def test_a_sheet_without_the_targets_that_are_needed_says_what_its_columns_are_taken_for(tmp_path: Path) -> None:
    path = csv(tmp_path, "问题,答复,标准\na,b,c\n")
    with pytest.raises(UsageError) as caught:
        load_samples(path, judge=ExactMatch())
    (problem,) = caught.value.problems
    assert (problem.code, place(problem), problem.hint) == ("E313", "d.csv:1:1", "did you mean '标准答案'?")
    assert problem.message == (
        "no column for the target, which exact_match judges against;"
        " the columns are '问题' (input), '答复' (metadata), '标准' (metadata)"
    )
    assert load_samples(path)[0].target is None, "where no scorer needs one, none is missing"


def test_rows_without_the_target_that_is_needed_are_named_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_samples(csv(tmp_path, "id,input,target\na,1,2\nb,3,\nc,5,\n"), judge=ExactMatch())
    (problem,) = caught.value.problems
    assert (problem.code, place(problem)) == ("E313", "d.csv:3:1")
    assert problem.message == "no target, which exact_match judges against: samples 'b', 'c'"


def test_a_near_header_is_suggested(tmp_path: Path) -> None:
    assert refused(csv(tmp_path, "inptu,target\na,b\n")).hint == "did you mean 'input'?"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("input,target\ncafé,crème\n".encode("latin-1"), id="latin-1"),
        pytest.param("input,target\nпривет,да\n".encode("cp1251"), id="cyrillic"),
        pytest.param("input,target\na,b\n".encode("utf-16-le"), id="utf-16-without-its-mark"),
        pytest.param(b"\x00\x01\x02\xff", id="binary"),
    ],
)
def test_unknown_encodings_are_refused_not_guessed(tmp_path: Path, raw: bytes) -> None:
    problem = refused(csv(tmp_path, raw))
    assert problem.code == "E310"
    assert "UTF-8" in str(problem.hint)


def test_lines_count_cells_of_several_lines(tmp_path: Path) -> None:
    problem = refused(csv(tmp_path, 'id,input\n1,"a\nb\nc"\n2,\n'))
    assert place(problem) == "d.csv:5"


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    samples = load_samples(csv(tmp_path, 'input\n"a\nb"\n\nc\n'))
    assert [sample.id for sample in samples] == ["row-2", "row-4"]


def test_excel_separator_line(tmp_path: Path) -> None:
    (sample,) = load_samples(csv(tmp_path, "sep=;\r\ninput;target\r\na,b;c\r\n"))
    assert (sample.input, sample.target) == ("a,b", "c")


def test_a_short_row_leaves_the_rest_out(tmp_path: Path) -> None:
    (sample,) = load_samples(csv(tmp_path, "input,target,x\na\n"))
    assert (sample.target, sample.metadata) == (None, {})


def test_cells_of_xlsx_are_text_as_excel_shows_them(tmp_path: Path) -> None:
    day, moment = datetime.datetime(2026, 11, 5), datetime.datetime(2026, 11, 5, 9, 30)
    header = ("input", "target", "a", "b", "c", "d")
    (sample,) = load_samples(xlsx(tmp_path, [header, (42.0, True, 0.5, day, moment, 7)]))
    assert (sample.input, sample.target) == ("42", "TRUE")
    assert sample.metadata == {"a": "0.5", "b": "2026-11-05", "c": "2026-11-05 09:30:00", "d": "7"}


def test_blank_rows_of_xlsx_are_skipped_and_counted(tmp_path: Path) -> None:
    samples = load_samples(xlsx(tmp_path, [(None,), ("input",), ("a",), (None,), ("b",)]))
    assert [(sample.id, sample.input) for sample in samples] == [("row-3", "a"), ("row-5", "b")]


def test_an_error_in_a_cell_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_samples(xlsx(tmp_path, [("input", "target"), ("a", "#N/A")]))
    problem = caught.value.problems[0]
    assert (problem.code, problem.line, problem.message) == ("E306", 2, "cell B2 holds the error #N/A")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, b"PK\x03\x04 not a zip", "d.xlsx")
    assert refused(path).code == "E310"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")
    assert refused(path).code == "E310"


def test_a_zip_bomb_is_refused_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "d.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
    problem = refused(path)
    assert (problem.code, problem.hint) == ("E309", "save it as CSV")


def test_entities_of_xml_do_not_explode(tmp_path: Path) -> None:
    path = xlsx(tmp_path, [("input",), ("a",)])
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "x">{entities}]><worksheet>&e11;</worksheet>'
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, bomb if name == "xl/worksheets/sheet1.xml" else content)
    assert refused(path).code in ("E302", "E309", "E310")
