"""What some candidates did on some samples: what is observed while others are stopped early."""

from collections.abc import Collection

import pandas as pd

from harness.metrics.observations import Observations
from harness.metrics.tables import observe

Place = tuple[str, str, str]
"""Suite, task and sample."""


def observe_some(
    calls: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    slot: str,
    candidates: Collection[str],
    samples: Collection[Place] | None = None,
) -> Observations:
    """Do as `observe` with the calls of `slot` to `candidates` alone, on `samples` alone; None: on all of them."""
    kept = calls["candidate"].isin(list(candidates))
    if samples is not None:
        kept &= pd.Series([place in samples for place in _places(calls)], index=calls.index, dtype=bool)
    return observe(calls[(calls["slot"] != slot) | kept], scores, slot=slot)


def asked_of(calls: pd.DataFrame, *, slot: str, candidates: Collection[str]) -> frozenset[Place]:
    """Return the samples of `slot` that any of `candidates` was asked."""
    return frozenset(_places(calls[(calls["slot"] == slot) & calls["candidate"].isin(list(candidates))]))


def _places(calls: pd.DataFrame) -> list[Place]:
    return list(zip(calls["suite"], calls["task"], calls["sample"], strict=True))
