"""A run as a Parquet file for a data warehouse: one row a planned answer, each column of one type. Pure."""

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from harness.core.wording import worded
from harness.report.exports import METERS, TIMES, Cell, Row, cells_of
from harness.report.optional import package

WHOLE = frozenset({"epoch", "attempts", "image_width", "image_height", *METERS})
REAL = frozenset({"quality", "audio_seconds", "video_seconds", *TIMES})
PLACES = 24
"""Decimals of a dollar that a cost keeps: as many as the longest price of the book has, so that money stays exact."""
EXACT = Context(prec=38)


def parquet(run: str, found: Sequence[Row]) -> bytes:
    """Return the columns of the CSV, typed by their names: numbers are numbers, money is decimal, times are UTC.

    What is not known is null, never 0, and text is as it came: nothing here takes it for a formula. UsageError where
    pyarrow is not installed.
    """
    arrow, files = map(_library, ("pyarrow", "pyarrow.parquet"))
    heads, rows = cells_of(run, found)
    columns = zip(heads, zip(*rows, strict=True), strict=True)
    fields = {name: _typed(arrow, name, cells) for name, cells in columns}
    written = io.BytesIO()
    files.write_table(arrow.table(fields), written, compression="zstd")
    return written.getvalue()


def _typed(arrow: Any, name: str, cells: Sequence[Cell]) -> Any:
    """Return a column; its type follows from the name alone, or a column of nulls would have none."""
    if name in WHOLE:
        return arrow.array(cells, arrow.int64())
    if name in REAL or name.startswith("score "):
        return arrow.array(cells, arrow.float64())
    if name == "cost_usd":
        return arrow.array([_dollars(cell) for cell in cells], arrow.decimal128(EXACT.prec, PLACES))
    if name == "finished":
        moments = [datetime.fromisoformat(str(cell)) if cell else None for cell in cells]
        return arrow.array(moments, arrow.timestamp("us", tz="UTC"))
    return arrow.array(cells, arrow.string())


def _dollars(cell: Cell) -> Decimal | None:
    return None if cell is None else Decimal(cell).quantize(Decimal(1).scaleb(-PLACES), context=EXACT)


def _library(name: str) -> Any:
    other = worded("--format csv, which needs nothing more")
    return package(name, what=worded("an export as parquet"), install="pyarrow>=18", instead=other)
