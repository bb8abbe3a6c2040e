"""A run as a workbook: a sheet with each slot's decision, a sheet with every planned answer. Pure."""

import io
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as Written
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from harness.core.decision import Decision
from harness.core.estimates import Estimate
from harness.report.closing import Closing, closing
from harness.report.exports import Cell, Row, cells_of, safe
from harness.report.standing import is_alone, is_measured
from harness.report.visible import visible

LONGEST = 32_000
"""Characters that a cell holds; what is longer is cut, and says so."""


def workbook(
    run: str, decisions: Sequence[Decision], found: Sequence[Row], *, reweighed: Collection[str] = ()
) -> bytes:
    """Return the workbook; the slots in `reweighed` have other weights or gates than were frozen before the run.

    Text is text, never a formula; numbers are numbers, and what was not measured is empty."""
    book = Workbook(write_only=True)
    for decision in decisions:
        it, sheet = closing(decision, reweighed=decision.slot in reweighed), _sheet(book, f"decision {decision.slot}")
        said = (it.title, it.sentence, *it.caveats, *it.notes, *it.counts)
        _write(sheet, [*_matrix(decision, it), (), *((line,) for line in said)])
    heads, rows = cells_of(run, found)
    _write(_sheet(book, "answers"), [heads, *rows])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _matrix(decision: Decision, it: Closing) -> Iterator[list[Cell]]:
    """Yield the closing table with its numbers as numbers, each part of a cell in a column of its own."""
    matrix, alone = decision.matrix, is_alone(decision)
    lettered = slice(2, 3 if decision.firmness.separation.tiers else 2)
    named = [f"{criterion.name}: {criterion.metric}" for criterion in matrix.criteria]
    heads = ["rank", "candidate", *it.heads[lettered], "score", "score low", "score high", "P(best)"]
    ends = ("", " low", " high", " n", " estimated calls", " value")
    yield [*heads, *(f"{name}{end}" for name in named for end in ends), "coverage", "gates"]
    for ranked, shown in zip(decision.ranking, it.rows, strict=True):
        row = matrix.candidates.index(ranked.candidate)
        measured = is_measured(decision, ranked.candidate)
        score = (ranked.score, ranked.low, ranked.high) if measured else (None, None, None)
        cells = [
            cell
            for estimate, value in zip(matrix.raw[row], matrix.values[row], strict=True)
            for cell in (*_measured(estimate), value)
        ]
        coverage = next((e.value for e in decision.estimates[ranked.candidate] if e.metric == "coverage"), None)
        p_best = None if alone else ranked.p_best
        yield [ranked.rank, ranked.candidate, *shown[lettered], *score, p_best, *cells, coverage, shown[-1]]


def _measured(estimate: Estimate) -> tuple[Cell, ...]:
    """Return the value, its interval, how many measurements it rests on, and of how many calls a bound stands in."""
    if estimate.value is None:
        return (None,) * 5
    calls = 0 if estimate.bounded is None else estimate.bounded.calls
    return (estimate.value, estimate.low, estimate.high, estimate.n, calls)


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
