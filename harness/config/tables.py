"""Spreadsheets (CSV, TSV, XLSX) as rows and as records: headers in several languages, cells as text."""

import csv
import datetime
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.config.secrets import shown
from harness.core.canonical import Json
from harness.core.suggest import nearest
from harness.core.wording import worded
from harness.errors import Problem

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell

HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "编号", "序号", "番号"),
    "input": (
        "input", "question", "prompt", "query", "输入", "问题", "提问", "用户输入", "用户问题", "eingabe", "frage",
        "entrée", "entree", "pregunta", "entrada", "質問", "入力",
    ),
    "target": (
        "target", "expected", "expected answer", "expected output", "answer", "correct answer", "reference",
        "reference answer", "参考答案", "标准答案", "正确答案", "答案", "期望答案", "期望输出", "预期答案", "预期输出",
        "antwort", "erwartet", "erwartete antwort", "referenz", "réponse", "reponse", "réponse attendue", "attendu",
        "respuesta", "respuesta esperada", "esperado", "正解", "模範解答", "期待", "期待される回答",
    ),
    "files": ("files", "file", "文件", "附件"),
    "tags": ("tags", "tag", "labels", "label", "标签"),
    "category": ("category", "类别", "分类", "kategorie", "catégorie", "categoría", "カテゴリ"),
    "lang": ("lang", "language", "语言", "sprache", "langue", "idioma", "言語"),
    "cluster": ("cluster", "分组"),
}  # fmt: skip
"""Field → its headers. The first stands before the others where a sheet has both. The last four are metadata."""

OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "input": ("提示", "提示词", "题目", "instruction", "指令"),
    "target": ("参考", "期望", "预期", "目标", "output", "输出", "回答", "labels", "label", "标签"),
}
"""Field → what is taken for it where no other column is: a hint, some model's answer, a tag may be called so too."""

INPUTS = frozenset((*HEADERS["input"], *OTHERWISE["input"]))
MOST_TITLES = 3
"""Rows of one cell above a header; where more come, they are a table of one column."""

MARKS = ",;\t"
DELIMITED = 10_000
"""Characters from which is told what parts the cells of a text file."""

MAX_XLSX_BYTES = 300_000_000
"""Of the unpacked workbook."""
MAX_XLSX_RATIO = 200
MAX_XLSX_MEMBERS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One sample as it stands in a file, before it is judged."""

    line: int
    """Of the file; for XLSX the row of the sheet."""
    row: int
    """The row as a spreadsheet counts it, from 1; in JSONL the line."""
    fields: Mapping[str, Json]


def read_csv(
    path: Path, raw: bytes, problems: list[Problem], notices: list[str], *, judge: str | None = None
) -> Iterator[Record]:
    """Yield the records of CSV or TSV bytes; what is wrong goes to `problems`, what a column was only taken for to
    `notices`. `judge` needs a column of targets."""
    rows = below_title(path, csv_rows(path, raw, problems).rows, notices)
    yield from records_of(path, rows, judge, problems, notices)


def read_xlsx(path: Path, problems: list[Problem], notices: list[str], *, judge: str | None = None) -> Iterator[Record]:
    """Do as `read_csv` for the first sheet of a workbook."""
    yield from records_of(path, below_title(path, xlsx_rows(path, problems), notices), judge, problems, notices)


Row = tuple[int, int, Sequence[str]]
"""Line of the file, row of the sheet, cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows of a text file, read as they are asked for."""

    delimiter: str
    rows: Iterator[Row]


def csv_rows(path: Path, raw: bytes, problems: list[Problem], *, named: Collection[str] = ()) -> Sheet:
    """Return the rows of CSV or TSV bytes; there are none where the bytes are no text, and then `problems` says so.

    `named`: columns that somebody says there are, by which the header is known.
    """
    text = _decode(path, raw, problems) or ""
    text, skipped = (text.partition("\n")[2], 1) if re.match(r"sep=.\r?\n", text) else (text, 0)
    delimiter = _delimiter(path, text, named)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return Sheet(delimiter=delimiter, rows=_csv_rows(path, reader, skipped, problems))


def xlsx_rows(path: Path, problems: list[Problem]) -> Sequence[Row]:
    """Return the rows of the first sheet of a workbook; there are none where it is not readable."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        size = sum(member.file_size for member in members)
        packed = sum(member.compress_size for member in members)
        if len(members) > MAX_XLSX_MEMBERS or size > MAX_XLSX_BYTES or size > MAX_XLSX_RATIO * max(packed, 1):
            message = worded(
                "the workbook unpacks to {size:.0f} MB in {n} parts, more than is read",
                size=size / 1000000.0,
                n=len(members),
            )
            problems.append(Problem(code="E309", message=message, file=str(path), hint=worded("save it as CSV")))
            return ()
        import openpyxl

        # our own handle, as openpyxl leaves its own open when it fails
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drop-down lists and the like, which hold no data
            sheet = openpyxl.load_workbook(stream, read_only=True, data_only=True).worksheets[0]
            sheet.reset_dimensions()  # some writers state a size that is too small
            return [(row, row, _cells(path, cells, problems)) for row, cells in enumerate(sheet.iter_rows(), start=1)]
    except (zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError, OSError, SyntaxError) as error:
        # what openpyxl raises on damaged workbooks; XML's ParseError is a SyntaxError
        message = worded("not a readable XLSX workbook ({kind}: {error})", kind=type(error).__name__, error=error)
        hint = worded("is it protected by a password, or an old .xls? save it as .xlsx or CSV")
        problems.append(Problem(code="E310", message=message, file=str(path), hint=hint))
        return ()


def below_title(path: Path, rows: Iterable[Row], notices: list[str], *, named: Collection[str] = ()) -> Iterator[Row]:
    """Yield the rows without those above the header that are a title, which is noticed.

    A title has one cell, which is called as no input is and is none of the `named` columns, and a row of several cells
    follows it.
    """
    rows, above, titles = iter(rows), list[Row](), list[str]()
    for row in rows:
        above.append(row)
        filled = [cell.strip() for cell in row[2] if cell.strip()]
        if len(filled) > 1 and titles:
            told = {"name": path.name, "row": row[1], "title": shown(titles[0])}
            notices.append(worded("{name}: row {row} names the columns; above it stands a title, {title}", **told))
            above = [row]
        if len(filled) > 1 or len(titles) == MOST_TITLES or any(_is_header(cell, named) for cell in filled):
            break
        titles += filled
    yield from above
    yield from rows


def _is_header(cell: str, named: Collection[str]) -> bool:
    return cell in named or _without_remark(_folded(cell)) in INPUTS


def _csv_rows(path: Path, reader: Iterator[list[str]], skipped: int, problems: list[Problem]) -> Iterator[Row]:
    number = 0
    while True:
        line = reader.line_num + 1 + skipped  # type: ignore[attr-defined]  # csv's reader has it
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(
                Problem(code="E303", message=worded("malformed table: {error}", error=error), file=str(path), line=line)
            )
            return
        number += 1
        yield line, number, cells


def records_of(
    path: Path,
    rows: Iterator[Row],
    judge: str | None,
    problems: list[Problem],
    notices: list[str],
    *,
    named: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[Record]:
    """Yield the records of rows, the first of which names the columns, as `header_of` takes them; otherwise as
    `read_csv`."""
    header: list[str] | None = None
    for line, number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = header_of(path, line, cells, judge, problems, notices, named=named)
            if header is None:
                return
            continue
        while cells and len(cells) > len(header) and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) > len(header):
            message = worded("the row has {n} cells, the header {width}", n=len(cells), width=len(header))
            hint = worded("put a cell that holds the delimiter in double quotes")
            problems.append(Problem(code="E303", message=message, file=str(path), line=line, hint=hint))
            continue
        yield Record(line=line, row=number, fields=_fields(header, cells))


def _fields(header: Sequence[str], cells: Sequence[str]) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    metadata: dict[str, Json] = {}
    for name, cell in zip(header, cells, strict=False):
        if not cell.strip():
            continue
        if name == "files":
            fields[name] = [part.strip() for part in re.split(r"[;\n]", cell) if part.strip()]
        elif name in ("id", "input", "target"):
            fields[name] = cell.strip() if name == "id" else cell
        elif name:
            metadata[name] = cell.strip()
    return fields | {"metadata": metadata}


def header_of(
    path: Path,
    line: int,
    cells: Sequence[str],
    judge: str | None,
    problems: list[Problem],
    notices: list[str],
    *,
    named: Mapping[str, int] = MappingProxyType({}),
) -> list[str] | None:
    """Return a field or a metadata name for each column; None after adding what is wrong.

    `named`: field → the column that somebody says it is, whatever the headers say.
    A header that is only like a field's, by a remark in brackets or by a name that others use for something else, is
    taken for it where no column is called so, and that is noticed.
    """

    def add(message: str, hint: str, code: str = "E311", column: int = 1) -> None:
        problems.append(Problem(code=code, message=message, file=str(path), line=line, column=column, hint=hint))

    folded = [_folded(cell) for cell in cells]
    bare = [_without_remark(cell) for cell in folded]
    names = [cell.strip() for cell in cells]
    found = len(problems)
    taken = dict(named)
    free = [index for index in range(len(names)) if index not in named.values()]
    for field, headers in HEADERS.items():
        if field in named:
            continue
        called = [index for index in free if folded[index] in headers]
        columns = called or [index for index in free if bare[index] in headers]
        chosen = [index for index in columns if bare[index] == headers[0]] or columns
        if len(chosen) > 1:
            one, other = (names[index] for index in chosen[:2])
            add(
                worded("the columns '{one}' and '{other}' both mean '{field}'", one=one, other=other, field=field),
                worded("rename one"),
                column=chosen[1] + 1,
            )
        if chosen:
            taken[field] = chosen[0]
    for field, headers in OTHERWISE.items():
        columns = [index for index in free if bare[index] in headers and field not in taken]
        if len(columns) > 1:
            one, other = (names[index] for index in columns[:2])
            add(
                worded(
                    "the columns '{one}' and '{other}' could both be the {field}", one=one, other=other, field=field
                ),
                worded("call the right one '{field}'", field=field),
                column=columns[1] + 1,
            )
        if columns:
            taken = {other: index for other, index in taken.items() if index != columns[0]} | {field: columns[0]}
    guessed = [
        (field, index) for field, index in taken.items() if index in free and folded[index] not in HEADERS[field]
    ]
    notices += [
        worded(
            "{name}: the column '{column}' is taken for the {field}", name=path.name, column=names[index], field=field
        )
        for field, index in guessed
    ]
    there = _understood(names, taken)
    lacking: list[tuple[str, str, str]] = []
    if "input" not in taken:
        lacking.append(("E311", "input", worded("no column for the input; the columns are {names}", names=there)))
    if judge and "target" not in taken:
        message = worded(
            "no column for the target, which {judge} judges against; the columns are {names}", judge=judge, names=there
        )
        lacking.append(("E313", "target", message))
    for code, field, said in lacking:
        near = (nearest(name, HEADERS[field]) for index, name in enumerate(names) if index not in taken.values())
        close = next(filter(None, near), None)
        hint = worded(
            "the first row names the columns; the {field}'s is one of {names}", field=field, names=[*HEADERS[field]]
        )
        add(said, worded("did you mean '{name}'?", name=close) if close else hint, code)
    for index in free:
        if folded[index] in named:
            names[index] = f"other {folded[index]}"
    for field, index in taken.items():
        names[index] = field
    twice = next((name for index, name in enumerate(names) if name and name in names[:index]), None)
    if twice is not None and len(problems) == found:
        add(
            worded("two columns are called {name}", name=shown(twice)),
            worded("rename one"),
            column=len(names) - names[::-1].index(twice),
        )
    return names if len(problems) == found else None


def _folded(cell: str) -> str:
    """Return a header as HEADERS spells it: without case, width, colons and stars."""
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", cell)).casefold().strip(" :*")


def _without_remark(folded: str) -> str:
    """Return a folded header without `(a remark)` at its end."""
    return re.sub(r"\(.*\)$", "", folded).strip(" :*")


def _understood(names: Sequence[str], taken: Mapping[str, int]) -> str:
    """List the columns of a sheet with what each is taken for."""
    fields = {index: field for field, index in taken.items()}
    listed = [f"{shown(name)} ({fields.get(index, 'metadata')})" for index, name in enumerate(names[:12]) if name]
    return ", ".join(listed) + (", ..." if len(names) > 12 else "")


def _decode(path: Path, raw: bytes, problems: list[Problem]) -> str | None:
    """Decode UTF-16 and UTF-8 by their marks, then UTF-8, then GB18030 where what comes out reads as Chinese."""
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and (encoding != "gb18030" or _reads_as_chinese(text)):
            return text
    message = worded("the file is neither UTF-8 nor UTF-16 nor GB18030 text")
    hint = worded("save it as UTF-8 (in Excel: 'CSV UTF-8')")
    problems.append(Problem(code="E310", message=message, file=str(path), hint=hint))
    return None


def _reads_as_chinese(text: str) -> bool:
    """Whether the characters beyond ASCII are everyday Chinese; other encodings decode as GB18030 into rare ones.

    Everyday: GB 2312's first level (3,755 characters, over 99% of running text; lead bytes B0 to D7) and punctuation.
    """
    foreign = [character.encode("gb18030") for character in text if character > "\x7f"]
    everyday = sum(0xB0 <= raw[0] <= 0xD7 or raw[0] in (0xA1, 0xA3) for raw in foreign if len(raw) == 2)
    return everyday >= 0.8 * len(foreign)


def _delimiter(path: Path, text: str, named: Collection[str]) -> str:
    """Return what parts the cells: of the first row in which an input is named, above which titles may stand; where
    none is, of the first row."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    unquoted = re.sub(r'"([^"]*)"', lambda quoted: re.sub(f"[{MARKS}\n]", " ", quoted[1]), text.lstrip()[:DELIMITED])
    lines = [line.strip("\r") for line in unquoted.split("\n") if line.strip()] or [""]
    for line in lines[: MOST_TITLES + 1]:
        naming = [mark for mark in MARKS if any(_is_header(cell.strip(), named) for cell in line.split(mark))]
        if naming:
            return max(naming, key=line.count)
    return max(MARKS, key=lines[0].count) if any(mark in lines[0] for mark in MARKS) else "\t"  # one column of text


def _cells(path: Path, cells: "Sequence[Cell | MergedCell]", problems: list[Problem]) -> list[str]:
    for cell in cells:
        if getattr(cell, "data_type", None) == "e":
            message = worded("cell {cell} holds the error {error}", cell=cell.coordinate, error=cell.value)
            problems.append(Problem(code="E306", message=message, file=str(path), line=cell.row, column=cell.column))
    return [_cell_text(cell.value) for cell in cells]


def _cell_text(value: object) -> str:
    """Return a cell as Excel would write it to CSV, so that both forms of a sheet give the same samples."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime():
            return value.isoformat(sep=" ")
    return str(value)
