"""Files of strangers, found and read within bounds: nothing is unpacked to a disk, and no name in them is a path."""

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from harness.core.wording import worded
from harness.errors import Problem, UsageError

MOST_FILES = 10_000
MOST_BYTES = 2_000_000_000
"""Of one file."""
MOST_DOCUMENT = 300_000_000
"""Bytes of one JSON document: a file, a line, or a member of an archive."""
MOST_MEMBERS = 200_000
MOST_UNPACKED = 4_000_000_000
MOST_RATIO = 200
"""Unpacked ÷ packed, of a whole archive."""
SUFFIXES = (".json", ".jsonl", ".eval")
"""What is looked at in a folder."""
ZIP = b"PK\x03\x04"
READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, getattr(zipfile, "ZIP_ZSTANDARD", zipfile.ZIP_DEFLATED))
"""inspect_ai compresses with Zstandard, which Python knows from 3.14 on."""

TOO_LARGE = "E605"
KNOWN = worded(
    "what is read: the JSON of promptfoo, .eval and JSON logs of inspect_ai, results of lm_eval with their samples,"
    " outputs of EvalScope"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A path that somebody wants imported."""

    path: Path
    candidate: str | None = None
    """What its candidate is to be called."""


def refused(path: Path, code: str, message: str, *, hint: str | None = None) -> UsageError:
    return UsageError([Problem(code=code, message=message, file=str(path), hint=hint)])


def found(given: Iterable[Given], problems: list[Problem]) -> Iterator[tuple[Given, bool]]:
    """Yield every file below what was given, and whether it was named itself; links in folders are not followed.

    What is not there is added to `problems`.
    """
    seen: set[Path] = set()
    for one in given:
        if not one.path.exists():
            problems.append(Problem(code="E601", message=worded("there is no such file or folder"), file=str(one.path)))
            continue
        files = _below(one.path) if one.path.is_dir() else [one.path]
        for path in files:
            if path.resolve() in seen:
                continue
            seen.add(path.resolve())
            if len(seen) > MOST_FILES:
                raise refused(
                    one.path,
                    TOO_LARGE,
                    worded("more than {most:,} files", most=MOST_FILES),
                    hint=worded("name the logs that are meant"),
                )
            yield Given(path=path, candidate=one.candidate), path == one.path


def _below(folder: Path) -> list[Path]:
    return sorted(
        Path(where) / name
        for where, _, names in os.walk(folder)
        for name in names
        if name.endswith(SUFFIXES) and not (Path(where) / name).is_symlink()
    )


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file to read; UsageError where it is none, cannot be read or is too large."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not be waited for
    except OSError as error:
        raise refused(path, "E601", worded("the file cannot be read: {strerror}", strerror=error.strerror)) from error
    with os.fdopen(file, "rb") as stream:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise refused(path, "E601", worded("this is no plain file"))
        if status.st_size > MOST_BYTES:
            size = f"the file has {status.st_size / 1e6:,.0f} MB, more than {MOST_BYTES / 1e6:,.0f}"
            raise refused(path, TOO_LARGE, size, hint=worded("import parts of it"))
        yield stream


def sha256(path: Path) -> str:
    with opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a file is what it takes


def decoded(data: bytes, path: Path, *, where: str = "") -> Any:
    """Return what JSON says; UsageError where it is none, or is nested as no log is."""
    at = worded(" in {where}", where=where) if where else ""
    if len(data) > MOST_DOCUMENT:
        raise refused(
            path,
            TOO_LARGE,
            worded("more than {most:.0f} MB of JSON{at}", most=MOST_DOCUMENT / 1000000.0, at=at),
        )
    try:
        return json.loads(data)
    except RecursionError as error:
        raise refused(path, TOO_LARGE, worded("JSON{at} that is nested too deeply", at=at)) from error
    except ValueError as error:
        raise refused(path, "E601", worded("no JSON{at}: {error}", at=at, error=error), hint=KNOWN) from error


def document(path: Path) -> Any:
    """Return what a JSON file says."""
    with opened(path) as stream:
        return decoded(stream.read(MOST_DOCUMENT + 1), path)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines."""
    with opened(path) as stream:
        number = 0
        while line := stream.readline(MOST_DOCUMENT + 1):
            number += 1
            if line.strip():
                row = decoded(line, path, where=f"line {number}")
                if not isinstance(row, dict):
                    raise refused(path, "E601", worded("line {number} is no JSON object", number=number), hint=KNOWN)
                yield row


def first(path: Path) -> tuple[dict[str, Any], bool]:
    """Return the first object of a file, and whether it is the whole file; an archive and a list are empty ones."""
    with opened(path) as stream:
        line = stream.readline(MOST_DOCUMENT + 1)
        if line.startswith(ZIP):
            return {}, True
        try:
            told = decoded(line, path)
        except UsageError as error:
            if error.problems[0].code == TOO_LARGE:
                raise
            told = decoded(line + stream.read(MOST_DOCUMENT + 1), path)  # a document over several lines
        return (told if isinstance(told, dict) else {}), not stream.read(64).strip()


def is_archive(path: Path) -> bool:
    with opened(path) as stream:
        return stream.read(len(ZIP)) == ZIP


class Archive:
    """The JSON documents of a zip, read one at a time into memory, by their names as they stand in it."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(stream)
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise refused(
                path, "E601", worded("no readable archive: {error}", error=error), hint=worded("was it copied whole?")
            ) from error
        size, packed = sum(it.file_size for it in members), sum(it.compress_size for it in members)
        if len(members) > MOST_MEMBERS or size > MOST_UNPACKED or size > MOST_RATIO * max(packed, 1):
            told = f"the archive unpacks to {size / 1e6:,.0f} MB in {len(members):,} parts, more than is read"
            raise refused(path, TOO_LARGE, told)
        self.names = [member.filename for member in members]

    def read(self, name: str) -> Any:
        """Return what the member `name` says."""
        member = self._zip.getinfo(name)
        if member.compress_type not in READ_METHODS:
            told = f"its parts are compressed in a way that this Python cannot read (zip method {member.compress_type})"
            way_out = f"inspect log convert {self.path} --to json --output-dir DIR, then import DIR"
            raise refused(self.path, "E606", told, hint=way_out)
        try:
            with self._zip.open(member) as stream:
                data = stream.read(MOST_DOCUMENT + 1)  # whatever size the archive claims
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error) as error:
            raise refused(
                self.path, "E601", worded("a part of the archive cannot be read: {error}", error=error)
            ) from error
        return decoded(data, self.path, where="a part of the archive")
