"""Rows 35 to 38: live sessions that are refused, break, go silent, or say too much."""

from pathlib import Path

import pytest

from harness.core.calls import Fault
from tests.clients.test_realtime import HUGE, saying
from tests.clients.trip import live, trip
from tests.fake_provider import Fault as Script
from tests.fake_provider import clean_eof, hang, reset, status
from tests.faults.trial import SESSION, Ending, ending

pytestmark = pytest.mark.alone

SOON_MS = 5000
"""What a deadline of 1.5 s takes at most, on a busy machine too."""
BEGUN = 6
"""Writes of a session after which some of its answer has come, and not its end."""


@pytest.fixture(scope="module", autouse=True)
def warm_sessions() -> None:
    """LiteLLM imports parts of itself during the first session."""
    trip(live())


def session(folder: Path, *scripts: Script, **settings: object) -> Ending:
    return ending(folder, "process", SESSION, scripts, **settings)


def test_a_session_that_is_refused_counts_by_its_status(tmp_path: Path) -> None:
    turned_away = session(tmp_path / "429", status(429, retry_after="0.1"))
    assert turned_away.attempts == ["rate_limit", "ok"]
    assert (turned_away.first.retry_after_s, turned_away.first.may_be_billed) == (0.1, False)
    refused = session(tmp_path / "401", *[status(401)] * 3)
    assert refused.attempts == ["credentials"]
    assert refused.result.exit_code == 3


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(reset(after_writes=BEGUN), id="dropped"),
        pytest.param(clean_eof(after_writes=BEGUN), id="closed without the last event"),
    ],
)
def test_a_session_that_breaks_in_its_answer_is_tried_again_and_charged(tmp_path: Path, script: Script) -> None:
    end = session(tmp_path, script)
    assert end.attempts == ["cut", "ok"]
    assert end.first.may_be_billed
    assert end.output.audio is not None
    assert end.record.cost_source == "estimated"


@pytest.mark.parametrize(
    ("script", "settings", "said"),
    [
        pytest.param(hang(after_writes=3), {"timeout_s": 1.5}, "not finished within 1.5 s", id="before its answer"),
        pytest.param(
            hang(after_writes=BEGUN), {"idle_timeout_s": 0.4},
            "nothing came for 0.4 s in the middle of the response", id="in its answer",
        ),
    ],
)  # fmt: skip
def test_a_session_that_goes_silent_ends_at_its_deadline(
    tmp_path: Path, script: Script, settings: dict[str, object], said: str
) -> None:
    end = session(tmp_path, script, **settings)
    assert end.attempts == ["timeout"]
    assert end.failure.message == said
    assert end.failure.fault is Fault.INFRA
    assert end.first.duration_ms < SOON_MS


def test_a_session_whose_event_is_too_large_is_broken_off(tmp_path: Path) -> None:
    end = session(tmp_path, saying(HUGE))
    assert end.attempts == ["too_large"], "another attempt would be as large"
    assert end.failure.fault is Fault.INFRA
