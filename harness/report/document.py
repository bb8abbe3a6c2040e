"""A document before it has a format: headings, paragraphs, lists, tables and quotations, made of spans of text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CELLS = " | "
"""Between the cells of a row that is read back as a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Text on one line as it is meant to be read: nothing in it is markup."""

    text: str
    link: str | None = None
    strong: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    level: int
    """1 is the title."""
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    head: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Lines that somebody else wrote, verbatim."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Quotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    language: str
    """`en` or `zh`."""
    matter: Mapping[str, object]
    """What people sign, before the text, by names that programs read."""
    blocks: tuple[Block, ...]
    record: Mapping[str, object]
    """What it rests on, after the text: hashes, models, prices."""


def plain(spans: Sequence[Span]) -> str:
    """Return the text of the spans alone."""
    return "".join(span.text for span in spans)
