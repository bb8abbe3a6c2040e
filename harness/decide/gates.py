"""Must-haves: each gate is passed, failed, or unproven by the confidence bounds."""

from collections.abc import Mapping

from harness.core.decision import GateResult, GateStatus, Said
from harness.core.estimates import GIVEN, Estimate
from harness.core.rules import Gate
from harness.decide.sentences import Argument, english, said


def check(gate: Gate) -> None:
    """Raise ValueError unless exactly one of `min` and `max` is given."""
    if (gate.min is None) == (gate.max is None):
        raise ValueError(f"gate on {gate.metric!r}: give exactly one of min and max")


def judge(gate: Gate, candidate: str, estimate: Estimate) -> GateResult:
    """Hold a candidate's estimate against `gate`.

    The one-sided 95% bound on the unfavourable side must satisfy it to pass; the favourable bound must violate it to
    fail; else it is unproven. Coverage is a fact: its bounds are its value. A cost that is an upper bound in part may
    be anything below.
    """
    unfavourable, favourable = _bounds(gate, estimate)
    if unfavourable is not None and _satisfies(gate, unfavourable):
        status = GateStatus.PASS
    elif favourable is not None and not _satisfies(gate, favourable):
        status = GateStatus.FAIL
    else:
        status = GateStatus.UNPROVEN
    return GateResult(
        candidate=candidate,
        gate=gate,
        status=status,
        value=estimate.value,
        bound=unfavourable,
        reason=english(because(gate, status, estimate)),
    )


def limit(gate: Gate) -> str:
    """Return the gate as it is written: `coverage ≥ 0.95`."""
    return f"{gate.metric} ≥ {gate.min:g}" if gate.min is not None else f"{gate.metric} ≤ {gate.max:g}"


def because(gate: Gate, status: GateStatus, estimate: Estimate) -> Said:
    """Say why `gate` was judged so by `estimate`."""
    unfavourable, favourable = _bounds(gate, estimate)
    value = estimate.value
    measured = said("gate.unmeasured") if value is None else said("gate.value", value=f"{value:.4g}")
    asked: dict[str, Argument] = {"metric": gate.metric, "measured": measured, "limit": limit(gate)}
    if unfavourable is not None and unfavourable == favourable:
        return said("gate.fact", **asked)
    if estimate.note == GIVEN:
        return _given(asked, status, unfavourable, favourable)
    if status is GateStatus.FAIL:
        return said("gate.at_best", bound=f"{favourable:.4g}", **asked)
    if unfavourable is None:
        return said("gate.no_bound", n=str(estimate.n), **asked)
    return said("gate.at_worst", bound=f"{unfavourable:.4g}", **asked)


def _given(
    asked: Mapping[str, Argument], status: GateStatus, unfavourable: float | None, favourable: float | None
) -> Said:
    """Say it of what somebody stated, whose bounds are as sure as its value."""
    if unfavourable is None:
        return said("gate.unknown", metric=asked["metric"], limit=asked["limit"])
    if status is GateStatus.FAIL:
        return said("gate.at_best.given", bound=f"{favourable:.4g}", **asked)
    return said("gate.at_worst.given", bound=f"{unfavourable:.4g}", **asked)


def _bounds(gate: Gate, estimate: Estimate) -> tuple[float | None, float | None]:
    """Return the one-sided bounds of `estimate`: the unfavourable one, and the favourable."""
    bounds = None if estimate.bounded else estimate.low_one_sided, estimate.high_one_sided
    return bounds if gate.max is None else (bounds[1], bounds[0])


def _satisfies(gate: Gate, x: float) -> bool:
    return (gate.min is None or x >= gate.min) and (gate.max is None or x <= gate.max)
