"""Letters that are shared by those who cannot be told apart."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.metrics.tiers import tiers


def table(count: int, pairs: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    apart = np.zeros((count, count), bool)
    for a, b in pairs:
        apart[a, b] = apart[b, a] = True
    return apart


@pytest.mark.parametrize(
    ("scores", "pairs", "letters", "bounds"),
    [
        pytest.param([0.9, 0.8], [], ["a", "a"], [(1, 2), (1, 2)], id="nobody is told apart"),
        pytest.param([0.8, 0.9], [(0, 1)], ["b", "a"], [(2, 2), (1, 1)], id="the better has a, wherever it stands"),
        pytest.param([3, 2, 1], [(0, 2)], ["a", "ab", "b"], [(1, 2), (1, 3), (2, 3)], id="the middle has both"),
        pytest.param([3, 2, 1], [(0, 1), (0, 2)], ["a", "b", "b"], [(1, 1), (2, 3), (2, 3)], id="a winner alone"),
        pytest.param(
            [4, 3, 2, 1],
            [(0, 2), (0, 3), (1, 3)],
            ["a", "ab", "bc", "c"],
            [(1, 2), (1, 3), (2, 4), (3, 4)],
            id="a chain",
        ),
        pytest.param([1], [], ["a"], [(1, 1)], id="one"),
        pytest.param([], [], [], [], id="nobody"),
    ],
)
def test_letters_and_ranks(scores: Any, pairs: Any, letters: Any, bounds: Any) -> None:
    found = tiers(np.array(scores, dtype=float), table(len(scores), pairs))
    assert [tier.letters for tier in found] == letters
    assert [(tier.best, tier.worst) for tier in found] == bounds


@settings(deadline=None, max_examples=40)
@given(pairs=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] < p[1]), max_size=21))
def test_two_share_a_letter_if_and_only_if_they_are_not_apart(pairs: set[tuple[int, int]]) -> None:
    apart = table(7, pairs)
    found = tiers(np.arange(7.0), apart)
    for a in range(7):
        assert found[a].letters
        for b in range(a):
            assert bool(set(found[a].letters) & set(found[b].letters)) is not apart[a, b]
    groups = ["".join(sorted({str(i) for i in range(7) if letter in found[i].letters})) for letter in "abcdefghij"]
    assert not any(g and set(g) < set(h) for g in groups for h in groups), "no letter says less than another"


def test_there_are_more_groups_than_letters() -> None:
    found = tiers(-np.arange(30.0), ~np.eye(30, dtype=bool))
    assert [found[0].letters, found[25].letters, found[26].letters, found[29].letters] == ["a", "z", "(aa)", "(ad)"]
