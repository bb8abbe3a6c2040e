"""`bakeoff run`: the bake-off, from the plan to the report."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completing, plan, screen
from harness.cli.manner import MANNER, tell
from harness.cli.options import (
    HERE,
    AllowCode,
    AllowIncomplete,
    AsJson,
    Candidates,
    Folder,
    Limit,
    Only,
    Runs,
    names,
    runs_of,
    tell_age,
)
from harness.core.usual import DRAIN_S
from harness.core.wording import worded
from harness.errors import BakeoffError, Interrupted, StoreError, UsageError

if TYPE_CHECKING:
    from harness.core.decision import Decision
    from harness.core.forecast import Forecast
    from harness.core.runs import Bakeoff
    from harness.pipeline import Selection


def register(app: typer.Typer) -> None:
    app.command("run")(run)


def run(
    folder: Folder = HERE,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Go on with a run: only what is missing is sent.",
            autocompletion=completing.runs,
        ),
    ] = None,
    budget: Annotated[str | None, typer.Option("--budget", metavar="USD", help="Stop before this is passed.")] = None,
    allow_unpriced: Annotated[
        bool,
        typer.Option("--allow-unpriced", help="Under a budget, also ask candidates without a price; see --max-calls."),
    ] = False,
    max_calls: Annotated[
        int | None,
        typer.Option(
            "--max-calls",
            metavar="N",
            min=1,
            help="With --allow-unpriced: the most requests to them, warm-up and retries among them.",
        ),
    ] = None,
    allow_code_execution: AllowCode = False,
    only: Only = None,
    candidates: Candidates = None,
    limit: Limit = None,
    pilot: Annotated[
        int | None,
        typer.Option(
            "--pilot",
            metavar="K",
            min=2,
            help="Ask the first K samples of each task, say what the whole run will take, and stop: a resume goes on.",
        ),
    ] = None,
    drain_timeout: Annotated[
        float,
        typer.Option("--drain-timeout", metavar="S", min=0, help="How long an interrupt waits for what is in flight."),
    ] = DRAIN_S,
    allow_incomplete: AllowIncomplete = False,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Ask every candidate every sample, measure, decide and write the report."""
    from harness import pipeline
    from harness.store import folders

    if allow_unpriced is not (max_calls is not None):
        raise UsageError(
            worded("--allow-unpriced and --max-calls go together: where dollars cannot be bounded, requests are"),
            hint=worded("for example --allow-unpriced --max-calls 200"),
        )
    if resume is not None:
        if only or candidates or limit:
            raise UsageError(
                worded("a resumed run keeps its own suites, candidates and limit"),
                hint=worded("drop --only, --candidates, --limit"),
            )
        path = folders.find(resume, runs_of(folder, runs), written=True)
        tell_age(path)
        bakeoff, selection = pipeline.reload(path, folder)
    else:
        path = None
        selection = pipeline.Selection(suites=tuple(only or ()), candidates=names(candidates), limit=limit)
        bakeoff = pipeline.load(folder, suites=selection.suites, candidates=selection.candidates, limit=limit)
    selection = replace(
        selection,
        budget_usd=selection.budget_usd if budget is None else _dollars(budget),
        max_unpriced_calls=max_calls or selection.max_unpriced_calls,
        allow_code_execution=allow_code_execution or selection.allow_code_execution,
    )
    run_to_report(
        pipeline.bounded(bakeoff, selection), folder=folder, runs=runs_of(folder, runs), selection=selection,
        resume=path, pilot=pilot, drain_s=drain_timeout, allow_incomplete=allow_incomplete, as_json=as_json,
    )  # fmt: skip


def run_to_report(
    bakeoff: "Bakeoff",
    *,
    folder: Path,
    runs: Path,
    selection: "Selection",
    resume: Path | None = None,
    pilot: int | None = None,
    drain_s: float = DRAIN_S,
    allow_incomplete: bool = False,
    as_json: bool = False,
) -> None:
    """Run `bakeoff`, derive everything from its records, print the answer and end with the run's exit code.

    Of a `pilot` nothing is decided: what the whole run will take is printed.
    """
    from harness import pipeline
    from harness.cli.progress import Bars
    from harness.sinks import guard
    from harness.store import folders

    guard(pipeline.redactor(bakeoff, folder))
    planned = pipeline.plan(bakeoff)
    for notice in pipeline.notices(bakeoff, planned):
        screen.note(tell("note", text=notice))
    path = pipeline.begin(
        bakeoff, planned, selection=selection, runs=runs, resume=resume, say=screen.note, agree=screen.agree
    )
    if resume is None:
        sizes = {"answers": len(planned.calls), "measurements": sum(planned.instrument_calls.values())}
        screen.note("\n".join(plan.amounts(pipeline.foreseen(path), **sizes)).strip())
    again = folders.resume_command(path, folder)
    screen.note(tell("run.starting"))
    forecast: Forecast | None = None
    decisions: Sequence[Decision] = ()
    with Bars() as bars:
        try:
            first = None if pilot is None else pipeline.pilot(planned, pilot)
            result = pipeline.run(bakeoff, path, folder=folder, progress=bars, drain_s=drain_s, only=first)
            decidable = pipeline.is_decidable(result)
            if decidable and pilot is not None:
                forecast = pipeline.forecast_from_pilot(bakeoff, planned, path, pilot)
            elif decidable:
                bars.note(tell("run.deciding"))
                traffic = pipeline.planned_traffic(folder)
                decisions = pipeline.conclude(
                    bakeoff, path, traffic=traffic, allow_incomplete=allow_incomplete, language=MANNER.get().language
                )
        except (BakeoffError, KeyboardInterrupt) as error:
            failure = (
                error if isinstance(error, BakeoffError) else Interrupted(worded("interrupted: what is stored is kept"))
            )
            if resume is None and not isinstance(failure, StoreError) and folders.discard(path):
                raise failure from error
            screen.show_error(failure, sent=True)
            screen.warn(tell("run.go_on", command=again))
            if as_json:
                screen.error_document(failure)
            raise typer.Exit(failure.exit_code) from error
    exit_code = pipeline.exit_code(result, decisions) if forecast is None else result.exit_code
    screen.job_summary(decisions)
    if as_json:
        told = {"run": str(path), "exit_code": exit_code, "forecast": forecast}
        screen.document(pipeline.summary(path, exit_code) if forecast is None else told)
    else:
        for line in result.notices:
            if line not in bars.said:
                screen.note(line)
        if decisions:
            screen.decisions(decisions)
            screen.say()
            screen.say(tell("run.pages", report=path / "report.html", memo=path / "memo.md"))
        if forecast is not None:
            plan.show(forecast)
        for problem in result.problems:
            screen.show_problem(problem)
        if exit_code not in (0, 1):
            screen.warn(tell("run.incomplete", code=exit_code, command=again))
        elif forecast is not None:
            screen.note(tell("run.rest", command=again))
    raise typer.Exit(exit_code)


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount > 0:
        raise UsageError(
            worded("--budget takes dollars above 0, not {text!r}", text=text), hint=worded("for example --budget 2.50")
        )
    return amount
