"""Who is out for certain, and who is not although it is behind."""

from dataclasses import replace

import pytest

from harness.core.estimates import Bounded, Estimate
from harness.core.rules import Criterion, DecisionRule, Gate, Scale
from harness.decide.losing import Loss, losses, shares
from tests.decide.cases import COST, QUALITY, estimate, rule

ONLY_QUALITY = rule(QUALITY)
COST_HALF = Criterion(name="cost", metric="usd_per_1k_requests", worst=10, ideal=0.1, weight=50, scale=Scale.LOG)
FAST = Gate(metric="ttfo_p50_ms", max=100.0)


def of(quality: float, usd: float = 1.0, ttfo: float = 50.0, half: float = 0.05) -> tuple[Estimate, ...]:
    cost = estimate("usd_per_1k_requests", usd, 0.0)
    return estimate("quality", quality, half), cost, estimate("ttfo_p50_ms", ttfo, 5.0), estimate("coverage", 1.0)


def out(by: DecisionRule, *, lead: float | None = None, **known: tuple[Estimate, ...]) -> tuple[Loss, ...]:
    """Return who is out where every paired lead in quality is at least `lead`."""
    return losses(by, list(known), known, lambda _leader, _challenger: lead)


def test_whoever_cannot_reach_the_leader_is_out_and_by_how_much() -> None:
    (loss,) = out(ONLY_QUALITY, a=of(0.9), b=of(0.4))
    assert (loss.candidate, loss.behind, loss.gate) == ("b", "a", None)
    assert loss.by == pytest.approx(0.85 - 0.45)
    assert out(ONLY_QUALITY, a=of(0.9, half=0.3), b=of(0.4, half=0.3)) == ()


def test_a_paired_lead_tells_apart_what_two_intervals_do_not() -> None:
    (loss,) = out(ONLY_QUALITY, lead=0.1, a=of(0.8, half=0.2), b=of(0.6, half=0.2))
    assert loss.by == pytest.approx(0.1)
    assert out(ONLY_QUALITY, lead=0.015, a=of(0.8, half=0.2), b=of(0.6, half=0.2)) == (), "a near-tie might still win"


@pytest.mark.parametrize(
    ("worst", "ideal", "least"),
    [
        pytest.param(0.0, 1.0, 0.1, id="a difference is worth the same everywhere"),
        pytest.param(0.0, 0.75, 1 / 30, id="above the ideal nothing is gained: 0.725 to 0.825 is worth a quarter"),
        pytest.param(0.5, 1.0, 0.2, id="steeper"),
    ],
)
def test_a_lead_counts_what_it_is_worth_wherever_the_quality_may_be(worst: float, ideal: float, least: float) -> None:
    by = rule(Criterion(name="quality", metric="quality", worst=worst, ideal=ideal, weight=1))
    (loss,) = out(by, lead=0.1, a=of(0.8, half=0.2), b=of(0.65, half=0.075))
    assert loss.by == pytest.approx(least, abs=1e-9)


def test_a_worse_and_cheaper_candidate_is_not_out_while_its_price_may_win() -> None:
    by = rule(Criterion(name="quality", metric="quality", worst=0, ideal=1, weight=50), COST_HALF)
    assert out(by, lead=0.2, a=of(0.9, usd=1.5), b=of(0.6, usd=0.6)) == ()
    (loss,) = out(by, lead=0.2, a=of(0.9, usd=1.0), b=of(0.6, usd=1.0))
    assert (loss.candidate, loss.by) == ("b", pytest.approx(0.1))


def test_what_is_not_known_of_a_candidate_counts_for_it() -> None:
    unpriced = (of(0.75)[0], estimate("usd_per_1k_requests", None), *of(0.75)[2:])
    by = rule(QUALITY, COST)
    assert out(by, lead=0.1, a=of(0.9), b=unpriced) == ()
    assert [loss.candidate for loss in out(by, lead=0.1, a=of(0.9)[:1], b=unpriced[:1])] == ["b"], "nobody has a price"


def test_a_cost_that_is_an_upper_bound_may_be_nothing() -> None:
    by = rule(Criterion(name="quality", metric="quality", worst=0, ideal=1, weight=50), COST_HALF)
    bounded = (of(0.6)[0], replace(of(0.6)[1], bounded=Bounded(calls=1, of=20)), *of(0.6)[2:])
    assert [loss.candidate for loss in out(by, lead=0.2, a=of(0.9), b=of(0.6))] == ["b"]
    assert out(by, lead=0.2, a=of(0.9), b=bounded) == ()


def test_a_gate_that_is_failed_for_certain_is_out_and_one_that_is_unproven_is_not() -> None:
    by = rule(QUALITY, gates=[FAST])
    (loss,) = out(by, a=of(0.5), b=of(0.9, ttfo=150.0))
    assert (loss.candidate, loss.gate, loss.bound, loss.behind) == ("b", "ttfo_p50_ms ≤ 100", 145.0, None)
    assert out(by, a=of(0.5), b=of(0.9, ttfo=102.0)) == ()


def test_nobody_loses_to_a_leader_that_a_gate_may_still_exclude() -> None:
    by = rule(QUALITY, gates=[FAST])
    assert out(by, lead=0.4, a=of(0.9, ttfo=98.0), b=of(0.4, ttfo=98.0)) == ()
    assert [loss.candidate for loss in out(by, lead=0.4, a=of(0.9), b=of(0.4, ttfo=98.0))] == ["b"]


def test_lost_answers_stop_nobody_since_a_resume_may_bring_them() -> None:
    by = rule(QUALITY, gates=[Gate(metric="coverage", min=0.95)])
    best, worst = ((*of(quality)[:3], estimate("coverage", 0.5)) for quality in (0.9, 0.2))
    assert out(by, a=best, b=of(0.6)) == ()
    assert [loss.candidate for loss in out(by, b=of(0.6), c=worst)] == ["c"]


def test_one_always_stays_and_so_does_whoever_must_pass() -> None:
    slow = {"a": of(0.5, ttfo=500.0), "b": of(0.9, ttfo=500.0)}
    assert [loss.candidate for loss in out(rule(QUALITY, gates=[FAST]), **slow)] == ["a"]
    must = DecisionRule(slot="text", gates=(), criteria=(QUALITY,), must_pass=("b",))
    assert [loss.candidate for loss in out(must, a=of(0.9), b=of(0.2), c=of(0.2))] == ["c"]


def test_the_chance_of_a_false_stop_is_spent_once() -> None:
    by = rule(QUALITY, COST, gates=[FAST, Gate(metric="coverage", min=0.9)])
    share = shares(by, 3, 0.05)
    rivals, gates, bounds_of_a_rival = 2, 1, 4
    assert rivals * (share.quality + bounds_of_a_rival * share.one_sided) + gates * share.one_sided <= 0.05
    assert share.quality == pytest.approx(0.05 / 3 / 2)
