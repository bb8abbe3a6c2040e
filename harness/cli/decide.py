"""`bakeoff decide`: from scores to a verdict, free."""

from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.options import HERE, AllowIncomplete, AsJson, Folder, RunName, Runs, runs_of
from harness.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("decide")(decide)


def decide(
    run: RunName,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="quality=60,cost=40", help="Other weights; slot:name=… for one slot."),
    ] = None,
    allow_incomplete: AllowIncomplete = False,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Weigh a run's measurements and write decision.json."""
    from harness import pipeline
    from harness.cli import tables
    from harness.store import folders

    path = folders.find(run, runs_of(folder, runs))
    pipeline.judge_what_came(path, folder, allow_incomplete=allow_incomplete)
    decisions = pipeline.decide(path, weights=_weights(weights), allow_incomplete=allow_incomplete)
    if as_json:
        screen.document({"run": path.name, "decisions": decisions})
    else:
        tables.show_decisions(decisions)
        screen.say()
        screen.say(f"Next: bakeoff report {path}")
    raise typer.Exit(pipeline.decision_code(decisions))


def _weights(text: str | None) -> dict[str, float]:
    """Parse `quality=60,tts:latency=20` into criterion (or slot:criterion) → weight."""
    parsed: dict[str, float] = {}
    for part in filter(None, (text or "").split(",")):
        name, _, number = part.partition("=")
        try:
            parsed[name.strip()] = float(number)
        except ValueError:
            raise UsageError(
                f"--weights takes name=number pairs, not {part!r}", hint="--weights quality=60,cost=40"
            ) from None
        if not 0 <= parsed[name.strip()] < float("inf"):
            raise UsageError(f"a weight is a number from 0 up, not {number!r}")
    return parsed
