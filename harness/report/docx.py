"""A document as a Word file: its matter a table that can be signed, its hash among the properties of the file."""

import io
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from harness.core.canonical import canonical
from harness.core.wording import worded
from harness.report.document import (
    CELLS,
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Quotation,
    Span,
    Spans,
    Table,
    plain,
)
from harness.report.optional import package
from harness.report.phrases import Phrase, Piece
from harness.report.speaker import Speaker
from harness.report.visible import one_line, visible

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from docx.text.paragraph import Paragraph as WordParagraph

LATIN, CHINESE = "Calibri", "Microsoft YaHei"
"""Fonts by script: a Chinese memo has both, and so has an English one that quotes."""
LOCALES: Mapping[str, str] = {"en": "en-US", "zh": "zh-CN"}
LINK_COLOUR = "0B5C8A"
MARGIN_MM = 20
PROPERTY = 255
"""Characters that a property may hold."""
SMALL_PT = 8.5
"""Of tables and quotations."""


def docx(document: Document) -> bytes:
    """Return the document as a .docx file; UsageError where python-docx is not installed."""
    file = _library().Document()
    _lay_out(file)
    _describe(file, document)
    speak = Speaker(document.language)
    title, *rest = document.blocks
    _write(file, title)
    _table(file, [], _fields(speak, document.matter))
    for block in rest:
        _write(file, block)
    _table(file, [], _fields(speak, document.record))
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def read_back(data: bytes) -> list[str]:
    """Return what a .docx file says: a line for each paragraph and each row of a table, links with where they lead.

    UsageError where python-docx is not installed, ValueError where it is no such file.
    """
    word = _library()
    from docx.opc.exceptions import OpcError

    try:
        file = word.Document(io.BytesIO(data))
    except (OpcError, BadZipFile, zlib.error, KeyError, SyntaxError) as error:  # the last of broken XML
        raise ValueError(f"it is no Word file: {error}") from error
    lines = []
    for part in file.iter_inner_content():
        if hasattr(part, "rows"):
            lines += [CELLS.join(_read(cell.paragraphs) for cell in row.cells) for row in part.rows]
        else:
            lines.append(_read([part]))
    return lines


def _read(paragraphs: "Sequence[WordParagraph]") -> str:
    links = [f"<{link.url}>" for paragraph in paragraphs for link in paragraph.hyperlinks]
    return " ".join(["\n".join(paragraph.text for paragraph in paragraphs), *links])


def _library() -> Any:
    other = worded("the memo in Markdown: --format md")
    return package("docx", what=worded("a memo in docx"), install="python-docx>=1.2", instead=other)


def _lay_out(file: "WordFile") -> None:
    """Set an A4 page, and fonts and language of every style."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Title"):
        style: Any = file.styles[name]
        style.font.name = LATIN
        fonts = style.element.rPr.rFonts
        for script, font in (("w:eastAsia", CHINESE), ("w:hAnsi", LATIN), ("w:cs", LATIN)):
            fonts.set(qn(script), font)
        for theme in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme would go before the font
    normal: Any = file.styles["Normal"]
    normal.font.size = Pt(10.5)
    languages = {qn("w:val"): LOCALES["en"], qn("w:eastAsia"): LOCALES["zh"]}
    normal.element.rPr.append(normal.element.rPr.makeelement(qn("w:lang"), languages))


def _describe(file: "WordFile", document: Document) -> None:
    """Write what the memo rests on among the file's properties, where programs look for it."""
    matter, record, about = document.matter, document.record, file.core_properties
    title = next((plain(block.spans) for block in document.blocks if isinstance(block, Heading)), "")
    about.title = one_line(title, PROPERTY)
    about.author = about.last_modified_by = one_line(str(record["tool"]), PROPERTY)
    about.subject = one_line(f"run {matter['run']}", PROPERTY)
    about.identifier = f"evidence_sha256:{record['evidence'] or ''}"
    about.content_status = str(matter["status"])
    about.language = LOCALES[document.language]
    about.comments = ""
    about.created = about.modified = datetime.fromisoformat(f"{matter['date']}T00:00:00+00:00")


def _write(file: "WordFile", block: Block) -> None:
    match block:
        case Heading(level=1):
            _spans(file.add_paragraph(style="Title"), block.spans)
        case Heading():
            _spans(file.add_heading(level=block.level - 1), block.spans)
        case Paragraph():
            _spans(file.add_paragraph(), block.spans)
        case Bullets():
            for item in block.items:
                _spans(file.add_paragraph(style="List Bullet"), item)
        case Table():
            _table(file, block.head, block.rows)
        case Quotation():
            _quotation(file, block.text)


def _spans(paragraph: "WordParagraph", spans: Spans, size_pt: float | None = None) -> None:
    for span in spans:
        if span.link is None:
            run: Any = paragraph.add_run(span.text)
        else:
            run = _linked(paragraph, span)
        run.bold = span.strong or None
        if size_pt is not None:
            from docx.shared import Pt

            run.font.size = Pt(size_pt)


def _linked(paragraph: "WordParagraph", span: Span) -> Any:
    """Add a run inside a hyperlink, which python-docx reads and has no call to write."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.shared import RGBColor
    from docx.text.run import Run

    relation = paragraph.part.relate_to(span.link or "", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = paragraph._p.makeelement(qn("w:hyperlink"), {qn("r:id"): relation, qn("w:history"): "1"})
    paragraph._p.append(element)
    run = Run(element.makeelement(qn("w:r"), {}), paragraph)
    element.append(run._r)
    run.text = span.text
    run.font.color.rgb = RGBColor.from_string(LINK_COLOUR)
    return run


def _table(file: "WordFile", head: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> None:
    """Add a table whose head is repeated on each page; one without a head has names in its first column."""
    from docx.oxml.ns import qn

    lines = [*([head] if head else []), *rows]
    if not lines:
        return
    table = file.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    for i, (row, line) in enumerate(zip(table.rows, lines, strict=True)):
        if head and i == 0:
            row._tr.get_or_add_trPr().append(row._tr.makeelement(qn("w:tblHeader"), {}))
        for j, (cell, spans) in enumerate(zip(row.cells, line, strict=True)):
            named = i == 0 if head else j == 0
            bold = tuple(Span(text=s.text, link=s.link, strong=True) for s in spans) if named else spans
            _spans(cell.paragraphs[0], bold, SMALL_PT)
    file.add_paragraph()


def _quotation(file: "WordFile", text: str) -> None:
    from docx.shared import Mm, Pt

    paragraph = file.add_paragraph()
    paragraph.paragraph_format.left_indent = Mm(6)
    run = paragraph.add_run(visible(text))
    run.font.size, run.font.italic = Pt(SMALL_PT), True


def _fields(speak: Speaker, fields: Mapping[str, object]) -> list[list[Spans]]:
    return [[speak.say(f"matter.{key}"), _value(speak, key, value)] for key, value in fields.items()]


def _value(speak: Speaker, key: str, value: object) -> Spans:
    """Return a field of the matter as people read it; what they complete is left empty."""
    if isinstance(value, bool):
        return speak.say("matter.yes" if value else "matter.no")
    if key == "traffic":
        return (Span(text=canonical(value).decode()),)
    if isinstance(value, Mapping):
        pairs = ((name, _item(key, item)) for name, item in value.items())
        return speak.listed([speak.say("matter.pair", name=name, value=item) for name, item in pairs], ";")
    if isinstance(value, list | tuple):
        return speak.listed([f"{item:,}" if isinstance(item, int) else str(item) for item in value])
    if value == "proposed":
        return speak.say("matter.proposed")
    return speak.show("" if value is None else str(value))


def _item(key: str, value: object) -> Piece:
    if value is None:
        return Phrase(key="matter.nobody")
    return Phrase(key=f"kind.{value}") if key == "verdicts" else str(value)
