"""Progress tells what is done from what failed."""

import itertools

import pytest

from harness.cli.progress import PLAIN_EVERY_S, Bars
from harness.core.calls import Call, Failure, Fault, Output, Role, SpeechRequest
from tests.report.benches import record


def test_what_failed_is_not_called_done(capsys: pytest.CaptureFixture[str]) -> None:
    call = Call(
        key="k", role=Role.ANSWER, candidate="a", request=SpeechRequest(text=""), suite="s", task="t", sample="1"
    )
    bars = Bars(clock=itertools.count(0.0, PLAIN_EVERY_S).__next__)
    bars.phase("answers", {"a": 3, "b": 2})
    for outcome in (Output(text="x"), Failure(fault=Fault.INFRA, kind="reset", message="it broke")):
        bars.finished(record(call, outcome))
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "answers: a 1/3 done, b 0/2 done", "answers: a 1/3 done (1 failed), b 0/2 done",
    ]  # fmt: skip
