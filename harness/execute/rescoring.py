"""Stored scores against those that the same scorers give to the recorded outputs now."""

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

from harness.core.scores import Score
from harness.core.verification import Verification
from harness.core.wording import worded
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
            was = worded("nothing") if row is None else row.value
            differences.append(
                worded(
                    "{scorer} of {key}: {written} is written, {derived} follows from the records",
                    scorer=judgement.scorer.name,
                    key=judgement.key[:12],
                    written=was,
                    derived=value,
                )
            )
    differences += [
        worded("{scorer} of {key}: nobody gives this score", scorer=scorer, key=key[:12])
        for key, scorer in left
        if scorer not in others
    ]
    return Verification(
        what=worded("scores"),
        compared=compared,
        differences=tuple(differences),
        left_out=worded("scores by {others}: the bake-off judges otherwise now", others=[*sorted(others)])
        if others
        else "",
    )


def _same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
