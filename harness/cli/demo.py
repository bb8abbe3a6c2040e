"""`bakeoff demo`: the shipped bake-offs on the embedded models, whole."""

from typing import Annotated

import typer

from harness.cli.options import HERE, AllowCode, Limit, Runs, runs_of
from harness.cli.run import run_to_report


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    full: Annotated[bool, typer.Option("--full", help="Every modality that the embedded models do.")] = False,
    allow_code_execution: AllowCode = False,
    runs: Runs = None,
    limit: Limit = None,
) -> None:
    """Plan, run, score, decide and report on real embedded models: no key; no network once they are installed."""
    from harness import pipeline

    selection = pipeline.Selection(shipped=True, full=full, limit=limit, allow_code_execution=allow_code_execution)
    bakeoff = pipeline.load_shipped(selection)
    run_to_report(bakeoff, folder=HERE, runs=runs_of(HERE, runs), selection=selection)
