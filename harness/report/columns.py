"""Tables in Markdown, their columns in line, so that they read on a terminal and paste into a page."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from harness.report.visible import visible

HAN, OPENING, CLOSING = "\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\uf900-\ufaff", "（《「『【", "，。；：、）》」』】！？"
PIECE = re.compile(rf" +|[{OPENING}]*(?:[{HAN}]|[^ {HAN}{OPENING}{CLOSING}]+)?[{CLOSING}]*")
"""What a line is not broken within: a word, or a Han character with the punctuation that it may not be parted from."""


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = (), wide: int | None = None,
    keys: int = 1,
) -> list[str]:  # fmt: skip
    """Return the lines of a table; a bar in a cell is escaped, and what hides is named. `right`: columns of numbers.

    Columns that do not fit in lines so `wide` follow in further tables, each after the first `keys` columns.
    """
    lines = [[visible(cell).replace("\n", " ").replace("|", "\\|") for cell in row] for row in (heads, *rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    found: list[str] = []
    for part in _parts(widths, wide, keys):
        cells = [[row[index] for index in part] for row in lines]
        numbers = [place for place, index in enumerate(part) if index in right]
        found += [*([""] if found else []), *_table(cells, [widths[index] for index in part], numbers)]
    return found


def _parts(widths: Sequence[int], wide: int | None, keys: int) -> list[list[int]]:
    """Return the columns of each table."""
    first = list(range(min(keys, len(widths))))
    parts = [list(first)]
    for index in range(len(first), len(widths)):
        taken = sum(widths[it] + 3 for it in (*parts[-1], index)) + 1
        if wide is not None and taken > wide and len(parts[-1]) > len(first):
            parts.append(list(first))
        parts[-1].append(index)
    return parts


def _table(lines: Sequence[Sequence[str]], widths: Sequence[int], right: Collection[int]) -> list[str]:
    head, *body = (
        "| "
        + " | ".join(
            padded(cell, of, right=index in right) for index, (cell, of) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in lines
    )
    rules = ("-" * (of + 1) + (":" if index in right else "-") for index, of in enumerate(widths))
    return [head, "|" + "|".join(rules) + "|", *body]


def folded(text: str, wide: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return `text` in lines of at most `wide` columns, after `first` and then after `rest`; no word is broken."""
    lines, line, empty = [], first, True
    for piece in filter(None, PIECE.findall(text)):
        if not empty and not piece.isspace() and width(line) + width(piece) > wide:
            lines.append(line.rstrip())
            line, empty = rest, True
        if empty and piece.isspace():
            continue
        line, empty = line + piece, False
    return [*lines, line.rstrip()]


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes: two for a Han character, none for an accent on another."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Return `text` with spaces after it, or before it, so that it takes so many columns."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
