"""Stored scores against those that the same scorers give to the recorded outputs now."""

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

from harness.core.scores import Score
from harness.core.verification import Verification
from harness.execute.scoring import Judgement


class StoredScore(Protocol):
    """A score as the ledger has it."""

    @property
    def signature(self) -> str: ...
    @property
    def value(self) -> float | None: ...


def audit(stored: Mapping[tuple[str, str], StoredScore], judgements: Iterable[Judgement]) -> Verification:
    """Compare the `stored` scores, by key of the answer and name of the scorer, with the `judgements`."""
    left, others, compared, differences = dict(stored), set(), 0, []
    for judgement in judgements:
        row = left.pop((judgement.key, judgement.scorer.name), None)
        if row is not None and row.signature != judgement.scorer.signature:
            others.add(judgement.scorer.name)
            continue
        compared += 1
        value = judgement.result.value if isinstance(judgement.result, Score) else None
        if row is None or not _same(row.value, value):
            was = "nothing" if row is None else row.value
            differences.append(
                f"{judgement.scorer.name} of {judgement.key[:12]}: {was} is written, {value} follows from the records"
            )
    differences += [f"{scorer} of {key[:12]}: nobody gives this score" for key, scorer in left]
    return Verification(
        what="scores",
        compared=compared,
        differences=tuple(differences),
        left_out=f"scores by another version of {', '.join(sorted(others))}" if others else "",
    )


def _same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
