"""A reader who does what a page says, in an empty folder, with models that answer by script: nothing is sent."""

import ast
import asyncio
import inspect
import io
import re
import shlex
import shutil
import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from harness import pipeline
from harness.cli.app import main
from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.config.data import load_samples
from harness.config.traffic import load_traffic
from harness.core.requests import ChatRequest, Request
from harness.errors import UsageError
from tests.cli.conftest import calibrated
from tests.docs.pages import ROOT, Block, Page
from tests.execute.bakeoffs import Client, Engines, answered

PROMPT = "$ "
PART = "part of "
EXIT = re.compile(r"#.*\bexit (\d+)")
DATA = (".csv", ".jsonl")


class Host(Engines):
    """Embedded engines that are there at once; they are never asked, since the script answers."""

    def __init__(self, **_: object) -> None:
        super().__init__()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


@dataclass(kw_only=True)
class Reader:
    """Where the reader is, and what they have written so far."""

    home: Path
    at: Path
    patch: pytest.MonkeyPatch
    names: dict[str, Any] = field(default_factory=dict)
    """Of the page's Python."""
    unchecked: list[Block] = field(default_factory=list)
    """Written, and not yet looked at by what reads such files."""

    def do(self, block: Block) -> str:
        """Do what `block` says; return the block as it would stand in the page now."""
        if block.not_run is not None:
            return block.text
        if block.title is not None:
            self._write(block, block.title)
            return block.text
        self.check()
        match block.language:
            case "sh":
                self._type(block)
            case "console":
                return self._converse(block)
            case "python":
                self._execute(block)
            case _:
                raise AssertionError(
                    f"{block}: which file is it (title), or why is it not run? see tests/docs/pages.py"
                )
        return block.text

    def check(self) -> None:
        """Let what reads the YAML that was written look at it."""
        for block in self.unchecked:
            path = self.at / str(block.title).removeprefix(PART)
            wrong = _problems(path)
            assert bool(wrong) is block.wrong, f"{block}: {wrong or 'it is not wrong'}"
        self.unchecked.clear()

    def _write(self, block: Block, title: str) -> None:
        path = self.at / title.removeprefix(PART)
        if title.startswith(PART):
            self.check()
        if block.language == "yaml":
            self.unchecked.append(block)
        path.parent.mkdir(parents=True, exist_ok=True)
        if title.startswith("docs/"):
            assert block.text == (ROOT / title).read_text(encoding="utf-8"), f"{block} is not what lies there"
        if title.startswith(PART):
            path.write_text(_with_part(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        else:
            path.write_text(block.text, encoding="utf-8")
        if block.language == "python":
            compile(block.text, str(block), "exec")

    def _type(self, block: Block) -> None:
        for line in block.text.replace("\\\n", "").splitlines():
            self._line(line, block)

    def _converse(self, block: Block) -> str:
        """Type what stands behind prompts; return it with what it prints."""
        said = ""
        for line in block.text.splitlines():
            if line.startswith(PROMPT):
                said += line + "\n" + self._line(line.removeprefix(PROMPT), block)
        assert said, f"{block}: no line begins with {PROMPT!r}"
        return said

    def _line(self, line: str, block: Block) -> str:
        words = shlex.split(line, comments=True)
        expected = EXIT.search(line)
        said = ""
        while words:
            end = words.index("&&") if "&&" in words else len(words)
            said += self._command(words[:end], int(expected[1]) if expected else 0, f"{block}: {line}")
            words = words[end + 1 :]
        return said

    def _command(self, words: list[str], expected: int, where: str) -> str:
        match words:
            case ["bakeoff", *arguments]:
                code, said = bakeoff(arguments)
                assert code == expected, f"{where} ended with {code}:\n{said}"
                return said
            case ["mkdir", folder]:
                (self.at / folder).mkdir()
            case ["cd", folder]:
                self.at = (self.at / folder).resolve()
                assert self.at.is_relative_to(self.home), where
                self.patch.chdir(self.at)
            case ["export", setting]:
                self.patch.setenv(setting.partition("=")[0], "of no account")
            case ["pytest", file]:
                self.patch.delitem(sys.modules, Path(file).stem, raising=False)  # of another page, or another test
                alone = ["-c", "/dev/null", "--rootdir", str(self.at), "-p", "no:cacheprovider", "-q"]
                with redirect_stdout(io.StringIO()) as out:
                    code = pytest.main([*alone, str(self.at / file)])
                assert code == expected, f"{where} ended with {code}:\n{out.getvalue()}"
            case _:
                raise AssertionError(f"{where}: the tests do not know this command")
        return ""

    def _execute(self, block: Block) -> None:
        code = compile(block.text, str(block), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        with redirect_stdout(io.StringIO()):
            awaited = eval(code, self.names)
            if inspect.iscoroutine(awaited):
                asyncio.run(awaited)


def bakeoff(arguments: list[str]) -> tuple[int, str]:
    """Return the exit code of the command line, and what it says, as a terminal shows it."""
    screen = io.StringIO()
    with redirect_stdout(screen), redirect_stderr(screen), pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0), screen.getvalue()


def follow(page: Page, home: Path) -> Iterator[tuple[Block, str]]:
    """Do what `page` says, in `home`; yield each block with what it should be."""
    with _scripted(home) as patch:
        for name in page.given:
            source = ROOT / name
            copy = shutil.copy if source.is_file() else shutil.copytree
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            copy(source, home / name)
        reader = Reader(home=home, at=home, patch=patch)
        for block in page.blocks:
            yield block, reader.do(block)
        reader.check()


@contextmanager
def _scripted(home: Path) -> Iterator[pytest.MonkeyPatch]:
    """Put the script in the place of all models, and the reader into `home` without a key."""
    client = Client(script=lambda request, target: _answer(home, request, target))

    def scripted(*given: Any, **named: Any) -> Awaitable[Answer]:
        del named["once"]  # nothing is sent
        return client(*given, **named)

    with pytest.MonkeyPatch.context() as patch:
        for place in ("sys.stdout", "sys.stderr", "logging._logRecordFactory"):  # a command line guards its process
            module, name = place.split(".")
            patch.setattr(place, getattr(sys.modules[module], name))
        patch.setattr("harness.execute.runner.call_client", scripted)
        patch.setattr("harness.clients.litellm_door.load", lambda: None)
        patch.setattr("harness.clients.calibration.calibrate", calibrated)
        patch.setattr("harness.local.host.Host", Host)
        patch.setattr("harness.pipeline.machine.missing_engines", lambda _: ())
        for offer in pipeline.catalogue(home):
            for variable in offer.variables:
                patch.delenv(variable, raising=False)
        patch.delenv("GITHUB_STEP_SUMMARY", raising=False)
        patch.chdir(home)
        yield patch


def _answer(home: Path, request: Request, target: Target) -> Answer:
    """Answer what the reader's own data asks; the first candidate of the alphabet misses every fourth."""
    assert isinstance(request, ChatRequest), request
    asked = str(request.messages[-1]["content"])
    samples = [sample for path in sorted(home.rglob("*")) if path.suffix in DATA for sample in _samples(path)]
    found = next((n for n, sample in enumerate(samples) if str(sample.input) in asked), None)
    if found is None or (found % 4 == 3 and target.candidate.startswith("gemma")):
        return answered("I cannot tell.")
    return answered(str(samples[found].target))


def _samples(path: Path) -> Any:
    try:
        return load_samples(path)
    except UsageError:  # a table of options, or a file that is wrong on purpose
        return ()


def _with_part(whole: str, part: str) -> str:
    """Return a YAML text with the keys of `part` in the place of its own."""
    for key in re.findall(r"^(\w+):", part, flags=re.MULTILINE):
        whole = re.sub(rf"^{key}:.*\n(?:(?:[ #].*)?\n)*", "", whole, flags=re.MULTILINE)
    return whole + part


def _problems(path: Path) -> list[str]:
    """Return what is wrong with `path`, read as what it is."""
    try:
        match path.name:
            case "bakeoff.yaml" | "providers.yaml":
                pipeline.load(path.parent, require_keys=False)
            case "traffic.yaml":
                load_traffic(path.parent, path)
            case _:
                pipeline.decide_table(path.with_suffix(".csv"), rule_file=path, weights={})
    except UsageError as error:
        return [problem.message for problem in error.problems] or [str(error)]
    return []
