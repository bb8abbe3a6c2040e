"""Must-haves: each gate is passed, failed, or unproven by the confidence bounds."""

from harness.core.decision import GateResult, GateStatus
from harness.core.estimates import Estimate
from harness.core.rules import Gate


def check(gate: Gate) -> None:
    """Raise ValueError unless exactly one of `min` and `max` is given."""
    if (gate.min is None) == (gate.max is None):
        raise ValueError(f"gate on {gate.metric!r}: give exactly one of min and max")


def judge(gate: Gate, candidate: str, estimate: Estimate) -> GateResult:
    """Hold a candidate's estimate against `gate`.

    The one-sided 95 % bound on the unfavourable side must satisfy it to pass; the favourable bound must violate it to
    fail; else it is unproven. Coverage is a fact: its bounds are its value.
    """
    unfavourable, favourable = estimate.low_one_sided, estimate.high_one_sided
    if gate.max is not None:
        unfavourable, favourable = favourable, unfavourable
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
        reason=_reason(gate, status, estimate, unfavourable, favourable),
    )


def limit(gate: Gate) -> str:
    """Return the gate as it is written: `coverage ≥ 0.95`."""
    return f"{gate.metric} ≥ {gate.min:g}" if gate.min is not None else f"{gate.metric} ≤ {gate.max:g}"


def _satisfies(gate: Gate, x: float) -> bool:
    return (gate.min is None or x >= gate.min) and (gate.max is None or x <= gate.max)


def _reason(
    gate: Gate, status: GateStatus, estimate: Estimate, unfavourable: float | None, favourable: float | None
) -> str:
    measured = "is not measured" if estimate.value is None else f"is {estimate.value:.4g}"
    if unfavourable is not None and unfavourable == favourable:
        return f"{gate.metric} {measured}; {limit(gate)} is asked"
    if status is GateStatus.FAIL:
        return f"{gate.metric} {measured}, at best {favourable:.4g} (95 %); {limit(gate)} is asked"
    if unfavourable is None:
        return f"{gate.metric} {measured} and n={estimate.n} gives no bound; {limit(gate)} is asked"
    return f"{gate.metric} {measured}, at worst {unfavourable:.4g} (95 %); {limit(gate)} is asked"
