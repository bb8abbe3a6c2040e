"""`bakeoff score`: judge the records again, free."""

import typer

from harness.cli import screen
from harness.cli.options import HERE, Folder, RunName, Runs, runs_of


def register(app: typer.Typer) -> None:
    app.command("score")(score)


def score(run: RunName, folder: Folder = HERE, runs: Runs = None) -> None:
    """Score a run's outputs with the scorers as they are now; asks no model."""
    from harness import pipeline
    from harness.store import folders

    path = folders.find(run, runs_of(folder, runs))
    bakeoff, _ = pipeline.reload(path, folder, to_send=False)
    tally = pipeline.score(bakeoff, path)
    screen.say(f"{tally.scored} scores, {tally.unscored} that could not be judged.")
    if tally.missing_readings:
        screen.say(
            f"{tally.missing_readings} lack an instrument's reading. Next: {folders.resume_command(path, folder)}"
        )
    else:
        screen.say(f"Next: bakeoff decide {path}")
