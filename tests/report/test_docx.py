"""The memo as a Word file: read back whole, every relationship leads somewhere, signed by the same hash."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document as read_docx
from docx.opc.constants import RELATIONSHIP_TYPE

from harness.errors import UsageError
from harness.report.document import Bullets, Document, Heading, Paragraph, Quotation, Table, plain
from harness.report.docx import docx
from harness.report.html import report_page
from harness.report.memo import memo
from harness.report.words import WORDS
from tests.report.bakeoffs import two_slots
from tests.report.pages import Page, parse
from tests.report.test_page import HOSTILE, hostile_run

FAKE = two_slots()
SEALED = "5ea1" * 16


def written(language: str) -> tuple[Document, "object"]:
    document = memo(FAKE.evidence, FAKE.decisions, language=language, evidence_sha256=SEALED)
    return document, read_docx(io.BytesIO(docx(document)))


@pytest.fixture(scope="module")
def page() -> Page:
    return parse(report_page(FAKE.evidence, FAKE.decisions, Path("/runs/one/report.html")).html)


@pytest.mark.parametrize("language", WORDS)
def test_it_is_read_back_whole(language: str) -> None:
    document, file = written(language)
    texts = [paragraph.text for paragraph in file.paragraphs]  # type: ignore[attr-defined]
    for block in document.blocks:
        match block:
            case Heading(spans=spans) | Paragraph(spans=spans):
                assert plain(spans) in texts
            case Bullets(items=items):
                assert {plain(item) for item in items} <= set(texts)
            case Quotation(text=text):
                assert text in texts
    signed, *tables, record = file.tables  # type: ignore[attr-defined]
    wanted = [block for block in document.blocks if isinstance(block, Table)]
    assert [[[plain(cell) for cell in row] for row in (of.head, *of.rows)] for of in wanted] == [
        [[cell.text for cell in row.cells] for row in table.rows] for table in tables
    ]
    assert len(signed.rows) == len(document.matter)
    assert SEALED in [row.cells[1].text for row in record.rows]


@pytest.mark.parametrize("language", WORDS)
def test_every_relationship_is_resolved(page: Page, language: str) -> None:
    _, file = written(language)
    ids = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
    parts = {part.partname for part in file.part.package.iter_parts()}  # type: ignore[attr-defined]
    rels = file.part.rels  # type: ignore[attr-defined]
    links = {key: rel.target_ref for key, rel in rels.items() if rel.reltype == RELATIONSHIP_TYPE.HYPERLINK}
    assert {rel.target_part.partname for rel in rels.values() if not rel.is_external} <= parts
    assert {link.partition("#")[0] for link in links.values()} == {"report.html"}
    assert {link.partition("#")[2] for link in links.values()} <= ids
    used = {rid for element in file.element.iter() for name, rid in element.attrib.items()  # type: ignore[attr-defined]
            if name.endswith("}id") and "relationships" in name}  # fmt: skip
    assert used <= set(rels)
    assert set(links) <= used
    assert len(links) > 100


def test_its_properties_say_what_it_rests_on() -> None:
    about = written("zh")[1].core_properties  # type: ignore[attr-defined]
    assert about.identifier == f"evidence_sha256:{SEALED}"
    assert (about.content_status, about.language) == ("proposed", "zh-CN")
    assert about.subject == f"run {FAKE.evidence.manifest.run_id}"
    assert about.created == about.modified == datetime(2026, 11, 20, tzinfo=UTC)


def test_hostile_text_stays_text() -> None:
    run = hostile_run(" ¦ ".join(HOSTILE))
    file = read_docx(io.BytesIO(docx(memo(run.evidence, run.decisions))))
    targets = {rel.target_ref for rel in file.part.rels.values() if rel.is_external}
    assert all(target.startswith("report.html#") for target in targets)


def test_without_the_package_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UsageError, match="needs the package python-docx") as caught:
        docx(memo(FAKE.evidence, FAKE.decisions))
    (problem,) = caught.value.problems
    assert problem.code == "E107"
    assert "pip install 'python-docx" in str(problem.hint)
