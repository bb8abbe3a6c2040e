"""`bakeoff store`: check a run folder, salvage what is left of a damaged one, remove what no row names."""

from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE, AsJson, Folder, RunName, Runs, command, run_folder
from harness.errors import StoreError


def register(app: typer.Typer) -> None:
    store = typer.Typer(help="Look after run folders.", no_args_is_help=True)
    store.command("check")(check)
    store.command("gc")(gc)
    app.add_typer(store, name="store")


def check(
    run: RunName,
    salvage: Annotated[bool, typer.Option("--salvage", help="Copy what can be read into RUN-salvaged.")] = False,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Read everything that a run has stored; ends with 74 where something is damaged."""
    from harness.store import check as checking
    from harness.store import salvage as salvaging

    path = run_folder(run, folder, runs)
    health = checking.check(path)
    saved = salvaging.salvage(path) if salvage and health.problems else None
    if as_json:
        screen.document({"run": path.name, "problems": health.problems, "media": health.media,
                         "orphans": [p.name for p in health.orphans], "salvaged": saved and str(saved.folder),
                         "kept": saved and saved.kept, "lost": saved and saved.unreadable})  # fmt: skip
    else:
        for problem in health.problems:
            screen.say(problem)
        if not health.problems:
            screen.say(tell("store.whole", path=path, files=counted(health.media, "media file")))
        if health.orphans:
            count = counted(len(health.orphans), "media file")
            screen.say(tell("store.orphans", files=count, command=command("store", "gc", path)))
        if saved is not None:
            kept, lost = (
                listed([tell("store.rows", n=number, table=table) for table, number in found.items() if number])
                for found in (saved.kept, saved.unreadable)
            )
            screen.say(tell("store.salvaged", path=saved.folder, kept=kept, lost=lost or tell("store.none")))
            if saved.asked_again:
                screen.say(tell("store.again", answers=counted(saved.asked_again, "answer")))
        elif health.problems:
            screen.say(tell("next", command=command("store", "check", path, "--salvage")))
    if health.problems:
        raise typer.Exit(StoreError.exit_code)


def gc(run: RunName, folder: Folder = HERE, runs: Runs = None) -> None:
    """Remove the media files that no row of the run names."""
    from harness.store import check as checking

    files, freed = checking.collect(run_folder(run, folder, runs))
    screen.say(tell("store.removed", files=counted(files, "media file"), mb=f"{freed / 1e6:.1f}"))
