"""`bakeoff plan`: what a run would do, before any spend."""

from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from harness.cli import screen
from harness.cli.options import HERE, AsJson, Candidates, Folder, Limit, Only, names

if TYPE_CHECKING:
    from harness.core.forecast import Amounts, Forecast, ForecastRow, Range
    from harness.core.stopping import StopRule


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)


def plan(
    folder: Folder = HERE,
    only: Only = None,
    candidates: Candidates = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Show the calls, tokens, dollars and minutes of a run, and the smallest difference that its samples can show."""
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
    show(forecast)
    if bakeoff.settings.stop is not None:
        for slot, power in forecast.smallest_difference.items():
            screen.say(_stops(bakeoff.settings.stop, slot, power.n))
    screen.say("Next: bakeoff run; or bakeoff run --pilot 5 first, to measure what is only guessed here")


def show(forecast: "Forecast") -> None:
    """Print a forecast."""
    screen.say("| candidate | slot | answer calls | tokens in | tokens out | minutes | USD | worst-case USD |")
    screen.say("|---|---|---:|---:|---:|---:|---:|---:|")
    for row in forecast.rows:
        cells = [row.candidate, row.slot, str(row.calls), *_figures(row), _worst(row)]
        screen.say(f"| {' | '.join(cells)} |")
    screen.say()
    for line in (*amounts(forecast.amounts), *_more(forecast)):
        screen.say(line)


def amounts(of: "Amounts") -> list[str]:
    """Return what is foreseen of the whole run, a line each."""
    basis = "from what is declared of engines and providers, wide on purpose"
    if of.pilot:
        basis = f"from a pilot of {screen.counted(of.pilot, 'sample')} of each task"
    most = "" if of.calls.high == of.calls.expected else f", at most {of.calls.high:,.0f}"
    lines = [f"The run, {basis}:", f"calls: {of.calls.expected:,.0f} when every answer arrives{most}"]
    billed = "not known" if of.usd is None else ranged(of.usd, "$")
    lines.append(f"billed by providers: {billed}")
    if of.machine_usd is None or of.machine_usd.high:
        lines.append(f"time of your own machines: {'not known' if of.machine_usd is None else _usd(of.machine_usd)}")
    return [*lines, f"minutes: {ranged(of.minutes)}", ""]


def ranged(of: "Range", unit: str = "") -> str:
    """Return `about 12 (3 to 48)`; one number where there is no doubt."""
    from harness.report.numbers import significant

    if of.low == of.high:
        return unit + significant(of.expected)
    low, expected, high = (unit + significant(float(f"{value:.1e}"), 2) for value in (of.low, of.expected, of.high))
    return f"about {expected} ({low} to {high})"


def _usd(of: "Range") -> str:
    return ranged(of, "$")


def _figures(row: "ForecastRow") -> list[str]:
    counts = ["–" if one is None else ranged(one) for one in (row.input_tokens, row.output_tokens)]
    return [*counts, ranged(row.minutes), "not known" if row.usd is None else ranged(row.usd)]


def _worst(row: "ForecastRow") -> str:
    dollars = _dollars(row.worst_case_usd, row.machine)
    dollars += f": no price of {', '.join(row.unpriced)}" if row.unpriced else ""
    return dollars + (f": after the longest answers of earlier stages {row.unbounded}" if row.unbounded else "")


def _more(forecast: "Forecast") -> list[str]:
    """Return what is sent beside the answers, what the samples can show, and what to mind."""
    lines = []
    if forecast.warm_up_calls:
        calls = ", ".join(f"{count} to {name}" for name, count in forecast.warm_up_calls.items())
        own = forecast.warm_up_calls.keys() <= {row.candidate for row in forecast.rows if row.machine}
        dollars = "on your own machine" if own else f"worst-case USD {_dollars(forecast.warm_up_usd, False)}"
        lines.append(f"Warm-up calls: {calls}; {dollars}. They count in nothing but the cost.")
    for name, count in forecast.instrument_calls.items():
        lines.append(f"{name}: {count} instrument calls when every answer arrives.")
    if forecast.oracle_calls:
        dollars = _dollars(forecast.oracle_usd, False)
        lines.append(
            f"Bad answers of cascades are attributed to their stages: at most {forecast.oracle_calls} answers with one"
            f" stage replaced follow; worst-case USD {dollars}."
        )
    for slot, power in forecast.smallest_difference.items():
        lines.append(
            f"{slot}: {power.n} samples can show a difference in quality of {power.difference:.2f} or more "
            "(paired, 80 % power, standard deviation of the differences 0.5)."
        )
    return [*lines, *(f"warning: {warning}" for warning in forecast.warnings)]


def _stops(rule: "StopRule", slot: str, samples: int) -> str:
    looks = rule.looks(samples) - 1
    if not looks:
        return f"{slot}: run.stop has no effect: {samples} samples are one block."
    return (
        f"{slot}: run.stop is on: after each {rule.block_of(samples)} samples, whoever has lost for certain is asked no"
        f" more ({looks} looks); the figures above stop nobody."
    )


def _dollars(amount: Decimal | None, machine: bool) -> str:
    if machine:
        return "own machine"
    return "not known" if amount is None else f"{amount:.4f}"
