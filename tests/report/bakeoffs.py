"""Decisions on benches that no code decided: exact matrices, plausible everything else."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.core.calls import Call, Failure, Fault, Output, Role
from harness.core.canonical import digest
from harness.core.decision import (
    Completeness,
    Crossover,
    Decision,
    DecisionMatrix,
    GateResult,
    GateStatus,
    Nobody,
    PairedDifference,
    RankedCandidate,
    Verdict,
    VerdictKind,
)
from harness.core.estimates import Estimate
from harness.core.firmness import (
    Acceptance,
    Advice,
    Agreement,
    Domination,
    Firmness,
    More,
    Opinion,
    Reversal,
    Separation,
    Tier,
)
from harness.core.rules import Criterion, DecisionRule, Scale
from harness.report.evidence import Evidence
from tests.report.benches import RULES, Bench, freeze, text_slot, tts_slot


@dataclass(frozen=True)
class FakeRun:
    """Evidence with the decisions on it."""

    evidence: Evidence
    decisions: tuple[Decision, ...]


def estimates(bench: Bench, slot: str, name: str) -> tuple[Estimate, ...]:
    """Return plausible estimates: means and percentiles of the records, with normal intervals."""
    suite = {"text": "text_core", "tts": "tts_core"}[slot]
    mine = [r for r in bench.answers if r.call.candidate == name and r.call.suite == suite]
    judged = {j.key: j for j in bench.judgements if j.scorer in ("contains", "word_accuracy")}
    details = [j.detail for j in bench.judgements if j.scorer == "dnsmos" and j.key in {r.call.key for r in mine}]
    quality = [judged[r.call.key].value for r in mine if r.call.key in judged]
    quality += [0.0 for r in mine if isinstance(r.outcome, Failure) and r.outcome.fault is Fault.CANDIDATE]
    timed = [r.marks for r in mine if r.marks.valid and isinstance(r.outcome, Output)]
    cost = [1000 * float(r.cost_usd) for r in mine if r.cost_usd is not None]
    coverage = len(quality) / len(mine)

    def mean(metric: str, values: Sequence[float | None], note: str = "macro") -> Estimate:
        x = np.array(values, dtype=float)
        half = 1.96 * float(x.std()) / math.sqrt(len(x))
        at = float(x.mean())
        return Estimate(
            metric=metric, value=at, low=max(0.0, at - half), high=at + half, n=len(x), coverage=coverage, note=note
        )

    def percentiles(kind: str) -> list[Estimate]:
        x = sorted(value for marks in timed if (value := getattr(marks, f"{kind}_ms")) is not None)
        if not x:
            return []
        p50, p95 = (float(np.percentile(x, q)) for q in (50, 95))
        common: dict[str, Any] = {"n": len(x), "coverage": len(x) / len(mine)}
        low, high = x[len(x) // 4], x[-len(x) // 4]
        return [
            Estimate(metric=f"{kind}_p50_ms", value=p50, low=low, high=high, **common),
            Estimate(metric=f"{kind}_p95_ms", value=p95, low=p50, high=None, **common),
            Estimate(metric=f"{kind}_p99_ms", value=None, low=None, high=None, **common),
        ]

    whole = Estimate(metric="coverage", value=coverage, low=None, high=None, n=len(mine), coverage=1.0)
    measured = [mean("quality", quality), whole, mean("usd_per_1k_requests", cost)]
    measured.append(mean("usd_per_request", [c / 1000 for c in cost]))
    good = max(0.01, float(np.mean(np.array(quality, dtype=float))))
    measured.append(mean("usd_per_good_answer", [c / 1000 / good for c in cost]))
    for kind in ("ttfa", "ttfo", "ttft", "total"):
        measured += percentiles(kind)
    if details:
        measured += [mean(f"dnsmos_{key}", [detail[key] for detail in details]) for key in ("ovrl", "sig", "bak")]
        measured.append(mean("wer", [1 - (q or 0.0) for q in quality], note="micro, Whisper normaliser"))
        measured.append(mean("rtf_p50", [0.11, 0.12, 0.16, 0.1]))
    else:
        measured.append(mean("output_tokens_mean", [r.usage.output_tokens or 0 for r in mine if r.usage.output_tokens]))
    return tuple(measured)


NOBODY = {VerdictKind.NONE: Nobody.NONE, VerdictKind.INCOMPLETE: Nobody.INCOMPLETE}


def value(criterion: Criterion, x: float) -> float:
    """Return the value between the anchors (methodology.md 1.1)."""
    move: Callable[[float], float] = math.log if criterion.scale is Scale.LOG else float
    span = move(criterion.ideal) - move(criterion.worst)
    return min(1.0, max(0.0, (move(x) - move(criterion.worst)) / span))


def _came(bench: Bench, slot: str, name: str) -> Completeness:
    def mine(call: Call) -> bool:
        return (call.candidate, call.suite) == (name, f"{slot}_core")

    answers = [r for r in bench.answers if mine(r.call)]
    pending = sum(mine(call) for call in bench.pending)
    failed = Counter(r.outcome.fault for r in answers if isinstance(r.outcome, Failure))
    return Completeness(
        candidate=name,
        role=Role.ANSWER,
        planned=len(answers) + pending,
        done=len(answers) - failed.total(),
        failed_candidate=failed[Fault.CANDIDATE],
        failed_infra=failed[Fault.INFRA],
        failed_harness=failed[Fault.HARNESS],
        pending=pending,
    )


def decision(bench: Bench, slot: str, names: Sequence[str], *, kind: VerdictKind = VerdictKind.LEAN) -> Decision:
    """Return a decision on the bench's records: matrix and scores are exact, the rest is plausible."""
    rule = RULES[slot]
    found = {name: estimates(bench, slot, name) for name in names}
    by_metric = {name: {e.metric: e for e in found[name]} for name in names}
    total = sum(c.weight for c in rule.criteria)
    weights = tuple(c.weight / total for c in rule.criteria)
    raw = tuple(tuple(by_metric[name][c.metric] for c in rule.criteria) for name in names)
    values = tuple(tuple(value(c, e.value or 0.0) for c, e in zip(rule.criteria, row, strict=True)) for row in raw)
    contributions = tuple(tuple(w * v for w, v in zip(weights, row, strict=True)) for row in values)
    scores = tuple(sum(row) for row in contributions)
    ranked = [_ranked(rule, by_metric[name], name, score) for name, score in zip(names, scores, strict=True)]
    ranked.sort(key=lambda line: (any(g.status is GateStatus.FAIL for g in line.gates), -line.score))
    places = 0
    for i, line in enumerate(ranked):
        if not any(g.status is GateStatus.FAIL for g in line.gates):
            places += 1
            ranked[i] = replace(line, rank=places, p_best=0.83 if places == 1 else 0.17 / (len(names) - 1))
    first, second = ranked[0].candidate, ranked[1].candidate
    others = [line.candidate for line in ranked[1:]]
    return Decision(
        slot=slot,
        rule=rule,
        rule_sha256=digest(rule),
        matrix=DecisionMatrix(
            candidates=tuple(names),
            criteria=rule.criteria,
            raw=raw,
            values=values,
            weights=weights,
            contributions=contributions,
            scores=scores,
        ),
        ranking=tuple(ranked),
        verdict=Verdict(
            kind=kind,
            winner=None if kind in NOBODY else first,
            nobody=NOBODY.get(kind),
            leader=first,
            p_best=0.83,
            near_ties=(),
            smallest_flip=0.214,
            flip_to=second,
            leave_one_out={c.name: first if c.name != "cost" else second for c in rule.criteria},
            sentence=f"{first} ranks first with a score of {ranked[0].score:.2f}, and is best in 83% of the draws; "
            f"{second} follows with {ranked[1].score:.2f}.",
            caveats=(f"Only {min(e.n for e in found[first])} samples stand behind some of the figures of {first}.",),
        ),
        crossovers=(
            Crossover(criterion="cost", weight=0.338, now=0.2, winner=second),
            Crossover(criterion=rule.criteria[0].name, weight=weights[0] / 2, now=weights[0], winner=second),
        ),
        differences=tuple(_difference(by_metric, first, other) for other in others),
        estimates=found,
        samples_planned=sum(asked.suite.startswith(slot) for asked in bench.samples),
        samples_compared=sum(asked.suite.startswith(slot) for asked in bench.samples),
        samples_answered=sum(asked.suite.startswith(slot) for asked in bench.samples) - 1,
        seed=0,
        draws=10_000,
        completeness=tuple(_came(bench, slot, name) for name in names),
        firmness=firmness(
            [line.candidate for line in ranked if line.rank is not None], [c.name for c in rule.criteria]
        ),
    )


def firmness(names: Sequence[str], criteria: Sequence[str]) -> Firmness:
    """Return what a plausible panel says of `names`, the best first."""
    if len(names) < 2:
        return Firmness()
    first, second, *others = names
    shares = [0.83, *[0.17 / (len(names) - 1)] * (len(names) - 1)]
    reversal = Reversal(dropped=names[-1], ahead=first, behind=second)
    opinions = (
        Opinion(method="SAW", scores=tuple(shares), leader=first, tau=1.0, reversals=(reversal,)),
        Opinion(
            method="VIKOR", scores=tuple(shares), leader=second, tau=-1 / 3, reversals=(), compromise=(second, first)
        ),
        Opinion(method="PROMETHEE II", scores=(0.0,) * len(names), leader=first, tau=None, reversals=()),
    )
    return Firmness(
        agreement=Agreement(candidates=tuple(names), opinions=opinions, left_out=(criteria[-1],)),
        without_suite={"text_core": first, "faq": second},
        without_candidate={first: second, second: first, **dict.fromkeys(others, second)},
        flips={name: 0.214 + 0.1 * i for i, name in enumerate(names[1:])},
        acceptance=tuple(
            Acceptance(
                candidate=name,
                ranks=tuple(shares[i:] + shares[:i]),
                any_weights=shares[i],
                central=(1 / len(criteria),) * len(criteria) if name != names[-1] else None,
                confidence=0.9 if name != names[-1] else None,
            )
            for i, name in enumerate(names)
        ),
        domination=(
            *(Domination(candidate=name, by=(), proven_by=(), chance=0.0125) for name in names[:-1]),
            Domination(candidate=names[-1], by=tuple(names[:-1]), proven_by=(first,), chance=0.615),
        ),
        separation=Separation(
            tiers={name: Tier(letters="ab"[i > 1 :], best=1, worst=len(names)) for i, name in enumerate(names)},
            advice=(
                Advice(leader=first, challenger=second, more=(More(suite="text_core", samples=1340, usd=4.1),)),
                *(
                    Advice(leader=first, challenger=name, more=(
                        More(suite="text_core", samples=90, usd=None), More(suite="faq", samples=30, usd=0.2),
                    )) for name in others
                ),
            ),
        ),
    )  # fmt: skip


def _difference(by_metric: Mapping[str, Mapping[str, Estimate]], leader: str, challenger: str) -> PairedDifference:
    a, b = by_metric[leader]["quality"], by_metric[challenger]["quality"]
    at = (a.value or 0.0) - (b.value or 0.0)
    estimate = Estimate(metric="quality", value=at, low=at - 0.11, high=at + 0.11, n=min(a.n, b.n), coverage=1.0)
    return PairedDifference(
        leader=leader,
        challenger=challenger,
        metric="quality",
        difference=estimate,
        p_value=0.0312,
        p_holm=0.0624,
        detectable=0.157,
    )


def _ranked(rule: DecisionRule, metrics: Mapping[str, Estimate], name: str, score: float) -> RankedCandidate:
    gates = []
    for gate in rule.gates:
        estimate = metrics[gate.metric]
        at = estimate.value or 0.0
        bound = estimate.high if gate.max is not None else at
        ok = at <= gate.max if gate.max is not None else at >= (gate.min or 0.0)
        proven = ok and (gate.max is None or (bound or math.inf) <= gate.max)
        status = GateStatus.PASS if proven else GateStatus.UNPROVEN if ok else GateStatus.FAIL
        reason = "" if proven else f"{gate.metric} is {at:.3g}, its bound {bound}"
        gates.append(GateResult(candidate=name, gate=gate, status=status, value=at, bound=bound, reason=reason))
    return RankedCandidate(
        candidate=name, rank=None, score=score, low=score - 0.06, high=score + 0.05, p_best=None, gates=tuple(gates)
    )


def two_slots(*, folder: Path = Path("/nowhere/media")) -> FakeRun:
    """Return a bake-off of two text models on 20 samples and three voices on 8 sentences."""
    bench = Bench()
    text_slot(bench)
    tts_slot(bench)
    return FakeRun(
        evidence=freeze(bench, folder=folder),
        decisions=(
            decision(bench, "text", ("gpt-mini", "smollm2")),
            decision(bench, "tts", ("espeak", "hibari", "kokoro"), kind=VerdictKind.TOSS_UP),
        ),
    )
