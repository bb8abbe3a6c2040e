"""How results and errors look on a terminal: on one screen, and nothing in them can command it."""

import json
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

import typer

from harness.cli.manner import MANNER, counted, in_language, tell
from harness.core.wording import worded
from harness.errors import BakeoffError, Problem, UsageError
from harness.report.visible import HIDDEN, visible

if TYPE_CHECKING:
    from harness.core.decision import Decision

SENDS = ("run", "demo", "check", "plan")
"""Verbs of which one may ask oneself whether something was sent, or would have been."""
SHOWN = 40
"""Problems that are shown; the rest are counted."""
LINES, COLUMNS = 24, 80
"""A screen, where no terminal says how large it is."""
LEAST_COLUMNS = 40
MARGIN = 9
"""Columns before an excerpt: the number of its line."""
AFTER = 12
"""Columns that are kept free behind what an excerpt marks."""


def say(text: str = "") -> None:
    """Print a line of the result on stdout."""
    _print(visible(in_language(text)), sys.stdout)


def next_step(text: str) -> None:
    """Print what may be done next on stdout, for whoever does not want results alone."""
    if not MANNER.get().quiet:
        say(text)


def note(text: str) -> None:
    """Print a line about the work on stderr, for whoever does not want results and errors alone."""
    if not MANNER.get().quiet:
        _print(visible(in_language(text)), sys.stderr)


def warn(text: str, *, head: str = "") -> None:
    """Print a line on stderr that nobody may miss; `head` stands before it, red on a terminal."""
    shown = visible(in_language(text))
    if head:
        coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        shown = (typer.style(head, fg="red", bold=True) if coloured else head) + tell("colon") + shown
    _print(shown, sys.stderr)


def document(value: Any) -> None:
    """Print one JSON document on stdout; characters that hide or command are spelt as escapes."""
    from harness.core.canonical import to_json

    text = json.dumps(to_json(value), ensure_ascii=False, indent=2)
    _print(HIDDEN.sub(lambda match: json.dumps(match.group())[1:-1], text), sys.stdout)


def decisions(found: "Sequence[Decision]") -> None:
    """Print the closing table and the verdict of each slot."""
    from harness.report.closing import closing_lines

    for decision in found:
        say()
        for line in closing_lines(decision, MANNER.get().language, wide=table_columns()):
            say(line)


def job_summary(found: "Sequence[Decision]") -> None:
    """Add the decisions to the summary that GitHub shows of a job, where this is one."""
    from harness.report.closing import closing_lines

    path, language = os.environ.get("GITHUB_STEP_SUMMARY"), MANNER.get().language
    if path:
        with suppress(OSError), open(path, "a", encoding="utf-8") as file:  # a run does not fail for it
            file.writelines(
                f"{visible(line)}\n" for decision in found for line in (*closing_lines(decision, language), "")
            )


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str:
    """Ask on stderr, and return what is said: nothing at the end of the input."""
    return answer(question).strip()


def answer(question: str) -> str:
    """Ask on stderr, and return the line that is written; without its end where the input ends."""
    sys.stderr.write(f"{question}\n> ")
    sys.stderr.flush()
    return sys.stdin.readline()


def agree(terms: str) -> None:
    """Tell the terms of what is about to be downloaded; UsageError where somebody is asked and does not accept them.

    Enter alone or a word for yes accepts them; anything else does not, nor does the end of the input.
    """
    warn(terms)
    if not is_terminal():
        return
    said = answer(tell("terms.ask"))
    if not said or said.strip().casefold() not in tell("terms.yes").split("|"):
        raise UsageError(
            worded("the terms were not accepted, so nothing was downloaded"),
            hint=worded("leave it out: name the other engines, or in a run the other candidates"),
        )


def show_error(error: BakeoffError, *, sent: bool = False) -> None:
    """Print an expected error on stderr, every problem of it; `sent`: it came when requests had been sent."""
    if error.problems:
        problems, wide = in_order(error.problems), terminal_columns(sys.stderr)
        shown = problems[:SHOWN]
        lines = [line for problem in shown for line in problem_text(problem, wide).split("\n")]
        brief = len(shown) > 1 and sum(1 + columns(line) // wide for line in lines) > terminal_lines(sys.stderr)
        for problem in shown:
            show_problem(problem, brief=brief)
        if len(problems) > SHOWN:
            warn(tell("error.more", n=len(problems) - SHOWN))
        told = counted(len(problems), "problem")
        unsent = MANNER.get().verb in SENDS and not sent
        warn(tell("error.unsent" if unsent else "error.end", problems=told, code=error.exit_code))
        return
    warn(error.args[0], head=tell("error"))
    if error.hint:
        warn(tell("error.fix", hint=error.hint))
    warn(tell("error.exit", code=error.exit_code))


def error_document(error: BakeoffError) -> None:
    """Print an expected error as one JSON document on stdout, in the place of a result."""
    problems = in_order(error.problems) or [Problem(code="", message=error.args[0], hint=error.hint)]
    document(
        {
            "problems": [
                {
                    "code": problem.code or None,
                    "file": problem.file,
                    "line": problem.line,
                    "column": problem.column,
                    "what": in_language(problem.message),
                    "fix": problem.hint and in_language(problem.hint),
                }
                for problem in problems
            ],
            "exit_code": error.exit_code,
        }
    )


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems of each file together, from its top to its bottom; keys that stand written out come first."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda it: (it.code != "E103", files.index(it.file), it.line or 0, it.column or 0))


def show_problem(problem: Problem, *, brief: bool = False) -> None:
    """Print a problem on stderr; `brief`: in a line or two and without its excerpt, so that many are read at once."""
    wide, head = terminal_columns(sys.stderr), f"{tell('error')}[{problem.code}]"
    text = problem_lines(problem, wide, used=columns(head + tell("colon"))) if brief else problem_text(problem, wide)
    warn(text, head=head)


def show_bug(error: Exception) -> None:
    """Print what is our own fault on stderr, and how to report it."""
    warn(f"{type(error).__name__}: {error}", head=tell("bug"))
    warn(tell("bug.ours"))


def show_traceback(error: Exception) -> None:
    """Print where an error came from, without the values of variables, on stderr."""
    warn("".join(traceback.format_exception(error)).rstrip())


def problem_text(problem: Problem, wide: int = COLUMNS) -> str:
    """Return a problem in the shape of compiler messages, with the wrong characters marked; a long line is cut."""
    lines = [in_language(problem.message)]
    if problem.file:
        lines.append(f"  --> {_place(problem)}")
    if problem.excerpt is not None and problem.line is not None:
        at = (problem.column or 1) - 1
        before, meant, after = _around(problem.excerpt, at, at + problem.length, wide - MARGIN)
        lines.append(f"  {problem.line:>4} | {before}{meant}{after}")
        if problem.column is not None:
            # copy the tabs of the excerpt, so that the marks stand under the right characters
            indent = "".join("\t" if c == "\t" else " " * columns(c) for c in before)
            lines.append(f"       | {indent}{'^' * max(1, columns(meant))}")
    if problem.hint:
        lines.append(tell("error.fix", hint=problem.hint))
    return "\n".join(lines)


def problem_lines(problem: Problem, wide: int, *, used: int = 0) -> str:
    """Return a problem as place, message and what to do: on one line that has room beside `used` columns, or on two."""
    message = in_language(problem.message)
    text = tell("colon").join([_place(problem), message] if problem.file else [message])
    if problem.hint is None:
        return text
    whole = text + tell("error.fix.brief", hint=problem.hint)
    return whole if used + columns(whole) <= wide else f"{text}\n{tell('error.fix', hint=problem.hint)}"


def _place(problem: Problem) -> str:
    return ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)


def _around(line: str, start: int, end: int, room: int) -> tuple[str, str, str]:
    """Return what stands before, at and after what is meant, as much of it as has `room`; `…` where it is cut."""
    before, meant, after = line[:start], line[start:end], line[end:]
    if columns(line) <= room:
        return before, meant, after
    least = min(columns(after), AFTER)
    if columns(before) + columns(meant) + least > room:
        while before and columns(before) + columns(meant) + least >= room:
            before = before[1:]
        before = "…" + before
    if columns(before) + columns(meant) > room:
        while columns(before) + columns(meant) >= room:
            meant = meant[:-1]
        return before, meant, "…"
    if columns(before) + columns(meant) + columns(after) > room:
        while columns(before) + columns(meant) + columns(after) >= room:
            after = after[:-1]
        after += "…"
    return before, meant, after


def terminal_columns(stream: TextIO) -> int:
    """Return how many columns a line of `stream` may take."""
    return max(LEAST_COLUMNS, shutil.get_terminal_size((COLUMNS, LINES)).columns) if stream.isatty() else COLUMNS


def terminal_lines(stream: TextIO) -> int:
    """Return how many lines of `stream` are seen at once."""
    return shutil.get_terminal_size((COLUMNS, LINES)).lines if stream.isatty() else LINES


def table_columns() -> int | None:
    """Return how wide a table on stdout may be; None where nobody looks at it, and it is to stay whole."""
    return terminal_columns(sys.stdout) if sys.stdout.isatty() else None


def columns(text: str) -> int:
    """Return how many columns of the terminal `text` takes as it is shown."""
    from harness.report.columns import width

    return width(visible(text))


def _print(text: str, stream: TextIO) -> None:
    print(text, file=stream, flush=True)
