"""`bakeoff init`: a bake-off to start from."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import screen, starting
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE
from harness.cli.starting import USES
from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.config.inventory import Offer
    from harness.config.spreadsheet import Sheet

LISTED = 8
"""Rows that are named; of more it says how many they are."""


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write.")] = HERE,
    use: Annotated[
        str | None,
        typer.Option("--for", metavar="|".join(USES), help="What the models are to do.", show_default="text"),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--from-spreadsheet", metavar="FILE", help="Make the suite from a CSV, TSV, XLSX, JSONL or TXT file."
        ),
    ] = None,
    input_: Annotated[
        str | None, typer.Option("--input", metavar="COLUMN", help="Of the spreadsheet: the column of the questions.")
    ] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="COLUMN", help="That of the right answers.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take what is found.")] = False,
    api_base: Annotated[
        str | None, typer.Option("--api-base", metavar="URL", help="An OpenAI-compatible server of your own.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Its model's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write bakeoff.yaml, providers.yaml, an example suite and .env.example."""
    from harness import pipeline

    if model and not api_base:
        raise UsageError(
            worded("--model names a model of your own server"), hint=worded("add --api-base http://HOST:PORT/v1")
        )
    if api_base is not None and not api_base.startswith(("http://", "https://")):
        raise UsageError(
            worded("--api-base takes a URL, not {api_base!r}", api_base=api_base),
            hint="--api-base http://HOST:PORT/v1",
        )
    if use is not None and use not in USES:
        raise UsageError(worded("--for is one of {uses}, not {use!r}", uses=[*USES], use=use))
    if sheet is not None and use not in (None, "text"):
        raise UsageError(worded("--from-spreadsheet makes a suite of questions in text"), hint=worded("drop --for"))
    if sheet is None and (input_ or target):
        raise UsageError(worded("--input and --target name columns of a spreadsheet"), hint="--from-spreadsheet FILE")
    asks = not yes and screen.is_terminal()
    if asks and use is None and sheet is None:
        use = _ask_use()
    if asks and use in (None, "text") and sheet is None and (said := screen.ask(tell("init.ask.sheet"))):
        sheet = Path(said)
    doing, read = USES[use or "text"], None
    if sheet is not None:
        read = pipeline.read_sheet(sheet, ask=input_, expect=target)
    catalogue = pipeline.catalogue(folder)
    found = [offer for offer in catalogue if offer.variables and not offer.missing and not api_base]
    found = [offer for offer in found if doing.suite is None or set(doing.modalities) & set(offer.modalities)]
    if asks and found:
        found = _ask_keys(found)
    has_remote = any(set(doing.modalities) & set(offer.modalities) for offer in found)
    if api_base:
        providers = starting.own_server(api_base, model or "default")
    else:
        providers = starting.providers(found, catalogue, doing, has_remote=has_remote)
    files = {
        "bakeoff.yaml": starting.bakeoff(folder, doing, read, dear=has_remote, own=bool(api_base)).encode(),
        "providers.yaml": providers.encode(),
        ".env.example": "".join(f"{variable}=\n" for variable in starting.variables(catalogue)).encode(),
    }
    if read is not None:
        files[f"data/{read.file}"] = read.content
    elif doing.suite is None:
        files["data/faq.csv"] = starting.example()
    taken = [name for name in files if (folder / name).exists()]
    if taken and not force:
        raise UsageError(
            worded("{taken} exist already in {folder}", taken=[*taken], folder=folder),
            hint=worded("another folder, or --force to overwrite"),
        )
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    where = "" if folder == HERE else f"cd {shlex.quote(str(folder))} && "
    screen.say(tell("init.wrote", files=listed(list(files))))
    if found:
        names = listed([offer.name for offer in found])
        screen.say(tell("init.found", variables=listed(starting.variables(found)), candidates=names))
    if read is not None:
        _tell_sheet(read, f"data/{read.file}")
    screen.next_step(tell("next", command=f"{where}bakeoff check"))


# -- questions -----------------------------------------------------------------------------------------------------


def _ask_use() -> str:
    choices = [f"  {number}. {tell(f'init.ask.task.{name}')}" for number, name in enumerate(USES, start=1)]
    said = screen.ask("\n".join([tell("init.ask.task"), *choices]))
    named = dict(zip(map(str, range(1, len(USES) + 1)), USES, strict=True))
    return named.get(said, said if said in USES else "text")


def _ask_keys(found: Sequence["Offer"]) -> list["Offer"]:
    said = screen.ask("\n".join([listed(starting.variables(found)), tell("init.ask.keys")]))
    wanted = {part.strip() for part in said.replace("、", ",").split(",") if part.strip()}
    return list(found) if not wanted else [offer for offer in found if wanted & set(offer.variables)]


# -- what is told ---------------------------------------------------------------------------------------------------


def _tell_sheet(read: "Sheet", file: str) -> None:
    key = "init.sheet" if read.expected else "init.sheet.untargeted"
    screen.say(tell(key, file=file, rows=counted(read.rows, "row"), input=read.asked, target=read.expected))
    why = tell(f"init.why.{read.why}", n=read.labels)
    screen.say(tell("init.sheet.scorer", scorer=next(iter(read.scorer)), why=why))
    for notice in read.notices:
        screen.note(tell("note", text=notice))
    if read.tags:
        screen.say(tell("init.columns", names=listed(read.tags)))
    left_out = [("init.blank", read.blank), ("init.unanswered", read.unanswered)]
    if said := [tell(key, n=len(rows), lines=_lines(rows)) for key, rows in left_out if rows]:
        screen.say(tell("init.sheet.left_out", what=listed(said)))


def _lines(rows: Sequence[int]) -> str:
    more = ["…"] if len(rows) > LISTED else []
    return listed([*map(str, rows[:LISTED]), *more])
