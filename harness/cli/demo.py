"""`bakeoff demo`: the shipped bake-off on the embedded models, whole."""

import typer

from harness.cli import screen
from harness.cli.options import HERE, Limit, Runs, runs_of
from harness.cli.run import run_to_report


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(runs: Runs = None, limit: Limit = None) -> None:
    """Plan, run, score, decide and report on real embedded models: no key; no network once they are installed."""
    from harness import pipeline

    bakeoff = pipeline.load_shipped(limit=limit)
    if missing := pipeline.missing_engines(bakeoff):
        pipeline.fetch_engines([engine.name for engine in missing], say=screen.note)
    run_to_report(
        bakeoff, folder=HERE, runs=runs_of(HERE, runs), selection=pipeline.Selection(shipped=True, limit=limit)
    )
