"""A page or memo taken apart: elements, attributes, figures, foreign text."""

import base64
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import quote

from harness.core.decision import Decision
from harness.report.evidence import Evidence
from harness.report.markdown import markdown
from harness.report.memo import memo

VOID = frozenset({"meta", "br", "use", "path", "rect", "circle", "input", "img", "link", "source"})
LINK = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\(([^()\s]*)\)")
"""A link of a memo in Markdown: its text, escaped, and where it leads."""
MARK = re.compile(r"(?<!\\)\[\^(\d+)\](?!:)")
"""Of a note of a memo in Markdown, where its line ends."""
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
EXCUSED = frozenset({"data", "time", "code", "script", "style", "title"})
"""Elements in which digits may stand."""


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


@dataclass
class Page(HTMLParser):
    """Every element in document order with the text inside it, and the text that no excused element holds."""

    elements: list[Element] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag=tag, attributes={name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag=tag, attributes={name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack[-1].tag == tag, f"<{self.stack[-1].tag}> is closed by </{tag}>"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        for element in self.stack:
            element.text += data
        if not any(e.tag in EXCUSED or e.classes & {"verbatim", "term"} for e in self.stack):
            self.bare.append(data)

    def with_class(self, name: str) -> list[Element]:
        return [element for element in self.elements if name in element.classes]

    def tagged(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    @property
    def figures(self) -> dict[str, Element]:
        """The numbers of the page by id."""
        return {element.attributes["id"]: element for element in self.tagged("data")}

    @property
    def foreign(self) -> set[str]:
        """Texts of the elements that hold foreign text."""
        return {element.text for element in self.with_class("verbatim")}


def parse(html: str) -> Page:
    """Return the page taken apart; AssertionError where tags do not nest."""
    page = Page()
    page.feed(html)
    page.close()
    assert not page.stack, f"never closed: {[element.tag for element in page.stack]}"
    return page


class Packed(NamedTuple):
    """A number of the samples that the page's script shows."""

    id: str
    raw: str
    text: str
    """Empty: the script rounds it."""


def packed(html: str) -> dict[str, Any]:
    """Return what the page holds of its samples as data, by the ids of the script elements."""
    found = re.findall(r'<script type="text/plain" id="(slot-[^"]*)">([^<]*)', html)
    return {id: json.loads(gzip.decompress(base64.b64decode(text))) for id, text in found}


def packed_numbers(html: str) -> Iterator[Packed]:
    """Yield every number of the packed samples: scores of the index, and what chunks say with its text."""
    for id, document in packed(html).items():
        if not id.endswith("-index"):
            yield from _numbers(document, "")
            continue
        for name, scores in zip(document["candidates"], document["scores"], strict=True):
            for i, value in enumerate(scores):
                epoch = 0 if document["epoch"] is None else document["epoch"][i]
                where = (*document["tasks"][document["task"][i]], document["ids"][i], str(epoch), "chip")
                start = "/".join(quote(part, safe="") for part in (document["slot"], "samples", name))
                if value is not None:
                    yield Packed(f"{start}/{':'.join(quote(part, safe='') for part in where)}", repr(value), "")


def _numbers(document: Any, at: str) -> Iterator[Packed]:
    if isinstance(document, dict):
        at = document.get("at", at)
        if "number" in document:
            metric, raw, text = document["number"]
            yield Packed(at + metric, raw, text)
    if isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from _numbers(part, at)


def unlinked(written: str) -> str:
    """Return a memo as it is read: the text of each link in the link's place, no marks of notes, nothing escaped."""
    return re.sub(r"\\([\\`*\[\]|~!$^_])", r"\1", LINK.sub(r"\1", MARK.sub("", written)))


def memo_text(evidence: Evidence, decisions: Sequence[Decision], language: str = "en") -> str:
    """Return the memo of a run as it is read."""
    return unlinked(markdown(memo(evidence, decisions, language=language)))


def strays(written: str, known: Iterable[str]) -> set[str]:
    """Return the numbers of a memo that neither its line's note links, nor a quotation holds, nor what is `known`.

    The note of a table is that of all its lines.
    """
    body = re.sub(r"```.*?```|&#\d+;", "", written.split("---\n", 2)[2], flags=re.DOTALL)
    notes = dict(re.findall(r"^\[\^(\d+)\]: (.*)$", body, re.MULTILINE))
    linked = {mark: set(NUMBER.findall(" ".join(text for text, _ in LINK.findall(of)))) for mark, of in notes.items()}
    found: set[str] = set()
    held: set[str] = set()
    for line in body.splitlines():
        if re.match(r"\[\^\d+\]: ", line):
            continue
        marks = MARK.findall(line)
        held = {number for mark in marks for number in linked[mark]} | (held if line.startswith("|") else set())
        found |= set(NUMBER.findall(MARK.sub("", line))) - held
    return found - {number for text in known for number in NUMBER.findall(text)}


def without_library(html: str) -> str:
    """Return the page without what is packed in it: plotly, which every page has, and the samples as data."""
    return re.sub(r'(<script type="text/plain" id="[^"]*">)[^<]*', r"\1", html)
