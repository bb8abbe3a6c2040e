"""`bakeoff list`: what there is to choose from."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import screen
from harness.cli.manner import listed, tell
from harness.cli.options import HERE, AsJson, Folder
from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.config.inventory import Model, Offer, Shown


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
    cut = [
        _table("suites", ("name", "modality", "samples", "licence", "able"), map(_suite, found.suites), word),
        _table("candidates", ("name", "modality", "model", "lacks"), map(_candidate, found.candidates), word),
        _table("scorers", (), scorers, word),
        _table("engines", ("name", "modality", "licence"), map(_engine, found.engines), word),
    ]
    if True in cut:
        screen.note(tell("list.cut"))
    if cut == [None] * len(cut):
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


def _table(what: str, heads: Sequence[str], found: Iterable[Sequence[str]], word: str) -> bool | None:
    """Print the rows that have `word` in them; return whether the terminal cut a line, or None where there is no row.

    What is asked for by a word goes on in further lines.
    """
    from harness.report.columns import padded
    from harness.report.visible import visible

    rows = [[visible(cell) for cell in row] for row in found]
    rows = [row for row in rows if any(word.casefold() in cell.casefold() for cell in row)]
    if not rows:
        return None
    screen.say(tell(f"list.{what}"))
    lines = [[tell(f"list.head.{head}") for head in heads], *rows] if heads else rows
    widths = [max(map(screen.columns, column)) for column in zip(*lines, strict=True)]
    wide, cut = screen.table_columns(), False
    for line in lines:
        text = "  " + "  ".join(padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        if wide is None or screen.columns(text) <= wide:
            screen.say(text)
        elif word:
            whole = "  ".join(filter(None, line))
            folded = wrap(whole, wide, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
            screen.say("\n".join(folded))
        else:
            screen.say(screen.cut(text, wide))
            cut = True
    return cut
