"""Gates: passed, failed, or unproven."""

import math
from dataclasses import replace

import pytest

from harness.core.decision import GateStatus
from harness.core.estimates import Bounded, Estimate
from harness.core.rules import Gate
from harness.decide.gates import check, judge, limit
from tests.decide.cases import estimate

AT_LEAST = Gate(metric="quality", min=0.8)
AT_MOST = Gate(metric="ttfo_p95_ms", max=2000)


def measured(value: float | None, low: float | None, high: float | None) -> Estimate:
    return Estimate(
        metric="m", value=value, low=low, high=high, n=30, coverage=1.0, low_one_sided=low, high_one_sided=high
    )


@pytest.mark.parametrize(
    ("gate", "value", "low", "high", "status", "bound"),
    [
        pytest.param(AT_LEAST, 0.9, 0.85, 0.95, GateStatus.PASS, 0.85, id="surely enough"),
        pytest.param(AT_LEAST, 0.9, 0.80, 0.95, GateStatus.PASS, 0.80, id="exactly enough"),
        pytest.param(AT_LEAST, 0.82, 0.7, 0.9, GateStatus.UNPROVEN, 0.7, id="perhaps enough"),
        pytest.param(AT_LEAST, 0.75, 0.7, 0.82, GateStatus.UNPROVEN, 0.7, id="perhaps not enough"),
        pytest.param(AT_LEAST, 0.6, 0.5, 0.7, GateStatus.FAIL, 0.5, id="surely not enough"),
        pytest.param(AT_MOST, 1000, 800, 1900, GateStatus.PASS, 1900, id="surely fast"),
        pytest.param(AT_MOST, 1900, 1000, 2500, GateStatus.UNPROVEN, 2500, id="perhaps fast"),
        pytest.param(AT_MOST, 3000, 2100, 4000, GateStatus.FAIL, 4000, id="surely slow"),
        pytest.param(AT_MOST, math.inf, 2100, math.inf, GateStatus.FAIL, math.inf, id="timeouts"),
        pytest.param(AT_MOST, None, None, None, GateStatus.UNPROVEN, None, id="not measured"),
        pytest.param(AT_MOST, None, 500, 1500, GateStatus.PASS, 1500, id="a bound without a value proves"),
        pytest.param(AT_MOST, None, 2500, None, GateStatus.FAIL, None, id="n is too small to pass but enough to fail"),
        pytest.param(AT_MOST, 900, 500, None, GateStatus.UNPROVEN, None, id="n is too small to pass"),
    ],
)
def test_gates(
    gate: Gate, value: float | None, low: float | None, high: float | None, status: GateStatus, bound: float | None
) -> None:
    result = judge(gate, "a", measured(value, low, high))
    assert (result.status, result.bound, result.value, result.candidate) == (status, bound, value, "a")
    assert limit(gate) in result.reason


@pytest.mark.parametrize(("share", "status"), [(0.95, GateStatus.PASS), (0.949, GateStatus.FAIL)])
def test_coverage_is_compared_as_it_is(share: float, status: GateStatus) -> None:
    assert judge(Gate(metric="coverage", min=0.95), "a", estimate("coverage", share)).status is status


def test_the_upper_bound_of_a_cost_passes_a_limit_and_fails_none() -> None:
    """The calls that were estimated may have cost nothing: nobody is excluded for what a provider does not report."""
    gate, bounded = Gate(metric="usd_per_request", max=2.0), Bounded(calls=3, of=20)
    for high, status in ((1.9, GateStatus.PASS), (3.0, GateStatus.UNPROVEN)):
        assert judge(gate, "a", replace(measured(high, high - 0.5, high), bounded=bounded)).status is status
    assert judge(gate, "a", measured(3.0, 2.5, 3.0)).status is GateStatus.FAIL


@pytest.mark.parametrize("gate", [Gate(metric="m"), Gate(metric="m", min=0, max=1)])
def test_a_gate_has_one_side(gate: Gate) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        check(gate)
