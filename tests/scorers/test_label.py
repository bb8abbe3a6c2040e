"""LabelMatch: exactly one label, and the right one; TagF1: all that apply."""

import pytest

from harness.core.scores import Score, Unscored
from harness.scorers import LabelMatch, TagF1
from tests.scorers.judging import Case, judged, why

MOOD = LabelMatch(labels=("positive", "negative"))
CHINESE = LabelMatch(labels=("满意", "不满意"))
LETTERS = LabelMatch(labels=("A", "B", "C"))


@pytest.mark.parametrize(
    "case",
    [
        Case(why="alone", scorer=MOOD, target="positive", text="positive"),
        Case(why="in a sentence", scorer=MOOD, target="negative", text="This review is Negative."),
        Case(why="twice the same", scorer=MOOD, target="positive", text="Positive, yes, positive!"),
        Case(why="another spelling of the target", scorer=MOOD, target="Positive", text="positive"),
        Case(why="Chinese", scorer=CHINESE, target="满意", text="客户很满意。"),
        Case(why="the longest label counts", scorer=CHINESE, target="不满意", text="客户不满意"),
        Case(why="a letter that is an article", scorer=LETTERS, target="A", text="(A)"),
        Case(
            why="several words", scorer=LabelMatch(labels=("lost card", "card")), target="lost card", text="Lost card"
        ),
        Case(why="one of two accepted", scorer=MOOD, target=["positive", "negative"], text="negative"),
        Case(why="the sample's labels", scorer=LabelMatch(), target="x", text="x", metadata={"labels": ["x", "y"]}),
        Case(why="before the field's", scorer=MOOD, target="x", text="x", metadata={"labels": ["x", "y"]}),
    ],
    ids=why,
)
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 1.0


@pytest.mark.parametrize(
    "case",
    [
        Case(why="empty", scorer=MOOD, target="positive", text=""),
        Case(why="no label", scorer=MOOD, target="positive", text="neutral"),
        Case(why="the other one", scorer=MOOD, target="positive", text="negative"),
        Case(why="both", scorer=MOOD, target="positive", text="positive or negative"),
        Case(why="part of a word", scorer=MOOD, target="positive", text="positively"),
        Case(why="the shorter label inside the longer", scorer=CHINESE, target="满意", text="不满意"),
        Case(why="a sentence with a stray letter", scorer=LETTERS, target="B", text="A good choice is B"),
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
        Case(why="no labels", scorer=LabelMatch(), target="x", text="x"),
        Case(why="a target outside the labels", scorer=MOOD, target="neutral", text="neutral"),
        Case(why="no target", scorer=MOOD, target=None, text="positive"),
        Case(why="labels that are no list", scorer=MOOD, target="x", text="x", metadata={"labels": {"x": 1}}),
        Case(why="labels that look the same", scorer=LabelMatch(labels=("c++", "c#")), target="c++", text="c++"),
        Case(why="a label without letters", scorer=LabelMatch(labels=("+", "x")), target="x", text="x"),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


def test_signature_tells_the_labels() -> None:
    assert LabelMatch(labels=("x", "y")).signature == 'label_match@1(labels=["x","y"])'
    assert LabelMatch(labels=["x"]) == LabelMatch(labels=("x",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [("noise, Price", 1.0), ("price", 2 / 3), ("noise, price, staff", 0.8), ("staff", 0.0), ("pricey", 0.0), ("", 0.0)],
)
def test_tags_are_a_set(text: str, value: float) -> None:
    scorer = TagF1(labels=("noise", "price", "staff"))
    assert judged(scorer, ["price", "noise"], text).value == pytest.approx(value)


@pytest.mark.parametrize("target", [[], ["quiet"], [True]])
def test_tags_that_are_none_of_the_set_are_unscored(target: list[bool | str]) -> None:
    tags = TagF1(labels=("noise", "price"))
    assert isinstance(Case(why="", scorer=tags, target=list(target), text="noise").result, Unscored)
