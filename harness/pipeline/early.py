"""Who was stopped early beside those who were not: each on its own samples, with bounds that hold at every look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from pandas import DataFrame

from harness.core.calls import Role
from harness.core.canonical import from_json
from harness.core.decision import Completeness, PairedDifference
from harness.core.estimates import Estimate
from harness.core.manifest import Manifest
from harness.core.stopping import Stop, Stopped, StopRule
from harness.decide.early import saving
from harness.metrics.early import asked_of, observe_some
from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations
from harness.metrics.paired import at_every_look
from harness.metrics.stats import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Early:
    """A slot's candidates, apart by whether they were stopped."""

    left: Observations
    """Of those that were not, on all that they were asked."""
    rule: StopRule
    stops: tuple[Stop, ...]
    observed: tuple[Observations, ...]
    """Of each that was, with those that were not, on the samples that it was asked."""
    calls: Mapping[str, int]
    """Candidate → answers that it was not asked for any more."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(stop.candidate for stop in self.stops)

    def estimates(self) -> dict[str, tuple[Estimate, ...]]:
        found = {}
        for stop, observed in zip(self.stops, self.observed, strict=True):
            looks = self.rule.looks(stop.planned)
            note = f"; stopped early: bounds that hold at each of {looks} looks"
            of = estimates(observed, share=1.0 / looks)[stop.candidate]
            found[stop.candidate] = tuple(replace(estimate, note=estimate.note + note) for estimate in of)
        return found

    def differences(self, leader: str) -> tuple[PairedDifference, ...]:
        """Return what each was behind the leader, by a confidence sequence."""
        return tuple(
            at_every_look(observed, leader, stop.candidate, samples=stop.planned, alpha=self.rule.alpha)
            for stop, observed in zip(self.stops, self.observed, strict=True)
        )

    def beside(self, draws: Floats) -> Floats:
        """Append to `draws` [B, C, M] those who are not drawn: they measured nothing there."""
        none = np.full((draws.shape[0], len(self.stops), draws.shape[2]), np.nan)
        return np.concatenate([draws, none], axis=1)

    def judged(self) -> dict[str, Sequence[int]]:
        """Return in how many clusters of each task each has a quality."""
        return {
            stop.candidate: observed.clusters_judged[observed.candidates.index(stop.candidate)].tolist()
            for stop, observed in zip(self.stops, self.observed, strict=True)
        }

    def stopped(self) -> tuple[Stopped, ...]:
        """Return the stops with what they saved."""
        of = self.estimates()
        return tuple(saving(stop, self.calls.get(stop.candidate, 0), of[stop.candidate]) for stop in self.stops)


def early(
    calls: DataFrame, scores: DataFrame, *, slot: str, manifest: Manifest, completeness: Sequence[Completeness]
) -> Early:
    """Observe the candidates of `slot`, those that were stopped apart from the others."""
    config = cast(dict[str, Any], manifest.config)
    rule = from_json(StopRule, config.get("settings", {}).get("stop", {}))
    stops = tuple(stop for stop in manifest.stops if stop.slot == slot)
    gone = {stop.candidate for stop in stops}
    left = set(calls.loc[calls["slot"] == slot, "candidate"]) - gone
    return Early(
        left=observe_some(calls, scores, slot=slot, candidates=left),
        rule=rule,
        stops=stops,
        observed=tuple(
            observe_some(
                calls,
                scores,
                slot=slot,
                candidates=left | {stop.candidate},
                samples=asked_of(calls, slot=slot, candidates=[stop.candidate]),
            )
            for stop in stops
        ),
        calls={row.candidate: row.stopped for row in completeness if row.role is Role.ANSWER},
    )
