"""A document in Markdown, in which text stays text, whoever renders it, and links are notes at its end."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, takewhile

from harness.report.document import Block, Bullets, Document, Heading, Paragraph, Quotation, Span, Spans, Table
from harness.report.visible import HIDDEN, visible

SYNTAX = re.compile(r"[\\`*\[\]|~!$^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""What can begin markup in the middle of a line, and a backslash disarms; `#`, `+`, `-` only do at its start."""
HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""Not every renderer lets a backslash disarm these."""
LINKS = re.compile(r"://|(?i:www)\.|@|(?i:mailto|xmpp|javascript|data):")
"""What renderers turn into links by themselves."""
START = re.compile(r"^(?=[#+\-=:]|\d+[.)])")
"""Before what would make a line a heading, a list or an underline."""


def markdown(document: Document) -> str:
    """Return the document as Markdown, its matter as YAML before it, and its record as YAML and its links after it."""
    notes = Notes()
    blocks = [_block(block, notes) for block in document.blocks]
    record = "\n".join(["```yaml", *_yaml(document.record), "```"])
    return "\n\n".join([matter(document.matter), *blocks, record, "\n".join(notes.lines)]).rstrip() + "\n"


class Notes:
    """The footnotes of a document: of each line, or table, what its numbers lead to, in their order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def mark(self, spans: Iterable[Span]) -> str:
        """Return the mark of a new note that has the links of `spans`; nothing where they have none."""
        links = dict.fromkeys(f"[{escaped(span.text)}]({span.link})" for span in spans if span.link is not None)
        if not links:
            return ""
        self.lines.append(f"[^{len(self.lines) + 1}]: {' · '.join(links)}")
        return f"[^{len(self.lines)}]"


def matter(fields: Mapping[str, object]) -> str:
    """Return what stands before the title as YAML, one field a line."""
    return "\n".join(["---", *_yaml(fields), "---"])


def front_matter(text: str) -> str:
    """Return what `matter` made, of a document that was written; empty where it begins with none."""
    lines = text.split("\n")
    return "\n".join(takewhile(lambda line: line != "---", lines[1:])) if lines[:1] == ["---"] else ""


def _yaml(fields: Mapping[str, object]) -> list[str]:
    return [f"{key}: {yaml_value(value)}" for key, value in fields.items()]


def yaml_value(value: object) -> str:
    """Return strings, lists and mappings of them as YAML on one line; no text can leave its quotes or hide in them."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return HIDDEN.sub(lambda m: f"\\U{ord(m[0]):08X}", text)


def escaped(text: str) -> str:
    """Return text of one line so that no renderer sees markup, HTML or a link in it."""
    parts = [_disarmed(part) for part in LINKS.split(text)]
    links = [_unlinked(match[0]) for match in LINKS.finditer(text)]
    return parts[0] + "".join(link + part for link, part in zip(links, parts[1:], strict=True))


def fenced(text: str) -> str:
    """Return foreign text as a code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def line(spans: Spans) -> str:
    """Return spans as one line that begins as text; what they link to is left out."""
    return START.sub("&#8203;", _inline(spans))


def _inline(spans: Spans) -> str:
    groups = groupby(spans, key=lambda span: span.strong)
    parts = ((strong, "".join(escaped(span.text) for span in group)) for strong, group in groups)
    return "".join(f"**{part}**" if strong else part for strong, part in parts)


def _block(block: Block, notes: Notes) -> str:
    match block:
        case Heading():
            return "#" * block.level + " " + line(block.spans)
        case Paragraph():
            return line(block.spans) + notes.mark(block.spans)
        case Bullets():
            return "\n".join(f"- {line(item)}{notes.mark(item)}" for item in block.items)
        case Table():
            return _table(block.head, block.rows, notes)
        case Quotation():
            return fenced(block.text)


def _table(head: Sequence[Spans], rows: Sequence[Sequence[Spans]], notes: Notes) -> str:
    cells = [[_inline(cell) for cell in row] for row in (head, *rows)]
    cells[0][0] += notes.mark(span for row in (head, *rows) for cell in row for span in cell)
    lines = ["| " + " | ".join(row) + " |" for row in (cells[0], ["---"] * len(head), *cells[1:])]
    return "\n".join(lines)


def _disarmed(text: str) -> str:
    return re.sub(r"[&<>]", lambda m: HTML[m[0]], SYNTAX.sub(r"\\\g<0>", text))


def _unlinked(text: str) -> str:
    """Return what would start a link with its punctuation as entities: it reads the same and links to nothing."""
    return re.sub(r"[:/.@]", lambda m: f"&#{ord(m[0])};", text)
