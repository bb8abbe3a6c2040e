"""`bakeoff decide`: from scores to a verdict, free; or from a table of options."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import completing, screen
from harness.cli.manner import tell
from harness.cli.options import HERE, AllowIncomplete, AsJson, Folder, Runs, run_folder
from harness.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("decide")(decide)


def decide(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RUN|FILE",
            help="A run's folder or name, `latest` for the newest, or a table's file.",
            autocompletion=completing.runs,
        ),
    ],
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="quality=60,cost=40", help="Other weights; slot:name=… for one slot."),
    ] = None,
    rule: Annotated[
        Path | None,
        typer.Option("--rule", metavar="FILE", help="The YAML file of a table's rule.", show_default="FILE.yaml"),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="What if the prices of this map held? Nothing is written."),
    ] = None,
    allow_incomplete: AllowIncomplete = False,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Weigh a run's measurements and write decision.json; or decide a table of options.

    A table is a CSV, TSV or XLSX file. Its first row names the columns, its first column the options. `effort low` and
    `effort high` hold the interval of `effort`; an empty cell is not known, which is no zero. The file of the same name
    that ends in .yaml says what counts, in the words of one slot of `decision:` in bakeoff.yaml:

    \b
      criteria:
        reach:  {worst: 0, ideal: 10000, weight: 50}
        effort: {worst: 12, ideal: 1, weight: 50}
      gates:
        - {metric: effort, max: 20}

    Weights may also be found by swing, order or ahp, and several people may have their own: docs/decide-a-table.md.
    """
    from harness.config.option_table import SUFFIXES

    if Path(what).suffix.lower() in SUFFIXES and not (folder / what).is_dir():
        if allow_incomplete or runs is not None or prices is not None:
            raise UsageError("--allow-incomplete, --prices and --runs are for runs, and this is a table")
        _decide_table(folder / what, rule, _weights(weights), as_json=as_json)
        return
    if rule is not None:
        raise UsageError("--rule is for a table: the rule of a run was frozen before its first call")

    from harness import pipeline

    path = run_folder(what, folder, runs)
    pipeline.judge_what_came(path, folder, allow_incomplete=allow_incomplete)
    if prices is None:
        decisions = pipeline.decide(path, weights=_weights(weights), allow_incomplete=allow_incomplete)
        following = tell("next", command=f"bakeoff report {path}")
    else:
        book = pipeline.price_book(prices)
        found = pipeline.decided(path, weights=_weights(weights), allow_incomplete=allow_incomplete, prices=book)
        decisions = found.decisions
        following = tell("decide.prices", source=book.source)
    if as_json:
        screen.document({"run": path.name, "decisions": decisions})
    else:
        screen.decisions(decisions)
        screen.say()
        if weights is not None:
            screen.say(tell("decide.weights" if prices is None else "decide.what_if", command=f"bakeoff decide {path}"))
        (screen.next_step if prices is None else screen.say)(following)
    raise typer.Exit(pipeline.decision_code(decisions))


def _decide_table(path: Path, rule: Path | None, weights: dict[str, float], *, as_json: bool) -> None:
    from harness import pipeline
    from harness.cli import option_table

    table, decision = pipeline.decide_table(path, rule_file=rule, weights=weights)
    rice = pipeline.priorities(table)
    if as_json:
        told = {"rice": rice} if rice else {}
        screen.document({"table": table.name, "unread": table.unread, **told, "decisions": [decision]})
    else:
        for line in option_table.lines(table, decision, rice):
            screen.say(line)
    raise typer.Exit(pipeline.decision_code([decision]))


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
