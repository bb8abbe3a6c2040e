"""Where the samples speak against the choice: slices in which another candidate is better by more than luck."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.decide.matrix import measured
from harness.decide.standing import LEAST_SAMPLES
from harness.metrics.paired import p_of_difference
from harness.metrics.stats import Floats, Ints, holm
from harness.report.phrases import Phrase, listed
from harness.report.slices import FEW, Slice, Tagged
from harness.report.slots import SlotEvidence

ALPHA = 0.05
MOST = 5
"""Slices named in one sentence, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    slice: Slice
    challenger: str
    p: float
    """1 where the challenger is not ahead: nothing is claimed of those, but each was looked at."""


def turned_slices(of: SlotEvidence, tags: Tagged, values: Floats, clusters: Ints) -> tuple[Phrase, ...]:
    """Return a sentence for each candidate that is better than the choice in some slice, Holm-corrected over all.

    It is the other way round there only where the choice is the better one over all: a choice may rest on what else
    counts.
    `values` [samples, candidates] are the primary scores, `clusters` [samples] what was drawn at random. A slice is
    looked at where enough samples have a score of both, whatever these are.
    """
    verdict = of.decision.verdict
    chosen = verdict.winner or verdict.leader
    if chosen is None or chosen in of.stopped:
        return ()
    tests = _tests(of, tags, values, clusters, chosen)
    corrected = holm(np.array([test.p for test in tests], dtype=float))
    found = sorted(
        (p, test.challenger, i) for i, (p, test) in enumerate(zip(corrected.tolist(), tests, strict=True)) if p < ALPHA
    )
    said = []
    for challenger in dict.fromkeys(name for _, name, _ in found):
        slices = [tests[i].slice for _, name, i in found if name == challenger][:MOST]
        named = [Phrase(key="slice.named", args={"kind": Phrase(key=it.kind), "name": it.label}) for it in slices]
        args = {"challenger": challenger, "chosen": chosen, "slices": listed(named)}
        differs = _quality(of, challenger) < _quality(of, chosen)
        said.append(Phrase(key="slice.turned" if differs else "slice.too", args=args))
    return tuple(said)


def _quality(of: SlotEvidence, candidate: str) -> float:
    return measured(of.decision.estimates[candidate], "quality").value or 0.0


def _tests(of: SlotEvidence, tags: Tagged, values: Floats, clusters: Ints, chosen: str) -> Sequence[_Test]:
    ours, found = values[:, of.candidates.index(chosen)], []
    rivals = [line.candidate for line in of.decision.ranking if line.rank is not None and line.candidate != chosen]
    for of_slice, members in zip(tags.slices, tags.members, strict=True):
        drawn, mine = clusters[members], ours[members]
        for name in rivals:
            theirs = values[members, of.candidates.index(name)]
            both = ~np.isnan(mine - theirs)
            if np.count_nonzero(both) < FEW or len(np.unique(drawn[both])) < LEAST_SAMPLES:
                continue
            ahead = theirs[both].mean() > mine[both].mean()
            p = p_of_difference(mine[both], theirs[both], drawn[both]) if ahead else 1.0
            found.append(_Test(slice=of_slice, challenger=name, p=1.0 if p is None else p))
    return found
