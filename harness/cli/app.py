"""The command `bakeoff`: one verb a file, errors on one screen, one exit code."""

import atexit
import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

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
    init,
    plan,
    report,
    run,
    score,
    screen,
    store,
    verify,
)
from harness.cli import list as list_verb
from harness.core.redaction import Redactor, secrets
from harness.errors import BakeoffError, Interrupted, StoreError, UsageError
from harness.sinks import guard
from harness.store.ballast import ADVICE

CommandLineError: Any = typer.BadParameter.__base__
"""What typer raises for a command line that it cannot read; it has no public name."""

DISK_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

app = typer.Typer(
    name="bakeoff",
    help="Decide which AI model a product should use, with evidence.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        typer.echo(f"bakeoff {__version__}")
        raise typer.Exit


for verb in (
    demo,
    init,
    check,
    plan,
    run,
    score,
    decide,
    report,
    verify,
    compare,
    cost,
    export,
    fetch,
    list_verb,
    doctor,
    store,
):
    verb.register(app)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look into every installed package
    atexit.register(gc.freeze)  # all memory goes at once: Python's last searches for cycles in it cost 0.1 s of CPU
    arguments = list(sys.argv[1:] if argv is None else argv)
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    guard(Redactor(secrets(os.environ)))
    try:
        result = app([a for a in arguments if a != "--debug"], prog_name="bakeoff", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except CommandLineError as error:
        error.show()
        return UsageError.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return Interrupted.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away; there is nobody to tell
        return 0
    except BakeoffError as error:
        if debug:
            screen.show_traceback(error)
        screen.show_error(error)
        return error.exit_code
    except Exception as error:
        if debug:
            screen.show_traceback(error)
        if isinstance(error, OSError) and error.errno in DISK_FAILS:
            failed = StoreError(f"{error.filename or 'a file'} cannot be written: {error.strerror}", hint=ADVICE)
            screen.show_error(failed)
            return failed.exit_code
        screen.show_bug(error)
        return BakeoffError.exit_code
