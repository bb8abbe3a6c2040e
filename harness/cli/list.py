"""`bakeoff list`: what there is to choose from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from harness.cli import screen
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
    _table("suites", [_suite(shown) for shown in found.suites])
    _table(
        "candidates",
        [
            (
                c.name,
                "+".join(c.modalities),
                c.model,
                f"not set: {', '.join(c.missing)}" if c.missing else c.absent or "",
            )
            for c in found.candidates
        ],
    )
    _table("scorers", [(", ".join(found.scorers),)])
    _table("engines", [(e.name, e.modality, e.licence) for e in found.engines])


def _suite(shown: "Shown") -> tuple[str, ...]:
    if shown.problem is not None:
        return shown.name, "-", "-", "-", shown.problem
    able = ", ".join(shown.candidates) or "nobody"
    more = f"; {len(shown.without_key)} more with a key" if shown.without_key else ""
    return shown.name, shown.modality or "", f"n={shown.samples}", shown.licence or "no licence stated", able + more


def _table(heading: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Print `rows` in columns below `heading`."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    screen.say(heading)
    for row in rows:
        screen.say("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
