"""`bakeoff decide`: from scores to a verdict, free; or from a table of options."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completing, screen
from harness.cli.manner import listed, tell
from harness.cli.options import HERE, UNNAMED, AllowIncomplete, AsJson, Folder, Runs, command, run_folder
from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.core.decision import Decision


def register(app: typer.Typer) -> None:
    app.command("decide")(decide)


def decide(
    what: Annotated[
        str,
        typer.Argument(
            metavar="[RUN|FILE]",
            help="A run's folder or name, or a table's file.",
            show_default="the newest run",
            autocompletion=completing.runs,
        ),
    ] = UNNAMED,
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
    keep: Annotated[
        bool, typer.Option("--keep", help="With --weights: write decision.json; report, memo and exports will say so.")
    ] = False,
    allow_incomplete: AllowIncomplete = False,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Weigh a run's measurements and write decision.json; or decide a table of options.

    With --weights or --prices nothing is written, and decision.json stays as it is.

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
        if allow_incomplete or keep or runs is not None or prices is not None:
            raise UsageError(
                worded("--allow-incomplete, --keep, --prices and --runs are for runs, and this is a table")
            )
        _decide_table(folder / what, rule, _weights(weights), as_json=as_json)
        return
    if rule is not None:
        raise UsageError(worded("--rule is for a table: the rule of a run was frozen before its first call"))

    if keep and (weights is None or prices is not None):
        raise UsageError(worded("--keep is for other weights at the prices of the run: --weights, and no --prices"))

    from harness import pipeline

    path = run_folder(what, folder, runs)
    pipeline.judge_what_came(path, folder, allow_incomplete=allow_incomplete)
    book = None if prices is None else pipeline.price_book(prices)
    written, asked = book is None and (weights is None or keep), _weights(weights)
    if written:
        decisions = pipeline.decide(path, weights=asked, allow_incomplete=allow_incomplete)
    else:
        decisions = pipeline.decided(path, weights=asked, allow_incomplete=allow_incomplete, prices=book).decisions
    if as_json:
        screen.document({"run": path.name, "decisions": decisions})
    else:
        screen.decisions(decisions)
        screen.say()
        for line in _unnamed(decisions, asked):
            screen.say(line)
        if weights is not None:
            key = "decide.kept" if written else "decide.what_if.priced" if book else "decide.what_if"
            more = [
                *(() if written else ("--weights", weights, "--keep")),
                *(["--allow-incomplete"] * allow_incomplete),
            ]
            screen.say(tell(key, command=command("decide", path, *more, folder=folder, runs=runs)))
        if book is not None:
            screen.say(tell("decide.prices", source=book.source))
        elif written:
            screen.next_step(tell("next", command=command("report", path, folder=folder)))
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
        for line in _unnamed([decision], weights):
            screen.say()
            screen.say(line)
    raise typer.Exit(pipeline.decision_code([decision]))


def _unnamed(decisions: "Sequence[Decision]", weights: Mapping[str, float]) -> Iterator[str]:
    """Say of each slot which criteria --weights leaves out, where it names any of any slot: they keep their points."""
    from harness.report import numbers

    for decision in decisions if weights else ():
        slot = decision.slot
        kept = [c for c in decision.rule.criteria if not {c.name, f"{slot}:{c.name}"} & weights.keys()]
        if kept:
            points = [tell("decide.points", criterion=c.name, points=numbers.given(c.weight)) for c in kept]
            yield tell("decide.unnamed", slot=slot, points=listed(points))


def _weights(text: str | None) -> dict[str, float]:
    """Parse `quality=60,tts:latency=20` into criterion (or slot:criterion) → weight."""
    parsed: dict[str, float] = {}
    for part in filter(None, (text or "").split(",")):
        name, _, number = part.partition("=")
        try:
            parsed[name.strip()] = float(number)
        except ValueError:
            raise UsageError(
                worded("--weights takes name=number pairs, not {part!r}", part=part),
                hint="--weights quality=60,cost=40",
            ) from None
        if not 0 <= parsed[name.strip()] < float("inf"):
            raise UsageError(worded("a weight is a number from 0 up, not {number!r}", number=number))
    return parsed
