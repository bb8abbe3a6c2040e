"""What `--help` shows and what a command line that cannot be read is told, in the language of the command."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import cleandoc
from typing import Any

import typer

from harness.cli import screen
from harness.cli.manner import MANNER, tell
from harness.cli.words import help_texts, misuses
from harness.report.columns import folded, padded, width

WIDEST = 80
NAMES = 28
"""The most columns of a name that has its text beside it."""
KEPT = "\b"
"""Stands before a paragraph whose lines are kept as they are."""
RECORD = re.compile(r"(.*?)(?:  \[(.*)\])?", re.DOTALL)
"""An option's text and, in brackets, what typer adds to it."""


class Page:
    """What typer writes a page of help into, in place of a formatter of its own, which counts a Han character as one
    column and knows no other language."""

    def __init__(self, **_: object) -> None:
        self.width = min(WIDEST, screen.terminal_columns(sys.stdout))
        self._lines: list[str] = []

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        del prefix
        head = f"{tell('help.usage')}{prog} "
        said = " ".join(map(_said, args.split(" ")))
        self._lines += folded(said, self.width, first=head, rest=" " * width(head))

    def write_paragraph(self) -> None:
        self._lines.append("")

    def write_text(self, text: str) -> None:
        for place, paragraph in enumerate(text.split("\n\n")):
            self._lines += [""] if place else []
            if paragraph.startswith(KEPT):
                self._lines += [f"  {line}" for line in paragraph.split("\n")[1:]]
            else:
                self._lines += folded(_paragraph(paragraph), self.width, first="  ", rest="  ")

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        beside = 4 + min(NAMES, max(width(name) for name, _ in rows))
        for name, record in rows:
            first = padded(f"  {name}", beside)
            if width(first) > beside:
                self._lines.append(first)
                first = " " * beside
            self._lines += folded(_record(record), self.width, first=first, rest=" " * beside)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        self._lines += ["", _said(name) + tell("colon").rstrip()]
        yield

    @contextmanager
    def indentation(self) -> Iterator[None]:
        yield

    def getvalue(self) -> str:
        return "\n".join(self._lines)


class _Context(typer.Context):
    formatter_class: Any = Page


def on_pages(command: Any) -> Any:
    """Return the command with its verbs, each of which will write its help on a `Page`."""
    command.context_class = _Context
    sentence = _paragraph(cleandoc(command.help or "").split("\n\n")[0])
    command.short_help = re.split("[;:；：]", sentence)[0].rstrip(".。")
    for verb in getattr(command, "commands", {}).values():
        on_pages(verb)
    return command


def show_misuse(error: Any) -> None:
    """Print on stderr why typer cannot read a command line; where no verb is named, that is the help."""
    message, usage = error.format_message(), error.ctx.get_usage() if error.ctx is not None else ""
    if usage and message.startswith(usage):
        screen.warn(message)
        return
    for pattern, said in misuses(MANNER.get().language):
        message = re.sub(pattern, said, message)
    screen.warn(message, head=tell("error"))
    if error.ctx is not None:
        screen.warn(usage)
    command = error.ctx.command_path if error.ctx is not None else f"bakeoff {MANNER.get().verb or ''}".strip()
    screen.warn(tell("error.fix", hint=f"{command} --help"))
    screen.warn(tell("error.exit", code=2))


def _said(text: str) -> str:
    return help_texts(MANNER.get().language).get(text, text)


def _paragraph(text: str) -> str:
    return _said(" ".join(text.split()))


def _record(text: str) -> str:
    """Return an option's text in the language of the command, with what typer adds to it."""
    found = RECORD.fullmatch(text)
    if found is None or found[2] is None:
        return _said(text)
    return f"{_said(found[1])} [{tell('firm.stop').join(map(_added, found[2].split('; ')))}]"


def _added(text: str) -> str:
    name, default, value = text.partition("default: ")
    return tell("help.default", value=_said(value.strip("()"))) if default and not name else _said(text)
