"""Where what is written is not what follows from the records: documents by their leaves, pages by their figures."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from harness.core.verification import Verification
from harness.core.wording import worded
from harness.report import bundle

FIGURE = re.compile(r'<data value="([^"]*)" id="([^"]*)">')
SHOWN = 80
"""Characters of what differs; of a longer text those where it does."""
TOLERANCE = 1e-9
"""Relative: other builds of the same arithmetic differ in the last digits."""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def of_documents(name: str, written: Any, derived: Any) -> Verification:
    """Compare each leaf of two JSON documents."""
    found = tuple(worded("{name} {line}", name=name, line=line) for line in _leaves(written, derived, ""))
    return Verification(what=worded("values of {name}", name=name), compared=_count(derived), differences=found)


def of_pages(path: Path, derive: Callable[[Path], str]) -> Verification:
    """Compare each figure of an HTML page by its id, of its packed samples too, then its lines."""
    return _of_file(path, derive, worded("figures of {name}", name=path.name), _figures)


def of_texts(
    path: Path, derive: Callable[[Path], str], *, filled_in: Sequence[str] = (), read: Callable[[Path], str] = _text
) -> Verification:
    """Compare each line of a text, but for those that begin as one of `filled_in`, which people complete.

    `read` gives the text of the file; its ValueError says that the file is none.
    """

    def differ(written: str, derived: str) -> tuple[int, list[str]]:
        return _lines(*(_without(text, tuple(filled_in)) for text in (written, derived)))

    return _of_file(path, derive, worded("lines of {name}", name=path.name), differ, read)


def _of_file(
    path: Path,
    derive: Callable[[Path], str],
    what: str,
    differ: Callable[[str, str], tuple[int, list[str]]],
    read: Callable[[Path], str] = _text,
) -> Verification:
    if not path.exists():
        return Verification(what=what, compared=0, left_out=worded("{name} was never written", name=path.name))
    try:
        written = read(path)
    except ValueError as error:
        return Verification(
            what=what, compared=0, differences=(worded("{name} cannot be read: {error}", name=path.name, error=error),)
        )
    compared, found = differ(written, derive(path))
    return Verification(
        what=what,
        compared=compared,
        differences=tuple(worded("{name} {line}", name=path.name, line=line) for line in found),
    )


def _leaves(written: Any, derived: Any, path: str) -> Iterator[str]:
    if isinstance(written, Mapping) and isinstance(derived, Mapping):
        for key in sorted(written.keys() | derived.keys()):
            yield from _leaves(written.get(key), derived.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(written, list) and isinstance(derived, list) and len(written) == len(derived):
        for i, (one, other) in enumerate(zip(written, derived, strict=True)):
            yield from _leaves(one, other, f"{path}[{_named(other, i)}]")
    elif not _same(written, derived):
        yield _difference(path, written, derived)


def _count(document: Any) -> int:
    if isinstance(document, Mapping):
        return sum(map(_count, document.values()))
    return sum(map(_count, document)) if isinstance(document, list) else 1


def _figures(written: str, derived: str) -> tuple[int, list[str]]:
    was, now = (
        {id_: value for value, id_ in FIGURE.findall(page)} | dict(bundle.figures(page)) for page in (written, derived)
    )
    wrong = [_difference(id_, was.get(id_), now.get(id_)) for id_ in now | was if was.get(id_) != now.get(id_)]
    return len(now), wrong or _lines(written, derived)[1][:1]


def _lines(written: str, derived: str) -> tuple[int, list[str]]:
    was, now = written.splitlines(), derived.splitlines()
    pairs = enumerate(zip_longest(was, now), start=1)
    return len(now), [_difference(worded("line {n}", n=at), one, other) for at, (one, other) in pairs if one != other]


def _without(text: str, starts: tuple[str, ...]) -> str:
    return "\n".join("" if line.startswith(starts) else line for line in text.splitlines())


def _difference(place: str, written: Any, derived: Any) -> str:
    if isinstance(written, str) and isinstance(derived, str) and max(len(written), len(derived)) > SHOWN:
        same = next((i for i, pair in enumerate(zip_longest(written, derived)) if pair[0] != pair[1]), 0)
        written, derived = (
            text[:SHOWN] if same < SHOWN // 2 else f"...{text[same - 20 :]}" for text in (written, derived)
        )
    return worded(
        "{place}: {written} is written, {derived} follows from the records",
        place=place,
        written=_short(written),
        derived=_short(derived),
    )


def _same(one: Any, other: Any) -> bool:
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (one, other))
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-12) if numbers else bool(one == other)


def _named(item: Any, i: int) -> str:
    """Name an item of a list as its reader would: by candidate, criterion or metric, else by its place."""
    names = (
        [str(item[key]) for key in ("slot", "candidate", "metric", "name") if key in item]
        if isinstance(item, Mapping)
        else []
    )
    return " ".join(names) or str(i)


def _short(value: Any) -> str:
    if value is None:
        return worded("nothing")
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
