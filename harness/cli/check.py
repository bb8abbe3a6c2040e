"""`bakeoff check`: is everything in order, before anything is sent?"""

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE, AsJson, Folder, command


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Validate the configuration, the data and the keys, offline; show all problems at once."""
    from harness import pipeline

    bakeoff = pipeline.load(folder)
    planned = pipeline.plan(bakeoff)
    pipeline.require_ready(bakeoff, planned)
    notices = pipeline.notices(bakeoff, planned)
    missing = pipeline.require_engines(bakeoff, weights=False)
    if as_json:
        screen.document(
            {
                "name": bakeoff.name,
                "suites": [suite.name for suite in bakeoff.suites],
                "candidates": [candidate.name for candidate in bakeoff.candidates],
                "calls": len(planned.calls),
                "notices": notices,
                "engines_to_fetch": [engine.name for engine in missing],
            }
        )
        return
    for notice in notices:
        screen.note(tell("note", text=notice))
    samples = sum(len(task.loaded) for suite in bakeoff.suites for task in suite.tasks)
    size = [
        counted(len(bakeoff.suites), "suite"),
        counted(samples, "sample"),
        counted(len(bakeoff.candidates), "candidate"),
        counted(len(planned.calls), "answer call"),
    ]
    order = tell("check.order.noted" if notices else "check.order")
    screen.say(tell("check.size", name=bakeoff.name, sizes=listed(size), order=order))
    remote = [model for model in bakeoff.models if not model.is_local]
    screen.say(tell("check.looked" if remote else "check.looked.embedded"))
    if missing:
        names, megabytes = [engine.name for engine in missing], f"{pipeline.download_mb(missing):.0f}"
        screen.say(tell("check.absent", engines=listed(names), mb=megabytes, names=" ".join(names)))
        for terms in dict.fromkeys(engine.terms for engine in missing if engine.terms):
            screen.say(terms)
    screen.next_step(tell("next", command=command("plan", folder=folder)))
