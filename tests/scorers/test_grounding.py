"""Citations are those that were asked for; claims stand in the passages that they cite."""

import pytest

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.scorers import Citations, Faithfulness
from harness.scorers.grounding import citations
from tests.scorers.judging import Case, judged, why

DOCUMENTS: dict[str, Json] = {
    "documents": {
        "p1": "The River Line opened in 1998 and carries 12,500 passengers a day.",
        "p2": "Tickets cost 2.50 euros; children under six travel free.",
        "z1": "图书馆周一闭馆，其余日子开放到晚上九点，可借书20本。",
    }
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It opened in 1998 [p1].", ["p1"]),
        ("Both [p1, p2] and [p1；z1].", ["p1", "p2", "p1", "z1"]),
        ("见【z1】", ["z1"]),
        ("[p1][p2] [ ]", ["p1", "p2"]),
        ("none [", []),
    ],
)
def test_citations_are_what_stands_in_brackets(text: str, found: list[str]) -> None:
    assert list(citations(text)) == found


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        ("x [p1] y [p2]", 1.0, 1.0),
        ("x [p2, p1] [p1]", 1.0, 1.0),
        ("x [p1]", 1.0, 0.5),
        ("x [p1] [p3] [p4] [p5]", 0.25, 0.5),
        ("x [p3]", 0.0, 0.0),
        ("x", 0.0, 0.0),
        ("", 0.0, 0.0),
    ],
)
def test_precision_and_recall_of_citations(text: str, precision: float, recall: float) -> None:
    score = judged(Citations(), ["p1", "p2"], text)
    assert (score.detail["precision"], score.detail["recall"]) == (precision, recall)
    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    assert score.value == pytest.approx(harmonic)


def test_the_right_citations_may_stand_beside_the_answer() -> None:
    assert judged(Citations(), "in 1998", "[p1]", {"citations": ["p1"]}).value == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "The line opened in 1998 [p1].",
        "The line opened in 1998. [p1]",
        "- Opened in 1998 [p1]\n- Tickets cost 2.5 euros [p2]",
        "12500 passengers a day [p1]",
        "Opened in 1998, and tickets cost 2.50 euros [p1, p2].",
        "图书馆周一闭馆。[z1]",
        "可借书２０本【z1】。",
    ],
)
def test_claims_that_are_supported(text: str) -> None:
    assert judged(Faithfulness(), "x", text, DOCUMENTS).value == 1.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing is claimed"),
        ("Yes. [p1]", "only a stop word"),
        ("The line opened in 1998.", "nothing is cited"),
        ("The line opened in 1999 [p1].", "another number"),
        ("The line opened in 1998 [p2].", "another passage"),
        ("The line opened in 1998 [p9].", "a passage that there is not"),
        ("Elephants dislike thunder greatly [p1].", "other words"),
        ("图书馆周日闭馆，咖啡厅营业。[z1]", "other Chinese words"),
        ("可借书30本。[z1]", "another number in Chinese"),
    ],
)
def test_claims_that_are_not(text: str, why: str) -> None:
    assert judged(Faithfulness(), "x", text, DOCUMENTS).value == 0.0, why


def test_one_claim_of_two() -> None:
    score = judged(Faithfulness(), "x", "The line opened in 1998 [p1]. It is the best of all lines.", DOCUMENTS)
    assert (score.value, score.detail) == (0.5, {"supported": 1.0, "claims": 2.0})


def test_how_many_words_must_stand_there_is_a_parameter() -> None:
    text = "Passengers love the river line [p1]."  # of passengers, love, river, line three stand there
    assert judged(Faithfulness(overlap=0.75), "x", text, DOCUMENTS).value == 1.0
    assert judged(Faithfulness(overlap=0.8), "x", text, DOCUMENTS).value == 0.0
    with pytest.raises(ValueError, match="overlap in"):
        Faithfulness(overlap=0)


@pytest.mark.parametrize(
    "case",
    [
        Case(why="no passages", scorer=Faithfulness(), target="x", text="x"),
        Case(why="no right citations", scorer=Citations(), target=3, text="x"),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


def test_the_rule_does_not_see_a_negation() -> None:
    """Said in the scorer's own words; a judge is for that."""
    score = judged(Faithfulness(), "x", "The River Line did not open in 1998 [p1].", DOCUMENTS)
    assert isinstance(score, Score)
    assert score.value == 1.0
