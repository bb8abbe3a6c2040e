"""Several people's weights on one table."""

import pytest

from harness.decide.matrix import matrix
from harness.decide.profiles import side_by_side
from tests.decide.cases import COST, QUALITY, estimate, worked_estimates, worked_rule

WHOLE = matrix("ABCDE", worked_rule().criteria, worked_estimates())
OWN = {c.name: c.weight for c in worked_rule().criteria}


def test_each_profile_ranks_by_its_own_weights() -> None:
    found = side_by_side(WHOLE, {"all": OWN, "quality alone": {"quality": 3}}, "DCBEA")
    ours, quality = found.views
    assert ours.scores == pytest.approx([WHOLE.scores["ABCDE".index(name)] for name in "DCBEA"])
    assert (ours.leader, ours.ranks) == ("D", (1, 2, 3, 4, 5))
    assert (quality.leader, quality.ranks, quality.weights) == ("A", (5, 4, 2, 3, 1), (1, 0, 0, 0, 0, 0))
    assert not found.agreed


def test_least_regret_is_who_costs_the_unhappiest_least() -> None:
    measured = {"a": (1.0, 10.0), "b": (0.7, 0.3), "c": (0.0, 0.1)}  # best, middling, cheapest
    estimates = {
        name: (estimate("quality", q), estimate("usd_per_1k_requests", usd)) for name, (q, usd) in measured.items()
    }
    found = side_by_side(
        matrix("abc", (QUALITY, COST), estimates), {"user": {"quality": 1}, "payer": {"cost": 1}}, "abc"
    )
    assert [view.leader for view in found.views] == ["a", "c"]
    assert (found.least_regret, found.regret) == ("b", pytest.approx((1.0, 0.3, 1.0), abs=1e-9))


@pytest.mark.parametrize(
    ("profiles", "message"),
    [
        pytest.param({}, "at least one", id="none"),
        pytest.param({"cto": {"speed": 1}}, "'cto'.*'speed'", id="no such criterion"),
        pytest.param({"cto": {}}, "above 0", id="weighs nothing"),
    ],
)
def test_profiles_that_say_nothing_are_refused(profiles: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        side_by_side(WHOLE, profiles, "DCBEA")


def test_one_candidate_and_one_view_agree() -> None:
    assert side_by_side(WHOLE, {"all": OWN}, "D").agreed
