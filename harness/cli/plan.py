"""`bakeoff plan`: what a run would do, before any spend."""

from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE, AsJson, Candidates, Folder, Limit, Only, command, names

if TYPE_CHECKING:
    from harness.core.forecast import Amounts, Forecast, ForecastRow, Range
    from harness.core.stopping import StopRule


HEADS = ("candidate", "slot", "calls", "input", "output", "minutes", "usd", "worst")


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
    if not candidates:
        pipeline.require_ready(bakeoff, planned, budget=False)
    forecast = pipeline.forecast(bakeoff, planned)
    if as_json:
        screen.document(forecast)
        return
    for notice in pipeline.notices(bakeoff, planned):
        screen.note(tell("note", text=notice))
    show(forecast)
    if bakeoff.settings.stop is not None:
        for slot, power in forecast.smallest_difference.items():
            screen.say(_stops(bakeoff.settings.stop, slot, power.n))
    screen.next_step(
        tell("plan.next", run=command("run", folder=folder), pilot=command("run", "--pilot", "5", folder=folder))
    )


def show(forecast: "Forecast") -> None:
    """Print a forecast."""
    from harness.report.columns import table

    rows = [[row.candidate, row.slot, str(row.calls), *_figures(row), _worst(row)] for row in forecast.rows]
    heads, wide = [tell(f"plan.{head}") for head in HEADS], screen.table_columns()
    for line in table(heads, rows, right=range(2, len(HEADS)), wide=wide):
        screen.say(line)
    screen.say()
    answers, measurements = sum(row.calls for row in forecast.rows), sum(forecast.instrument_calls.values())
    for line in (*amounts(forecast.amounts, answers=answers, measurements=measurements), *_more(forecast)):
        screen.say(line)


def amounts(of: "Amounts", *, answers: int, measurements: int) -> list[str]:
    """Return what is foreseen of the whole run, a line each; the calls that are no answers and measure none warm up."""
    basis = tell("plan.basis")
    if of.pilot:
        basis = tell("plan.basis.pilot", samples=counted(of.pilot, "sample"))
    calls = "plan.amount.calls" if of.calls.high == of.calls.expected else "plan.amount.calls.most"
    warming = round(of.calls.expected) - answers - measurements
    kinds = {"answer": answers, "warm-up": warming, "measurement": measurements}
    parts = [counted(n, kind) for kind, n in kinds.items() if n]
    lines = [
        basis,
        tell(calls, n=f"{of.calls.expected:,.0f}", most=f"{of.calls.high:,.0f}", parts=listed(parts)),
        tell("plan.amount.billed", usd=_usd(of.usd)),
    ]
    if of.machine_usd is None or of.machine_usd.high:
        lines.append(tell("plan.amount.machines", usd=_usd(of.machine_usd)))
    return [*lines, tell("plan.amount.minutes", minutes=ranged(of.minutes)), ""]


def ranged(of: "Range", unit: str = "") -> str:
    """Return `about 12 (3 to 48)`; one number where there is no doubt."""
    from harness.report.numbers import significant

    if of.low == of.high:
        return unit + significant(of.expected)
    low, expected, high = (unit + significant(float(f"{value:.1e}"), 2) for value in (of.low, of.expected, of.high))
    return tell("range", expected=expected, low=low, high=high)


def _usd(of: "Range | None") -> str:
    return tell("not_known") if of is None else ranged(of, "$")


def _figures(row: "ForecastRow") -> list[str]:
    counts = ["–" if one is None else ranged(one) for one in (row.input_tokens, row.output_tokens)]
    return [*counts, ranged(row.minutes), tell("not_known") if row.usd is None else ranged(row.usd)]


def _worst(row: "ForecastRow") -> str:
    dollars = _dollars(row.worst_case_usd, row.machine)
    if row.unpriced:
        dollars = tell("plan.unpriced", usd=dollars, models=listed(row.unpriced))
    return tell("plan.unbounded", usd=dollars, why=row.unbounded) if row.unbounded else dollars


def _more(forecast: "Forecast") -> list[str]:
    """Return what is sent beside the answers, what the samples can show, and what to mind."""
    lines = []
    if forecast.warm_up_calls:
        calls = [tell("plan.warm_up.to", n=n, candidate=name) for name, n in forecast.warm_up_calls.items()]
        own = forecast.warm_up_calls.keys() <= {row.candidate for row in forecast.rows if row.machine}
        usd = _dollars(forecast.warm_up_usd, False)
        lines.append(tell("plan.warm_up.own" if own else "plan.warm_up", calls=listed(calls), usd=usd))
    lines += [tell("plan.instrument", name=name, n=n) for name, n in forecast.instrument_calls.items()]
    if forecast.oracle_calls:
        lines.append(tell("plan.oracle", n=forecast.oracle_calls, usd=_dollars(forecast.oracle_usd, False)))
    for slot, power in forecast.smallest_difference.items():
        shows = "plan.power" if power.difference <= 1.0 else "plan.powerless"  # quality ends at 1
        lines.append(tell(shows, slot=slot, n=counted(power.n, "sample"), difference=f"{power.difference:.2f}"))
    return [*lines, *(tell("plan.warning", text=warning) for warning in forecast.warnings)]


def _stops(rule: "StopRule", slot: str, samples: int) -> str:
    looks = rule.looks(samples) - 1
    if not looks:
        return tell("plan.stop.idle", slot=slot, n=samples)
    return tell("plan.stop", slot=slot, block=rule.block_of(samples), looks=looks)


def _dollars(amount: Decimal | None, machine: bool) -> str:
    if machine:
        return tell("own_machine")
    return tell("not_known") if amount is None else f"{amount:.4f}"
