"""The verdict rule: clear, lean, toss-up, none or incomplete (methodology.md 1.5)."""

from collections.abc import Sequence

from harness.core.decision import Nobody, RankedCandidate, Said, Verdict, VerdictKind
from harness.decide.cheapest import cheapest
from harness.decide.sentences import english
from harness.decide.standing import Standing, unproven
from harness.decide.wording import sentence


def verdict(standing: Standing, *, caveats: Sequence[Said]) -> Verdict:
    """Return the answer with what would change it.

    The recommendation is the leader; in a toss-up it is the cheapest of the near-ties. Whoever has an unproven gate, or
    had neither rival nor gate, may lead but is not recommended, and nobody is where the leader's quality is not
    acceptable, too little was measured, or the samples are too few to choose by.
    """
    kind, leader = _kind(standing), standing.leader
    winner = _recommended(standing, kind)
    parts = sentence(standing, kind, winner)
    return Verdict(
        kind=kind,
        winner=winner.candidate if winner else None,
        nobody=None if winner else _why_nobody(standing, kind),
        leader=leader.candidate if leader else None,
        p_best=leader.p_best if leader else None,
        near_ties=tuple(line.candidate for line in standing.near_ties if line is not leader),
        smallest_flip=standing.smallest_flip,
        flip_to=standing.flip_to,
        leave_one_out=standing.leave_one_out,
        sentence=english(*parts),
        caveats=tuple(map(english, caveats)),
        said=parts,
        caveats_said=tuple(caveats),
    )


def _kind(standing: Standing) -> VerdictKind:
    if standing.stopped:
        return VerdictKind.INCOMPLETE
    if not standing.measured or not standing.answered:
        return VerdictKind.NONE
    if standing.unjudged and not standing.incomplete_allowed:
        return VerdictKind.INCOMPLETE
    if standing.leader is None or standing.leads_unfit:
        return VerdictKind.NONE
    if len(standing.ranking) == 1:  # it passes, and yet first of one is no clear win
        return VerdictKind.NONE if standing.scarce else VerdictKind.LEAN
    limits, p_best = standing.thresholds, standing.leader.p_best
    if p_best is None or standing.scarce:
        return VerdictKind.TOSS_UP  # nobody knows how sure the lead is
    robust = standing.smallest_flip is None or standing.smallest_flip >= limits.fragile_l1
    if (
        p_best >= limits.clear_p_best
        and not standing.lacking
        and not standing.unjudged
        and not standing.too_few
        and not standing.misnamed
        and robust
        and len(standing.near_ties) == 1
        and not standing.untold
        and not standing.perhaps_cheaper
        and _survives_omissions(standing, standing.leader)
    ):
        return VerdictKind.CLEAR
    return VerdictKind.LEAN if p_best >= limits.lean_p_best else VerdictKind.TOSS_UP


def _survives_omissions(standing: Standing, leader: RankedCandidate) -> bool:
    """Say whether at least two thirds of the leave-one-criterion-outs keep the leader."""
    leads = list(standing.leave_one_out.values())
    return 3 * leads.count(leader.candidate) >= 2 * len(leads)


def _why_nobody(standing: Standing, kind: VerdictKind) -> Nobody:
    if kind is VerdictKind.INCOMPLETE:
        return Nobody.INCOMPLETE
    if standing.leader is None or not standing.measured or not standing.answered:
        return Nobody.NONE
    if standing.leads_unfit:
        return Nobody.UNFIT
    return Nobody.SCARCE if standing.scarce else Nobody.WITHHELD


def _recommended(standing: Standing, kind: VerdictKind) -> RankedCandidate | None:
    leader = standing.leader
    if leader is None or standing.untested or standing.scarce:
        return None
    if kind in (VerdictKind.NONE, VerdictKind.INCOMPLETE):
        return None
    if kind is not VerdictKind.TOSS_UP:
        return None if unproven(leader) else leader
    return cheapest(standing.near_ties, standing.unfit, standing.cost)
