"""Early stops in one sentence each: for the terminal, and for whoever reads the verdict."""

from collections.abc import Sequence

from harness.core.decision import Said
from harness.core.estimates import Estimate
from harness.core.stopping import Stop, Stopped
from harness.decide.sentences import said

PRICE = "usd_per_request"


def saving(stop: Stop, calls: int, estimates: Sequence[Estimate]) -> Stopped:
    """Return a stop with what it saved: `calls` answers, at what those before have cost by the `estimates`."""
    price = next((estimate.value for estimate in estimates if estimate.metric == PRICE), None)
    return Stopped(stop=stop, calls=calls, usd=None if price is None else price * calls)


def told(stopped: Stopped) -> Said:
    """Say who was stopped after how much, why, and what that saved."""
    stop = stopped.stop
    saved = said("early.unpriced") if stopped.usd is None else said("early.saved", usd=f"{stopped.usd:.4f}")
    return said(
        "early",
        candidate=stop.candidate,
        samples=str(stop.samples),
        planned=str(stop.planned),
        slot=stop.slot,
        why=_why(stop),
        calls=str(stopped.calls),
        saved=saved,
    )


def _why(stop: Stop) -> Said:
    if stop.gate is None:
        return said("early.behind", leader=str(stop.behind), by=f"{stop.by:.3f}")
    if stop.bound is None:
        return said("early.gate", limit=stop.gate)
    return said("early.gate.bound", limit=stop.gate, bound=f"{stop.bound:.4g}")
