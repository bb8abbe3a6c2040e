"""A run as a workbook: a sheet with each slot's decision, a sheet with every planned answer. Pure."""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as Written
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from harness.core.decision import Decision
from harness.report.closing import Closing, closing
from harness.report.exports import Cell, Row, cells_of, safe
from harness.report.standing import is_measured
from harness.report.visible import visible

LONGEST = 32_000
"""Characters that a cell holds; what is longer is cut, and says so."""


def workbook(run: str, decisions: Sequence[Decision], found: Sequence[Row]) -> bytes:
    """Return the workbook. Text is text, never a formula; numbers are numbers, and what was not measured is empty."""
    book = Workbook(write_only=True)
    for decision in decisions:
        it, sheet = closing(decision), _sheet(book, f"decision {decision.slot}")
        said = (it.title, it.sentence, *it.caveats, *it.notes, *it.counts)
        _write(sheet, [*_matrix(decision, it), (), *((line,) for line in said)])
    heads, rows = cells_of(run, found)
    _write(_sheet(book, "answers"), [heads, *rows])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _matrix(decision: Decision, it: Closing) -> Iterator[list[Cell]]:
    """Yield the closing table with its numbers as numbers, each interval in two columns of its own."""
    matrix = decision.matrix
    named = [f"{criterion.name}: {criterion.metric}" for criterion in matrix.criteria]
    heads = ["rank", "candidate", "score", "score low", "score high", "P(best)"]
    yield [*heads, *(f"{name}{end}" for name in named for end in ("", " low", " high", " value")), "gates"]
    for ranked, shown in zip(decision.ranking, it.rows, strict=True):
        row = matrix.candidates.index(ranked.candidate)
        measured = is_measured(decision, ranked.candidate)
        score = (ranked.score, ranked.low, ranked.high) if measured else (None, None, None)
        cells = [
            cell
            for estimate, value in zip(matrix.raw[row], matrix.values[row], strict=True)
            for cell in (estimate.value, estimate.low, estimate.high, value)
        ]
        yield [ranked.rank, ranked.candidate, *score, ranked.p_best, *cells, shown[-1]]


def _sheet(book: Workbook, name: str) -> WriteOnlyWorksheet:
    title = "".join("_" if sign in "[]:*?/\\" else sign for sign in name)[:31]
    sheet: WriteOnlyWorksheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    return sheet


def _write(sheet: WriteOnlyWorksheet, rows: Iterable[Sequence[Cell]]) -> None:
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: WriteOnlyWorksheet, value: Cell) -> Written | None:
    if value is None:
        return None
    if not isinstance(value, str) and math.isfinite(value):
        return WriteOnlyCell(sheet, float(value) if isinstance(value, Decimal) else value)
    text = visible(str(value))
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} … ({len(text) - LONGEST} more characters: export jsonl)"
    cell = WriteOnlyCell(sheet, safe(text))
    cell.data_type = "s"
    return cell
