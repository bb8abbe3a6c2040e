"""What is left of a slot's observations when one suite is left out."""

from dataclasses import replace

import numpy as np

from harness.metrics.observations import Blend, Observations, Ratio
from harness.metrics.stats import Bools


def suites(observations: Observations) -> tuple[str, ...]:
    """Return the suites of the slot, each once."""
    return tuple(dict.fromkeys(task.partition("/")[0] for task in observations.tasks))


def without_suite(observations: Observations, suite: str) -> Observations:
    """Return the same candidates on the items of the other suites, which weigh equally again."""
    stays = np.array([task.partition("/")[0] != suite for task in observations.tasks], dtype=np.bool_)
    kept = stays[observations.stratum]
    weight = observations.task_weight[stays]
    return replace(
        observations,
        tasks=tuple(task for task, stay in zip(observations.tasks, stays, strict=True) if stay),
        task_weight=weight / weight.sum(),
        stratum=np.unique(observations.stratum[kept], return_inverse=True)[1],
        cluster=np.unique(observations.cluster[kept], return_inverse=True)[1],
        quality=observations.quality[:, kept],
        asked=observations.asked[:, kept],
        scored=observations.scored[:, kept],
        ratios={name: _ratio(ratio, kept) for name, ratio in observations.ratios.items()},
        timings={name: timing[:, kept] for name, timing in observations.timings.items()},
        items=tuple(item for item, keep in zip(observations.items, kept, strict=True) if keep),
        blends={name: left for name, blend in observations.blends.items() if (left := _blend(blend, kept)) is not None},
    )


def _ratio(ratio: Ratio, kept: Bools) -> Ratio:
    return replace(
        ratio,
        numerator=ratio.numerator[:, kept],
        denominator=ratio.denominator[:, kept],
        applies=ratio.applies[kept],
    )


def _blend(blend: Blend, kept: Bools) -> Blend | None:
    """Return the blend of the ratios that still have an item; None where none has."""
    pairs = [(r, w) for r, w in zip(blend.ratios, blend.weight, strict=True) if r.applies[kept].any()]
    total = sum(weight for _, weight in pairs)
    if not pairs:
        return None
    shared = {id(ratio.applies): ratio.applies[kept] for ratio, _ in pairs}  # ratios of one task have one, and keep it
    return replace(
        blend,
        ratios=tuple(replace(_ratio(ratio, kept), applies=shared[id(ratio.applies)]) for ratio, _ in pairs),
        weight=tuple(weight / total for _, weight in pairs),
    )
