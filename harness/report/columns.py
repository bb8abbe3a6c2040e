"""Tables in Markdown, their columns in line, so that they read on a terminal and paste into a page."""

import unicodedata
from collections.abc import Collection, Sequence

from harness.report.visible import visible


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> list[str]:
    """Return the lines of a table; a bar in a cell is escaped, and what hides is named. `right`: columns of numbers."""
    lines = [[visible(cell).replace("\n", " ").replace("|", "\\|") for cell in row] for row in (heads, *rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
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
