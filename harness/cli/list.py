"""`bakeoff list`: what there is to choose from."""

import typer

from harness.cli import screen
from harness.cli.options import HERE, AsJson, Folder


def register(app: typer.Typer) -> None:
    app.command("list")(list_all)


def list_all(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the suites, scorers and embedded engines at hand."""
    from harness import pipeline

    inventory = pipeline.inventory(folder)
    if as_json:
        screen.document(inventory)
        return
    for heading, rows in inventory.items():
        screen.say(heading)
        for row in rows:
            screen.say("  " + "  ".join(str(cell) for cell in row.values()))
