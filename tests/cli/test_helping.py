"""The pages of `--help` and what a mistyped command line is told: both languages, any width."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import pytest
import typer

from harness.cli.app import app
from harness.cli.helping import KEPT
from harness.cli.words import help_texts
from harness.report.columns import width
from tests.cli.conftest import Desk

ROOT = typer.main.get_command(app)
HAN = re.compile("[\u4e00-\u9fff]")
OF_TYPER = {
    "[OPTIONS]", "COMMAND", "[ARGS]...", "Arguments", "Options", "Commands", "required", "Show this message and exit.",
}  # fmt: skip


def verbs(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, verb in getattr(command, "commands", {}).items():
        yield from verbs(verb, (*path, name))


def texts(command: Any) -> Iterator[str]:
    """Every text of our own that the page of a verb shows."""
    for paragraph in cleandoc(command.help).split("\n\n"):
        if not paragraph.startswith(KEPT):
            yield " ".join(paragraph.split())
    for param in command.params:
        yield param.help
        if isinstance(param.show_default, str):
            yield param.show_default


PATHS = [path for path, _ in verbs(ROOT)]


def test_chinese_has_every_text_of_help_and_no_other() -> None:
    shown = {text for _, verb in verbs(ROOT) for text in texts(verb)}
    assert len(shown) > 80
    assert help_texts("zh").keys() ^ (shown | OF_TYPER) == set()


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
@pytest.mark.parametrize("columns", [50, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_fits_the_terminal_and_speaks_the_language(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], columns: int, language: str
) -> None:
    monkeypatch.setattr("harness.cli.screen.terminal_columns", lambda _: columns)
    page = desk.bakeoff("--lang", language, *path, "--help").out
    assert max(map(width, page.splitlines())) <= columns
    if language == "zh":
        kept = [line for line in page.splitlines() if re.fullmatch(r" +[\w: \[\]-]*(\{.*\}\]?)?", line)]
        english = [line for line in page.splitlines() if line not in kept and not HAN.search(line)]
        assert [line for line in english if re.search("[a-z]+ [a-z]+ [a-z]+", line)] == []
    assert [line for line in page.splitlines()[2:] if line.endswith("...")] == [], "nothing is cut"


def test_a_verb_without_its_own_verb_shows_the_page(desk: Desk) -> None:
    assert desk.bakeoff("prices", code=2).err == desk.bakeoff("prices", "--help").out


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        ("runn", "No such command 'runn'. Did you mean 'run'?", "没有“runn”这个命令。是不是 'run'？"),
        (
            "check --foldr",
            "No such option: --foldr (Possible options: --folder)",
            "没有选项 --foldr。相近的有：--folder",
        ),
        ("compare", "Missing argument 'RUN'.", "缺少 RUN。"),
        ("run --pilot", "Option '--pilot' requires an argument.", "选项 --pilot 后面要写值。"),
        ("decide --json=3", "Option '--json' does not take a value.", "选项 --json 后面不能写值。"),
        ("check x", "Got unexpected extra argument(s) (x)", "多出来的参数：x"),
        (
            "run --pilot 1",
            "Invalid value for '--pilot': 1 is not in the range x>=2.",
            "--pilot 的值不对：1 不在 x>=2 的范围内。",
        ),
        (
            "run --limit x",
            "Invalid value for '--limit': 'x' is not a valid int range.",
            "--limit 的值不对：“x”不是数字。",
        ),
        (
            "check -C faq.csv",
            "Invalid value for '--folder' / '-C': Directory 'faq.csv' is a file.",
            "--folder 的值不对：“faq.csv”是文件，不是文件夹。",
        ),
    ],
)
def test_what_cannot_be_read_is_told_like_every_error(desk: Desk, arguments: str, english: str, chinese: str) -> None:
    lines = desk.bakeoff(*arguments.split(), code=2).err.splitlines()
    assert (lines[0], lines[-1]) == (f"error: {english}", "(exit 2)")
    assert re.fullmatch("  fix: bakeoff .*--help", lines[-2])
    assert desk.bakeoff("--lang", "zh", *arguments.split(), code=2).err.startswith(f"错误：{chinese}\n")


def test_the_system_says_which_language_is_spoken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAKEOFF_LANG")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "Usage:" in desk.bakeoff("--help").out
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "用法：" in desk.bakeoff("--help").out
    assert "Usage:" in desk.bakeoff("--lang", "en", "--help").out
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "Usage:" in desk.bakeoff("--help").out
    monkeypatch.setenv("BAKEOFF_LANG", "zh")
    assert "用法：" in desk.bakeoff("--help").out
