"""Which sentences say the verdict: who leads, how surely, and what would change it."""

from collections.abc import Iterator, Sequence

from harness.core.decision import Crossover, GateStatus, RankedCandidate, Said, VerdictKind
from harness.decide.completeness import told
from harness.decide.gates import limit
from harness.decide.sentences import said
from harness.decide.standing import FEW_SAMPLES, LEAST_SAMPLES, Standing, unproven


def sentence(standing: Standing, kind: VerdictKind, winner: RankedCandidate | None) -> tuple[Said, ...]:
    """Return the sentences that say who leads, how surely, and what would change it."""
    leader = standing.leader
    if standing.stopped:
        return (said("stopped"), *map(told, standing.lacking))
    if leader is None or not standing.measured or not standing.answered:
        return (_none(standing),)
    if kind is VerdictKind.NONE and standing.leads_unfit:
        return (*_unfit(standing, leader), *_overtaking(standing, leader, winner))
    if kind is VerdictKind.INCOMPLETE:
        return (said("too_little", candidates=standing.unjudged, leader=leader.candidate),)
    if standing.scarce:
        return _scarce(standing, leader)
    return (
        *_headline(standing, kind, leader, winner),
        *_overtaking(standing, leader, winner),
        *_withheld(standing, leader),
    )


def _none(standing: Standing) -> Said:
    if not standing.ranking:
        return said("nothing_asked", slot=standing.slot)
    if not standing.answered:
        return said("nothing_answered", slot=standing.slot)
    if not standing.measured:
        return said("nothing_measured", slot=standing.slot)
    reasons = [
        said(
            "nobody.fails",
            candidate=line.candidate,
            limits=[limit(r.gate) for r in line.gates if r.status is GateStatus.FAIL],
        )
        for line in standing.ranking
        if line.candidate not in (*standing.unjudged, *standing.stopped_early)
    ]
    if standing.stopped_early:
        reasons.append(said("nobody.stopped", candidates=standing.stopped_early))
    if standing.unjudged:
        reasons.append(said("nobody.unknown", candidates=standing.unjudged))
    return said("nobody", reasons=reasons)


def _scarce(standing: Standing, leader: RankedCandidate) -> tuple[Said, ...]:
    """Say that nobody can be chosen by so few samples, and how many it takes."""
    independent = standing.independent.clusters if standing.independent else 0
    needed = said(
        "scarce.needed",
        more=str(LEAST_SAMPLES - independent),
        least=str(LEAST_SAMPLES),
        reliable=str(FEW_SAMPLES),
    )
    if len(standing.ranking) == 1:
        return (_alone(leader), needed)
    return (said("scarce", leader=leader.candidate, independent=str(independent)), needed)


def _unfit(standing: Standing, leader: RankedCandidate) -> Iterator[Said]:
    """Say that the first is not good enough, and who is the first that would be."""
    yield said("unfit" if len(standing.contenders) > 1 else "unfit.alone", leader=leader.candidate)
    fit = [line.candidate for line in standing.contenders if line.candidate not in standing.unfit]
    if fit:
        yield said("unfit.next", rival=fit[0])


def _headline(
    standing: Standing, kind: VerdictKind, leader: RankedCandidate, winner: RankedCandidate | None
) -> Iterator[Said]:
    name = leader.candidate
    if len(standing.ranking) == 1:
        yield _alone(leader)
        return
    if len(standing.contenders) == 1:
        stopped = "left.stopped" if standing.stopped_early else "left"
        yield said("left.measured" if standing.unjudged else stopped, leader=name)
        return
    if kind is VerdictKind.CLEAR and leader.p_best is not None:
        yield said("clear", leader=name, share=_share(leader.p_best))
        return
    if kind is not VerdictKind.LEAN:
        yield said("no_clear_winner")
    close = _close(standing, kind, leader, winner)
    yield close
    if kind is not VerdictKind.LEAN and standing.clusters is None and leader.p_best is not None:
        yield from _likeliest(standing, leader, leader.p_best, told=close.key == "seldom")


def _alone(leader: RankedCandidate) -> Said:
    return said("alone", leader=leader.candidate, score=f"{leader.score:.2f}")


def _close(standing: Standing, kind: VerdictKind, leader: RankedCandidate, winner: RankedCandidate | None) -> Said:
    """Say why the lead is not clear."""
    name = leader.candidate
    rival = _cheaper_near_tie(standing, leader, winner)
    if rival is not None:
        return _cheaper(standing, rival, leader)
    if kind is VerdictKind.LEAN and (doubt := _doubt(standing, leader)) is not None:
        return doubt
    near = [line.candidate for line in standing.near_ties if line is not leader]
    if not near:
        return (
            said("unsure", leader=name)
            if leader.p_best is None
            else said("seldom", leader=name, share=_share(leader.p_best))
        )
    priced = all(standing.cost[line.candidate] is not None for line in standing.near_ties)
    nobody = all(cost is None for cost in standing.cost.values())
    cost = ".given" if standing.clusters is None and nobody else "" if priced else ".unpriced"
    return said(("near.one" if len(near) == 1 else "near") + cost, leader=name, rivals=near)


def _likeliest(standing: Standing, leader: RankedCandidate, p_best: float, *, told: bool) -> Iterator[Said]:
    """Name the option of a table that is most often the best; `told`: of the leader it has been said how often."""
    likeliest = max(standing.contenders, key=lambda line: (line.p_best or 0.0, line is leader))
    share = _share(likeliest.p_best or 0.0)
    if likeliest is not leader:
        names = {"candidate": likeliest.candidate, "leader": leader.candidate}
        yield said("likeliest.other", share=share, its=_share(p_best), **names)
    elif not told:
        yield said("likeliest", candidate=leader.candidate, share=share)


def _doubt(standing: Standing, leader: RankedCandidate) -> Said | None:
    """Say what keeps a lean from being clear; None where it is the near-ties alone."""
    limits, flip, name = standing.thresholds, standing.smallest_flip, leader.candidate
    if standing.misnamed:
        return said("doubt.misnamed", leader=name)
    if leader.p_best is not None and leader.p_best < limits.clear_p_best:
        return said("doubt.draws", leader=name, share=_below(leader.p_best, limits.clear_p_best))
    if standing.lacking or standing.unjudged:
        return said("doubt.incomplete", leader=name)
    if standing.too_few:
        return said("doubt.few", leader=name)
    if flip is not None and flip < limits.fragile_l1:
        return said("doubt.flip", leader=name, rival=standing.flip_to or "")
    if len(standing.near_ties) > 1:
        return None
    if standing.untold:
        return said(
            "doubt.untold.given" if standing.clusters is None else "doubt.untold",
            leader=name,
            rivals=[line.candidate for line in standing.untold],
        )
    if standing.perhaps_cheaper:
        return said("doubt.bounded", leader=name, rivals=[line.candidate for line in standing.perhaps_cheaper])
    return said("doubt.omitted", leader=name)


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


def _cheaper(standing: Standing, cheap: RankedCandidate, dear: RankedCandidate) -> Said:
    low, high = standing.cost[cheap.candidate] or 0.0, standing.cost[dear.candidate] or 0.0
    saved = 1.0 - low / high if high else 0.0
    names = {"leader": dear.candidate, "rival": cheap.candidate}
    if low == 0.0:
        return said("cheaper.nothing", **names)
    return (
        said("cheaper.slightly", **names)
        if saved < 0.005
        else said("cheaper", saved=f"{min(saved, 0.99):.0%}", **names)
    )


def _overtaking(standing: Standing, leader: RankedCandidate, winner: RankedCandidate | None) -> Iterator[Said]:
    """Name the nearest change of one weight that puts another first: the recommended one, where it can be."""
    nearest = [
        min(side, key=_distance)
        for criterion in dict.fromkeys(c.criterion for c in standing.crossovers)
        for side in _sides([c for c in standing.crossovers if c.criterion == criterion])
    ]
    changes = [c for c in nearest if c.winner != leader.candidate]
    wanted = [c for c in changes if winner is not None and c.winner == winner.candidate]
    if not changes:
        if len(standing.contenders) > 1 and standing.smallest_flip is None:
            yield said("overtakes.never")
        return
    change = min(wanted or changes, key=_distance)
    names = {"rival": change.winner, "criterion": change.criterion}
    if change.at_edge:
        key = "overtakes.all" if change.weight >= change.now else "overtakes.none"
        yield said(key, now=f"{change.now:.1%}", **names)
        return
    at, now = _weights(change.weight, change.now)
    key = "overtakes.above" if change.weight >= change.now else "overtakes.below"
    yield said(key, weight=at, now=now, **names)


def _sides(crossovers: Sequence[Crossover]) -> list[list[Crossover]]:
    """Split one criterion's crossovers into those above and those below its weight now; neither list is empty."""
    above = [c for c in crossovers if c.weight >= c.now]
    below = [c for c in crossovers if c.weight < c.now]
    return [side for side in (above, below) if side]


def _distance(crossover: Crossover) -> tuple[float, bool]:
    """Return how far the weight must move; with two criteria each move has a mirror, and the one upwards is named."""
    return round(abs(crossover.weight - crossover.now), 9), crossover.weight < crossover.now


def _withheld(standing: Standing, leader: RankedCandidate) -> Iterator[Said]:
    """Say why the leader is not recommended."""
    name, limits = leader.candidate, [limit(result.gate) for result in unproven(leader)]
    if limits:
        yield said("withheld.one" if len(limits) == 1 else "withheld", leader=name, limits=limits)
    elif standing.untested:
        yield said("untested", leader=name)


def _share(p: float) -> str | Said:
    """Round a probability without ever calling a likely thing certain."""
    return said("more_than", amount="99%") if 0.995 <= p < 1.0 else f"{p:.0%}"


def _below(p: float, limit: float) -> str:
    """Round a probability so that it still reads as less than `limit`."""
    return next((f"{p:.{digits}%}" for digits in range(5) if round(p, digits + 2) < limit), f"{p:%}")


def _weights(at: float, now: float) -> tuple[str, str]:
    """Round two weights so that they can be told apart, and the first from all and from nothing."""
    for digits in range(4):
        texts = f"{at:.{digits}%}", f"{now:.{digits}%}"
        if texts[0] not in (texts[1], f"{1:.{digits}%}", f"{0:.{digits}%}"):
            break
    return texts
