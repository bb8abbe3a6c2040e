"""How errors look: what, where, why, how to mend it, on one screen."""

import json
import sys
from typing import Any

import typer

from harness.core.canonical import to_json
from harness.errors import BakeoffError, Problem, UsageError

SHOWN = 20
"""Problems on one screen; the rest are counted."""


def say(text: str = "") -> None:
    """Print a line of the result on stdout."""
    typer.echo(text)


def counted(number: int, noun: str) -> str:
    """Return `1 suite`, `2 suites`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def note(text: str) -> None:
    """Print a line about the work on stderr."""
    typer.echo(text, err=True)


def document(value: Any) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(to_json(value), ensure_ascii=False, indent=2))


def show_error(error: BakeoffError, *, sent: bool = False) -> None:
    """Print an expected error on stderr, every problem of it; `sent`: it came when requests had been sent."""
    if isinstance(error, UsageError):
        for problem in error.problems[:SHOWN]:
            note(problem_text(problem))
        if len(error.problems) > SHOWN:
            note(f"... and {len(error.problems) - SHOWN} more")
        count = len(error.problems)
        nothing = "" if sent else "; nothing was sent"
        note(f"{count} problem{'s' if count > 1 else ''}{nothing} (exit {error.exit_code})")
        return
    note(f"{_red('error')}: {error}")
    if error.hint:
        note(f"  fix: {error.hint}")
    note(f"(exit {error.exit_code})")


def show_bug(error: Exception) -> None:
    """Print what is our own fault on stderr, and how to report it."""
    note(f"{_red('bug')}: {type(error).__name__}: {error}")
    note("  This is Bakeoff's mistake, not yours. Run again with --debug for the traceback (exit 70).")


def problem_text(problem: Problem) -> str:
    """Return a problem in the shape of compiler messages, with the wrong characters marked."""
    lines = [f"{_red(f'error[{problem.code}]')}: {problem.message}"]
    if problem.file:
        place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
        lines.append(f"  --> {place}")
    if problem.excerpt is not None and problem.line is not None:
        lines.append(f"  {problem.line:>4} | {problem.excerpt}")
        if problem.column is not None:
            # copy the tabs of the excerpt, so that the marks stand under the right characters
            indent = "".join("\t" if c == "\t" else " " for c in problem.excerpt[: problem.column - 1])
            lines.append(f"       | {indent}{'^' * max(1, problem.length)}")
    if problem.hint:
        lines.append(f"  fix: {problem.hint}")
    return "\n".join(lines)


def _red(text: str) -> str:
    import os

    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return typer.style(text, fg="red", bold=True) if coloured else text
