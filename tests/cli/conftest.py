"""The command line inside this process, on a small bake-off whose models are a script: nothing is sent anywhere."""

import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.cli.app import main
from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.manifest import Calibration
from harness.core.requests import ChatRequest, Request
from tests.execute.bakeoffs import Client, answered

CAPITALS = {"France": "Paris", "Italy": "Rome", "Spain": "Madrid", "Japan": "Tokyo"}
BAKEOFF = """\
name: capitals
suites:
  - {name: faq, modality: text, data: faq.csv, scorer: exact_match}
run: {warm_up: 0}
"""
ENTRY = "  - model_name: {name}\n    litellm_params: {{model: openai/{model}, api_base: 'http://127.0.0.1:1/v1', api_key: os.environ/{key}}}\n"  # noqa: E501
MACHINE = "    bakeoff: {usd_per_hour: 0.10}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: str
    err: str


@dataclass(kw_only=True)
class Desk:
    """A user's folder, and the command line in it."""

    folder: Path
    client: Client
    read: Callable[[], tuple[str, str]]
    entries: list[str] = field(default_factory=list)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def candidate(self, name: str, *, model: str | None = None, key: str = "DESK_KEY", more: str = MACHINE) -> None:
        self.entries.append(ENTRY.format(name=name, model=model or name, key=key) + more)
        self.write("providers.yaml", "model_list:\n" + "".join(self.entries))

    def data(self, answers: dict[str, str]) -> None:
        self.write("faq.csv", "id,input,target\n" + "".join(f"{q},{q},{a}\n" for q, a in answers.items()))

    def bakeoff(self, *arguments: str, code: int | None = 0) -> Done:
        self.read()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = self.read()
        done = Done(code=int(ended.value.code or 0), out=out, err=err)
        assert code in (None, done.code), done
        return done

    @property
    def runs(self) -> list[Path]:
        return sorted((self.folder / "reports").glob("*"))


CALIBRATION = Calibration(
    at="2026-11-26T12:00:00+00:00", in_flight=1, streams=12, untrusted=0, bias_ms=0.25, worst_ms=2.0,
    client_bias_ms=3.0, streams_per_s=10.0,
)  # fmt: skip


async def calibrated(*_: object, **__: object) -> Calibration:
    return CALIBRATION


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    def script(request: Request, _: Target) -> Answer:
        assert isinstance(request, ChatRequest)
        return answered(CAPITALS[str(request.messages[-1]["content"])])

    client = Client(script=script)
    for place in ("sys.stdout", "sys.stderr", "logging._logRecordFactory"):  # a command line guards its whole process
        module, name = place.split(".")
        monkeypatch.setattr(place, getattr(sys.modules[module], name))

    def scripted(*given: Any, **named: Any) -> Awaitable[Answer]:
        del named["once"]  # nothing is sent
        return client(*given, **named)

    monkeypatch.setattr("harness.execute.runner.call_client", scripted)
    monkeypatch.setattr("harness.clients.litellm_door.load", lambda: None)
    monkeypatch.setattr("harness.clients.calibration.calibrate", calibrated)
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DESK_KEY", "of no account")
    desk = Desk(folder=folder, client=client, read=lambda: tuple(capsys.readouterr()))  # type: ignore[arg-type,return-value]
    desk.write("bakeoff.yaml", BAKEOFF)
    desk.data(CAPITALS)
    desk.candidate("one")
    desk.candidate("two")
    return desk


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where runs lie that many tests begin with, each in a folder of its own."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def ran(desk: Desk, kept: Path) -> Desk:
    """A desk whose bake-off has run: once for all tests, each of which has a copy."""
    return after(desk, kept / "ran", lambda: desk.bakeoff("run", code=None))


def after(desk: Desk, kept: Path, run: Callable[[], object]) -> Desk:
    """Give `desk` a copy of the runs that `run` makes there; it is asked where they are not `kept` yet."""
    if kept.exists():
        shutil.copytree(kept, desk.folder / "reports")
    else:
        run()
        shutil.copytree(desk.folder / "reports", kept)
    return desk
