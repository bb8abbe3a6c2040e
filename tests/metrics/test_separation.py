"""Whom the samples tell apart on quality, and what would tell the leader from the rest."""

import numpy as np

from harness.core.firmness import Tier
from harness.metrics.advice import more_samples, parts
from harness.metrics.observations import Observations
from harness.metrics.paired import differences
from harness.metrics.separation import separation
from harness.metrics.tables import observe
from tests.metrics.frames import Frames, scored


def four() -> Observations:
    """`a` and `b` are near each other, `c` is far behind, of `d` one task has no score."""
    rng, frames = np.random.default_rng(3), Frames()
    for suite in ("one", "two"):
        for i in range(40):
            for name, skill in (("a", 0.72), ("b", 0.68), ("c", 0.2), ("d", 0.7)):
                score = None if name == "d" and suite == "two" else float(np.clip(rng.normal(skill, 0.2), 0, 1))
                frames.add(name, f"{i:02}", score, suite=suite, cost_usd=0.01)
    return observe(*frames.tables(), slot="text")


def test_letters_are_shared_by_those_who_are_not_told_apart_and_advice_is_for_these() -> None:
    seen = four()
    found = separation(seen, ["b", "a", "c", "d"])
    assert found.tiers == {
        "a": Tier(letters="a", best=1, worst=2), "b": Tier(letters="a", best=1, worst=2),
        "c": Tier(letters="b", best=3, worst=3),
    }  # fmt: skip
    (advice,) = found.advice
    assert (advice.leader, advice.challenger) == ("b", "a")
    gap = next(pair.difference.value for pair in differences(seen, "b") if pair.challenger == "a")
    # of three pairs two are told apart, so that the third needs no more than 0.05
    assert advice.more == more_samples(gap or 0.0, parts(seen, "b", "a"), alpha=0.05)
    assert all(more.samples > 0 and more.usd for more in advice.more)


def test_only_those_who_compete_are_compared() -> None:
    """With fewer pairs each needs less: Holm corrects for those who compete alone."""
    scores = {"a": [1] * 30 + [0] * 10, "b": [1] * 23 + [0] * 17}
    others = {f"x{i}": [1, 0] * 20 for i in range(6)}
    seen = observe(*scored(scores | others).tables(), slot="text")
    assert {tier.letters for tier in separation(seen, ["a", "b"]).tiers.values()} == {"a", "b"}
    crowd = separation(seen, sorted(scores | others)).tiers
    assert set(crowd["a"].letters) & set(crowd["b"].letters)


def test_the_samples_that_are_advised_suffice_after_the_correction() -> None:
    """Ten pairs wait for a verdict, so that the next needs a tenth of 0.05: for less nobody would be told apart."""
    rng = np.random.default_rng(4)
    seen = observe(*scored({name: rng.random(40) for name in "abcde"}).tables(), slot="text")
    found = separation(seen, list("abcde"))
    for advice in found.advice:
        pair = next(pair for pair in differences(seen, "a") if pair.challenger == advice.challenger)
        of = pair.difference.value or 0.0, parts(seen, "a", advice.challenger)
        assert advice.more == more_samples(*of, alpha=0.005)
        assert advice.more[0].samples > 1.5 * (more_samples(*of) or advice.more)[0].samples
    assert len(found.advice) == 4


def test_nobody_has_a_quality() -> None:
    frames = Frames()
    for name in "ab":
        frames.add(name, "0", None)
    assert separation(observe(*frames.tables(), slot="text"), ["a", "b"]).tiers == {}
