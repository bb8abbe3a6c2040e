"""One table seen by several people, each with weights of their own."""

from collections.abc import Mapping, Sequence

import numpy as np

from harness.core.decision import DecisionMatrix
from harness.core.views import View, Views
from harness.decide.combining import levels, score
from harness.decide.rank import first, ranks
from harness.decide.weights import direct


def side_by_side(
    table: DecisionMatrix, profiles: Mapping[str, Mapping[str, float]], best_first: Sequence[str]
) -> Views:
    """Score `best_first`, the candidates that compete, with each profile's points for the criteria.

    A criterion that a profile does not name has no weight in it. ValueError where there is no profile or no candidate,
    where a profile names what is no criterion, or where it weighs nothing.
    """
    if not profiles or not best_first:
        raise ValueError("views need at least one profile and one candidate")
    rows = [table.candidates.index(name) for name in best_first]
    views = tuple(_view(table, rows, name, points) for name, points in profiles.items())
    regret = tuple(max(max(view.scores) - view.scores[c] for view in views) for c in range(len(rows)))
    return Views(
        candidates=tuple(best_first),
        views=views,
        regret=regret,
        least_regret=best_first[first([-loss for loss in regret])],
    )


def _view(table: DecisionMatrix, rows: Sequence[int], profile: str, points: Mapping[str, float]) -> View:
    names = [criterion.name for criterion in table.criteria]
    if unknown := [name for name in points if name not in names]:
        raise ValueError(f"profile {profile!r}: there is no criterion {unknown[0]!r}; there are {', '.join(names)}")
    weights = direct([points.get(name, 0.0) for name in names])
    values = np.array([[v or 0.0 for v in table.values[row]] for row in rows], dtype=np.float64)
    scores = score(levels(values, table.combine) @ np.array(weights), table.combine).tolist()
    return View(
        profile=profile,
        weights=weights,
        scores=tuple(scores),
        ranks=ranks(scores),
        leader=table.candidates[rows[first(scores)]],
    )
