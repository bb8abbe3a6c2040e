"""`bakeoff prices`: a dated copy of the price map for a folder, what it says, and what has changed since."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE, AsJson, Candidates, Folder, names


def register(app: typer.Typer) -> None:
    prices = typer.Typer(help="Keep a dated copy of the price map, and see what has changed.", no_args_is_help=True)
    prices.command("update")(update)
    prices.command("show")(show)
    prices.command("diff")(diff)
    app.add_typer(prices, name="prices")


def update(
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A price map in LiteLLM's shape; default: the installed one."),
    ] = None,
    folder: Folder = HERE,
) -> None:
    """Write prices.json: from now on the folder's plans and runs have these prices, whatever is installed."""
    from harness import pipeline

    path, models = pipeline.update_prices(folder, source, date=f"{datetime.now(UTC):%Y-%m-%d}")
    screen.say(tell("prices.written", path=path, models=counted(models, "model")))


def show(candidates: Candidates = None, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Say what each candidate costs, and where that comes from."""
    from harness import pipeline
    from harness.pricing.blended import blended
    from harness.report import numbers

    priced = pipeline.candidate_prices(folder, names(candidates))
    if as_json:
        screen.document(priced)
        return
    for name, prices in priced.items():
        if prices is None:
            screen.say(tell("prices.none", name=name))
            continue
        source = listed([prices.source, *([prices.date] if prices.date is not None else [])])
        key = "prices.of.quiet" if prices.off_peak else "prices.of"
        screen.say(tell(key, name=name, source=source, hash=prices.cited))
        for unit, usd in sorted(prices.usd.items()):
            screen.say(f"  {unit}: ${usd:f}")
        for mix, usd in blended(prices.usd).items():
            screen.say(tell("prices.blended", mix=mix, usd=numbers.usd(usd)))


def diff(
    source: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The newer map; default: that of the installed LiteLLM.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every model of the two maps, not only the folder's candidates.")
    ] = False,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compare the folder's prices.json with a newer map."""
    from harness import pipeline

    changes = pipeline.price_changes(folder, source, everything=everything)
    if as_json:
        screen.document(changes)
        return
    for change in changes:
        was, now = (tell("prices.absent") if usd is None else f"${usd:f}" for usd in (change.was, change.now))
        screen.say(f"{change.model}: {change.unit} {was} -> {now}{_by(change.ratio)}")
    if not changes:
        screen.say(tell("prices.same"))


def _by(ratio: float | None) -> str:
    return "" if ratio is None else f" ({100 * (ratio - 1):+.0f}%)"
