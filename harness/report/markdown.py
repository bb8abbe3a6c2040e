"""Markdown in which foreign text stays text, whoever renders it."""

import json
import re
from collections.abc import Iterable, Sequence

from harness.report.numbers import Number
from harness.report.phrases import Phrase, Piece, words
from harness.report.visible import HIDDEN, one_line, visible

INLINE = 300
"""Characters of foreign text inside a sentence or a cell."""

SYNTAX = re.compile(r"[\\`*\[\]|~!$^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""What can begin markup in the middle of a line, and a backslash disarms; `#`, `+`, `-` only do at its start."""
HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""Not every renderer lets a backslash disarm these."""
LINKS = re.compile(r"://|(?i:www)\.|@|(?i:mailto|xmpp|javascript|data):")
"""What renderers turn into links by themselves."""


def foreign(text: str, limit: int = INLINE) -> str:
    """Return foreign text on one line, escaped so that no renderer sees markup, HTML or a link in it."""
    flat = one_line(text, limit)
    parts = [_disarmed(part) for part in LINKS.split(flat)]
    links = [_unlinked(match[0]) for match in LINKS.finditer(flat)]
    joined = parts[0] + "".join(link + part for link, part in zip(links, parts[1:], strict=True))
    return re.sub(r"^(?=[#+\-=:]|\d+[.)])", "&#8203;", joined) if joined else "–"


def _disarmed(text: str) -> str:
    return re.sub(r"[&<>]", lambda m: HTML[m[0]], SYNTAX.sub(r"\\\g<0>", text))


def _unlinked(text: str) -> str:
    """Return what would start a link with its punctuation as entities: it reads the same and links to nothing."""
    return re.sub(r"[:/.@]", lambda m: f"&#{ord(m[0])};", text)


def fenced(text: str) -> str:
    """Return foreign text as a code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def yaml_value(value: object) -> str:
    """Return strings, lists and mappings of them as YAML on one line; no text can leave its quotes or hide in them."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return HIDDEN.sub(lambda m: f"\\U{ord(m[0]):08X}", text)


def say(key: str | Phrase, **args: Piece) -> str:
    """Return a sentence of `words.py` in Markdown."""
    phrase = key if isinstance(key, Phrase) else Phrase(key=key, args=args)
    return "".join(literal + ("" if piece is None else show(piece)) for literal, piece in words(phrase))


def show(piece: Piece) -> str:
    """Return a number's text, a phrase in words, and anything else as foreign text."""
    if isinstance(piece, Number):
        # a dollar sign begins mathematics in some renderers, a tilde or an asterisk never stands in a number
        return piece.text.replace("$", "\\$").replace("<", "&lt;").replace(">", "&gt;")
    return say(piece) if isinstance(piece, Phrase) else foreign(piece)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a pipe table; cells are Markdown already."""
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def bullets(lines: Iterable[str]) -> str:
    """Return a list; lines are Markdown already."""
    return "\n".join(f"- {line}" for line in lines)
