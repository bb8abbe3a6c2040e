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
    """Compare the `stored` scores, by key of the answer and name of the scorer, with the `judgements`.

    A scorer that is another one now, or that only one side has, cannot be compared: it is left out.
    """
    judgements = list(judgements)
    signed = {judgement.scorer.name: judgement.scorer.signature for judgement in judgements}
    then = {scorer: row.signature for (_, scorer), row in stored.items()}
    others = {name for name in signed.keys() | then.keys() if signed.get(name) != then.get(name)}
    left, compared, differences = dict(stored), 0, []
    for judgement in judgements:
        if judgement.scorer.name in others:
            continue
        row = left.pop((judgement.key, judgement.scorer.name), None)
        compared += 1
        value = judgement.result.value if isinstance(judgement.result, Score) else None
        if row is None or not _same(row.value, value):
            was = "nothing" if row is None else row.value
            differences.append(
                f"{judgement.scorer.name} of {judgement.key[:12]}: {was} is written, {value} follows from the records"
            )
    differences += [f"{scorer} of {key[:12]}: nobody gives this score" for key, scorer in left if scorer not in others]
    return Verification(
        what="scores",
        compared=compared,
        differences=tuple(differences),
        left_out=f"scores by {', '.join(sorted(others))}: the bake-off judges otherwise now" if others else "",
    )


def _same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
