"""`bakeoff store`: check a run folder, salvage what is left of a damaged one, remove what no row names."""

from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.manner import counted
from harness.cli.options import HERE, AsJson, Folder, RunName, Runs, run_folder
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
            screen.say(f"{path} is whole: the database, and {counted(health.media, 'media file')}.")
        if health.orphans:
            count = counted(len(health.orphans), "media file")
            screen.say(f"{count} that no row names: bakeoff store gc {path}")
        if saved is not None:
            kept = ", ".join(f"{number} of {table}" for table, number in saved.kept.items() if number)
            lost = ", ".join(f"{number} of {table}" for table, number in saved.unreadable.items() if number)
            screen.say(f"Salvaged into {saved.folder}: rows {kept}. Unreadable rows: {lost or 'none'}.")
            if saved.asked_again:
                screen.say(f"{counted(saved.asked_again, 'answer')} lost its clip and is asked again by a resume.")
        elif health.problems:
            screen.say(f"Next: bakeoff store check {path} --salvage")
    if health.problems:
        raise typer.Exit(StoreError.exit_code)


def gc(run: RunName, folder: Folder = HERE, runs: Runs = None) -> None:
    """Remove the media files that no row of the run names."""
    from harness.store import check as checking

    files, freed = checking.collect(run_folder(run, folder, runs))
    screen.say(f"{counted(files, 'media file')} removed, {freed / 1e6:.1f} MB.")
