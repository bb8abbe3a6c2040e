"""A spreadsheet of options × criteria with the YAML file beside it, as one table that can be decided."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.config.cells import number
from harness.config.decision import RuleOfTable, table_rule
from harness.config.secrets import shown
from harness.config.source import read
from harness.config.tables import Row, csv_rows, xlsx_rows
from harness.core.option_table import Cell, OptionTable, Rice
from harness.core.rules import DecisionRule, Scale
from harness.core.suggest import did_you_mean, nearest
from harness.core.wording import worded
from harness.errors import Problem, UsageError

SUFFIXES = (".csv", ".tsv", ".xlsx")
MAX_BYTES = 5_000_000
MAX_OPTIONS = 50
"""Each is held against each other in every draw; who has more leaves out what no gate would pass."""
MAX_METRICS = 30

BOUND = re.compile(r"(?P<base>.+?)[\s_(-]*(?P<end>low|high|最低|下限|最高|上限)\)?", re.IGNORECASE)
"""The header of a column that holds one end of another's interval."""
ENDS = {"low": "low", "最低": "low", "下限": "low", "high": "high", "最高": "high", "上限": "high"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """Where a column and the ends of its intervals stand; 0-based, None where the table has none."""

    value: int | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A sheet whose first row is understood."""

    path: Path
    rows: tuple[Row, ...]
    """Those of the options."""
    columns: Mapping[str, _Column]
    decimal_comma: bool

    def problem(self, code: str, row: Row, column: int, message: str, hint: str | None = None) -> Problem:
        """Return a problem of one cell; the column counts the cells."""
        said = worded("cell {cell}: {message}", cell=f"{_letters(column)}{row[1]}", message=message)
        return Problem(code=code, message=said, file=str(self.path), line=row[0], column=column + 1, hint=hint)


def load_table(path: Path, rule_file: Path | None = None) -> OptionTable:
    """Read the options of `path` (CSV, TSV, XLSX) and their rule, by default from the YAML file of the same name.

    UsageError with every problem of both files.
    """
    problems: list[Problem] = []
    sheet = _sheet(path, problems)
    if sheet is None:
        raise UsageError(problems)
    given = _rule(sheet, rule_file, problems)
    rule, rice = (None, None) if given is None else (given.rule, given.rice)
    read_by = [] if rule is None else [*(c.metric for c in rule.criteria), *(g.metric for g in rule.gates), rule.cost]
    read_by += [] if rice is None else [rice.reach, rice.impact, rice.confidence, rice.effort]
    metrics = tuple(name for name in dict.fromkeys(read_by) if name is not None and name in sheet.columns)
    limits = dict(_limits(rule, rice))
    options = tuple(_options(sheet, problems))
    cells = tuple(tuple(_cell(sheet, row, name, problems, limits.get(name)) for name in metrics) for row in sheet.rows)
    if len(options) > MAX_OPTIONS or len(metrics) > MAX_METRICS:
        message = worded(
            "{n} options by {columns} columns; at most {most} by {most_columns} are decided",
            n=len(options),
            columns=len(metrics),
            most=MAX_OPTIONS,
            most_columns=MAX_METRICS,
        )
        problems.append(Problem(code="E309", message=message, file=str(path)))
    if problems or rule is None:
        raise UsageError(problems)
    unread = tuple(name for name in sheet.columns if name not in metrics)
    return OptionTable(
        name=path.name, rule=rule, options=options, metrics=metrics, cells=cells, unread=unread, rice=rice
    )


def _sheet(path: Path, problems: list[Problem]) -> _Sheet | None:
    """Return the sheet; None after adding why it cannot be read."""
    rows, decimal_comma = _rows(path, problems)
    filled = [row for row in rows if any(cell.strip() for cell in row[2])]
    if not problems and len(filled) < 2:
        hint = worded("the first row names the columns, and each further row is an option")
        problems.append(Problem(code="E302", message=worded("the table holds no option"), file=str(path), hint=hint))
    if problems:
        return None
    header, *body = filled
    columns = _columns(path, header, problems)
    width = len(header[2])
    for line, _, cells in body:
        if any(cell.strip() for cell in cells[width:]):
            message = worded("the row has {n} cells, the header {width}", n=len(cells), width=width)
            hint = worded("put a cell that holds the delimiter in double quotes")
            problems.append(
                Problem(code="E303", message=message, file=str(path), line=line, column=width + 1, hint=hint)
            )
    return None if problems else _Sheet(path=path, rows=tuple(body), columns=columns, decimal_comma=decimal_comma)


def _rows(path: Path, problems: list[Problem]) -> tuple[Sequence[Row], bool]:
    """Return all rows, and whether the file comes from where the comma is the decimal mark."""

    def refuse(code: str, message: str, hint: str | None = None) -> tuple[Sequence[Row], bool]:
        problems.append(Problem(code=code, message=message, file=str(path), hint=hint))
        return (), False

    if not path.is_file():
        folder = path.parent
        there = [it.name for it in folder.iterdir() if it.suffix.lower() in SUFFIXES] if folder.is_dir() else []
        best = nearest(path.name, there)
        return refuse(
            "E301",
            worded("there is no table {name}", name=path.name),
            worded("did you mean '{name}'?", name=best) if best else None,
        )
    if (size := path.stat().st_size) > MAX_BYTES:
        return refuse(
            "E309",
            worded(
                "the table has {size:.1f} MB; at most {most:.0f} MB are read",
                size=size / 1000000.0,
                most=MAX_BYTES / 1000000.0,
            ),
        )
    if path.suffix.lower() == ".xlsx":
        return xlsx_rows(path, problems), False
    try:
        raw = path.read_bytes()
    except OSError as error:
        return refuse("E310", worded("the file cannot be read: {strerror}", strerror=error.strerror))
    text = csv_rows(path, raw, problems)
    return list(text.rows), text.delimiter == ";"


def _columns(path: Path, header: Row, problems: list[Problem]) -> dict[str, _Column]:
    """Return the columns after the first, which names the options; the ends of intervals are parts of what they bound.

    A lone column such as `staff on high` is one of its own.
    """

    def refuse(column: int, message: str, hint: str) -> None:
        found = Problem(code="E311", message=message, file=str(path), line=header[0], column=column + 1, hint=hint)
        problems.append(found)

    at: dict[str, int] = {}
    for index, cell in enumerate(header[2]):
        name = cell.strip()
        if index and name in at:
            refuse(index, worded("two columns are called {name}", name=shown(name)), worded("rename one"))
        elif index and name:
            at[name] = index
    if not at:
        refuse(
            0,
            worded("no column stands beside the options' names"),
            worded("each further column is something that may count"),
        )
    by_name = {_folded(name): name for name in at}
    ends: dict[str, dict[str, str]] = {}
    for name in at:
        if bound := BOUND.fullmatch(_folded(name)):
            ends.setdefault(bound["base"], {})[ENDS[bound["end"]]] = name
    columns: dict[str, _Column] = {}
    for base, of in ends.items():
        if len(of) == 1 and base in by_name:
            (end, name), other = *of.items(), "high" if "low" in of else "low"
            refuse(
                at[name],
                worded("{name} is the {end} end of intervals without another", name=shown(name), end=end),
                worded("add '{base} {other}'", base=base, other=other),
            )
        elif len(of) == 2:
            name = by_name.get(base) or unicodedata.normalize("NFKC", of["low"])[: len(base)]
            columns[name] = _Column(value=at.get(name), low=at[of["low"]], high=at[of["high"]])
    parts = {name for of in ends.values() if len(of) == 2 for name in of.values()}
    return {name: _Column(value=index) for name, index in at.items() if name not in parts} | columns


def _folded(header: str) -> str:
    return unicodedata.normalize("NFKC", header).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """What the numbers of a column may be."""

    why: str
    above: bool = False
    """0 is too little as well."""


def _limits(rule: DecisionRule | None, rice: Rice | None) -> Iterator[tuple[str, _Limit]]:
    if rule is not None and rule.cost is not None:
        yield rule.cost, _Limit(why=worded("it is what options cost, which is nothing below 0"))
    for column in () if rice is None else (rice.reach, rice.impact, rice.confidence):
        if column is not None:
            yield column, _Limit(why=worded("RICE multiplies by it, which takes nothing below 0"))
    for criterion in rule.criteria if rule is not None else ():
        if criterion.scale is Scale.LOG:
            yield criterion.metric, _Limit(why=worded("its criterion has a log scale, which takes nothing below 0"))
    if rice is not None:
        yield rice.effort, _Limit(why=worded("RICE divides by it, which takes nothing but numbers above 0"), above=True)


def _rule(sheet: _Sheet, file: Path | None, problems: list[Problem]) -> RuleOfTable | None:
    path = sheet.path
    beside = [path.with_suffix(suffix) for suffix in (".yaml", ".yml")]
    found = file or next((it for it in beside if it.is_file()), beside[0])
    if not found.is_file():
        message = worded("there is no {path}, which says what is good and what matters how much", path=found)
        problems.append(Problem(code="E200", message=message, hint=_example(sheet)))
        return None
    try:
        source = read(found)
    except UsageError as error:
        problems.extend(error.problems)
        return None
    given = table_rule(source, path.stem, tuple(sheet.columns), problems)
    known = [row[2][0].strip() for row in sheet.rows]
    for index, name in enumerate(given.rule.must_pass if given else ()):
        if name not in known:
            message, hint = worded("must_pass: there is no option '{name}'", name=name), did_you_mean(name, known)
            problems.append(source.problem("E208", message, ("must_pass", index), hint=hint))
    return given


def _example(sheet: _Sheet) -> str:
    """Return a YAML file to fill in, with a line for each column of numbers."""
    lines = ["criteria:"]
    for name, column in sheet.columns.items():
        wrong: list[Problem] = []
        places = [at for at in (column.low, column.value, column.high) if at is not None]
        found = [_number(sheet, row, at, wrong) for row in sheet.rows for at in places]
        if (known := [x for x in found if x is not None]) and not wrong and len(lines) < 13:
            key = name if re.fullmatch(r"[^\W\d]\w*( \w+)*", name) else f'"{name}"'
            lines.append(f"  {key}: {{worst: ?, ideal: ?, weight: ?}}  # {min(known):g} to {max(known):g} in the table")
    return worded(
        "write it, or name another with --rule; your numbers go in the place of the question marks:\n{example}",
        example="\n".join(lines),
    )


def _options(sheet: _Sheet, problems: list[Problem]) -> Iterator[str]:
    lines: dict[str, int] = {}
    for row in sheet.rows:
        name = row[2][0].strip()
        if not name:
            problems.append(sheet.problem("E306", row, 0, worded("the option has no name")))
        elif name in lines:
            message = worded("the option {name} stands in line {line} too", name=shown(name), line=lines[name])
            problems.append(sheet.problem("E304", row, 0, message, worded("rename one")))
        lines.setdefault(name, row[0])
        yield name


def _cell(sheet: _Sheet, row: Row, name: str, problems: list[Problem], limit: _Limit | None) -> Cell:
    """Return what the row's option has in the column `name`, whose numbers have a `limit`."""
    column, found = sheet.columns[name], len(problems)
    places = [at for at in (column.value, column.low, column.high) if at is not None]
    numbers = {at: _number(sheet, row, at, problems) for at in places}
    value, low, high = (None if at is None else numbers[at] for at in (column.value, column.low, column.high))
    known = [x for x in numbers.values() if x is not None]
    fault = None
    if len(problems) > found:
        return Cell()
    if (low is None) != (high is None):
        fault = worded("has one end of an interval and not the other")
    elif low is not None and high is not None and low > high:
        fault = worded("has an interval whose low end {low:g} is above its high end {high:g}", low=low, high=high)
    elif low is not None and high is not None and value is not None and not low <= value <= high:
        fault = worded(
            "is {value:g}, outside of its interval from {low:g} to {high:g}", value=value, low=low, high=high
        )
    elif limit is not None and known and (min(known) < 0 or (limit.above and min(known) == 0)):
        fault = worded("is {value:g}, and {why}", value=min(known), why=limit.why)
    if fault is not None:
        problems.append(
            sheet.problem(
                "E306",
                row,
                places[0],
                worded(
                    "{column} of {option} {fault}", column=shown(name), option=shown(row[2][0].strip()), fault=fault
                ),
            )
        )
    return Cell(value=value, low=low, high=high)


def _number(sheet: _Sheet, row: Row, at: int, problems: list[Problem]) -> float | None:
    written = row[2][at].strip() if at < len(row[2]) else ""
    try:
        return number(written, decimal_comma=sheet.decimal_comma)
    except ValueError as error:
        hint = worded("write 1234.5, with nothing between the thousands; leave a cell empty where nothing is known")
        problems.append(
            sheet.problem("E306", row, at, worded("{text} {error}", text=shown(written), error=error), hint)
        )
    return None


def _letters(column: int) -> str:
    """Return a column's name in a spreadsheet: A to Z, AA, AB, ..."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
