"""`bakeoff score`: judge the records again, free."""

import typer

from harness.cli import screen
from harness.cli.options import HERE, RUNS, Folder, RunName, Runs


def register(app: typer.Typer) -> None:
    app.command("score")(score)


def score(run: RunName, folder: Folder = HERE, runs: Runs = RUNS) -> None:
    """Score a run's outputs with the scorers as they are now; asks no model."""
    from harness import pipeline

    path = pipeline.find_run(run, runs)
    bakeoff, _ = pipeline.reload(path, folder)
    tally = pipeline.score(bakeoff, path)
    screen.say(f"{tally.scored} scores, {tally.unscored} that could not be judged.")
    if tally.missing_readings:
        screen.say(f"{tally.missing_readings} lack an instrument's reading. Next: bakeoff run --resume {path}")
    else:
        screen.say(f"Next: bakeoff decide {path}")
