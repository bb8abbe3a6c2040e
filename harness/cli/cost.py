"""`bakeoff cost`: what a product pays, and what it must ask, for a month of its traffic."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli import screen
from harness.cli.manner import listed, tell
from harness.cli.options import HERE, UNNAMED, AsJson, Folder, LatestRun, Runs, command, run_folder


def register(app: typer.Typer) -> None:
    app.command("cost")(cost)


def cost(
    run: LatestRun = UNNAMED,
    traffic: Annotated[
        Path | None, typer.Option("--traffic", metavar="FILE", help="YAML; without it the traffic of bakeoff.yaml.")
    ] = None,
    cached_share: Annotated[
        float | None, typer.Option("--cached-share", min=0, max=1, help="What if this share of the prompt were cached?")
    ] = None,
    batch_share: Annotated[
        float | None, typer.Option("--batch-share", min=0, max=1, help="What if this share could wait for a batch?")
    ] = None,
    requests: Annotated[float | None, typer.Option("--requests", min=1, help="What if so many came a month?")] = None,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="What if the prices of this map held? The run keeps its own."),
    ] = None,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Say what each candidate costs a request, a month, a user and a seat.

    Where nobody says how many requests come, it is what one costs, and 1,000.
    """
    from dataclasses import replace

    from harness import pipeline
    from harness.cli import bills
    from harness.core.traffic import Traffic

    stated = pipeline.traffic(folder, traffic, requests=requests)
    given = stated or Traffic(requests=1000)
    changed: dict[str, Any] = {"cached_share": cached_share, "batch_share": batch_share, "requests": requests}
    given = replace(given, **{name: value for name, value in changed.items() if value is not None})
    path = run_folder(run, folder, runs)
    book = None if prices is None else pipeline.price_book(prices)
    costs = pipeline.product_cost(path, given, prices=book)
    if stated is None:
        costs = tuple(replace(it, bill=replace(it.bill, month=None)) for it in costs)  # of a thousand requests
    if as_json:
        told = {"source": book.source, "date": book.date, "sha256": book.sha256} if book else None
        screen.document({"run": path.name, "traffic": given if stated else None, "costs": costs, "prices": told})
        return
    if book is not None:
        screen.say(tell("cost.prices", source=listed([book.source, *([book.date] if book.date is not None else [])])))
    for slot in dict.fromkeys(it.slot for it in costs):
        screen.say()
        of_slot = [it for it in costs if it.slot == slot]
        for line in (
            *bills.lines(of_slot, given, monthly=stated is not None),
            *bills.in_yuan(of_slot, pipeline.exchange(folder)),
        ):
            screen.say(line)
    if stated is None:
        month = command("cost", *([run] if run else []), "--requests", "240000", folder=folder, runs=runs)
        screen.say()
        screen.say(tell("cost.no_traffic", command=month))
