"""Every command of the pages works, prints what they show, and is called as they call it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from harness.cli.app import app
from tests.docs.pages import DOCS, PAGES, ROOT, Block, Page, read
from tests.docs.reader import follow

INLINE = re.compile(r"`(bakeoff [^`]+|make [\w-]+[^`]*)`")
ELSEWHERE = ("pip", "apt-get", "git", "export", "cd")
"""Programs of others that a block may name which is not run."""
AS_IN_ENGLISH = "the English page runs the same"
TARGETS = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_says_can_be_done(path: Path, tmp_path: Path) -> None:
    for block, now in follow(read(path), tmp_path.resolve()):
        assert block.text == now, f"{block}: `python -m tests.docs` writes what is printed now"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_not_run_is_spelt_right(path: Path) -> None:
    page = read(path)
    wrong = [f"{where}: {words}: {fault}" for where, words in _mentioned(page) for fault in _faults(words)]
    assert wrong == []
    same = [list(_commands(block)) for block in page.blocks if block.not_run == AS_IN_ENGLISH]
    english = [list(_commands(block)) for block in read(_in_english(path)).blocks if same]
    assert [commands for commands in same if commands not in english] == []


def _in_english(path: Path) -> Path:
    return ROOT / "README.md" if path.parent == ROOT else DOCS / path.name


def _mentioned(page: Page) -> Iterator[tuple[str, list[str]]]:
    """Yield each command that a page names and nobody runs, with where it stands."""
    for found in INLINE.findall(re.sub(r"\s+", " ", page.prose)):
        yield str(page), shlex.split(found)
    for block in page.blocks:
        if block.not_run is not None:
            yield from ((str(block), words) for words in _commands(block))


def _commands(block: Block) -> Iterator[list[str]]:
    for line in block.text.replace("\\\n", "").splitlines():
        words = shlex.split(line, comments=True)
        while words:
            end = words.index("&&") if "&&" in words else len(words)
            yield words[:end]
            words = words[end + 1 :]


def _faults(words: list[str]) -> Iterator[str]:
    program, *rest = words
    if program == "make":
        if rest[0] not in TARGETS:
            yield f"the Makefile has no {rest[0]}"
    elif program.rpartition("/")[2] == "bakeoff":
        yield from _misspelt(rest)
    elif program not in ELSEWHERE:
        yield "the tests do not know this program"


def _misspelt(words: list[str]) -> Iterator[str]:
    command: Any = typer.main.get_command(app)
    options: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        options |= {name: option for option in command.params for name in (*option.opts, *option.secondary_opts)}
        if word.startswith("--") or word == "-C":
            name, is_set, _ = word.partition("=")
            if name not in options and name not in ("--help", "--debug"):
                yield f"there is no {name}"
            elif name in options and not options[name].is_flag and not is_set:
                next(rest, None)  # its value
        elif hasattr(command, "commands"):
            if word not in command.commands:
                yield f"there is no verb {word}"
                return
            command = command.commands[word]
