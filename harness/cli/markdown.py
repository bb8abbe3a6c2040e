"""Tables in Markdown, their columns in line, so that they read on a terminal and paste into a page."""

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    head, *body = (
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (heads, *rows)
    )
    return [head, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *body]
