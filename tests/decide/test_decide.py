"""The whole decision: the worked example, and from tables of calls to a verdict."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.canonical import digest, from_json, to_json
from harness.core.decision import Decision, GateStatus, VerdictKind
from harness.core.estimates import Bounded
from harness.core.rules import Criterion, DecisionRule, Gate, Scale
from harness.decide.decide import decide, metrics_of
from harness.metrics.estimates import estimates
from harness.metrics.paired import differences
from harness.metrics.resample import resample
from harness.metrics.tables import observe
from tests.decide.cases import COST, QUALITY, decided, drawn, no_differences, rule, worked_estimates, worked_rule
from tests.metrics.frames import INFRA_FAULT, TIMEOUT, Frames, scored
from tests.oracles import oracle


def worked(candidates: str = "ABCDE") -> Decision:
    by, measured = worked_rule(), {name: worked_estimates()[name] for name in candidates}
    return decide(
        rule=by,
        candidates=tuple(candidates),
        estimates=measured,
        metrics=metrics_of(by),
        draws=drawn(measured, metrics_of(by), draws=40_000),
        differences=no_differences,
        samples_planned=200,
        samples_compared=200,
        samples_answered=200,
        clusters=(200,),
        judged=dict.fromkeys(candidates, (200,)),
        seed=7,
    )


def test_the_worked_example_is_decided_as_published() -> None:
    decision = worked()
    expected = oracle("mcda_sensitivity")["results"]
    assert [(line.candidate, line.rank) for line in decision.ranking] == [
        ("D", 1), ("C", 2), ("B", 3), ("E", 4), ("A", 5),
    ]  # fmt: skip
    assert [line.score for line in decision.ranking] == pytest.approx(
        [0.6208352325, 0.6135854568, 0.550366532, 0.5161234554, 0.4916335688], abs=1e-8
    )
    b1 = expected["dirichlet_concentration_50"]["b1"]
    assert [line.p_best for line in decision.ranking] == pytest.approx([b1[n] for n in "DCBEA"], abs=0.01)
    verdict = decision.verdict
    assert (verdict.kind, verdict.leader, verdict.winner, verdict.flip_to) == (VerdictKind.LEAN, "D", "D", "C")
    assert verdict.smallest_flip == pytest.approx(0.0304322655, abs=1e-8)
    assert verdict.near_ties == ("C",)
    assert verdict.leave_one_out == {
        case["without"]: case["order"][0] for case in expected["leave_one_criterion_out"]["values"]
    }
    crossings = {
        (case["criterion"], segment["lo"])
        for case in expected["one_at_a_time_crossovers"]["values"]
        for segment in case["winner_segments"][1:]
    }
    assert sorted((c.criterion, c.weight) for c in decision.crossovers) == [
        (criterion, pytest.approx(at, abs=1e-8)) for criterion, at in sorted(crossings)
    ]
    assert verdict.sentence == (
        "D ranks first, but not surely: it comes first in 61% of the draws. "
        "C overtakes when the weight of cost_per_1k_usd is below 18% (now 20%)."
    )


@pytest.mark.parametrize("dropped", "ABCDE")
def test_dropping_a_candidate_never_reorders_the_others(dropped: str) -> None:
    everyone = [line.candidate for line in worked().ranking if line.candidate != dropped]
    assert [line.candidate for line in worked("ABCDE".replace(dropped, "")).ranking] == everyone


def test_a_decision_survives_json_and_names_its_rule() -> None:
    decision = worked()
    assert from_json(Decision, to_json(decision)) == decision
    assert decision.rule_sha256 == digest(worked_rule())
    assert (decision.draws, decision.seed, decision.samples_compared) == (40_000, 7, 200)


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (rule(Criterion(name="c", metric="quality", worst=1, ideal=1, weight=1)), "must differ"),
        (rule(Criterion(name="c", metric="quality", worst=1, ideal=0, weight=1, scale=Scale.LOG)), "above 0"),
        (rule(Criterion(name="c", metric="quality", worst=0, ideal=1, weight=0)), "above 0"),
        (rule(QUALITY, gates=[Gate(metric="quality")]), "exactly one"),
        (DecisionRule(slot="text", gates=(), criteria=()), "weight"),
    ],
)
def test_a_rule_that_cannot_decide_is_refused(by: DecisionRule, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decided({"a": {"quality": 0.5}}, by)


def test_equals_share_a_rank_in_alphabetical_order_whatever_the_order_given() -> None:
    measured = {name: {"quality": 0.5} for name in "cab"} | {"worst": {"quality": 0.1}}
    ranking = decided(measured, rule(QUALITY)).ranking
    assert [(line.candidate, line.rank) for line in ranking] == [("a", 1), ("b", 1), ("c", 1), ("worst", 4)]


def test_the_interval_of_a_score_is_wide_open_where_a_value_is_missing() -> None:
    decision = decided({"a": {"quality": 0.5, "usd_per_1k_requests": None}, "b": {"quality": 0.4}})
    first = decision.ranking[0]
    assert (first.score, first.low, first.high) == pytest.approx((0.4, 0.4, 0.6))


@settings(deadline=None, max_examples=30)
@given(
    qualities=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    costs=st.lists(st.one_of(st.none(), st.floats(0, 20)), min_size=5, max_size=5),
)
def test_any_decision_holds_its_promises(qualities: list[float], costs: list[float | None]) -> None:
    measured = {
        f"c{i}": {"quality": q, "usd_per_1k_requests": usd}
        for i, (q, usd) in enumerate(zip(qualities, costs, strict=False))
    }
    decision = decided(measured, noise=0.05, draws=200)
    assert sum(line.p_best or 0.0 for line in decision.ranking) == pytest.approx(1)
    assert all(0 <= (line.low or 0.0) <= (line.high or 0.0) <= 1 for line in decision.ranking)
    assert [line.rank for line in decision.ranking] == sorted(line.rank or 0 for line in decision.ranking)
    assert decision.verdict.sentence.endswith(".")
    assert decision.verdict.winner in (None, decision.verdict.leader, *decision.verdict.near_ties)


# -- from tables of calls ------------------------------------------------------------------------------------------

TEXT = rule(
    QUALITY,
    Criterion(name="latency", metric="ttfo_p50_ms", worst=3000, ideal=200, weight=20, scale=Scale.LOG),
    COST,
    gates=[Gate(metric="coverage", min=0.95), Gate(metric="ttfo_p50_ms", max=4000)],
)


def decide_on(frames: Frames, by: DecisionRule = TEXT) -> Decision:
    seen = observe(*frames.tables(), slot=by.slot)
    metrics = metrics_of(by)
    return decide(
        rule=by,
        candidates=seen.candidates,
        estimates=estimates(seen),
        metrics=metrics,
        draws=resample(seen, metrics, draws=2000, seed=0),
        differences=partial(differences, seen),
        samples_planned=seen.n + seen.dropped,
        samples_compared=seen.n,
        samples_answered=seen.answered,
        clusters=seen.clusters.tolist(),
        judged=dict(zip(seen.candidates, seen.clusters_judged.tolist(), strict=True)),
        seed=0,
    )


def test_from_calls_to_a_clear_verdict() -> None:
    frames = Frames()
    rng = np.random.default_rng(0)
    for name, rate, ms, usd in [("alpha", 0.9, 400, 0.001), ("bravo", 0.4, 900, 0.002)]:
        for i in range(60):
            frames.add(
                name, f"{i:02}", float(rng.random() < rate), task=f"t{i % 3}", ttfo_ms=ms * rng.lognormal(0, 0.2),
                cost_usd=usd,
            )  # fmt: skip
    decision = decide_on(frames)
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.CLEAR, "alpha")
    assert decision.samples_compared == 60
    (pair,) = decision.differences
    assert (pair.leader, pair.challenger) == ("alpha", "bravo")
    assert (pair.p_holm or 1) < 0.001
    assert all(g.status == "pass" for line in decision.ranking for g in line.gates)
    assert from_json(Decision, to_json(decision)) == decision


@pytest.mark.parametrize(
    ("frames", "kind", "leader"),
    [
        pytest.param(Frames(), VerdictKind.NONE, None, id="no candidates"),
        pytest.param(scored({"a": [1, 0]}, ttfo_ms=9.0), VerdictKind.NONE, "a", id="one candidate"),
        pytest.param(scored({"a": [1], "b": [1]}, ttfo_ms=9.0), VerdictKind.TOSS_UP, "a", id="one sample, all ties"),
        pytest.param(
            scored({"a": [1, 0] * 9, "b": [1, 0] * 9}, cluster="x"), VerdictKind.TOSS_UP, "a", id="one cluster"
        ),
        pytest.param(scored({"a": [], "b": []}), VerdictKind.NONE, None, id="no samples"),
    ],
)
def test_degenerate_runs_get_an_honest_verdict(frames: Frames, kind: VerdictKind, leader: str | None) -> None:
    verdict = decide_on(frames).verdict
    assert (verdict.kind, verdict.leader) == (kind, leader)


def test_all_infra_failures_are_no_bodys_loss() -> None:
    frames = Frames()
    for name in "ab":
        for i in range(8):
            frames.add(name, str(i), None, **(TIMEOUT if i % 2 else INFRA_FAULT))
    verdict = decide_on(frames).verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.NONE, None, None)
    assert "no candidate has a usable answer" in verdict.sentence


def test_one_whose_calls_were_all_lost_makes_the_verdict_incomplete() -> None:
    frames = scored({"a": [1, 0] * 10, "b": [0, 0] * 10}, ttfo_ms=300.0)
    for i in range(20):
        frames.add("lost", f"{i:04}", None, **INFRA_FAULT)
    verdict = decide_on(frames).verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.INCOMPLETE, "a", None)


def test_a_median_beyond_the_timeout_fails_its_gate_and_is_listed_last() -> None:
    frames = scored({"a": [1] * 20}, ttfo_ms=300.0)
    for i in range(20):
        frames.add("slow", f"{i:04}", 1, ttfo_ms=300.0 if i < 2 else float("inf"))
    decision = decide_on(frames)
    last = decision.ranking[-1]
    assert (last.candidate, last.rank, last.p_best) == ("slow", None, None)
    assert [g.status for g in last.gates] == ["pass", "fail"]
    assert decision.verdict.winner == "a"


@pytest.mark.parametrize(("n", "status"), [(298, GateStatus.UNPROVEN), (299, GateStatus.PASS)])
def test_no_failure_proves_a_limit_of_one_in_a_hundred_from_299_samples_on(n: int, status: GateStatus) -> None:
    by = rule(QUALITY, gates=[Gate(metric="quality", min=0.99)])
    (line,) = decide_on(scored({"a": [1] * n}), by).ranking
    assert [g.status for g in line.gates] == [status]


def test_a_constant_criterion_decides_nothing() -> None:
    frames = scored({"a": [1, 1, 0, 1] * 10, "b": [1, 0, 0, 1] * 10}, ttfo_ms=500.0)
    decision = decide_on(frames)
    assert decision.verdict.leader == "a"
    assert decision.verdict.leave_one_out["latency"] == "a"
    assert not any(c.winner == "b" for c in decision.crossovers)


def test_one_untimed_call_does_not_decide() -> None:
    """72 timed calls carry a p95 and 71 do not: the criterion is then nobody's (methodology.md 3)."""
    tail = Criterion(name="tail", metric="ttfo_p95_ms", worst=5000, ideal=100, weight=50)
    by = DecisionRule(slot="text", gates=(), criteria=(replace(QUALITY, weight=50), tail))

    def verdict(untimed: int) -> Decision:
        frames = scored({"a": [1, 1, 1, 0] * 18, "b": [1, 0, 0, 0] * 18}, ttfo_ms=300.0)
        for row in frames.calls[:untimed]:
            row["ttfo_ms"] = None
        return decide_on(frames, by)

    whole, short = verdict(0), verdict(1)
    assert whole.matrix.values[0][1] == whole.matrix.values[1][1] == pytest.approx(4700 / 4900)
    assert [row[1] for row in short.matrix.values] == [None, None]
    assert short.matrix.raw[1][1].value == 300.0, "what was measured is still shown"
    assert (whole.verdict.leader, short.verdict.leader) == ("a", "a")
    assert short.verdict.caveats[0] == "tail (ttfo_p95_ms) has too few measurements of a: it counts for nobody."


def test_whoever_is_excluded_by_a_gate_takes_no_criterion_from_the_others() -> None:
    """Nine of ten of its answers are lost, so that its p95 has no support: that is nothing to its rivals."""
    tail = Criterion(name="tail", metric="ttfo_p95_ms", worst=5000, ideal=100, weight=50)
    by = rule(replace(QUALITY, weight=50), tail, gates=[Gate(metric="coverage", min=0.95)])
    frames = scored({"a": [1, 1, 1, 0] * 20, "b": [1, 0, 0, 0] * 20}, ttfo_ms=300.0)
    without = decide_on(frames, by)
    for i in range(80):
        frames.add("broken", f"{i:04}", 1 if i < 8 else None, ttfo_ms=300.0, **({} if i < 8 else INFRA_FAULT))
    decision = decide_on(frames, by)
    assert [line.candidate for line in decision.ranking if line.rank is None] == ["broken"]
    assert decision.matrix.scores[:2] == without.matrix.scores
    assert not any("counts for nobody" in caveat for caveat in decision.verdict.caveats)
    assert decision.firmness.without_candidate["broken"] == decision.verdict.leader


def test_a_cost_at_the_bound_is_said_to_be_one() -> None:
    frames = scored({"a": [1, 0] * 10, "b": [1, 1] * 10}, ttfo_ms=300.0)
    for row in frames.calls[:12]:
        row["cost_source"] = "estimated"
    for i in range(3):
        frames.add("a", f"lost{i}", None, **INFRA_FAULT | {"cost_usd": 0.0})
        frames.add("b", f"lost{i}", 1)
    decision = decide_on(frames)
    assert (
        "The cost of a is an upper bound: 12 of 20 calls estimated, for want of reported usage."
        in decision.verdict.caveats
    )
    assert not any("cost of b" in caveat for caveat in decision.verdict.caveats)
    bounded = {e.metric: e.bounded for e in decision.estimates["a"] if e.metric.startswith("usd")}
    assert list(bounded.values()) == [Bounded(calls=12, of=20)] * 3
