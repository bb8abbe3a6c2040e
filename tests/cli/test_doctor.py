"""`bakeoff doctor` on this machine: the real thing, fewer calls in flight are not to be had."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.cli.doctor import _advice, _lines
from harness.core.canonical import from_json
from harness.execute.doctor import Checkup
from tests.cli.conftest import CALIBRATION

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Checkup:
    folder = tmp_path_factory.mktemp("doctor")
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "doctor", "--json"],
        cwd=folder, capture_output=True, text=True, timeout=250, check=True,
    )  # fmt: skip
    assert list(folder.iterdir()) == [], "it leaves nothing behind"
    return from_json(Checkup, json.loads(done.stdout))


def test_it_says_what_is_here(told: Checkup) -> None:
    assert told.versions["litellm"].startswith("1.106")
    assert "cores" in told.versions["machine"]
    assert "smollm2-135m" in told.engines


def test_it_measures_the_measuring(told: Checkup) -> None:
    assert [calibration.in_flight for calibration in told.calibrations] == [1, 16, 64]
    assert [calibration.streams for calibration in told.calibrations] == [12, 32, 128]
    busiest = told.calibrations[-1]
    assert busiest.client_bias_ms is not None
    assert busiest.client_bias_ms > busiest.bias_ms, "decoding queues, and the wire does not"
    assert told.flush_ms > 0
    assert 0 <= told.lag_ms < 1000
    assert told.clock_drift_ms < 1000


@pytest.mark.parametrize(
    ("untrusted", "fix"),
    [
        pytest.param((0, 0, 0), None, id="all-timed"),
        pytest.param((0, 0, 3), "or write run: {max_in_flight: 16} in bakeoff.yaml", id="too-many"),
        pytest.param((0, 3, 0), "or write run: {max_in_flight: 1} in bakeoff.yaml", id="more-by-luck"),
        pytest.param((3, 0, 0), "not even one call at a time could be timed", id="none"),
    ],
)
def test_what_it_cannot_time_comes_with_what_to_do(untrusted: Sequence[int], fix: str | None) -> None:
    levels = zip((1, 16, 64), untrusted, strict=True)
    advice = _advice([replace(CALIBRATION, in_flight=n, untrusted=bad) for n, bad in levels])
    assert (advice == []) if fix is None else (fix in advice[-1])


def test_it_is_readable(told: Checkup) -> None:
    *fewer, most = told.calibrations
    lines = _lines(replace(told, calibrations=(*fewer, replace(most, untrusted=0))))
    assert any(line.split()[1:2] == ["64"] for line in lines)
    assert lines[-1].startswith("With 64 calls in flight")
    assert max(map(len, lines[2:])) < 180
    busy = _lines(replace(told, calibrations=(*fewer, replace(most, untrusted=3))))
    assert "End what else is running here" in busy[-1], "and nothing is promised of calls that it could not time"
