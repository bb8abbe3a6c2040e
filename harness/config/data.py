"""Data files as samples: JSONL and spreadsheets, each fault with its line."""

import json
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from harness.config.media import is_data
from harness.config.secrets import safe_excerpt, shown
from harness.config.tables import Record, read_csv, read_xlsx
from harness.core.canonical import Json
from harness.core.scores import Scorer
from harness.core.suggest import did_you_mean, hints, meant, nearest
from harness.core.suites import Sample
from harness.core.wording import Wording, foreign, worded
from harness.errors import Problem, UsageError

MAX_BYTES = 100_000_000
MAX_LINE = 10_000_000
"""Characters of one JSONL line."""
MAX_SAMPLES = 1_000_000
MAX_PROBLEMS = 20
"""Shown of one file; the rest are counted."""

FIELDS = ("id", "input", "target", "files", "metadata")
SUFFIXES = (".jsonl", ".ndjson", ".csv", ".tsv", ".xlsx")
OBJECT = worded('one object a line: {{"id": "...", "input": "...", "target": "..."}}')
TARGET_HINT = worded("fill in the target, or take the samples out")


def load_samples(
    path: Path, *, root: Path | None = None, judge: Scorer | None = None, notices: list[str] | None = None
) -> tuple[Sample, ...]:
    """Read the samples of `path` (JSONL, CSV, TSV, XLSX); media paths are relative to `root`, by default its folder.

    Every sample has an id (`row-N` where the file has none) and an input; a target too where there is a `judge`, who
    needs one: without it, an answer would be paid for and then lost. UsageError with every problem found. What was
    guessed of a table's columns is added to `notices`.
    """
    problems: list[Problem] = []
    samples = read_samples(path, problems, [] if notices is None else notices, root=root, judge=judge)
    if problems:
        raise UsageError(problems)
    return samples


def read_samples(
    path: Path, problems: list[Problem], notices: list[str], *, root: Path | None = None, judge: Scorer | None = None
) -> tuple[Sample, ...]:
    """Do as `load_samples`, but add what is wrong to `problems` and return the samples that are right."""
    found: list[Problem] = []
    samples = _samples(path, path.parent if root is None else root, judge, found, notices)
    if not found and not samples:
        hint = worded("a sample a line, below the names of the columns")
        found.append(Problem(code="E302", message=worded("the dataset is empty"), file=str(path), hint=hint))
    if len(found) > MAX_PROBLEMS:
        rest = len(found) - MAX_PROBLEMS
        found[MAX_PROBLEMS:] = [
            Problem(code="E303", message=worded("the dataset has {rest} more problems", rest=rest), file=str(path))
        ]
    problems += found
    return samples


def without_target(samples: Iterable[Sample], judge: Scorer | None) -> list[str]:
    """Return the ids of the samples that `judge` cannot judge."""
    if judge is None:
        return []
    empty: tuple[Json, ...] = (None, "") if judge.takes_empty_target else (None, "", [])
    return [sample.id for sample in samples if sample.target in empty]


def no_target(ids: Sequence[str], judge: Scorer) -> Wording:
    """Say which samples have none."""
    named = {"judge": judge.name, "ids": [shown(one) for one in ids[:3]]}
    if len(ids) > 3:
        return worded("no target, which {judge} judges against: samples {ids} and {n} more", n=len(ids) - 3, **named)
    if len(ids) > 1:
        return worded("no target, which {judge} judges against: samples {ids}", **named)
    return worded("no target, which {judge} judges against: sample {ids}", **named)


def inside(root: Path, written: str) -> bool:
    """Whether the path `written`, symbolic links followed, stays inside `root` and names no other root."""
    if not written or "\0" in written or "://" in written:
        return False
    windows = PureWindowsPath(written)
    if PurePosixPath(written).is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        return False
    return (root / written).resolve().is_relative_to(root.resolve())


def nearest_file(root: Path, written: str) -> Wording:
    """Return a hint for a file that is not there: the nearest name that is."""
    folder = (root / written).parent
    there = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    best = nearest(Path(written).name, there)
    if best:
        return worded("did you mean '{name}'?", name=PurePosixPath(written).with_name(best))
    return worded("paths are relative to {folder}", folder=root)


def file_meant(root: Path, written: str) -> Path | None:
    """Return the file beside one that is not there, whose name is a slip of the finger away; None where none is."""
    folder = (root / written).parent
    there = [entry.name for entry in folder.iterdir() if entry.is_file()] if folder.is_dir() else []
    best = meant(Path(written).name, there)
    return folder / best if best else None


def _samples(
    path: Path, root: Path, judge: Scorer | None, problems: list[Problem], notices: list[str]
) -> tuple[Sample, ...]:
    status = path.stat()
    fault = None
    if not stat.S_ISREG(status.st_mode):
        fault = Problem(code="E301", message=worded("the dataset is no regular file"), file=str(path))
    elif path.suffix.lower() not in SUFFIXES:
        message = worded(
            "a dataset is a file ending in {suffixes}, not {came}",
            suffixes=[*SUFFIXES],
            came=shown(path.suffix or path.name),
        )
        fault = Problem(code="E301", message=message, file=str(path))
    elif status.st_size > MAX_BYTES:
        message = worded(
            "the dataset has {size:.0f} MB; at most {most:.0f} MB are read",
            size=status.st_size / 1000000.0,
            most=MAX_BYTES / 1000000.0,
        )
        fault = Problem(code="E309", message=message, file=str(path))
    if fault is not None:
        problems.append(fault)
        return ()
    samples: dict[str, tuple[int, Sample]] = {}
    for record in _read(path, judge, problems, notices):
        sample = _sample(path, root, record, problems)
        if sample is None:
            continue
        if sample.id in samples:
            message = worded(
                "the sample id {id} stands in line {first} and in line {line}",
                id=shown(sample.id),
                first=samples[sample.id][0],
                line=record.line,
            )
            hint = worded("give each an id of its own, or leave all ids out")
            problems.append(Problem(code="E304", message=message, file=str(path), line=record.line, hint=hint))
            continue
        samples[sample.id] = (record.line, sample)
        if len(samples) > MAX_SAMPLES:
            problems.append(
                Problem(
                    code="E309",
                    message=worded("more than {most:,} samples", most=MAX_SAMPLES),
                    file=str(path),
                )
            )
            break
    blank = without_target((sample for _, sample in samples.values()), judge)
    if judge and blank:
        line = samples[blank[0]][0]
        message = no_target(blank, judge)
        problems.append(Problem(code="E313", message=message, file=str(path), line=line, column=1, hint=TARGET_HINT))
    return tuple(sample for _, sample in samples.values())


def _read(path: Path, judge: Scorer | None, problems: list[Problem], notices: list[str]) -> Iterable[Record]:
    suffix, judged_by = path.suffix.lower(), judge.name if judge else None
    if suffix == ".xlsx":
        return read_xlsx(path, problems, notices, judge=judged_by)
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.append(
            Problem(
                code="E310",
                message=worded("the file cannot be read: {strerror}", strerror=error.strerror),
                file=str(path),
            )
        )
        return ()
    if suffix in (".csv", ".tsv"):
        return read_csv(path, raw, problems, notices, judge=judged_by)
    return _read_jsonl(path, raw, problems)


def _read_jsonl(path: Path, raw: bytes, problems: list[Problem]) -> Iterator[Record]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = raw.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(
                code="E310",
                message=worded("JSONL is UTF-8 text"),
                file=str(path),
                line=bad,
                hint=worded("save it as UTF-8"),
            )
        )
        return
    # not splitlines(): U+2028 and its like may stand inside a JSON string
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        fields = _json_object(path, number, line.rstrip("\r"), problems)
        if fields is not None:
            yield Record(line=number, row=number, fields=fields)


def _json_object(path: Path, number: int, line: str, problems: list[Problem]) -> dict[str, Json] | None:
    def add(message: str, *, column: int | None = None, hint: str | None = None, code: str = "E303") -> None:
        excerpt = None if column is None else safe_excerpt(line)
        problems.append(
            Problem(code=code, message=message, file=str(path), line=number, column=column, excerpt=excerpt, hint=hint)
        )

    if len(line) > MAX_LINE:
        add(worded("the line has {n:,} characters, more than {most:,}", n=len(line), most=MAX_LINE), code="E309")
        return None
    try:
        data = _JSON.decode(line)
        if "\\ud" in line or "\\uD" in line:
            json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        said = foreign(f"{error.msg[:1].lower()}{error.msg[1:]}")
        add(worded("not JSON: {error}", error=said), column=error.colno, hint=OBJECT)
        return None
    except UnicodeEncodeError:
        add(worded("not JSON: half of a surrogate pair, which no text can hold"))
        return None
    except (ValueError, RecursionError) as error:
        add(worded("not JSON: {error}", error=error))
        return None
    if not isinstance(data, dict):
        add(
            worded("expected a JSON object"),
            column=1,
            hint=OBJECT,
        )
        return None
    fields = {name: value for name, value in data.items() if name in FIELDS}
    is_right = True
    for name in data:
        if name not in FIELDS:
            best = meant(name, [field for field in FIELDS if field not in fields])
            fields |= {best: data[name]} if best else {}
            is_right = is_right and best is not None
            column = line.find(json.dumps(name, ensure_ascii=False)) + 1
            add(
                worded("unknown key {name}", name=shown(name)),
                column=column or None,
                hint=hints(did_you_mean(name, FIELDS), worded("slices go into metadata")),
                code="E305",
            )
    return fields if is_right else None  # which field the others are meant to be, nobody knows


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        raise ValueError(f"the key {shown(twice)} stands twice")
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def _sample(path: Path, root: Path, record: Record, problems: list[Problem]) -> Sample | None:
    found = len(problems)

    def add(message: str, *, code: str = "E306", hint: str | None = None) -> None:
        problems.append(Problem(code=code, message=message, file=str(path), line=record.line, hint=hint))

    given = record.fields
    identity = given.get("id")
    if identity is None:
        identity = f"row-{record.row}"
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if not isinstance(identity, str) or not identity.strip() or len(identity) > 200:
        add(worded("'id' is a text of 1 to 200 characters, not {came}", came=shown(identity)))
    if _blank(given.get("input")):
        add(worded("the sample has no input"), hint=worded("fill it in, or take the sample out"))
    files = given.get("files")
    files = [files] if isinstance(files, str) else files or []
    if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
        add(worded("'files' is a list of paths"))
        files = []
    metadata = given.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        add(worded("'metadata' is an object, not {came}", came=shown(metadata)))
    if files:
        _check_media(path, root, files, add)
    if len(problems) > found:
        return None
    return Sample(
        id=str(identity),
        input=given["input"],
        target=given.get("target"),
        files=tuple(str(name) for name in files),
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _check_media(path: Path, root: Path, files: list[Json], add: Callable[..., None]) -> None:
    for name in map(str, files):
        if is_data(name):
            continue
        if not inside(root, name):
            hint = worded(
                "media lie in the suite's folder; nothing is fetched, and no absolute path, .. or link leads out of it"
            )
            add(worded("media path outside the suite: {name}", name=shown(name)), code="E307", hint=hint)
        elif not (root / name).is_file():
            beside = path.parent / name
            moved = beside.is_file() and beside.is_relative_to(root)
            hint = (
                worded("did you mean '{name}'?", name=beside.relative_to(root).as_posix())
                if moved
                else nearest_file(root, name)
            )
            add(worded("media file not found: {name}", name=name), code="E308", hint=hint)


def _blank(value: Json) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())
