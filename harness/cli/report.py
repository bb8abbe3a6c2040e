"""`bakeoff report` and `bakeoff memo`: the pages, written again from the records."""

from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.manner import MANNER
from harness.cli.options import HERE, UNNAMED, Folder, LatestRun, Runs, names, run_folder
from harness.core.wording import worded
from harness.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("report")(report)
    app.command("memo")(memo)


def report(
    run: LatestRun = UNNAMED,
    folder: Folder = HERE,
    runs: Runs = None,
    redact_content: Annotated[
        bool, typer.Option("--redact-content", help="Hashes in the place of questions, answers and media.")
    ] = False,
) -> None:
    """Write report.html: one file that opens offline, in the language of --lang, and switches."""
    from harness import pipeline

    path = run_folder(run, folder, runs)
    pipeline.catch_up(path, folder)
    screen.say(str(pipeline.report(path, redact_content=redact_content, language=MANNER.get().language)))


def memo(
    run: LatestRun = UNNAMED,
    folder: Folder = HERE,
    runs: Runs = None,
    format_: Annotated[str, typer.Option("--format", metavar="md|docx", help="Markdown or Word.")] = "md",
    requests: Annotated[
        str | None,
        typer.Option(
            "--requests",
            metavar="A,B,C",
            help="Requests a month to price.",
            show_default="by the traffic of bakeoff.yaml",
        ),
    ] = None,
) -> None:
    """Write the selection memo that someone can sign, in the language of --lang."""
    from harness import pipeline
    from harness.report.memo import FORMATS

    if format_ not in FORMATS:
        raise UsageError(worded("the memo is written as md or docx, not {format!r}", format=format_))
    traffic = pipeline.planned_traffic(folder)
    volumes = pipeline.volumes(traffic) if requests is None else _volumes(requests)
    path = run_folder(run, folder, runs)
    pipeline.catch_up(path, folder)
    language = MANNER.get().language
    screen.say(str(pipeline.memo(path, format_=format_, language=language, volumes=volumes, traffic=traffic)))


def _volumes(text: str) -> tuple[int, ...]:
    """Parse `10000,250000`."""
    try:
        volumes = tuple(sorted({int(part.replace("_", "")) for part in names(text)}))
    except ValueError:
        volumes = ()
    if not volumes or volumes[0] < 1:
        raise UsageError(
            worded("--requests takes whole numbers above 0, not {text!r}", text=text),
            hint="--requests 10000,100000",
        )
    return volumes
