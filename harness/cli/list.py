"""`bakeoff list`: what there is to choose from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from harness.cli import screen
from harness.cli.manner import listed, tell
from harness.cli.options import HERE, AsJson, Folder

if TYPE_CHECKING:
    from harness.config.inventory import Shown


def register(app: typer.Typer) -> None:
    app.command("list")(list_all)


def list_all(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the suites with who can do them, the candidates with the keys that they need, the scorers and engines."""
    from harness import pipeline

    found = pipeline.inventory(folder)
    if as_json:
        screen.document(found)
        return
    _table("list.suites", [_suite(shown) for shown in found.suites])
    _table(
        "list.candidates",
        [
            (
                c.name,
                "+".join(c.modalities),
                c.model,
                tell("list.not_set", variables=listed(c.missing)) if c.missing else c.absent or "",
            )
            for c in found.candidates
        ],
    )
    _table("list.scorers", [(listed(found.scorers),)])
    _table("list.engines", [(e.name, e.modality, e.licence) for e in found.engines])


def _suite(shown: "Shown") -> tuple[str, ...]:
    if shown.problem is not None:
        return shown.name, "-", "-", "-", shown.problem
    able = listed(shown.candidates) or tell("list.nobody")
    if shown.without_key:
        able = tell("list.with_key", who=able, n=len(shown.without_key))
    return shown.name, shown.modality or "", f"n={shown.samples}", shown.licence or tell("list.no_licence"), able


def _table(heading: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Print `rows` in columns below the heading."""
    from harness.report.columns import padded
    from harness.report.visible import visible

    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(screen.columns, column)) for column in zip(*shown, strict=True)]
    screen.say(tell(heading))
    for row in shown:
        screen.say("  " + "  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())
