"""A table of questions: which column is what, and by which rule its answers are judged."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from harness.config.data import load_samples
from harness.config.spreadsheet import read_sheet
from harness.errors import UsageError

LABELS = "question,answer\n" + "".join(f"q{i},{'refund' if i % 2 else 'Other'}\n" for i in range(8))
LONG = "The parcel leaves our house on the next working day and takes three days within Europe, as the page says."


def written(folder: Path, content: str | bytes, name: str = "faq.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("text", "why", "scorer"),
    [
        pytest.param(LABELS, "labels", {"label_match": {"labels": ["Other", "refund"]}}, id="labels"),
        pytest.param("input,target\na,3\nb,\"1,200\"\nc,-4.5 %\n", "numbers", {"number_match": {}}, id="numbers"),
        pytest.param("输入,参考答案\n首都？,北京\n河？,长江\n山？,泰山\n", "short", {"contains": {}}, id="short"),
        pytest.param("input,target\na,2\nb,two\nc,three\nd,four\n", "short", {"contains": {}}, id="not all numbers"),
        pytest.param(f'prompt,reference\na,"{LONG}"\n', "long", {"anls": {"threshold": 1.0}}, id="long"),
        pytest.param("question\na\nb\n", "none", {"rules": {}}, id="nothing to judge by"),
    ],
)  # fmt: skip
def test_the_rule_follows_from_the_answers(tmp_path: Path, text: str, why: str, scorer: dict[str, object]) -> None:
    found = read_sheet(written(tmp_path, text))
    assert (found.why, found.scorer) == (why, scorer)
    path = written(tmp_path, found.content, f"made-{found.file}")
    samples = load_samples(path)
    assert len(samples) == found.rows
    assert all(sample.target for sample in samples)


TABLE = """\
编号;输入;参考答案;渠道
1;退货期限多久？;30 天;网站
2;;没有问题;网站
3;运费多少？;;应用
4;开发票吗？;可以;应用
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_what_excel_saves_is_read_and_what_is_left_out_is_known(tmp_path: Path, encoding: str) -> None:
    found = read_sheet(written(tmp_path, TABLE.encode(encoding)))
    assert (found.asked, found.expected, found.tags) == ("输入", "参考答案", ("渠道",))
    assert (found.rows, found.blank, found.unanswered) == (2, (3,), (4,))
    assert found.prompt.startswith("请用几个词回答。")
    assert found.content.decode("utf-8-sig").splitlines() == [
        "id,input,target,渠道", "1,退货期限多久？,30 天,网站", "4,开发票吗？,可以,应用",
    ]  # fmt: skip


def test_a_workbook_and_lines_of_json(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Question", "Expected answer"])
    book.active.append(["What is 1 + 1?", 2])
    book.save(tmp_path / "sums.xlsx")
    assert read_sheet(tmp_path / "sums.xlsx").scorer == {"number_match": {}}
    lines = "".join(json.dumps({"query": f"q{i}", "label": "ab"[i % 2], "nested": {"x": 1}}) + "\n" for i in range(6))
    found = read_sheet(written(tmp_path, lines, "rows.jsonl"))
    assert (found.asked, found.expected, found.why, found.rows) == ("query", "label", "labels", 6)


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        pytest.param("faq.csv", "vraag,antwoord\na,b\n", "E311", "no column for the input", id="unknown columns"),
        pytest.param("faq.csv", "", "E302", "empty", id="empty"),
        pytest.param("faq.csv", "input,target\n", "E302", "empty", id="a head alone"),
        pytest.param("faq.csv", "input,target\n,b\n", "E306", "no row has a question", id="no question"),
        pytest.param("faq.csv", "input,files\na,b.png\n", "E311", "names files", id="files"),
        pytest.param("faq.csv", b"input\n\xff\xfe\xfa\x00\n", "E310", "neither UTF-8", id="no text"),
        pytest.param("faq.ods", "x", "E310", "is no .jsonl", id="another kind"),
        pytest.param("faq.xlsx", "x", "E310", "not a readable XLSX", id="no workbook"),
        pytest.param("faq.jsonl", "{\n", "E303", "not JSON", id="no JSON"),
        pytest.param("fqa.csv", None, "E301", "dataset not found", id="absent"),
    ],
)
def test_what_cannot_be_read_is_one_problem(
    tmp_path: Path, name: str, content: str | bytes | None, code: str, said: str
) -> None:
    path = tmp_path / name if content is None else written(tmp_path, content, name)
    with pytest.raises(UsageError) as caught:
        read_sheet(path)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("heads", "flags", "columns"),
    [
        pytest.param("input,frage,antwort", ("frage", "antwort"), ("frage", "antwort", ("other input",)), id="input"),
        pytest.param("Input:,frage,antwort", ("frage", None), ("frage", "antwort", ("other input",)), id="spelt"),
        pytest.param("question,answer,x", ("answer", "question"), ("answer", "question", ("x",)), id="exchanged"),
        pytest.param("question,prompt,label", ("prompt", None), ("prompt", "label", ("question",)), id="both mean it"),
        pytest.param("label,input,x", ("label", "x"), ("label", "x", ("other input",)), id="a tag"),
    ],
)  # fmt: skip
def test_a_column_that_is_named_stands_before_what_headers_say(
    tmp_path: Path, heads: str, flags: tuple[str, str | None], columns: tuple[str, str, tuple[str, ...]]
) -> None:
    found = read_sheet(written(tmp_path, f"{heads}\na,b,c\nd,e,f\n"), ask=flags[0], expect=flags[1])
    assert (found.asked, found.expected, found.tags) == columns
    (sample, *_) = load_samples(written(tmp_path, found.content, "made.csv"))
    assert sample.input == dict(zip(heads.split(","), "abc", strict=True))[columns[0]]


@pytest.mark.parametrize(
    ("flags", "said", "hint"),
    [
        pytest.param(("x", "x"), "both name the column 'x'", "--input x --target 'my answer'", id="one column twice"),
        pytest.param(
            (None, "x"), "the columns are 'my answer' (metadata), 'x' (target)", "--input 'my answer' --target x",
            id="one is lacking",
        ),
    ],
)  # fmt: skip
def test_what_is_named_amiss_is_told_by_the_headers_that_are_there(
    tmp_path: Path, flags: tuple[str | None, str], said: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_sheet(written(tmp_path, "my answer,x\na,b\n"), ask=flags[0], expect=flags[1])
    (problem,) = caught.value.problems
    assert said in problem.message
    assert str(problem.hint).endswith(hint)
