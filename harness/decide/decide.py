"""Estimates and draws → the decision of one slot: the story from gates to verdict."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from harness.core.canonical import digest
from harness.core.decision import (
    Completeness,
    Decision,
    DecisionMatrix,
    Echo,
    GateResult,
    GateStatus,
    Independent,
    PairedDifference,
    RankedCandidate,
    SelfMeasured,
)
from harness.core.estimates import Estimate
from harness.core.firmness import Separation
from harness.core.rules import DecisionRule
from harness.core.stopping import Stopped
from harness.core.views import Views
from harness.decide import gates
from harness.decide.caveats import caveats
from harness.decide.cheapest import costs
from harness.decide.combining import levels
from harness.decide.completeness import lacking
from harness.decide.firmness import EstimatesOf, firmness
from harness.decide.latitude import misnamed, unfit
from harness.decide.matrix import matrix, measured, relief
from harness.decide.pbest import Uncertainty, uncertainty
from harness.decide.profiles import side_by_side
from harness.decide.rank import ranks
from harness.decide.sensitivity import crossovers, flips, leave_one_out
from harness.decide.standing import Standing, came
from harness.decide.values import Floats
from harness.decide.verdict import verdict


def metrics_of(rule: DecisionRule) -> tuple[str, ...]:
    """Return the metrics of the rule's criteria, each once: those that `decide` needs draws of."""
    return tuple(dict.fromkeys(criterion.metric for criterion in rule.criteria))


def _nobody(_: Sequence[str]) -> Separation:
    return Separation()


def _all(_: Sequence[str]) -> None:
    return None


def decide(
    *,
    rule: DecisionRule,
    candidates: Sequence[str],
    estimates: Mapping[str, Sequence[Estimate]],
    metrics: Sequence[str],
    draws: Floats,
    differences: Callable[[str], Sequence[PairedDifference]],
    samples_planned: int,
    samples_compared: int,
    samples_answered: int,
    clusters: Sequence[int] | None,
    judged: Mapping[str, Sequence[int]],
    seed: int,
    resolution_ms: float = 0.0,
    completeness: Sequence[Completeness] = (),
    most_lost: float = 1.0,
    allow_incomplete: bool = False,
    self_measured: Sequence[SelfMeasured] = (),
    echoes: Sequence[Echo] = (),
    separation: Callable[[Sequence[str]], Separation] = _nobody,
    without_suite: Mapping[str, EstimatesOf] = MappingProxyType({}),
    stopped: Sequence[Stopped] = (),
    independent: Callable[[Sequence[str]], Independent | None] = _all,
) -> Decision:
    """Decide one slot.

    `draws` is [B, C, M], B ≥ 1, its axes following `candidates` and `metrics`, NaN where a draw measured nothing;
    `metrics` holds those of `metrics_of(rule)`. `differences` is asked for the paired differences of the leader once
    it is known. `clusters`: how many independent samples each task has; `judged`: in how many of them each candidate
    has a quality. Where that is one, its spread is not seen, so nobody knows how far the score may be off. `clusters`
    is None where the values were given and nothing was sampled: then no metric's name means anything. `seed` draws
    the weights. Latencies nearer than `resolution_ms` are equal in `draws` already; here that is said, and so is who is
    `self_measured` and whose answers name another model, by `echoes`. `separation` is asked for whom the samples tell
    apart of those who compete, best first. `without_suite`: the estimates of all without each suite. `independent` is
    asked for the samples that came of those who compete, or of all where nobody does; None: all that `clusters` counts.

    Where anything of `completeness` is pending, or more than the share `most_lost` of it is lost, nobody is ranked
    unless `allow_incomplete`; that also leaves out those of whom too little is known to be judged. Nor is anybody
    ranked who was `stopped` early, and nothing lacks of it. ValueError where the rule cannot decide: see `gates.check`,
    `values.check` and `weights.direct`.
    """
    gone = {it.stop.candidate for it in stopped}
    for gate in rule.gates:
        gates.check(gate)
    results = {name: _gates(rule, name, estimates[name]) for name in candidates}
    lacks = lacking([row for row in completeness if row.candidate not in gone], most_lost=most_lost)
    sampled = clusters is not None
    unjudged = {
        name for name in candidates if sampled and name not in gone and _unjudged(rule, results[name], estimates[name])
    }
    aside = gone | {name for name in candidates if _excluded(results[name])} | (unjudged if allow_incomplete else set())
    table = matrix(candidates, rule.criteria, estimates, aside=aside, combine=rule.combine)
    competing = [name not in aside and (allow_incomplete or not lacks) for name in candidates]
    sureness = uncertainty(table, draws, metrics, competing, kappa=rule.thresholds.kappa, seed=seed)
    spread_unseen = gone | {name for name in candidates if 1 in judged[name]}
    ranking = _ranking(table, results, competing, sureness, spread_unseen=spread_unseen)
    counted = came(clusters, independent([line.candidate for line in ranking if line.rank is not None]))
    standing = _standing(
        rule, table, ranking, estimates, sureness, clusters, counted, unjudged=unjudged, lacks=lacks,
        allowed=allow_incomplete, echoes=echoes, gone=gone,
    )  # fmt: skip
    leader = standing.leader
    pairs = tuple(differences(leader.candidate)) if leader else ()
    return Decision(
        slot=rule.slot,
        rule=rule,
        rule_sha256=digest(rule),
        matrix=table,
        ranking=ranking,
        verdict=verdict(
            standing,
            caveats=caveats(
                table, ranking, estimates, clusters, judged, resolution_ms=resolution_ms,
                allowed=lacks if allow_incomplete else (),
                left_out=standing.unjudged if allow_incomplete else (),
                self_measured=self_measured,
                echoes=echoes,
                stopped=stopped,
                aside=aside,
                independent=counted,
                pairs=pairs,
                unmoved=_unmoved(table, draws, metrics, competing) if sampled else (),
            ),
        ),
        crossovers=standing.crossovers,
        differences=pairs,
        estimates={name: tuple(estimates[name]) for name in candidates},
        samples_planned=samples_planned,
        samples_compared=samples_compared,
        samples_answered=samples_answered,
        seed=seed,
        draws=len(draws),
        completeness=tuple(completeness),
        incomplete=tuple(dict.fromkeys([*(row.candidate for row in lacks), *standing.unjudged])),
        incomplete_allowed=allow_incomplete,
        views=_views(rule, table, [line.candidate for line in standing.contenders]),
        firmness=firmness(
            table, [line.candidate for line in standing.contenders], estimates, sureness, flips=standing.flips,
            without_suite=without_suite, separation=separation, trifle=rule.thresholds.near_tie, seed=seed,
            spread_seen=leader is not None and leader.p_best is not None, stopped=gone, aside=aside,
        ),
        stopped=tuple(stopped),
    )  # fmt: skip


def _views(rule: DecisionRule, table: DecisionMatrix, best_first: Sequence[str]) -> Views | None:
    if not rule.profiles or not best_first:
        return None
    names = [criterion.name for criterion in table.criteria]
    points = {profile.name: dict(zip(names, profile.weights, strict=True)) for profile in rule.profiles}
    return side_by_side(table, points, best_first)


def _unmoved(
    table: DecisionMatrix, draws: Floats, metrics: Sequence[str], competing: Sequence[bool]
) -> list[tuple[str, str, Estimate]]:
    """Return who competes, a criterion's metric and its estimate, where that may be anything in an interval and every
    draw says the same, as where all answers are right."""
    found = []
    for c, (name, row) in enumerate(zip(table.candidates, table.raw, strict=True)):
        for criterion, raw in zip(table.criteria, row, strict=True):
            drawn = draws[:, c, list(metrics).index(criterion.metric)]
            is_wide = raw.low is not None and raw.high is not None and raw.low < raw.high
            if competing[c] and criterion.metric != "coverage" and is_wide and np.ptp(drawn) == 0:
                found.append((name, criterion.metric, raw))
    return found


def _gates(rule: DecisionRule, candidate: str, estimates: Sequence[Estimate]) -> tuple[GateResult, ...]:
    return tuple(gates.judge(gate, candidate, measured(estimates, gate.metric)) for gate in rule.gates)


def _excluded(results: Sequence[GateResult]) -> bool:
    return any(result.status is GateStatus.FAIL for result in results)


def _ranking(
    table: DecisionMatrix,
    results: Mapping[str, tuple[GateResult, ...]],
    competing: Sequence[bool],
    sureness: Uncertainty,
    *,
    spread_unseen: Collection[str],
) -> tuple[RankedCandidate, ...]:
    """Return the competition ranking, equals in alphabetical order; those that do not compete last, by score.

    A chance is that of all who compete: where there are several and the spread of one is not seen, nobody's is known.
    """
    scores = [score for score, competes in zip(table.scores, competing, strict=True) if competes]
    rank_of = dict(zip(scores, ranks(scores), strict=True))
    unseen = [name in spread_unseen for name in table.candidates]
    unknown = sum(competing) > 1 and any(u and competes for u, competes in zip(unseen, competing, strict=True))
    lines = [
        RankedCandidate(
            candidate=name,
            rank=rank_of[score] if competing[c] else None,
            score=score,
            low=None if unseen[c] else float(sureness.low[c]),
            high=None if unseen[c] else float(sureness.high[c]),
            p_best=float(sureness.p_best[c]) if competing[c] and not unknown else None,
            gates=results[name],
        )
        for c, (name, score) in enumerate(zip(table.candidates, table.scores, strict=True))
    ]
    return tuple(sorted(lines, key=_order))


def _order(line: RankedCandidate) -> tuple[float, float, str]:
    return (math.inf, -line.score, line.candidate) if line.rank is None else (line.rank, 0.0, line.candidate)


def _standing(
    rule: DecisionRule,
    table: DecisionMatrix,
    ranking: tuple[RankedCandidate, ...],
    estimates: Mapping[str, Sequence[Estimate]],
    sureness: Uncertainty,
    clusters: Sequence[int] | None,
    counted: Independent | None,
    *,
    unjudged: Collection[str],
    lacks: tuple[Completeness, ...],
    allowed: bool,
    echoes: Sequence[Echo],
    gone: Collection[str],
) -> Standing:
    names = [line.candidate for line in ranking if line.rank is not None]
    rows = [table.candidates.index(name) for name in names]
    values = np.array([[v or 0.0 for v in table.values[row]] for row in rows]).reshape(len(rows), len(table.criteria))
    values = levels(values, table.combine)
    weights = np.array(table.weights)
    criteria = [criterion.name for criterion in table.criteria]
    leads = leave_one_out(values, weights) if names else ()
    counts = [w > 0 and any(table.values[row][j] is not None for row in rows) for j, w in enumerate(table.weights)]
    lead = sureness.scores[:, rows[:1]] - sureness.scores[:, rows]
    return Standing(
        slot=rule.slot,
        thresholds=rule.thresholds,
        ranking=ranking,
        answered=clusters is None or any(_answered(of) for of in estimates.values()),
        unjudged=tuple(line.candidate for line in ranking if line.candidate in unjudged),
        lacking=lacks,
        incomplete_allowed=allowed,
        stopped_early=tuple(line.candidate for line in ranking if line.candidate in gone),
        unfit=unfit(table, names, clusters),
        misnamed=bool(misnamed(echoes, names[:1])),
        measured=any(value is not None for row in table.values for value in row),
        clusters=None if clusters is None else tuple(clusters),
        independent=counted,
        cost=costs(
            rule, {name: () if clusters is None and rule.cost is None else of for name, of in estimates.items()}
        ),
        margin=dict(zip(names, lead.std(axis=0).tolist(), strict=True)),
        lead_low=dict(zip(names, np.quantile(lead, 0.025, axis=0).tolist(), strict=True)),
        relief={name: relief(table, name) for name in names},
        flips={names[flip.challenger]: flip.l1 for flip in flips(values, weights)},
        leave_one_out={criteria[j]: names[first] for j, first in enumerate(leads) if first is not None and counts[j]},
        crossovers=crossovers(values, weights, names, criteria) if names else (),
    )


def _answered(estimates: Sequence[Estimate]) -> bool:
    return measured(estimates, "coverage").value != 0.0


def _unjudged(rule: DecisionRule, results: Sequence[GateResult], estimates: Sequence[Estimate]) -> bool:
    """Say whether too little is known of a candidate: nothing at all, or not the quality that it competes with."""
    unknown = "quality" in metrics_of(rule) and measured(estimates, "quality").value is None
    return not _answered(estimates) or (unknown and not _excluded(results))
