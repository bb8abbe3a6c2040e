"""`bakeoff check`: is everything in order, before anything is sent?"""

import typer

from harness.cli import screen
from harness.cli.options import HERE, AsJson, Folder


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Validate the configuration, the data and the keys, offline; show all problems at once."""
    from harness import pipeline

    bakeoff = pipeline.load(folder)
    planned = pipeline.plan(bakeoff)
    pipeline.require_budget(bakeoff, planned)
    notices = pipeline.notices(bakeoff, planned)
    missing = pipeline.missing_engines(bakeoff)
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
        screen.note(f"note: {notice}")
    samples = sum(len(task.loaded) for suite in bakeoff.suites for task in suite.tasks)
    size = [
        screen.counted(len(bakeoff.suites), "suite"),
        screen.counted(samples, "sample"),
        screen.counted(len(bakeoff.candidates), "candidate"),
        screen.counted(len(planned.calls), "call"),
    ]
    order = "Beside the notes above, everything is in order." if notices else "Everything is in order."
    screen.say(f"{bakeoff.name}: {', '.join(size)}. {order}")
    remote = [model for model in bakeoff.models if not model.is_local]
    screen.say(
        "Looked at here, and nobody was contacted: the files, the data, every prompt, the prices, and that each key is "
        "set. Not tried: whether keys are accepted, addresses answer, and models go by these names."
        if remote
        else "Looked at here: the files, the data and every prompt. The embedded models were not started."
    )
    if missing:
        screen.say(f"Not installed yet: {', '.join(engine.name for engine in missing)}. Next: bakeoff fetch")
    else:
        screen.say("Next: bakeoff plan")
