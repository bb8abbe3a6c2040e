"""`bakeoff plan`: what a run would do, before any spend."""

from decimal import Decimal

import typer

from harness.cli import screen
from harness.cli.options import HERE, AsJson, Candidates, Folder, Limit, Only, names


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)


def plan(
    folder: Folder = HERE,
    only: Only = None,
    candidates: Candidates = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Show the calls, the worst-case dollars and the smallest difference that the sample size can show."""
    from harness import pipeline

    bakeoff = pipeline.load(
        folder, suites=tuple(only or ()), candidates=names(candidates), limit=limit, require_keys=False
    )
    planned = pipeline.plan(bakeoff)
    forecast = pipeline.forecast(bakeoff, planned)
    if as_json:
        screen.document(forecast)
        return
    for notice in pipeline.notices(bakeoff, planned):
        screen.note(f"note: {notice}")
    screen.say("| candidate | slot | answer calls | worst-case USD |")
    screen.say("|---|---|---:|---:|")
    for row in forecast.rows:
        dollars = _dollars(row.worst_case_usd, row.machine)
        dollars += f": no price of {', '.join(row.unpriced)}" if row.unpriced else ""
        dollars += f": after the longest answers of earlier stages {row.unbounded}" if row.unbounded else ""
        screen.say(f"| {row.candidate} | {row.slot} | {row.calls} | {dollars} |")
    screen.say()
    if forecast.warm_up_calls:
        calls = ", ".join(f"{count} to {name}" for name, count in forecast.warm_up_calls.items())
        own = forecast.warm_up_calls.keys() <= {row.candidate for row in forecast.rows if row.machine}
        dollars = "on your own machine" if own else f"worst-case USD {_dollars(forecast.warm_up_usd, False)}"
        screen.say(f"Warm-up calls: {calls}; {dollars}. They count in nothing but the cost.")
    for name, count in forecast.instrument_calls.items():
        screen.say(f"{name}: {count} instrument calls when every answer arrives.")
    if forecast.oracle_calls:
        dollars = _dollars(forecast.oracle_usd, False)
        screen.say(f"Bad answers of cascades are attributed to their stages: at most {forecast.oracle_calls} answers "
                   f"with one stage replaced follow; worst-case USD {dollars}.")  # fmt: skip
    for slot, power in forecast.smallest_difference.items():
        screen.say(f"{slot}: {power.n} samples can show a difference in quality of {power.difference:.2f} or more "
                   "(paired, 80 % power, standard deviation of the differences 0.5).")  # fmt: skip
    for warning in forecast.warnings:
        screen.say(f"warning: {warning}")
    screen.say("Next: bakeoff run")


def _dollars(amount: Decimal | None, machine: bool) -> str:
    if machine:
        return "own machine"
    return "not known" if amount is None else f"{amount:.4f}"
