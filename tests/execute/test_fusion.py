"""Reciprocal rank fusion equals its formula, and one ranking stays as it is."""

import random

import pytest

from harness.execute.fusion import fused


@pytest.mark.parametrize("seed", range(50))
def test_it_is_the_sum_of_reciprocal_places(seed: int) -> None:
    rng = random.Random(seed)
    documents = [f"d{n}" for n in range(rng.randint(1, 12))]
    rankings = [rng.sample(documents, rng.randint(0, len(documents))) for _ in range(rng.randint(1, 4))]
    worth = {d: sum(1 / (60 + r.index(d) + 1) for r in rankings if d in r) for r in rankings for d in r}
    found = fused(rankings)
    assert found == pytest.approx(worth)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_one_ranking_stays_as_it_is_and_of_equals_the_first_one_wins() -> None:
    assert list(fused([["b", "a", "c"]])) == ["b", "a", "c"]
    assert list(fused([["a", "b"], ["b", "a"]])) == ["a", "b"]
    assert fused([]) == {}
