"""The command `bakeoff`: one verb a file, errors on one screen, one exit code."""

import atexit
import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from harness import __version__
from harness.cli import (
    check,
    compare,
    cost,
    decide,
    demo,
    doctor,
    export,
    fetch,
    helping,
    importing,
    init,
    plan,
    prices,
    report,
    run,
    score,
    screen,
    store,
    verify,
)
from harness.cli import list as list_verb
from harness.cli.manner import MANNER, read
from harness.cli.options import HERE, Folder
from harness.core.redaction import Redactor, secrets
from harness.core.wording import worded
from harness.errors import BakeoffError, Interrupted, StoreError, UsageError
from harness.sinks import guard

CommandLineError: Any = typer.BadParameter.__base__
"""What typer raises for a command line that it cannot read; it has no public name."""

DISK_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


BRIEF = frozenset({"check", "init", "list", "plan"})
"""Verbs that end before there is any garbage worth a search."""


class _Unread(Exception):
    """Who read our output went away."""


class _Verbs(TyperGroup):
    """The verbs. An interrupt and a reader who goes away are answered here: typer would end with codes of its own."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise Interrupted(worded("interrupted: what is stored is kept, all else was left undone")) from error
        except BrokenPipeError as error:
            raise _Unread from error


Language = Annotated[
    str,
    typer.Option(
        "--lang",
        metavar="en|zh",
        help="Speak English or Simplified Chinese; as this and the next three, of any verb.",
        show_default="by BAKEOFF_LANG, else the system's",
    ),
]
Flag = Annotated[bool, typer.Option("--quiet", help="Print results and errors only.")]
Watch = Annotated[bool, typer.Option("--verbose", help="Print each failed attempt and each wait as it happens.")]
Trace = Annotated[bool, typer.Option("--debug", help="Print where an error came from.")]

app = typer.Typer(
    name="bakeoff",
    cls=_Verbs,
    help="Decide which AI model a product should use, with evidence.\n\n"
    "Begin with `bakeoff demo`, which needs no key, or with `bakeoff init`.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    folder: Folder = HERE,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
    lang: Language = "en",
    quiet: Flag = False,
    verbose: Watch = False,
    debug: Trace = False,
) -> None:
    del lang, quiet, verbose, debug  # they may stand after the verb too, and have been read: see manner.py
    if version:
        typer.echo(f"bakeoff {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand not in BRIEF:
        gc.enable()
    MANNER.set(replace(MANNER.get(), verb=ctx.invoked_subcommand))
    if ctx.invoked_subcommand is None:
        raise UsageError(worded("no verb is given"), hint=worded("bakeoff --help lists them"))
    if folder != HERE:
        ctx.default_map = _for_all(ctx.command, folder)
        if ctx.default_map[ctx.invoked_subcommand] is None:
            raise UsageError(
                worded(
                    "bakeoff {verb} works on no folder, so it takes no -C",
                    verb=ctx.invoked_subcommand,
                )
            )


def _for_all(group: Any, folder: Path) -> dict[str, Any]:
    """Return verb → its defaults, where `folder` was given before the verb; None for one that works on no folder."""
    defaults: dict[str, Any] = {}
    for name, verb in group.commands.items():
        own = {"folder": folder} if any(parameter.name == "folder" for parameter in verb.params) else None
        defaults[name] = _for_all(verb, folder) if hasattr(verb, "commands") else own
    return defaults


for verb in (
    demo,
    init,
    check,
    plan,
    prices,
    run,
    score,
    decide,
    report,
    verify,
    compare,
    cost,
    export,
    importing,
    fetch,
    list_verb,
    doctor,
    store,
):
    verb.register(app)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    gc.disable()  # what is loaded at first stays anyway: looking for cycles in it is a tenth of the time
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look into every installed package
    atexit.register(gc.freeze)  # all memory goes at once: Python's last searches for cycles in it cost 0.1 s of CPU
    arguments = list(sys.argv[1:] if argv is None else argv)
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    guard(Redactor(secrets(os.environ)))
    try:
        manner, arguments = read(arguments, os.environ)
    except UsageError as error:
        screen.show_error(error)
        return error.exit_code
    before = MANNER.set(manner)
    try:
        return _obeyed(arguments, debug=manner.debug)
    finally:
        MANNER.reset(before)


def _obeyed(arguments: list[str], *, debug: bool) -> int:
    try:
        command = helping.on_pages(typer.main.get_command(app))
        result = command(arguments, prog_name="bakeoff", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except CommandLineError as error:
        helping.show_misuse(error)
        return UsageError.exit_code
    except _Unread:
        sys.stdout = sys.stderr = io.StringIO()  # there is nobody to tell, and Python would try to once more
        return 0
    except BakeoffError as error:
        if debug:
            screen.show_traceback(error)
        screen.show_error(error)
        if MANNER.get().as_json:
            screen.error_document(error)
        return error.exit_code
    except Exception as error:
        if debug:
            screen.show_traceback(error)
        if isinstance(error, OSError) and (error.filename or error.errno in DISK_FAILS):
            return _tell(error)
        screen.show_bug(error)
        return BakeoffError.exit_code


def _tell(error: OSError) -> int:
    """Say which file cannot be read or written, and why; where it is a stream that we print on, print no more there."""
    from harness.store.ballast import ADVICE

    where = error.filename or worded("what was to be written here")
    told = StoreError(
        worded("{where}: {why}", where=where, why=error.strerror), hint=ADVICE if error.errno in DISK_FAILS else None
    )
    if not error.filename:
        sys.stdout = io.StringIO()
    screen.show_error(told)
    return told.exit_code
