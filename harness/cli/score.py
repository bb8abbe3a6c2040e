"""`bakeoff score`: judge the records again, free."""

import typer

from harness.cli import screen
from harness.cli.manner import tell
from harness.cli.options import HERE, UNNAMED, Folder, LatestRun, Runs, command, run_folder


def register(app: typer.Typer) -> None:
    app.command("score")(score)


def score(run: LatestRun = UNNAMED, folder: Folder = HERE, runs: Runs = None) -> None:
    """Score a run's outputs with the scorers as they are now; asks no model."""
    from harness import pipeline
    from harness.store import folders

    path = run_folder(run, folder, runs)
    bakeoff, _ = pipeline.reload(path, folder, to_send=False)
    tally = pipeline.score(bakeoff, path)
    screen.say(tell("score.done", scored=tally.scored, unscored=tally.unscored))
    if tally.missing_readings:
        resume = folders.resume_command(path, folder)
        screen.say(tell("score.lacking", n=tally.missing_readings, command=resume))
    else:
        screen.next_step(tell("next", command=command("decide", path, folder=folder)))
