"""The verdict: its rule, its recommendation, its sentence."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from harness.core.calls import Role
from harness.core.decision import Completeness, Echo, Independent, Nobody, PairedDifference, SelfMeasured, VerdictKind
from harness.core.rules import Criterion, Gate, Thresholds
from harness.decide.decide import metrics_of
from harness.decide.latitude import latitude
from harness.pipeline import decision_code
from tests.decide.cases import COST, QUALITY, decided, drawn, estimate, rule

USD = "usd_per_1k_requests"


def three(quality: float, latency: float, cost: float) -> dict[str, float]:
    return {"quality": quality, "latency": latency, USD: cost}


EQUAL_THREE = rule(
    Criterion(name="quality", metric="quality", worst=0, ideal=1, weight=1),
    Criterion(name="latency", metric="latency", worst=0, ideal=1, weight=1),
    Criterion(name="thrift", metric=USD, worst=1, ideal=0, weight=1),
)


def test_clear() -> None:
    verdict = decided({"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}, noise=0.02).verdict
    assert (verdict.kind, verdict.winner, verdict.leader, verdict.p_best) == (VerdictKind.CLEAR, "alpha", "alpha", 1.0)
    assert verdict.smallest_flip is None
    assert verdict.leave_one_out == {"quality": "alpha", "cost": "alpha"}
    assert verdict.sentence == (
        "alpha is the clear winner: it comes first in 100% of the draws. "
        "As measured, no change of the weights puts another candidate first."
    )


def test_a_sure_lead_that_is_too_small_to_matter_is_no_clear_win() -> None:
    verdict = decided({"alpha": {"quality": 0.71, USD: 1.0}, "bravo": {"quality": 0.70, USD: 1.0}}).verdict
    assert (verdict.kind, verdict.winner, verdict.near_ties) == (VerdictKind.LEAN, "alpha", ("bravo",))
    assert (verdict.p_best or 0) >= 0.99
    assert verdict.sentence.startswith("alpha ranks first; bravo is within its margin and costs no less.")


def test_a_likely_lead_that_the_samples_do_not_show_is_no_clear_win() -> None:
    verdict = decided({"alpha": {"quality": 0.6}, "bravo": {"quality": 0.5}}, rule(QUALITY), noise=0.085).verdict
    assert (verdict.kind, verdict.winner, verdict.near_ties) == (VerdictKind.LEAN, "alpha", ())
    assert (verdict.p_best or 0) >= 0.9
    assert verdict.sentence.startswith("alpha ranks first, but the samples do not tell it from bravo.")


@pytest.mark.parametrize(
    ("quality", "bounded", "kind"),
    [
        pytest.param(0.8, [], VerdictKind.CLEAR, id="metered"),
        pytest.param(0.8, ["bravo"], VerdictKind.LEAN, id="a rival that may be cheap"),
        pytest.param(0.8, ["alpha"], VerdictKind.CLEAR, id="a leader that may be cheaper still"),
        pytest.param(0.65, ["bravo"], VerdictKind.CLEAR, id="a rival that is behind even for nothing"),
    ],
)
def test_no_lead_is_clear_that_rests_on_a_rivals_cost_being_as_high_as_its_bound(
    quality: float, bounded: Sequence[str], kind: VerdictKind
) -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": quality, USD: 9.0}}
    verdict = decided(measured, noise=0.01, bounded=bounded).verdict
    assert (verdict.kind, verdict.winner) == (kind, "alpha")
    assert ("what bravo cost is only known as an upper bound" in verdict.sentence) is (kind is VerdictKind.LEAN)


def test_of_two_equal_models_hardly_ever_one_is_the_clear_winner() -> None:
    """Two models that each answer seven of ten rightly race 400 times over 60 samples of their own luck."""
    rng = np.random.default_rng(7)
    clear = 0
    for _ in range(400):
        scores = (rng.random((60, 2)) < 0.7).astype(float)
        draws = (rng.multinomial(60, np.full(60, 1 / 60), 400) @ scores / 60)[:, :, np.newaxis]
        measured = {name: {"quality": float(of.mean())} for name, of in zip(("alpha", "bravo"), scores.T, strict=True)}
        clear += decided(measured, rule(QUALITY), noise=draws).verdict.kind is VerdictKind.CLEAR
    assert clear <= 0.075 * 400, "one in twenty, and the chance of four hundred races"


@pytest.mark.parametrize(
    ("clusters", "chosen", "more"),
    [
        pytest.param((2,), None, "It takes at least 4 more: ", id="two"),
        pytest.param((3, 2), None, "It takes at least 1 more: ", id="five in two tasks"),
        pytest.param((3, 3), "alpha", "", id="six"),
    ],
)
def test_nobody_is_chosen_by_samples_on_which_no_outcome_could_show_a_difference(
    clusters: Sequence[int], chosen: str | None, more: str
) -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    verdict = decided(measured, noise=0.001, clusters=clusters).verdict
    assert (verdict.leader, verdict.winner) == ("alpha", chosen)
    assert verdict.kind is (VerdictKind.LEAN if chosen else VerdictKind.TOSS_UP)
    assert more in verdict.sentence
    assert verdict.sentence.startswith("Too few samples to choose by") is (chosen is None)


def test_of_one_candidate_and_two_samples_both_are_said() -> None:
    verdict = decided({"alpha": {"quality": 0.9, USD: 1.0}}, rule(QUALITY, gates=(COVERED,)), clusters=(2,)).verdict
    assert verdict.winner is None
    assert verdict.sentence.startswith("Only one candidate was measured: alpha scores 0.90")
    assert "It takes at least 4 more: " in verdict.sentence


def test_a_noisy_lead_is_a_lean() -> None:
    verdict = decided({"alpha": {"quality": 0.6, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.0}}, noise=0.15).verdict
    assert verdict.kind is VerdictKind.LEAN
    assert verdict.winner == "alpha"
    assert 0.6 <= (verdict.p_best or 0) < 0.9
    assert "within its margin" not in verdict.sentence or "costs" in verdict.sentence


def test_a_chance_short_of_the_threshold_does_not_read_as_having_reached_it() -> None:
    measured = {"alpha": {"quality": 0.6, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.0}}
    chance = decided(measured, noise=0.15).verdict.p_best or 0
    limit = chance + 0.0004
    thresholds = Thresholds(clear_p_best=limit, lean_p_best=0.5)
    sentence = decided(measured, rule(QUALITY, COST, thresholds=thresholds), noise=0.15).verdict.sentence
    said = float(sentence.partition("comes first in ")[2].partition("%")[0]) / 100
    assert chance - 0.006 < said < limit


def test_a_sure_lead_that_a_small_change_of_weights_ends_is_a_lean() -> None:
    verdict = decided(
        {"alpha": three(0.80, 0.50, 0.5), "bravo": three(0.50, 0.50, 0.22)},
        rule(*EQUAL_THREE.criteria, thresholds=Thresholds(kappa=1e6, near_tie=0.001)),
    ).verdict
    assert (verdict.p_best, verdict.near_ties) == (1.0, ())
    assert 0 < (verdict.smallest_flip or 0) < 0.1
    assert (verdict.kind, verdict.flip_to) == (VerdictKind.LEAN, "bravo")
    assert "a small change of the weights puts bravo first" in verdict.sentence


@pytest.mark.parametrize(("kappa", "kind"), [(2.0, VerdictKind.LEAN), (1e6, VerdictKind.CLEAR)])
def test_a_lead_that_few_views_of_the_weights_share_is_a_lean_however_sure_the_measurements(
    kappa: float, kind: VerdictKind
) -> None:
    by = rule(*EQUAL_THREE.criteria, thresholds=Thresholds(kappa=kappa, fragile_l1=0.0))
    verdict = decided({"alpha": three(0.9, 0.5, 0.5), "bravo": three(0.1, 0.9, 0.5)}, by).verdict
    assert (verdict.kind, verdict.near_ties) == (kind, ())
    assert ((verdict.p_best or 0) >= 0.9) is (kind is VerdictKind.CLEAR)
    assert ("not surely: it comes first in" in verdict.sentence) is (kind is VerdictKind.LEAN)


@pytest.mark.parametrize(
    ("alpha", "bravo", "kind"),
    [
        pytest.param(three(0.9, 0.5, 0.5), three(0.1, 0.9, 0.5), VerdictKind.CLEAR, id="two of three keep the leader"),
        pytest.param(three(0.9, 0.9, 0.8), three(0.5, 0.5, 0.2), VerdictKind.LEAN, id="one of three keeps it"),
    ],
)
def test_at_least_two_thirds_of_the_omissions_keep_the_leader(
    alpha: dict[str, float], bravo: dict[str, float], kind: VerdictKind
) -> None:
    certain = Thresholds(kappa=1e6, fragile_l1=0.0)
    verdict = decided({"alpha": alpha, "bravo": bravo}, rule(*EQUAL_THREE.criteria, thresholds=certain)).verdict
    assert (verdict.kind, verdict.p_best, verdict.winner) == (kind, 1.0, "alpha")
    assert len(verdict.leave_one_out) == 3
    assert ("loses the lead when one criterion is left out" in verdict.sentence) == (kind is VerdictKind.LEAN)


def test_leaving_out_what_counts_nothing_is_no_omission_that_the_leader_survives() -> None:
    """Else one more criterion without a weight, or that nobody was measured on, would make a lean a clear win."""
    quality, latency, thrift = EQUAL_THREE.criteria
    certain = Thresholds(kappa=1e6, fragile_l1=0.0)
    for idle in (replace(latency, weight=0.0), replace(latency, metric="unmeasured")):
        verdict = decided(
            {"alpha": three(0.9, 0.5, 0.5), "bravo": three(0.1, 0.5, 0.2)},
            rule(quality, idle, thrift, thresholds=certain),
        ).verdict
        assert verdict.leave_one_out == {"quality": "bravo", "thrift": "alpha"}
        assert verdict.kind is VerdictKind.LEAN


def test_a_toss_up_recommends_nobody_whose_quality_is_not_acceptable() -> None:
    by = rule(replace(QUALITY, worst=0.7), Criterion(name="cost", metric=USD, worst=10, ideal=0, weight=55))
    found = {"alpha": {"quality": 0.85, USD: 6.0}, "bravo": {"quality": 0.65, USD: 0.5}}
    verdict = decided(found, by, noise=0.12).verdict
    assert (verdict.kind, verdict.leader, verdict.near_ties) == (VerdictKind.TOSS_UP, "alpha", ("bravo",))
    assert verdict.winner == "alpha", "the cheaper one is not good enough"


def test_a_toss_up_recommends_the_cheapest_of_the_near_ties() -> None:
    verdict = decided(
        {
            "alpha": {"quality": 0.86, USD: 1.42},
            "bravo": {"quality": 0.77, USD: 0.31},
            "charlie": {"quality": 0.3, USD: 0.1},
        },
        noise=0.12,
    ).verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.TOSS_UP, "alpha", "bravo")
    assert verdict.near_ties == ("bravo",)
    assert verdict.sentence == (
        "No clear winner: alpha ranks first, but bravo is within its margin and costs 78% less. "
        "bravo overtakes when the weight of cost is above 21% (now 20%)."
    )


def test_a_lean_names_the_cheaper_near_tie_but_recommends_the_leader() -> None:
    verdict = decided(
        {"alpha": {"quality": 0.86, USD: 1.42}, "bravo": {"quality": 0.77, USD: 0.31}},
        rule(thresholds=Thresholds(lean_p_best=0.3, near_tie=0.05)), noise=0.12,
    ).verdict  # fmt: skip
    assert (verdict.kind, verdict.winner) == (VerdictKind.LEAN, "alpha")
    assert verdict.sentence.startswith(
        "alpha ranks first, but bravo is within its margin and costs 78% less. bravo over"
    )


def test_all_ties_are_a_toss_up_that_the_price_decides() -> None:
    only_quality = rule(QUALITY)
    verdict = decided(
        {
            "alpha": {"quality": 0.5, USD: 2.0},
            "bravo": {"quality": 0.5, USD: 1.0},
            "charlie": {"quality": 0.5, USD: 3.0},
        },
        only_quality,
    ).verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.TOSS_UP, "alpha", "bravo")
    assert verdict.p_best == pytest.approx(1 / 3)
    assert (verdict.smallest_flip, verdict.near_ties) == (0.0, ("bravo", "charlie"))
    assert verdict.sentence == "No clear winner: alpha ranks first, but bravo is within its margin and costs 50% less."


@pytest.mark.parametrize(
    ("alpha", "bravo", "sentence"),
    [
        pytest.param(1.0, 2.0, "bravo is within its margin and costs no less.", id="the leader is cheaper"),
        pytest.param(1.0, None, "bravo is within its margin and is not known to cost less.", id="no price of bravo"),
        pytest.param(None, 1.0, "bravo is within its margin and is not known to cost less.", id="no price of alpha"),
        pytest.param(None, None, "bravo is within its margin and is not known to cost less.", id="no price at all"),
    ],
)
def test_where_nobody_is_known_to_be_cheaper_a_toss_up_goes_to_the_leader(
    alpha: float | None, bravo: float | None, sentence: str
) -> None:
    measured = {"alpha": {"quality": 0.5, USD: alpha}, "bravo": {"quality": 0.5, USD: bravo}}
    verdict = decided(measured, rule(QUALITY)).verdict
    assert (verdict.kind, verdict.winner) == (VerdictKind.TOSS_UP, "alpha")
    assert verdict.sentence == f"No clear winner: alpha ranks first; {sentence}"


COVERED = Gate(metric="coverage", min=0.95)
FAST = Gate(metric="ttfo_p50_ms", max=2000)


def test_no_candidate_passes() -> None:
    verdict = decided(
        {"alpha": {"quality": 0.9, "coverage": 0.8}, "bravo": {"quality": 0.8, "coverage": 0.9}},
        rule(QUALITY, gates=[COVERED]),
    ).verdict
    assert (verdict.kind, verdict.winner, verdict.leader, verdict.p_best) == (VerdictKind.NONE, None, None, None)
    assert verdict.sentence == (
        "No candidate can be recommended: alpha fails coverage ≥ 0.95; bravo fails coverage ≥ 0.95."
    )


def test_the_only_one_that_passes_wins_by_the_rule_and_the_sentence_says_why() -> None:
    decision = decided(
        {"alpha": {"quality": 0.5, "coverage": 1.0}, "bravo": {"quality": 0.9, "coverage": 0.9}},
        rule(QUALITY, gates=[COVERED]),
    )
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.CLEAR, "alpha")
    assert decision.verdict.sentence == "alpha is the only candidate that no gate excludes."
    assert [(line.candidate, line.rank, line.p_best) for line in decision.ranking] == [
        ("alpha", 1, 1.0), ("bravo", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "missing",
    [pytest.param({"ttfo_p50_ms": None}, id="not measured"), pytest.param({"ttfo_p50_ms": 1900.0}, id="bound above")],
)
def test_an_unproven_gate_can_lead_but_is_not_recommended(missing: dict[str, float | None]) -> None:
    by = rule(QUALITY, gates=[FAST])
    measured = {"alpha": {"quality": 0.9} | missing, "bravo": {"quality": 0.3, "ttfo_p50_ms": 500.0}}
    verdict = decided(measured, by, half=200, noise=0.01).verdict
    assert (verdict.leader, verdict.winner) == ("alpha", None)
    assert verdict.sentence.endswith("alpha cannot be recommended yet: ttfo_p50_ms ≤ 2000 is unproven.")
    assert any("unproven gate" in caveat for caveat in verdict.caveats)


def test_where_nobody_has_proven_every_gate_nobody_passes() -> None:
    def code(bravo: float) -> int:
        measured = {
            "alpha": {"quality": 0.9, "ttfo_p50_ms": 1900.0},
            "bravo": {"quality": 0.8, "ttfo_p50_ms": bravo},
        }
        return decision_code([decided(measured, rule(QUALITY, gates=[FAST]), half=200, noise=0.01)])

    assert code(bravo=1900.0) == 1
    assert code(bravo=500.0) == 0


def test_a_toss_up_is_not_given_to_a_near_tie_with_an_unproven_gate() -> None:
    measured = {
        "alpha": {"quality": 0.5, USD: 3.0, "ttfo_p50_ms": 500.0},
        "bravo": {"quality": 0.5, USD: 1.0, "ttfo_p50_ms": 1900.0},
        "charlie": {"quality": 0.5, USD: 2.0, "ttfo_p50_ms": 500.0},
    }
    verdict = decided(measured, rule(QUALITY, gates=[FAST]), half=200).verdict
    assert (verdict.kind, verdict.winner) == (VerdictKind.TOSS_UP, "charlie")
    assert "charlie is within its margin and costs 33% less" in verdict.sentence


def test_a_proven_near_tie_that_costs_more_is_not_called_cheaper() -> None:
    measured = {
        "alpha": {"quality": 0.5, USD: 1.0, "ttfo_p50_ms": 1900.0},
        "bravo": {"quality": 0.5, USD: 2.0, "ttfo_p50_ms": 500.0},
    }
    verdict = decided(measured, rule(QUALITY, gates=[FAST]), half=200).verdict
    assert (verdict.leader, verdict.winner) == ("alpha", "bravo")
    assert verdict.sentence == (
        "No clear winner: alpha ranks first; bravo is within its margin and costs no less. "
        "alpha cannot be recommended yet: ttfo_p50_ms ≤ 2000 is unproven."
    )


def test_one_candidate_has_nothing_to_be_compared_with_and_is_recommended_only_by_a_gate() -> None:
    alone = "Only one candidate was measured: alpha scores 0.74, and there is nothing to compare it with."
    verdict = decided({"alpha": {"quality": 0.74}}, rule(QUALITY)).verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.LEAN, "alpha", None)
    assert verdict.sentence == f"{alone} alpha is not recommended: it had neither a rival nor a gate to pass."
    gated = decided({"alpha": {"quality": 0.74, "coverage": 1.0}}, rule(QUALITY, gates=[COVERED])).verdict
    assert (gated.winner, gated.sentence) == ("alpha", alone)


def test_a_candidate_without_a_usable_answer_leaves_the_verdict_incomplete() -> None:
    measured = {
        "alpha": {"quality": 0.9, "coverage": 1.0},
        "bravo": {"quality": 0.8, "coverage": 1.0},
        "charlie": {"quality": None, "coverage": 0.0},
    }
    for gates in ([], [COVERED]):
        verdict = decided(measured, rule(QUALITY, gates=gates)).verdict
        assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.INCOMPLETE, "alpha", None)
        assert verdict.sentence == (
            "Too little was measured to decide: the quality of charlie could not be measured. alpha leads on what was."
        )


def test_a_verdict_without_anyones_quality_is_incomplete_however_cheap_one_is() -> None:
    measured = {name: {"quality": None, "coverage": 0.4, USD: usd} for name, usd in (("alpha", 0.2), ("bravo", 9.0))}
    verdict = decided(measured).verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.INCOMPLETE, "alpha", None)
    assert "the quality of alpha and bravo could not be measured" in verdict.sentence


def test_no_criterion_has_a_value() -> None:
    verdict = decided({"alpha": {"coverage": 1.0}, "bravo": {"coverage": 1.0}}, rule(COST)).verdict
    assert verdict.kind is VerdictKind.NONE
    assert verdict.sentence == "Nothing that counts was measured for text: no criterion has a value."


def test_a_failed_gate_and_a_lost_candidate_are_both_named() -> None:
    measured = {"alpha": {"quality": 0.9, "coverage": 0.8}, "bravo": {"quality": None, "coverage": 0.0}}
    verdict = decided(measured, rule(QUALITY, gates=[COVERED])).verdict
    assert (verdict.kind, verdict.winner) == (VerdictKind.INCOMPLETE, None)
    assert verdict.sentence == (
        "No candidate can be recommended: alpha fails coverage ≥ 0.95; the quality of bravo could not be measured."
    )


def test_nothing_measured() -> None:
    lost = {"quality": None, "coverage": 0.0}
    verdict = decided({"alpha": lost, "bravo": lost}, rule(QUALITY, gates=[COVERED]), clusters=()).verdict
    assert (verdict.kind, verdict.winner, verdict.leader) == (VerdictKind.NONE, None, None)
    assert verdict.sentence == "Nothing was measured for text: no candidate has a usable answer."


def test_nobody_asked() -> None:
    verdict = decided({}).verdict
    assert (verdict.kind, verdict.winner, verdict.leader) == (VerdictKind.NONE, None, None)
    assert verdict.sentence == "Nothing was asked of any candidate for text."


def test_weights_that_round_to_the_same_are_told_apart() -> None:
    verdict = decided(
        {"alpha": {"quality": 0.67641, USD: 3.981}, "bravo": {"quality": 0.6, USD: 1.0}}, noise=0.1
    ).verdict
    assert verdict.sentence.endswith("bravo overtakes when the weight of cost is above 20.3% (now 20.0%).")


@pytest.mark.parametrize(
    ("came", "said"),
    [
        pytest.param(
            Independent(samples=9, clusters=9), "Only 9 independent samples were compared: ", id="interrupted"
        ),
        pytest.param(
            Independent(samples=24, clusters=23, sharing=2, alike=("faq/a", "faq/b")),
            "Only 23 independent samples were compared, since 2 of the 24 share a `cluster` with another, faq/a and "
            "faq/b among them: ",
            id="some belong together",
        ),
        pytest.param(
            Independent(samples=3, clusters=1, sharing=3, alike=("a", "b")),
            "Only one independent sample was compared, since all 3 share a `cluster` (a and b among them): ",
            id="all belong together",
        ),
        pytest.param(Independent(samples=0, clusters=0), None, id="nothing came"),
        pytest.param(Independent(samples=99, clusters=40, sharing=60, alike=("a", "b")), None, id="enough"),
    ],
)
def test_what_came_is_counted_not_what_was_planned(came: Independent, said: str | None) -> None:
    measured = {name: {"quality": 0.5} for name in ("alpha", "bravo")}
    caveats = decided(measured, clusters=(24,), independent=came).verdict.caveats
    told = [caveat for caveat in caveats if caveat.startswith("Only")]
    assert told == ([] if said is None else [f"{said}intervals are rough below 40."])


@pytest.mark.parametrize(
    ("planned", "came", "kind", "winner"),
    [
        pytest.param(12, 12, VerdictKind.CLEAR, "alpha", id="all came"),
        pytest.param(12, 10, VerdictKind.CLEAR, "alpha", id="enough came"),
        pytest.param(12, 9, VerdictKind.LEAN, "alpha", id="too few for a clear win"),
        pytest.param(12, 6, VerdictKind.LEAN, "alpha", id="just enough to choose by"),
        pytest.param(12, 5, VerdictKind.TOSS_UP, None, id="too few to choose by"),
    ],
)
def test_a_verdict_rests_on_the_samples_that_came(
    planned: int, came: int, kind: VerdictKind, winner: str | None
) -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    found = Independent(samples=came, clusters=came)
    decision = decided(measured, noise=0.001, clusters=(planned,), independent=found)
    assert (decision.verdict.kind, decision.verdict.winner) == (kind, winner)
    assert decision.verdict.nobody is (Nobody.SCARCE if winner is None else None)
    assert decision_code([decision]) == (winner is None)
    page = latitude(
        decision, draws=np.ones((1, 2, 2)), metrics=metrics_of(decision.rule), clusters=(planned,), echoes=(),
        most_bytes=10**6, independent=found,
    )  # fmt: skip
    assert (page.never_clear, page.scarce) == (came < 10, came < 6), "the page moves weights as `decide` would"
    if winner is None:
        assert f": {came} independent." in decision.verdict.sentence
        assert any(caveat.startswith(f"Only {came} independent") for caveat in decision.verdict.caveats)
        assert f"It takes at least {6 - came} more: " in decision.verdict.sentence


def test_one_alone_with_too_few_samples_is_not_recommended_and_no_lean() -> None:
    decision = decided({"alpha": {"quality": 0.9, "coverage": 1.0}}, rule(QUALITY, gates=[COVERED]), clusters=(5,))
    assert (decision.verdict.kind, decision.verdict.nobody) == (VerdictKind.NONE, Nobody.SCARCE)
    assert "It takes at least 1 more: " in decision.verdict.sentence
    assert decision_code([decision]) == 1
    enough = decided({"alpha": {"quality": 0.9, "coverage": 1.0}}, rule(QUALITY, gates=[COVERED]), clusters=(6,))
    assert (enough.verdict.kind, enough.verdict.winner, decision_code([enough])) == (VerdictKind.LEAN, "alpha", 0)


def test_caveats_say_what_the_verdict_stands_on() -> None:
    by = rule(QUALITY, COST, Criterion(name="speed", metric="ttfo_p50_ms", worst=10, ideal=1, weight=1))
    measured = {
        "alpha": {"quality": 1.0, "coverage": 0.98, USD: 1.0},
        "bravo": {"quality": 1.0, "coverage": 1.0, USD: None},
    }
    assert decided(measured, by, clusters=(12,)).verdict.caveats == (
        "cost (usd_per_1k_requests) is not measured for bravo: it counts 0.",
        "speed (ttfo_p50_ms) is not measured for any candidate: it separates nobody.",
        "Only 98.0% of alpha's answers have a score; the rest are pending or lost, which is no failure.",
        "quality tells little: at least half of the candidates are at an end of its range (quality from 0 to 1), or "
        "beyond.",
        "Only 12 independent samples were compared: intervals are rough below 40.",
    )


@pytest.mark.parametrize(
    ("metric", "value", "detectable", "is_said"),
    [
        pytest.param("quality", 0.0, None, True, id="no sample tells them apart"),
        pytest.param("quality", 0.0, 0.3, False, id="they are level by chance"),
        pytest.param("quality", 1.0, None, False, id="every sample tells them apart"),
        pytest.param("bleu", 0.0, None, False, id="nobody weighs it"),
    ],
)
def test_where_samples_do_not_differ_the_draws_cannot_tell(
    metric: str, value: float, detectable: float | None, is_said: bool
) -> None:
    measured = {"alpha": {"quality": 0.5, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    pair = PairedDifference(
        leader="alpha", challenger="bravo", metric=metric, difference=estimate(metric, value), p_value=1.0, p_holm=1.0,
        detectable=detectable,
    )  # fmt: skip
    said = (
        "In quality alpha and bravo come out level however these samples are drawn again, which cannot show what "
        "others might: between them the chance to be best rests on the other criteria alone."
    )
    assert (said in decided(measured, pairs=[pair]).verdict.caveats) is is_said


def test_an_interval_of_the_score_that_holds_no_doubt_of_the_quality_is_told() -> None:
    measured = {"alpha": {"quality": 1.0, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    noise = drawn({name: [estimate(m, x) for m, x in of.items()] for name, of in measured.items()}, ["quality", USD],
                  noise=0.05)  # fmt: skip
    noise[:, 0, 0] = 1.0
    told = [it for it in decided(measured, noise=noise, half=0.2).verdict.caveats if it.startswith("Drawn again")]
    assert told == [
        "Drawn again, these samples give alpha the same quality every time, so the interval of its score holds nothing "
        "of what quality may be: 0.8 to 1.2."
    ]
    assert not any("Drawn again" in it for it in decided(measured, noise=noise, half=0.0).verdict.caveats)


@pytest.mark.parametrize(("half", "is_said"), [(0.2, True), (0.05, False)])
def test_a_quality_that_may_not_be_acceptable_is_told(half: float, is_said: bool) -> None:
    by = rule(Criterion(name="quality", metric="quality", worst=0.4, ideal=1, weight=1))
    caveats = decided({"alpha": {"quality": 0.5}, "bravo": {"quality": 0.45}}, by, half=half).verdict.caveats
    said = "The quality of alpha may be as low as 0.30, and 0.4 is the worst acceptable: that it is good enough is not "
    assert any(caveat.startswith(said) for caveat in caveats) is is_said


def test_a_table_says_who_competes_with_the_model_that_measures() -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    mine = SelfMeasured(candidate="bravo", instrument="transcriber", model="ears")
    said = "bravo answers with the model that is also the transcriber of this table (ears): that may flatter it."
    assert decided(measured, self_measured=[mine]).verdict.caveats[0] == said
    assert said not in decided(measured).verdict.caveats


@pytest.mark.parametrize(
    ("who", "answers", "kind"),
    [
        pytest.param("alpha", 9, VerdictKind.LEAN, id="the leader is somebody else"),
        pytest.param("alpha", 8, VerdictKind.CLEAR, id="some of its answers are"),
        pytest.param("bravo", 9, VerdictKind.CLEAR, id="who is behind is somebody else"),
    ],
)
def test_whose_answers_all_name_another_model_is_no_clear_winner(who: str, answers: int, kind: VerdictKind) -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    echo = Echo(candidate=who, asked="openai/large", model="small", answers=answers, of=9)
    verdict = decided(measured, noise=0.02, echoes=[echo]).verdict
    assert (verdict.kind, verdict.winner) == (kind, "alpha")
    assert verdict.caveats[0] == (
        f"Of the answers of {who} that name a model, {answers} of 9 name another than 'openai/large' "
        "(most often 'small')."
    )
    said = "alpha ranks first, but its answers name another model than was asked."
    assert verdict.sentence.startswith(said) is (kind is VerdictKind.LEAN)


@pytest.mark.parametrize(
    ("clusters", "kind"),
    [
        pytest.param((10,), VerdictKind.CLEAR, id="ten independent samples are enough"),
        pytest.param((9,), VerdictKind.LEAN, id="nine are not"),
    ],
)
def test_too_few_samples_never_make_a_clear_win(clusters: tuple[int, ...], kind: VerdictKind) -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    decision = decided(measured, noise=0.02, clusters=clusters)
    assert decision.verdict.kind is kind
    assert ("too few" in decision.verdict.sentence) == (kind is VerdictKind.LEAN)


@pytest.mark.parametrize(
    ("clusters", "judged"),
    [
        pytest.param((40, 1), {}, id="one sample was planned"),
        pytest.param((40, 40), {"alpha": (40, 1), "bravo": (40, 40)}, id="one of the leader came"),
        pytest.param((40, 40), {"alpha": (40, 40), "bravo": (40, 1)}, id="one of the other came"),
    ],
)
def test_where_one_sample_shows_no_spread_nothing_is_certain(
    clusters: Sequence[int], judged: dict[str, Sequence[int]]
) -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.5, USD: 1.5}}
    decision = decided(measured, clusters=clusters, judged=judged)
    lone = {name for name in measured if 1 in judged.get(name, clusters)}
    assert {line.candidate for line in decision.ranking if line.low is None and line.high is None} == lone
    assert [line.p_best for line in decision.ranking] == [None, None]
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.TOSS_UP, "alpha")
    assert decision.verdict.sentence.startswith(
        "No clear winner: alpha ranks first, but nobody knows how surely: a task"
    )
    assert decision.verdict.caveats[-1] == (
        f"In 1 of 2 tasks only one independent sample of {', '.join(sorted(lone))} was judged: it shows no spread, so "
        "how far the score may be off is not known."
    )


def test_who_alone_may_be_ranked_is_first_for_certain_and_yet_no_clear_winner_without_spread() -> None:
    measured = {"alpha": {"quality": 0.9, "coverage": 1.0}, "bravo": {"quality": 0.5, "coverage": 0.9}}
    decision = decided(measured, rule(QUALITY, gates=[COVERED]), clusters=(40, 1))
    assert (decision.verdict.kind, decision.verdict.p_best) == (VerdictKind.LEAN, 1.0)


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        pytest.param(0.9954, "bravo overtakes when the weight of cost is above 99.8% (now 20.0%).", id="near the edge"),
        pytest.param(
            0.99908, "bravo would overtake only if cost were practically all that counts (now 20.0%).", id="at the edge"
        ),
    ],
)
def test_no_weight_is_above_all_or_below_nothing(usd: float, said: str) -> None:
    verdict = decided({"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.4, USD: usd}}, noise=0.01).verdict
    assert verdict.sentence.endswith(said)


UNFIT = "No candidate can be recommended: alpha ranks first, and its quality is at or below the worst acceptable."


@pytest.mark.parametrize(
    ("others", "said"),
    [
        pytest.param({"bravo": 0.0}, UNFIT, id="nobody is better"),
        pytest.param(
            {"bravo": 0.1, "charlie": 0.5},
            f"{UNFIT} The first that is good enough is charlie; a gate on quality would leave out who is not.",
            id="a later one is",
        ),
        pytest.param(
            {}, "No candidate can be recommended: the quality of alpha is at or below the worst acceptable.", id="alone"
        ),
    ],
)
def test_nobody_is_recommended_where_the_leader_is_not_good_enough(others: dict[str, float], said: str) -> None:
    by = rule(Criterion(name="answers", metric="quality", worst=0.4, ideal=0.95, weight=40), COST, gates=[COVERED])
    measured = {"alpha": {"quality": 0.0, USD: 0.2, "coverage": 1.0}} | {
        name: {"quality": quality, USD: 9.0, "coverage": 1.0} for name, quality in others.items()
    }
    decision = decided(measured, by, noise=0.01)
    verdict = decision.verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.NONE, "alpha", None)
    assert (verdict.p_best or 0) > 0.9, "it would be a clear win"
    assert verdict.sentence.startswith(said)
    assert verdict.caveats[0] == "alpha scores at or below the worst acceptable on answers."
    assert decision_code([decision]) == 1


def test_a_leader_that_is_worst_on_another_criterion_may_win_and_says_so() -> None:
    verdict = decided({"alpha": {"quality": 0.9, USD: 50.0}, "bravo": {"quality": 0.3, USD: 20.0}}, noise=0.01).verdict
    assert (verdict.kind, verdict.leader) == (VerdictKind.CLEAR, "alpha")
    assert verdict.caveats[0] == "alpha scores at or below the worst acceptable on cost."


def came(candidate: str, role: Role = Role.ANSWER, **counts: int) -> Completeness:
    """Return what came of a hundred calls: all of them but `counts`."""
    whole = dict.fromkeys(("failed_candidate", "failed_infra", "failed_harness", "pending"), 0) | counts
    return Completeness(candidate=candidate, role=role, planned=100, done=100 - sum(counts.values()), **whole)


TWO = {"alpha": {"quality": 0.9, "coverage": 1.0}, "bravo": {"quality": 0.5, "coverage": 0.5}}


@pytest.mark.parametrize(
    ("rows", "lacks"),
    [
        pytest.param(
            [came("bravo", pending=1)], "bravo: of 100 planned answers 1 pending.", id="one answer that did not come"
        ),
        pytest.param(
            [came("alpha", failed_infra=11), came("bravo", failed_harness=2, pending=3)],
            "alpha: of 100 planned answers 11 lost to infrastructure. "
            "bravo: of 100 planned answers 3 pending, 2 lost to Bakeoff.",
            id="beyond the limit",
        ),
        pytest.param(
            [came("bravo", Role.INSTRUMENT, pending=9)],
            "bravo: of 100 planned measurements of its answers 9 pending.",
            id="measurements that did not come",
        ),
    ],
)
def test_an_incomplete_run_ranks_nobody(rows: Sequence[Completeness], lacks: str) -> None:
    decision = decided(TWO, rule(QUALITY), completeness=rows, most_lost=0.1)
    verdict = decision.verdict
    assert (verdict.kind, verdict.leader, verdict.winner) == (VerdictKind.INCOMPLETE, None, None)
    assert {line.rank for line in decision.ranking} == {None}
    assert decision.incomplete == tuple(row.candidate for row in rows)
    assert verdict.sentence == f"The run is incomplete, so nobody is ranked. {lacks}"


@pytest.mark.parametrize("lost", [{"failed_infra": 10}, {"failed_candidate": 60}, {}])
def test_losses_within_the_limit_and_the_candidates_own_failures_stop_no_ranking(lost: dict[str, int]) -> None:
    decision = decided(TWO, rule(QUALITY), completeness=[came("alpha", **lost)], most_lost=0.1)
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.CLEAR, "alpha")
    assert decision.incomplete == ()


def test_an_incomplete_run_is_ranked_where_that_is_allowed_and_is_never_clear() -> None:
    rows = [came("bravo", pending=3)]
    decision = decided(TWO, rule(QUALITY), completeness=rows, most_lost=0.1, allow_incomplete=True)
    verdict = decision.verdict
    assert (verdict.kind, verdict.winner) == (VerdictKind.LEAN, "alpha")
    assert verdict.sentence.startswith("alpha ranks first, but the run is incomplete.")
    assert verdict.caveats[0] == (
        "Ranked although the run is incomplete, because that was allowed. bravo: of 100 planned answers 3 pending."
    )
    assert decision.incomplete_allowed


def test_one_that_never_answered_is_left_out_where_that_is_allowed() -> None:
    measured = {**TWO, "charlie": {"quality": None, "coverage": 0.0}}
    rows = [came("charlie", failed_infra=1, pending=99)]
    decision = decided(measured, rule(QUALITY), completeness=rows, most_lost=0.1, allow_incomplete=True)
    assert [(line.candidate, line.rank) for line in decision.ranking] == [("alpha", 1), ("bravo", 2), ("charlie", None)]
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.LEAN, "alpha")
