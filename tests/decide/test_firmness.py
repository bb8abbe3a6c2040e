"""How firm the lead is: the worked example, omissions, rank acceptability and dominance on a whole decision."""

import numpy as np
import pytest

from harness.core.canonical import from_json, to_json
from harness.core.decision import Decision
from harness.core.estimates import Estimate
from harness.core.firmness import Domination, Firmness, Separation, Tier
from harness.core.rules import Criterion, Scale
from harness.decide.decide import decide, metrics_of
from tests.decide.cases import COST, QUALITY, decided, drawn, estimate, no_differences, rule
from tests.decide.test_decide import worked
from tests.oracles import oracle

USD = "usd_per_1k_requests"


def test_the_worked_example_is_as_firm_as_published() -> None:
    found, expected = worked().firmness, oracle("mcda_sensitivity")["results"]
    assert {o.method: o.leader for o in found.agreement.opinions} == {
        "geometric": "C", "SAW": "B", "WPM": "D", "TOPSIS": "D", "VIKOR": "B", "PROMETHEE II": "C",
    }  # fmt: skip
    assert found.flips == pytest.approx({"C": 0.030432, "B": 0.143722, "E": 0.197600, "A": 0.207811}, abs=1e-6)
    assert found.without_candidate == {"A": "D", "B": "D", "C": "D", "D": "C", "E": "D"}
    near = expected["dirichlet_concentration_50"]["b1"]
    for line in found.acceptance:
        exact = expected["smaa2_uniform_simplex"]["exact"]["values"][line.candidate]
        assert line.ranks[0] == pytest.approx(near[line.candidate], abs=0.01)
        assert line.any_weights == pytest.approx(exact["b1"], abs=0.01)
        assert line.central == pytest.approx(exact["central_weight"], abs=0.02)
        assert line.confidence == 1.0, "nothing varies here but the weights"
        assert sum(line.ranks) == pytest.approx(1)
    assert [(it.candidate, it.by, it.chance) for it in found.domination] == [(name, (), 0.0) for name in "DCBEA"]


def test_the_first_rank_is_the_chance_to_be_best_and_firmness_survives_json() -> None:
    measured = {
        "a": {"quality": 0.8, USD: 1.0}, "b": {"quality": 0.78, USD: 0.9}, "c": {"quality": 0.7, USD: None},
    }  # fmt: skip
    decision = decided(measured, noise=0.05)
    assert [line.ranks[0] for line in decision.firmness.acceptance] == pytest.approx(
        [line.p_best for line in decision.ranking]
    )
    assert from_json(Decision, to_json(decision)) == decision


def test_who_has_no_rival_has_nothing_to_be_firm_against() -> None:
    assert decided({"a": {"quality": 0.8, USD: 1.0}}).firmness == Firmness()


def test_where_a_spread_is_not_seen_no_chance_is_given() -> None:
    measured = {"a": {"quality": 0.8, USD: 1.0}, "b": {"quality": 0.7, USD: 2.0}}
    found = decided(measured, clusters=(1,)).firmness
    assert found.acceptance == ()
    assert found.domination[1] == Domination(candidate="b", by=("a",), proven_by=(), chance=None)


def test_dominance_counts_what_matters_as_far_as_it_matters() -> None:
    by = rule(QUALITY, COST, Criterion(name="idle", metric="idle", worst=0, ideal=1, weight=0))
    measured: dict[str, dict[str, float | None]] = {
        "best": {"quality": 0.9, USD: 0.1, "idle": 0.0},
        "level": {"quality": 0.9, USD: 0.05, "idle": 1.0},
        "worse": {"quality": 0.5, USD: 0.1, "idle": 1.0},
        "unknown": {"quality": 0.4, USD: None, "idle": 0.5},
    }
    found = {it.candidate: it for it in decided(measured, by).firmness.domination}
    assert found["best"].by == found["level"].by == (), "cheaper than ideal is no better, and idle weighs nothing"
    assert set(found["worse"].by) == set(found["worse"].proven_by) == {"best", "level"}
    assert found["worse"].chance == 1.0
    assert (found["unknown"].by, found["unknown"].chance) == ((), 0.0), "it may cost nothing"


def test_noise_shows_less_than_was_measured() -> None:
    measured = {"a": {"quality": 0.8, USD: 1.0}, "b": {"quality": 0.75, USD: 1.1}}
    second = decided(measured, noise=0.1).firmness.domination[1]
    assert (second.by, second.proven_by) == (("a",), ())
    assert 0.2 < (second.chance or 0.0) < 0.8


def decided_without(suites: dict[str, dict[str, tuple[Estimate, ...]]]) -> Firmness:
    """Decide between `a` and `b`; `suites`: what is left without each."""
    by = rule(QUALITY)
    whole = {"a": (estimate("quality", 0.8),), "b": (estimate("quality", 0.6),)}
    return decide(
        rule=by,
        candidates=("a", "b"),
        estimates=whole,
        metrics=metrics_of(by),
        draws=drawn(whole, metrics_of(by), draws=100),
        differences=no_differences,
        samples_planned=20,
        samples_compared=20,
        samples_answered=20,
        clusters=(10, 10),
        judged=dict.fromkeys("ab", (10, 10)),
        seed=0,
        separation=lambda names: Separation(tiers={n: Tier(letters=n, best=1, worst=2) for n in names}),
        without_suite=suites,
    ).firmness


def test_who_leads_without_a_suite_and_whom_the_samples_tell_apart() -> None:
    found = decided_without({
        "easy": {"a": (estimate("quality", 0.4),), "b": (estimate("quality", 0.5),)},
        "hard": {"a": (estimate("quality", 0.9),), "b": (estimate("quality", 0.5),)},
        "all": {"a": (estimate("quality", None),), "b": (estimate("quality", 0.5),)},
    })  # fmt: skip
    assert found.without_suite == {"easy": "b", "hard": "a"}, (
        "of a suite that is all that is known of a nothing is said"
    )
    assert list(found.separation.tiers) == ["a", "b"]


def test_what_one_candidate_is_too_thin_for_counts_again_without_it() -> None:
    """`thin` takes the tail from everybody; without it the tail puts the other first."""
    tail = Criterion(name="tail", metric="tail", worst=100, ideal=1, weight=100, scale=Scale.LOG)
    by = rule(QUALITY, tail)
    thin = Estimate(metric="tail", value=None, low=None, high=None, n=9, coverage=1.0, note="not supported: p95 (n=9)")
    estimates = {
        "clever": (estimate("quality", 0.9), estimate("tail", 90.0)),
        "quick": (estimate("quality", 0.8), estimate("tail", 2.0)),
        "thin": (estimate("quality", 0.1), thin),
    }
    decision = decide(
        rule=by,
        candidates=tuple(estimates),
        estimates=estimates,
        metrics=metrics_of(by),
        draws=drawn(estimates, metrics_of(by), draws=50),
        differences=no_differences,
        samples_planned=50,
        samples_compared=50,
        samples_answered=50,
        clusters=(50,),
        judged=dict.fromkeys(estimates, (50,)),
        seed=0,
    )
    assert decision.verdict.leader == "clever"
    assert decision.firmness.without_candidate == {"clever": "quick", "quick": "clever", "thin": "quick"}


def test_memory_does_not_grow_with_the_number_of_candidates() -> None:
    """Forty candidates and ten thousand draws are counted in blocks, and rightly."""
    rng = np.random.default_rng(0)
    measured = {f"c{i:02}": {"quality": 0.5 + i / 100, USD: 1.0} for i in range(40)}
    noise = np.stack(
        [np.clip([of["quality"] for of in measured.values()] + rng.normal(0, 0.02, (3000, 40)), 0, 1),
         np.ones((3000, 40))], axis=2,
    )  # fmt: skip
    ranks = np.array([line.ranks for line in decided(measured, noise=noise).firmness.acceptance])
    assert ranks.sum(axis=0) == pytest.approx(1)
    assert ranks.argmax(axis=1)[0] == 0
