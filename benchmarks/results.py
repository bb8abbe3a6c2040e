"""The figures that are kept: `results.json` holds the last measurement of each section, `RESULTS.md` shows them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.figures import Row
from benchmarks.table import shortfalls, table

HERE = Path(__file__).parent
RESULTS, PAGE, REASONS = HERE / "results.json", HERE / "RESULTS.md", HERE / "reasons.json"

HEAD = """\
# What was measured

Written by `make bench` and `make bench-peers`; each section says when, where and with what. A figure is the median of
its rounds, in which all subjects took turns. Ratios and CPU a sample are what can be trusted: wall times drift with the
machine. The goals and how they are measured: `benchmarks/README.md`. Reasons are kept by hand in `reasons.json`.
"""


def keep(key: str, title: str, rows: Sequence[Row], machine: Mapping[str, str]) -> None:
    """Put the measurement of a section in the place of its last one, and write the page anew."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[key] = {"title": title, "machine": dict(machine), "rows": [asdict(row) for row in rows]}
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(kept, reasons()), encoding="utf-8")


def reasons() -> dict[str, str]:
    """Return row key → why its goal is not met."""
    known: dict[str, str] = json.loads(REASONS.read_text(encoding="utf-8"))
    return known


def page(kept: Mapping[str, Any], reasons: Mapping[str, str]) -> str:
    """Return the page of all sections, in the order of their titles."""
    sections = sorted(kept.values(), key=lambda section: str(section["title"]))
    return "\n".join([HEAD, *(line for it in sections for line in _section(it, reasons))])


def _section(section: Mapping[str, Any], reasons: Mapping[str, str]) -> Iterator[str]:
    rows = [Row.of(row) for row in section["rows"]]
    yield f"## {section['title']}\n"
    yield table(rows) + "\n"
    if short := list(shortfalls(rows, reasons)):
        yield "What falls short, and why:\n"
        yield "\n".join(short) + "\n"
    yield "; ".join(f"{name}: {value}" for name, value in section["machine"].items()) + ".\n"
