"""Rows 7 to 10: what an error status says about the model, the request, the answer, the moment."""

from decimal import Decimal
from pathlib import Path

import pytest

from harness.core.calls import Failure, Fault, Output
from tests.fake_provider import FakeProvider, context_too_long, model_not_found, status
from tests.fake_provider import Fault as Script
from tests.faults.trial import MODES, Trial, ending

every_mode = pytest.mark.parametrize("mode", MODES)


def test_a_model_that_does_not_exist_is_given_up_alone(tap: str, tmp_path: Path) -> None:
    provider = FakeProvider(scripts={"fake/missing": [model_not_found()] * 9})
    trial = Trial(folder=tmp_path, provider=provider, tap=tap, samples=4)
    result = trial.go("echo", "missing")
    assert set(result.fatal) == {"missing"}
    assert (trial.sent("echo"), trial.sent("missing")) == (4, 1)
    (record,) = trial.records("missing")
    assert isinstance(record.outcome, Failure)
    assert (record.outcome.fault, record.outcome.kind) == (Fault.INFRA, "model_not_found")
    assert all(isinstance(record.outcome, Output) for record in trial.records("echo"))
    assert result.exit_code == 3


@every_mode
@pytest.mark.parametrize(
    ("script", "fault", "kind"),
    [
        pytest.param(status(400, message="temperature: out of range"), Fault.INFRA, "bad_request", id="parameter"),
        pytest.param(status(422, message="unknown field"), Fault.INFRA, "bad_request", id="422"),
        pytest.param(context_too_long(), Fault.CANDIDATE, "context_too_long", id="context"),
    ],
)
def test_a_request_that_is_refused_is_not_repeated(
    tap: str, tmp_path: Path, mode: str, script: Script, fault: Fault, kind: str
) -> None:
    end = ending(tmp_path, tap, mode, [script])
    assert end.attempts == [kind]
    assert end.failure.fault is fault
    assert end.record.cost_usd == Decimal(0)


@pytest.mark.parametrize("mode", ["stream", "plain"])
@pytest.mark.parametrize("word", ["content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"])
def test_a_filtered_prompt_is_an_answer(tap: str, tmp_path: Path, mode: str, word: str) -> None:
    end = ending(tmp_path, tap, mode, [status(400, error_code=word)])
    assert end.attempts == ["ok"]
    assert end.output == Output(text="", finish_reason="content_filter")
    assert (end.result.outputs, end.result.answered, end.result.exit_code) == (1, 1, 0)


@every_mode
@pytest.mark.parametrize("code", [500, 502, 503, 529])
def test_a_server_error_is_tried_again_and_remembered(tap: str, tmp_path: Path, mode: str, code: int) -> None:
    end = ending(tmp_path, tap, mode, [status(code)])
    assert end.attempts == ["server_error", "ok"]
    assert (end.first.http_status, end.first.may_be_billed) == (code, False)
    assert end.result.exit_code == 0
    assert 0.25 <= end.trial.stop.slept_s[-1] <= 0.5
