"""ExactMatch and Contains: scores one, scores zero, unscored."""

import pytest

from harness.core.scores import Score, Unscored
from harness.scorers import Contains, ExactMatch
from tests.scorers.judging import Case, judged, why

EXACT, RAW, CONTAINS = ExactMatch(), ExactMatch(normalise=False), Contains()


@pytest.mark.parametrize(
    "case",
    [
        Case(why="the same", scorer=EXACT, target="Paris", text="Paris"),
        Case(why="case, article, full stop", scorer=EXACT, target="Eiffel Tower", text=" the eiffel tower.\n"),
        Case(why="one of several", scorer=EXACT, target=["8", "eight"], text="Eight"),
        Case(why="a number as target", scorer=EXACT, target=8, text="8"),
        Case(why="full-width output", scorer=EXACT, target="8", text="８。"),
        Case(why="Chinese with punctuation", scorer=EXACT, target="北京", text="“北京”。"),
        Case(why="an option that is an article", scorer=EXACT, target="A", text="a."),
        Case(why="raw, character for character", scorer=RAW, target=["x ", "y"], text="x "),
        Case(why="in a sentence", scorer=CONTAINS, target="Paris", text="It is Paris, I think."),
        Case(why="several words", scorer=CONTAINS, target="the Pacific Ocean", text="It's a Pacific ocean!"),
        Case(why="one of several accepted", scorer=CONTAINS, target=["cold", "cool"], text="cool, not hot"),
        Case(why="inside Chinese", scorer=CONTAINS, target="北京", text="中国的首都是北京市。"),
        Case(why="Latin inside Chinese", scorer=CONTAINS, target="Paris", text="答案是Paris。"),
        Case(why="a digit before Chinese", scorer=CONTAINS, target="7", text="一个星期有7天"),
        Case(why="exactly the limit", scorer=Contains(max_words=3), target="z", text="x y z"),
        Case(why="an option letter", scorer=CONTAINS, target="A", text="Option A"),
    ],
    ids=why,
)
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 1.0


@pytest.mark.parametrize(
    "case",
    [
        Case(why="empty", scorer=EXACT, target="Paris", text=""),
        Case(why="empty against an article", scorer=EXACT, target="the", text=""),
        Case(why="another article", scorer=EXACT, target="A", text="the"),
        Case(why="punctuation against punctuation", scorer=EXACT, target="!", text="?"),
        Case(why="a sentence is not the answer", scorer=EXACT, target="Paris", text="It is Paris"),
        Case(why="raw minds the case", scorer=RAW, target="Paris", text="paris"),
        Case(why="raw minds the space", scorer=RAW, target="Paris", text="Paris "),
        Case(why="part of a word", scorer=CONTAINS, target="art", text="a cart"),
        Case(why="part of a number", scorer=CONTAINS, target="8", text="18"),
        Case(why="words out of order", scorer=CONTAINS, target="New York", text="York New"),
        Case(why="characters apart", scorer=CONTAINS, target="北京", text="北方的京城"),
        Case(why="everything listed", scorer=Contains(max_words=3), target="z", text="w x y z"),
        Case(why="Chinese characters count", scorer=Contains(max_words=3), target="京", text="东南西北京"),
        Case(why="articles count too", scorer=Contains(max_words=2), target="z", text="the the z"),
        Case(why="contains: empty", scorer=CONTAINS, target="Paris", text=" \n"),
        Case(why="contains: empty against an article", scorer=CONTAINS, target="the", text=""),
    ],
    ids=why,
)
def test_scores_zero(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0
    assert case.result.reason


@pytest.mark.parametrize(
    "case",
    [
        Case(why="no target", scorer=EXACT, target=None, text="x"),
        Case(why="an object as target", scorer=EXACT, target={"a": 1}, text="x"),
        Case(why="no accepted answer", scorer=CONTAINS, target=[], text="x"),
        Case(why="a blank target would match anything", scorer=CONTAINS, target=" ", text="x"),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


def test_signatures_tell_the_parameters() -> None:
    assert ExactMatch().signature == "exact_match@1(normalise=true)"
    assert Contains(max_words=9).signature == "contains@1(max_words=9)"


def test_the_reason_names_what_was_expected() -> None:
    assert judged(EXACT, ["a b", "c"], "d").reason == "expected 'a b' or 'c'"


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="max_words"):
        Contains(max_words=0)
