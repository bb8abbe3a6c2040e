"""A table of questions as a suite: which column is asked, and by which rule its answers are judged."""

import csv
import io
import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.data import SUFFIXES, nearest_file
from harness.config.tables import Record, Row, below_title, csv_rows, header_of, records_of, xlsx_rows
from harness.core.canonical import Json
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.scorers.label import spell
from harness.scorers.text import words

NUMBER = re.compile(r"[-−+]?[$¥€£]?\d[\d,]*(?:\.\d+)?\s*%?")
HAN = re.compile("[\u4e00-\u9fff]")
UNICODE_TEXT = ".txt"
"""What Excel calls a table with tabs in UTF-16."""
MOST_LABELS = 20
LONGEST_LABEL = 40
"""Characters."""
SHORT = 12
"""Words; a Chinese character is one."""
MOST_WORDS = 300
"""Of an answer of which nobody says what is right."""

PROMPTS = {
    "labels": (
        "Answer with one of these labels and nothing else: {labels}.\n\n{{{{ input }}}}",
        "只回答下面的标签之一，不要写别的：{labels}。\n\n{{{{ input }}}}",
    ),
    "numbers": ("Answer with the number only.\n\n{{{{ input }}}}", "只回答数字。\n\n{{{{ input }}}}"),
    "short": ("Answer in a few words.\n\n{{{{ input }}}}", "请用几个词回答。\n\n{{{{ input }}}}"),
    "long": ("{{{{ input }}}}", "{{{{ input }}}}"),
    "none": ("{{{{ input }}}}", "{{{{ input }}}}"),
}
"""Why a rule was picked → what is asked, in English and in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read."""

    name: str
    rows: int
    """Questions that are asked."""
    asked: str
    """The column of the questions as it is called."""
    expected: str | None
    """That of the right answers; None: there is none."""
    tags: tuple[str, ...]
    blank: tuple[int, ...]
    """Rows that were left out: those without a question, as a spreadsheet counts them; so are the next."""
    unanswered: tuple[int, ...]
    """Without an expected answer, where others have one."""
    why: str
    """Why the rule was picked: a key of PROMPTS."""
    scorer: dict[str, dict[str, Json]]
    prompt: str
    file: str
    """Name of what is written beside bakeoff.yaml."""
    content: bytes
    notices: tuple[str, ...]
    labels: int = 0


def read_sheet(path: Path, *, ask: str | None = None, expect: str | None = None) -> Sheet:
    """Read a CSV, TSV, XLSX or JSONL file of questions; UsageError with every problem that it has.

    `ask` and `expect` name the columns of the questions and of the right answers, whatever the headers say.
    """
    problems: list[Problem] = []
    notices: list[str] = []
    named_by_hand = [name.strip() for name in (ask, expect) if name is not None]
    rows = list(below_title(path, _rows(path, problems, named_by_hand), notices, named=named_by_hand))
    first = next((row for row in rows if any(cell.strip() for cell in row[2])), None)
    heads = [cell.strip() for cell in first[2]] if first else []
    named = _named(heads, {"input": ask, "target": expect}) if first else {}
    records = list(records_of(path, iter(rows), None, problems, notices, named=named))
    if not problems and (first is None or not records):
        problems.append(Problem(code="E302", message=worded("the dataset is empty"), file=str(path)))
    if problems or first is None:
        raise UsageError([_with_flags(problem, heads, named) for problem in problems])
    names = header_of(path, first[0], first[2], None, [], [], named=named) or []
    called = dict(zip(names, heads, strict=True))
    if "files" in called:
        hint = worded("a suite of pictures or sound is written into bakeoff.yaml: docs/write-a-suite.md")
        message = worded("the column '{name}' names files, and a table of texts is wanted here", name=called["files"])
        raise UsageError([Problem(code="E311", message=message, file=str(path), line=first[0], hint=hint)])
    asked = [record for record in records if "input" in record.fields]
    kept = [record for record in asked if "target" in record.fields] or asked
    if not kept:
        raise UsageError([Problem(code="E306", message=worded("no row has a question"), file=str(path))])
    targets = [str(record.fields["target"]) for record in kept if "target" in record.fields]
    why, scorer, labels = _rule(targets)
    chinese = sum(bool(HAN.search(str(record.fields["input"]))) for record in kept) > len(kept) / 2
    comma = "、" if chinese else ", "
    return Sheet(
        name=path.stem[:60].strip() or "sheet",
        rows=len(kept),
        asked=called["input"],
        expected=called["target"] if targets else None,
        tags=tuple(name for name in names if name and name not in ("id", "input", "target")),
        blank=tuple(record.row for record in records if "input" not in record.fields),
        unanswered=tuple(record.row for record in asked if record not in kept),
        why=why,
        scorer=scorer,
        prompt=PROMPTS[why][chinese].format(labels=comma.join(labels)),
        file=f"{path.stem}{'.csv' if targets else '.jsonl'}",
        content=(_csv(kept, names) if targets else _jsonl(kept)).encode(),
        notices=tuple(notices),
        labels=len(labels),
    )


def _named(heads: Sequence[str], said: Mapping[str, str | None]) -> dict[str, int]:
    """Return which column each field is by the command line; UsageError where there is no such column, or one twice."""
    named: dict[str, int] = {}
    problems = []
    for field, column in said.items():
        if column is None:
            continue
        if column.strip() not in heads:
            message = worded("--{field}: there is no column '{name}'", field=field, name=column)
            problems.append(Problem(code="E311", message=message, hint=did_you_mean(column, filter(None, heads))))
        elif heads.index(column.strip()) in named.values():
            message = worded("--input and --target both name the column '{name}'", name=column.strip())
            problems.append(_with_flags(Problem(code="E311", message=message), heads, named))
        else:
            named[field] = heads.index(column.strip())
    if problems:
        raise UsageError(problems)
    return named


def _with_flags(problem: Problem, heads: Sequence[str], named: Mapping[str, int]) -> Problem:
    """Return a problem of the columns with the options that settle it; what is named already stays."""
    if problem.code != "E311" or not heads:
        return problem
    others = (name for index, name in enumerate(heads) if name and index not in named.values())
    columns = {field: heads[named[field]] if field in named else next(others, None) for field in ("input", "target")}
    flags = " ".join(f"--{field} {shlex.quote(name)}" for field, name in columns.items() if name is not None)
    return replace(problem, hint=worded("say which column is which, for example: {flags}", flags=flags))


def _rows(path: Path, problems: list[Problem], named: Sequence[str]) -> Iterator[Row]:
    suffix = path.suffix.lower()
    if not path.is_file():
        hint = nearest_file(path.parent, path.name)
        problems.append(Problem(code="E301", message=worded("dataset not found: {path}", path=path), hint=hint))
    elif suffix not in (*SUFFIXES, UNICODE_TEXT):
        message = worded("{name} is no {suffixes} file", name=path.name, suffixes=[*SUFFIXES, UNICODE_TEXT])
        problems.append(Problem(code="E310", message=message, file=str(path), hint=worded("save it as .xlsx or CSV")))
    elif suffix == ".xlsx":
        yield from xlsx_rows(path, problems)
    elif suffix in (".csv", ".tsv", UNICODE_TEXT):
        yield from csv_rows(path, path.read_bytes(), problems, named=named).rows
    else:
        yield from _objects(path, problems)


def _objects(path: Path, problems: list[Problem]) -> Iterator[Row]:
    """Yield the keys of the objects of a JSONL file as a first row, then their values."""
    lines = path.read_bytes().decode("utf-8-sig", errors="replace").split("\n")
    objects: list[tuple[int, dict[str, Json]]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as error:
            problems.append(
                Problem(code="E303", message=worded("not JSON: {error}", error=error), file=str(path), line=number)
            )
            continue
        if not isinstance(data, dict):
            problems.append(Problem(code="E303", message=worded("expected a JSON object"), file=str(path), line=number))
            continue
        objects.append((number, data))
    keys = list(dict.fromkeys(key for _, data in objects for key, value in data.items() if _is_plain(value)))
    if keys:
        yield 1, 1, keys
    for number, data in objects:
        yield number, number, [_text(data.get(key)) for key in keys]


def _is_plain(value: Json) -> bool:
    return value is None or isinstance(value, str | int | float)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _rule(targets: Sequence[str]) -> tuple[str, dict[str, dict[str, Json]], list[str]]:
    """Return why a scorer was picked, the scorer, and the labels where it is one of labels."""
    if not targets:
        return "none", {"rules": {}}, []
    if all(NUMBER.fullmatch(target.strip()) for target in targets):
        return "numbers", {"number_match": {}}, []
    labels = list(Counter(target.strip() for target in targets))
    spelt = {spell(label) for label in labels}
    few = 2 <= len(labels) <= min(MOST_LABELS, len(targets) / 2)
    if few and len(spelt) == len(labels) and "" not in spelt and max(map(len, labels)) <= LONGEST_LABEL:
        return "labels", {"label_match": {"labels": list[Json](labels)}}, labels
    if sum(len(words(target)) <= SHORT for target in targets) >= 0.9 * len(targets):
        return "short", {"contains": {}}, []
    return "long", {"anls": {"threshold": 1.0}}, []


def _csv(kept: Sequence[Record], names: Sequence[str]) -> str:
    written = io.StringIO()
    tags = [name for name in names if name and name not in ("id", "input", "target")]
    writer = csv.writer(written)
    writer.writerow(["id", "input", "target", *tags])
    for record in kept:
        metadata = record.fields["metadata"]
        assert isinstance(metadata, dict)
        ids = record.fields.get("id", f"row-{record.row}")
        writer.writerow(
            [ids, record.fields["input"], record.fields["target"], *(metadata.get(tag, "") for tag in tags)]
        )
    return "\ufeff" + written.getvalue()


def _jsonl(kept: Sequence[Record]) -> str:
    """Return samples whose target is a rule: that there is an answer, and that it is no essay."""
    rule: Json = [{"rule": "words", "args": {"min": 1, "max": MOST_WORDS}}]
    samples = [{"id": f"row-{record.row}", **record.fields, "target": rule} for record in kept]
    return "".join(json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples)
