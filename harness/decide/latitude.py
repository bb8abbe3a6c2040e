"""The draws behind a decision as a page can carry them, so that it can decide at other weights as `decide` would."""

import base64
import gzip
from collections.abc import Collection, Sequence

import numpy as np

from harness.core.decision import Decision, DecisionMatrix, Echo, Independent
from harness.core.latitude import Latitude
from harness.decide.matrix import at_worst
from harness.decide.pbest import drawn_values
from harness.decide.standing import came, scarce, too_few
from harness.decide.values import Floats

ONE = 65_535
"""What a value of 1 is packed as: values are rounded to so many parts."""


def latitude(
    decision: Decision,
    *,
    draws: Floats,
    metrics: Sequence[str],
    clusters: Sequence[int] | None,
    echoes: Sequence[Echo],
    most_bytes: int,
    independent: Independent | None = None,
) -> Latitude:
    """Return what `decision` would be at other weights, of the inputs that `decide` had.

    Fewer draws are packed where all of them would take more than `most_bytes`.
    """
    table, contenders = decision.matrix, [line for line in decision.ranking if line.rank is not None]
    found = came(clusters, independent)
    count, packed = pack(drawn_values(table, draws, metrics), most_bytes)
    return Latitude(
        slot=decision.slot,
        draws=count,
        values=packed,
        never_clear=bool(decision.incomplete) or too_few(contenders, clusters, found, decision.rule.thresholds),
        unfit=unfit(table, table.candidates, clusters),
        misnamed=misnamed(echoes, table.candidates),
        scarce=scarce(found),
    )


def unfit(table: DecisionMatrix, names: Sequence[str], clusters: Sequence[int] | None) -> tuple[str, ...]:
    """Return who of `names` has a measured quality that is at or below the worst acceptable."""
    if clusters is None:
        return ()
    return tuple(name for name in names if any(criterion.metric == "quality" for criterion in at_worst(table, name)))


def misnamed(echoes: Sequence[Echo], names: Collection[str]) -> tuple[str, ...]:
    """Return of whom of `names` all answers, or all of a stage, name another model than was asked."""
    found = {it.candidate for it in echoes if it.answers == it.of}
    return tuple(name for name in names if name in found)


def pack(values: Floats, most_bytes: int) -> tuple[int, str]:
    """Return how many of the draws [B, C, J] fit, and those.

    Criterion by criterion, candidate by candidate, a value of each draw in two bytes: first all the high ones, then all
    the low ones, which gzip likes better; all of that in base64.
    """
    count = len(values)
    while True:
        parts = np.rint(ONE * values[:count]).astype(np.uint16).transpose(2, 1, 0)
        planes = np.stack([parts >> 8, parts & 255]).astype(np.uint8)
        packed = base64.b64encode(gzip.compress(planes.tobytes(), compresslevel=6, mtime=0)).decode()
        if len(packed) <= most_bytes or count == 0:
            return count, packed
        count = min(count - 1, int(0.98 * count * most_bytes / len(packed)))
