"""Rules, estimates and draws to decide on, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from harness.core.decision import Completeness, Decision, Echo, Independent, PairedDifference, SelfMeasured
from harness.core.estimates import Bounded, Estimate
from harness.core.rules import Criterion, DecisionRule, Gate, Scale, Thresholds
from harness.decide.decide import decide, metrics_of
from harness.decide.values import Floats
from tests.oracles import oracle

EXAMPLE = oracle("mcda_worked_example")
SCALES = {"lin": Scale.LINEAR, "log": Scale.LOG}

QUALITY = Criterion(name="quality", metric="quality", worst=0.0, ideal=1.0, weight=80)
COST = Criterion(name="cost", metric="usd_per_1k_requests", worst=10, ideal=0.1, weight=20, scale=Scale.LOG)


def estimate(metric: str, value: float | None, half: float = 0.0) -> Estimate:
    """Return an estimate with a symmetric interval."""
    low, high = (None, None) if value is None else (value - half, value + half)
    return Estimate(
        metric=metric, value=value, low=low, high=high, n=100, coverage=1.0, low_one_sided=low, high_one_sided=high
    )


def worked_rule() -> DecisionRule:
    """Return the criteria of methodology.md 1.3."""
    inputs = EXAMPLE["inputs"]
    columns = zip(inputs["criteria"], inputs["anchors_worst_ideal"], inputs["weights"], inputs["scales"], strict=True)
    criteria = tuple(
        Criterion(name=name, metric=name, worst=worst, ideal=ideal, weight=weight, scale=SCALES[scale])
        for name, (worst, ideal), weight, scale in columns
    )
    return DecisionRule(slot="text", gates=(), criteria=criteria)


def worked_estimates() -> dict[str, tuple[Estimate, ...]]:
    """Return the measurements of methodology.md 1.3."""
    inputs = EXAMPLE["inputs"]
    return {
        name: tuple(estimate(metric, x) for metric, x in zip(inputs["criteria"], row, strict=True))
        for name, row in zip(inputs["models"], inputs["matrix"], strict=True)
    }


def rule(*criteria: Criterion, gates: Sequence[Gate] = (), thresholds: Thresholds | None = None) -> DecisionRule:
    """Return a rule on quality and cost, unless other criteria are given."""
    return DecisionRule(
        slot="text", gates=tuple(gates), criteria=criteria or (QUALITY, COST), thresholds=thresholds or Thresholds()
    )


def decided(
    measured: Mapping[str, Mapping[str, float | None]],
    by: DecisionRule | None = None,
    *,
    noise: float | Floats = 0.0,
    half: float = 0.0,
    draws: int = 2000,
    clusters: Sequence[int] = (100,),
    judged: Mapping[str, Sequence[int]] | None = None,
    completeness: Sequence[Completeness] = (),
    most_lost: float = 1.0,
    allow_incomplete: bool = False,
    self_measured: Sequence[SelfMeasured] = (),
    echoes: Sequence[Echo] = (),
    bounded: Sequence[str] = (),
    independent: Independent | None = None,
    pairs: Sequence[PairedDifference] = (),
) -> Decision:
    """Decide on values: candidate → metric → value, an interval of `half` each, draws of sd `noise` or those.

    Of those that are `bounded` the costs are upper bounds.
    """
    by = by or rule()
    estimates = {
        name: tuple(
            replace(
                estimate(metric, x, 0.0 if metric == "coverage" else half),
                bounded=Bounded(calls=3, of=100) if name in bounded and metric.startswith("usd") else None,
            )
            for metric, x in of.items()
        )
        for name, of in measured.items()
    }
    return decide(
        rule=by,
        candidates=tuple(measured),
        estimates=estimates,
        metrics=metrics_of(by),
        draws=drawn(estimates, metrics_of(by), noise=noise, draws=draws) if isinstance(noise, float) else noise,
        differences=lambda _: tuple(pairs),
        samples_planned=sum(clusters),
        samples_compared=sum(clusters),
        samples_answered=sum(clusters),
        clusters=clusters,
        judged=judged or dict.fromkeys(measured, clusters),
        seed=0,
        completeness=completeness,
        most_lost=most_lost,
        allow_incomplete=allow_incomplete,
        self_measured=self_measured,
        echoes=echoes,
        independent=lambda _: independent,
    )


def drawn(
    estimates: Mapping[str, Sequence[Estimate]], metrics: Sequence[str], *, noise: float = 0.0, draws: int = 2000
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return normal draws around the estimates, relative sd `noise`; NaN where nothing is measured."""
    point = np.array(
        [[next((e.value for e in of if e.metric == m and e.value is not None), np.nan) for m in metrics]
         for of in estimates.values()], dtype=float,
    ).reshape(len(estimates), len(metrics))  # fmt: skip
    wobble = 1 + noise * np.random.default_rng(0).standard_normal((draws, *point.shape))
    return np.abs(np.where(np.isinf(point), point, np.where(np.isinf(point), 1.0, point) * wobble))


def no_differences(_: str) -> tuple[PairedDifference, ...]:
    """Stand in where differences do not matter."""
    return ()
