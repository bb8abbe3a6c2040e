"""`bakeoff list`: what there is to choose from."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import screen
from harness.cli.manner import listed, tell
from harness.cli.options import HERE, AsJson, Folder
from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.config.inventory import Model, Offer, Shown

BELOW = " " * 6
"""Before what has no room on the line of its row."""


def register(app: typer.Typer) -> None:
    app.command("list")(list_all)


def list_all(
    word: Annotated[str, typer.Argument(metavar="[WORD]", help="Only what has this word in it.")] = "",
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List the suites with who can do them, the candidates with the keys that they need, the scorers and engines."""
    from harness import pipeline

    found = pipeline.inventory(folder)
    if as_json:
        screen.document(found)
        return
    scorers = [(name,) for name in found.scorers] if word else [(listed(found.scorers),)]
    shown = [
        _table("suites", ("name", "modality", "samples", "licence", "able"), map(_suite, found.suites), word),
        _table("candidates", ("name", "modality", "model", "lacks"), map(_candidate, found.candidates), word),
        _table("scorers", (), scorers, word),
        _table("engines", ("name", "modality", "licence"), map(_engine, found.engines), word),
    ]
    if not any(shown):
        raise UsageError(
            worded("nothing here has {word!r} in it", word=word), hint=worded("bakeoff list shows everything")
        )


def _suite(shown: "Shown") -> tuple[str, ...]:
    name = tell("list.own", name=shown.name) if shown.own else shown.name
    if shown.problem is not None:
        return name, "-", "-", "-", shown.problem
    able = listed(shown.candidates) or tell("list.nobody")
    if shown.without_key:
        able = tell("list.with_key", who=able, n=len(shown.without_key))
    return name, shown.modality or "", f"n={shown.samples}", shown.licence or tell("list.no_licence"), able


def _candidate(one: "Offer") -> tuple[str, ...]:
    lacks = tell("list.not_set", variables=listed(one.missing)) if one.missing else one.absent or ""
    return one.name, "+".join(one.modalities), one.model, lacks


def _engine(engine: "Model") -> tuple[str, ...]:
    return engine.name, engine.modality, engine.licence


def _table(what: str, heads: Sequence[str], found: Iterable[Sequence[str]], word: str) -> bool:
    """Print the rows that have `word` in them; return whether there is one."""
    from harness.report.columns import padded
    from harness.report.visible import visible

    rows = [[visible(cell) for cell in row] for row in found]
    rows = [row for row in rows if any(word.casefold() in cell.casefold() for cell in row)]
    if not rows:
        return False
    screen.say(tell(f"list.{what}"))
    lines = [[tell(f"list.head.{head}") for head in heads], *rows] if heads else rows
    widths = [max(map(screen.columns, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [padded(cell, width) for cell, width in zip(line, widths, strict=True)]
        for text in _fitted(line, cells, screen.table_columns()):
            screen.say(text)
    return True


def _fitted(line: Sequence[str], cells: Sequence[str], wide: int | None) -> list[str]:
    """Return a row on one line where that fits; else what has no room stands below it."""
    from harness.report.columns import folded

    for taken in range(len(cells), 0, -1):
        text = "  " + "  ".join(cells[:taken]).rstrip()
        if wide is None or screen.columns(text) <= wide:
            rest = "  ".join(filter(None, line[taken:]))
            return [text, *(folded(rest, wide, first=BELOW, rest=BELOW) if wide is not None and rest else [])]
    return folded("  ".join(filter(None, line)), wide or 0, first="  ", rest=BELOW)
