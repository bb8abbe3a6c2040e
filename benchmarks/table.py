"""Rows as Markdown: what was measured, against which goal, beside what, and why it falls short."""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.figures import Goal, Row

HEAD = "| | Bakeoff | lowest to highest | goal | | beside it |\n|---|---:|---:|---:|---|---|"


def table(rows: Sequence[Row]) -> str:
    """Return the table of `rows`."""
    return "\n".join([HEAD, *map(_line, rows)])


def shortfalls(rows: Sequence[Row], reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each goal that is not met, with its reason."""
    for row in rows:
        if row.met is False:
            yield f"* **{row.what}**: {reasons.get(row.key, 'no reason is known yet.')}"


def number(value: float) -> str:
    """Return three significant digits, and every digit of the integer part."""
    if value == int(value):
        return f"{int(value):,}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f}"


def _line(row: Row) -> str:
    spread = (
        f"{_with_unit(min(row.values), row.unit)} to {_with_unit(max(row.values), row.unit)}"
        if len(row.values) > 1
        else ""
    )
    met = {None: "", True: "met", False: "**not met**"}[row.met]
    beside = " · ".join(f"{name} {_with_unit(value, row.unit)}" for name, value in row.beside.items())
    cells = (row.what, _with_unit(row.value, row.unit), spread, _goal(row.goal, row.unit), met, beside)
    return f"| {' | '.join(cells)} |"


def _goal(goal: Goal | None, unit: str) -> str:
    if goal is None:
        return ""
    bounds = [
        f"{sign} {_with_unit(bound, unit)}"
        for sign, bound in (("≤", goal.most), ("≥", goal.least))
        if bound is not None
    ]
    return ", ".join(bounds)


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)}{'' if unit == '%' else ' '}{unit}".rstrip()
