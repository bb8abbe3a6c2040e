"""`bakeoff fetch`: the embedded models' weights."""

from typing import Annotated

import typer

from harness.cli import screen


def register(app: typer.Typer) -> None:
    app.command("fetch")(fetch)


def fetch(
    engines: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENGINE", help="Default: every embedded engine that this Python has packages for."),
    ] = None,
) -> None:
    """Install and verify the weights of embedded models; says what, how much and under which licence first."""
    from harness import pipeline

    pipeline.fetch_engines(tuple(engines or ()), say=screen.note, agree=screen.agree)
