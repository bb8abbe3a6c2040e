"""The panel of methods beside the value model."""

from harness.core.firmness import Reversal
from harness.core.rules import Criterion, Scale
from harness.decide.agreement import agreement, reversals
from harness.decide.matrix import matrix
from harness.decide.methods import simple_additive
from tests.decide.cases import COST, QUALITY, estimate, worked_estimates, worked_rule
from tests.decide.test_methods import SIGN, WEIGHTS, X

WHOLE = matrix("ABCDE", worked_rule().criteria, worked_estimates())


def test_the_same_data_and_weights_have_three_winners() -> None:
    found = agreement(WHOLE, "DCBEA")
    leaders = {opinion.method: opinion.leader for opinion in found.opinions}
    assert leaders == {
        "geometric": "C", "SAW": "B", "WPM": "D", "TOPSIS": "D", "VIKOR": "B", "PROMETHEE II": leaders["PROMETHEE II"],
    }  # fmt: skip
    assert {"geometric", "SAW", "VIKOR"} <= {opinion.method for opinion in found.dissent}
    assert {"WPM", "TOPSIS"}.isdisjoint(opinion.method for opinion in found.dissent)
    by_name = {opinion.method: opinion for opinion in found.opinions}
    assert by_name["VIKOR"].compromise == ("B",)
    assert by_name["geometric"].tau == 0.8  # one pair of ten is the other way round
    assert found.left_out == ()


def test_other_methods_reorder_when_one_is_dropped() -> None:
    found = reversals(lambda x: simple_additive(x, WEIGHTS, SIGN), X, "ABCDE")
    assert Reversal(dropped="A", ahead="B", behind="C") in found
    panel = {opinion.method: opinion.reversals for opinion in agreement(WHOLE, "DCBEA").opinions}
    assert Reversal(dropped="A", ahead="B", behind="C") in panel["VIKOR"]
    assert panel["geometric"] == panel["WPM"] == (), "nothing of the others enters these"


def test_what_cannot_be_compared_is_left_out_and_said() -> None:
    hill = Criterion(
        name="hill", metric="h", worst=0, ideal=0, weight=9, scale=Scale.PIECEWISE, points=((0, 0), (1, 1), (2, 0))
    )
    estimates = {
        name: (estimate("quality", q), estimate("usd_per_1k_requests", cost), estimate("h", 1.0))
        for name, q, cost in (("a", 0.9, None), ("b", 0.8, 1.0))
    }
    found = agreement(matrix("ab", (QUALITY, COST, hill), estimates), "ab")
    assert found.left_out == ("cost", "hill")
    assert {opinion.leader for opinion in found.opinions} == {"a", "b"}, (
        "the geometric mean alone knows that a has no price"
    )


def test_nothing_measured_is_not_above_0() -> None:
    estimates = {name: (estimate("quality", q),) for name, q in (("a", 0.9), ("b", 0.0))}
    assert "WPM" not in {o.method for o in agreement(matrix("ab", (QUALITY,), estimates), "ab").opinions}


def test_one_alone_and_nobody() -> None:
    table = matrix("a", (QUALITY,), {"a": (estimate("quality", 0.9),)})
    assert {o.leader for o in agreement(table, "a").opinions} == {"a"}
    assert {o.tau for o in agreement(table, "a").opinions} == {None}
    assert [o.leader for o in agreement(table, "").opinions] == [None]
