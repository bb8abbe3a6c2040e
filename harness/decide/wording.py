"""The verdict in plain English."""

from collections.abc import Sequence

from harness.core.decision import Crossover, GateStatus, RankedCandidate, VerdictKind
from harness.decide.completeness import told
from harness.decide.gates import limit
from harness.decide.standing import Standing, unproven

NO_SPREAD = "a task with one judged sample shows no spread"


def sentence(standing: Standing, kind: VerdictKind, winner: RankedCandidate | None) -> str:
    """Say who leads, how surely, and what would change it."""
    leader = standing.leader
    if standing.stopped:
        return f"The run is incomplete, so nobody is ranked. {' '.join(map(told, standing.lacking))}"
    if kind is VerdictKind.NONE or leader is None:
        return _none(standing)
    if kind is VerdictKind.INCOMPLETE:
        return _incomplete(standing, leader)
    parts = [
        _headline(standing, kind, leader, winner),
        _overtaking(standing, leader, winner),
        _withheld(standing, leader),
    ]
    return " ".join(part for part in parts if part)


def _none(standing: Standing) -> str:
    if not standing.ranking:
        return f"Nothing was asked of any candidate for {standing.slot}."
    if not standing.answered:
        return f"Nothing was measured for {standing.slot}: no candidate has a usable answer."
    if not standing.measured:
        return f"Nothing that counts was measured for {standing.slot}: no criterion has a value."
    failed = [
        f"{line.candidate} fails {_listed([limit(r.gate) for r in line.gates if r.status is GateStatus.FAIL])}"
        for line in standing.ranking
        if line.candidate not in standing.unjudged
    ]
    unknown = [f"the quality of {_listed(standing.unjudged)} could not be measured"] if standing.unjudged else []
    return f"No candidate can be recommended: {'; '.join(failed + unknown)}."


def _incomplete(standing: Standing, leader: RankedCandidate) -> str:
    return (
        f"Too little was measured to decide: the quality of {_listed(standing.unjudged)} could not be measured. "
        f"{leader.candidate} leads on what was."
    )


def _headline(standing: Standing, kind: VerdictKind, leader: RankedCandidate, winner: RankedCandidate | None) -> str:
    name = leader.candidate
    if len(standing.ranking) == 1:
        scores = f"{name} scores {leader.score:.2f}"
        return f"Only one candidate was measured: {scores}, and there is nothing to compare it with."
    if len(standing.contenders) == 1:
        if standing.unjudged:
            return f"{name} is the only candidate that was measured and that no gate excludes."
        return f"{name} is the only candidate that no gate excludes."
    if kind is VerdictKind.CLEAR and leader.p_best is not None:
        return f"{name} is the clear winner: it comes first in {_share(leader.p_best)} of the draws."
    opening = "" if kind is VerdictKind.LEAN else "No clear winner: "
    rival = _cheaper_near_tie(standing, leader, winner)
    if rival is not None:
        close = f"but {rival.candidate} is within its margin and {_saving(standing, rival, leader)}."
        return f"{opening}{name} ranks first, {close}"
    near = [line.candidate for line in standing.near_ties if line is not leader]
    doubt = _doubt(standing, leader) if kind is VerdictKind.LEAN else None
    if doubt:
        return f"{name} ranks first, but {doubt}."
    if not near:
        if leader.p_best is None:
            return f"No clear winner: {name} ranks first, but nobody knows how surely: {NO_SPREAD}."
        return f"No clear winner: {name} ranks first, but comes first in only {_share(leader.p_best)} of the draws."
    priced = all(standing.cost[line.candidate] is not None for line in standing.near_ties)
    if len(near) == 1:
        less = "costs no less" if priced else "is not known to cost less"
        return f"{opening}{name} ranks first; {near[0]} is within its margin and {less}."
    less = "cost no less" if priced else "are not known to cost less"
    return f"{opening}{name} ranks first; {_listed(near)} are within its margin and {less}."


def _doubt(standing: Standing, leader: RankedCandidate) -> str | None:
    """Say what keeps a lean from being clear; None where it is the near-ties alone."""
    limits, flip = standing.thresholds, standing.smallest_flip
    if standing.misnamed:
        return "its answers name another model than was asked"
    if leader.p_best is not None and leader.p_best < limits.clear_p_best:
        return f"not surely: it comes first in {_share(leader.p_best)} of the draws"
    if standing.lacking or standing.unjudged:
        return "the run is incomplete"
    if standing.unfit:
        return "it is not good enough"
    if standing.too_few:
        return "the samples are too few for a clear win"
    if flip is not None and flip < limits.fragile_l1:
        return f"a small change of the weights puts {standing.flip_to} first"
    if len(standing.near_ties) > 1:
        return None
    if standing.untold:
        return f"the samples do not tell it from {_listed([line.candidate for line in standing.untold])}"
    return "it often loses the lead when one criterion is left out"


def _cheaper_near_tie(
    standing: Standing, leader: RankedCandidate, winner: RankedCandidate | None
) -> RankedCandidate | None:
    """Return the near-tie that is known to cost less than the leader: the recommended one, or else the cheapest."""
    price = standing.cost[leader.candidate]
    cheaper = [
        (cost, line)
        for line in standing.near_ties
        if price is not None and (cost := standing.cost[line.candidate]) is not None and cost < price
    ]
    lines = [line for _, line in sorted(cheaper, key=lambda pair: pair[0])]
    return winner if winner in lines else next(iter(lines), None)


def _overtaking(standing: Standing, leader: RankedCandidate, winner: RankedCandidate | None) -> str:
    """Name the nearest change of one weight that puts another first: the recommended one, where it can be."""
    nearest = [
        min(side, key=_distance)
        for criterion in dict.fromkeys(c.criterion for c in standing.crossovers)
        for side in _sides([c for c in standing.crossovers if c.criterion == criterion])
    ]
    changes = [c for c in nearest if c.winner != leader.candidate]
    wanted = [c for c in changes if winner is not None and c.winner == winner.candidate]
    if not changes:
        unbeatable = len(standing.contenders) > 1 and standing.smallest_flip is None
        return "No change of the weights puts another candidate first." if unbeatable else ""
    change = min(wanted or changes, key=_distance)
    if change.at_edge:
        only = "were practically all that counts" if change.weight >= change.now else "counted practically nothing"
        return f"{change.winner} would overtake only if {change.criterion} {only} (now {change.now:.1%})."
    at, now = _weights(change.weight, change.now)
    direction = "above" if change.weight >= change.now else "below"
    return f"{change.winner} overtakes when the weight of {change.criterion} is {direction} {at} (now {now})."


def _sides(crossovers: Sequence[Crossover]) -> list[list[Crossover]]:
    """Split one criterion's crossovers into those above and those below its weight now; neither list is empty."""
    above = [c for c in crossovers if c.weight >= c.now]
    below = [c for c in crossovers if c.weight < c.now]
    return [side for side in (above, below) if side]


def _distance(crossover: Crossover) -> tuple[float, bool]:
    """Return how far the weight must move; with two criteria each move has a mirror, and the one upwards is named."""
    return round(abs(crossover.weight - crossover.now), 9), crossover.weight < crossover.now


def _withheld(standing: Standing, leader: RankedCandidate) -> str:
    """Say why the leader is not recommended."""
    gates = [limit(result.gate) for result in unproven(leader)]
    if gates:
        verb = "is" if len(gates) == 1 else "are"
        return f"{leader.candidate} cannot be recommended yet: {_listed(gates)} {verb} unproven."
    if standing.unfit:
        return f"{leader.candidate} cannot be recommended: its quality is at or below the worst acceptable."
    if standing.untested:
        return f"{leader.candidate} is not recommended: it had neither a rival nor a gate to pass."
    return ""


def _saving(standing: Standing, cheap: RankedCandidate, dear: RankedCandidate) -> str:
    low, high = standing.cost[cheap.candidate] or 0.0, standing.cost[dear.candidate] or 0.0
    saved = 1.0 - low / high if high else 0.0
    if low == 0.0:
        return "costs nothing"
    return "costs slightly less" if saved < 0.005 else f"costs {min(saved, 0.99):.0%} less"


def _share(p: float) -> str:
    """Round a probability without ever calling a likely thing certain."""
    return "more than 99%" if 0.995 <= p < 1.0 else f"{p:.0%}"


def _weights(at: float, now: float) -> tuple[str, str]:
    """Round two weights so that they can be told apart, and the first from all and from nothing."""
    for digits in range(4):
        texts = f"{at:.{digits}%}", f"{now:.{digits}%}"
        if texts[0] not in (texts[1], f"{1:.{digits}%}", f"{0:.{digits}%}"):
            break
    return texts


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
