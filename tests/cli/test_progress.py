"""Progress tells what is done from what failed, what was spent, and how long it will take."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from harness.cli.progress import PLAIN_EVERY_S, Bars
from harness.core.calls import Call, Failure, Fault, Output, Record, Role
from harness.core.requests import SpeechRequest
from tests.report.benches import record


@dataclass
class Clock:
    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def call(candidate: str = "a", role: Role = Role.ANSWER) -> Call:
    return Call(
        key="k", role=role, candidate=candidate, request=SpeechRequest(text=""), suite="s", task="t", sample="1"
    )


LOST = Failure(fault=Fault.INFRA, kind="reset", message="it broke")


def costing(outcome: Output | Failure, usd: str, source: str, role: Role = Role.ANSWER) -> Record:
    return record(call(role=role), outcome, cost=Decimal(usd), source=source)


def test_plain_lines_have_counts_failures_dollars_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    bars = Bars(clock=clock)
    bars.phase("answers", {"a": 3, "b": 2})
    for outcome in (Output(text="x"), LOST):
        clock.now_s += PLAIN_EVERY_S
        bars.finished(costing(outcome, "0.25", "provider"))
    bars.finished(costing(Output(text="x"), "9", "machine", role=Role.WARMUP))
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "answers: 5 calls of 2 candidates"
    assert lines == [
        "answers: a 1/3 done, b 0/2 done; $0.2500 spent, about 60 s left",
        "answers: a 1/3 done (1 failed), b 0/2 done; $0.5000 spent, about 45 s left",
    ]


def test_where_stderr_is_no_terminal_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        bars.phase("answers", {"a": 1, "b": 1})
        bars.finished(record(call(), Output(text="x")))
    err = capsys.readouterr().err
    assert err == "answers: 2 calls of 2 candidates\n"


def test_on_a_terminal_each_candidate_has_a_bar_and_all_have_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    with Bars(clock=Clock()) as bars:
        bars.phase("answers", {"a": 2, "b": 2})
        bars.finished(costing(LOST, "0.5", "estimated"))
    err = capsys.readouterr().err
    for part in ("answers a", "answers b", "answers together", "0/2 done (1 failed)", "0/4 done (1 failed)", "$0.5000"):
        assert part in err


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    with Bars() as bars:
        bars.phase("answers", {"a": 2})
        bars.finished(record(call(), Output(text="x")))
    assert "\x1b[3" not in capsys.readouterr().err, "no colour, though lines are drawn anew"
