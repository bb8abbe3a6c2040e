"""Scorers of rankings equal trec_eval; rewriting is worth what BM25 finds with it."""

import math
import random
import warnings
from collections.abc import Mapping, Sequence

import pytest

from harness.core.calls import Output, Ranked
from harness.core.canonical import Json
from harness.core.scores import Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers import AveragePrecision, HitAt, Ndcg, RecallAt, ReciprocalRank, RewriteRecall
from harness.scorers.bm25 import index, ranked, terms
from tests.scorers.judging import Case, judged, why

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ir_measures
    from ir_measures import AP, RR, R, Success, nDCG

REFERENCE = {
    RecallAt(k=5): R @ 5,
    RecallAt(k=1): R @ 1,
    HitAt(k=3): Success @ 3,
    ReciprocalRank(): RR,
    AveragePrecision(): AP,
    Ndcg(k=10): nDCG @ 10,
    Ndcg(k=3): nDCG @ 3,
}


def value(scorer: Scorer, target: Json, ranking: Sequence[str]) -> float:
    output = Output(ranking=tuple(Ranked(document=name, relevance=-place) for place, name in enumerate(ranking)))
    score = scorer.score(Sample(id="s", input="?", target=target), output, {})
    assert isinstance(score, Score), score
    return score.value


def cases() -> list[tuple[dict[str, int], list[str]]]:
    """Qrels and rankings: the edges, then random ones of every size."""
    made = [
        ({"a": 1}, []),
        ({"a": 1}, ["a"]),
        ({"a": 1}, ["b"]),
        ({"a": 0, "b": 1}, ["a", "b"]),
        ({"a": 3, "b": 1}, ["b", "a"]),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1}, ["g", "x", "a", "y", "b"]),
        ({"z": 2}, [*"abcdefghijk", "z"]),
    ]
    rng = random.Random(7)
    for _ in range(120):
        documents = [f"d{n}" for n in range(rng.randint(1, 30))]
        judged = rng.sample(documents, rng.randint(1, len(documents)))
        qrels = {name: rng.randint(0, 3) for name in judged}
        qrels[rng.choice(documents)] = rng.randint(1, 3)
        ranking = rng.sample(documents, rng.randint(0, len(documents)))
        made.append((qrels, ranking))
    return made


def reference(measure: object, qrels: Mapping[str, int], ranking: Sequence[str]) -> float:
    judgements = [ir_measures.Qrel("q", name, grade) for name, grade in qrels.items()]
    run = [ir_measures.ScoredDoc("q", name, float(-place)) for place, name in enumerate(ranking)]
    run = run or [ir_measures.ScoredDoc("q", "nothing that is judged", 0.0)]
    (metric,) = ir_measures.iter_calc([measure], judgements, run)
    return float(metric.value)


@pytest.mark.parametrize("scorer", REFERENCE, ids=lambda scorer: scorer.signature)
def test_equals_trec_eval(scorer: Scorer) -> None:
    wrong = [
        (qrels, ranking, got, wanted)
        for qrels, ranking in cases()
        if not math.isclose(
            got := value(scorer, dict(qrels), ranking),
            wanted := reference(REFERENCE[scorer], qrels, ranking),
            abs_tol=1e-9,
        )
    ]
    assert wrong == []


def test_a_document_that_is_named_twice_counts_once() -> None:
    assert value(ReciprocalRank(), "b", ["a", "a", "a", "b"]) == 0.5
    assert value(Ndcg(), {"a": 1}, ["a", "a", "a"]) == 1.0


@pytest.mark.parametrize("target", ["a", ["a"], {"a": 2}], ids=["an id", "a list of ids", "grades"])
def test_targets_that_name_one_document(target: Json) -> None:
    assert value(RecallAt(k=1), target, ["a"]) == 1.0


@pytest.mark.parametrize("target", [None, [], 3, {"a": 0}, {"a": True}, {"a": "1"}, [1]])
@pytest.mark.parametrize("scorer", REFERENCE, ids=lambda scorer: scorer.signature)
def test_a_target_that_names_nothing_is_unscored(scorer: Scorer, target: Json) -> None:
    sample = Sample(id="s", input="?", target=target)
    assert isinstance(scorer.score(sample, Output(ranking=(Ranked(document="a", relevance=1),)), {}), Unscored)


def test_an_output_without_a_ranking_scores_zero_and_says_so() -> None:
    score = Ndcg().score(Sample(id="s", input="?", target="a"), Output(text="a"), {})
    assert score == Score(value=0.0, reason="no ranking")


@pytest.mark.parametrize("kind", [RecallAt, HitAt, Ndcg, RewriteRecall])
def test_k_is_at_least_one(kind: type[RecallAt]) -> None:
    with pytest.raises(ValueError, match="k of at least 1, not 0"):
        kind(k=0)


# -- BM25 ----------------------------------------------------------------------------------------------------------

CORPUS = {"cat": "the cat sat on the mat", "dog": "the dog sat", "zh": "猫坐在垫子上"}


def test_terms_are_words_and_pairs_of_characters() -> None:
    assert terms("The Cats' 3 mats, 猫坐在 A 垫") == ["cats", "3", "mats", "猫坐", "坐在", "垫"]


def test_scores_are_those_of_the_formula() -> None:
    # n = 3 documents of 4, 2 and 5 terms; `dog` is in one, `sat` in two
    scores = index(CORPUS).scores("dog sat sat")

    def part(count: int, length: int, holders: int, times: int = 1) -> float:
        idf = math.log(1 + (3 - holders + 0.5) / (holders + 0.5))
        return times * idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / (11 / 3)))

    assert scores["cat"] == pytest.approx(part(1, 4, 2, times=2))
    assert scores["dog"] == pytest.approx(part(1, 2, 1) + part(1, 2, 2, times=2))
    assert scores["zh"] == 0.0
    assert ranked(scores) == ["dog", "cat"]


def test_equals_keep_their_order_and_strangers_are_left_out() -> None:
    assert ranked({"b": 1.0, "a": 1.0, "c": 0.0, "d": 2.0}) == ["d", "b", "a"]
    assert ranked(index({"empty": ""}).scores("x")) == []


DOCUMENTS: dict[str, Json] = {"documents": dict(CORPUS)}


@pytest.mark.parametrize(
    ("text", "found", "gain"),
    [("where did the cat sit: mat", 1.0, 1.0), ("dog", 0.0, 0.0), ("", 0.0, 0.0), ("猫 垫", 0.0, 0.0)],
)
def test_a_rewrite_is_worth_what_it_finds(text: str, found: float, gain: float) -> None:
    case = Case(why="", scorer=RewriteRecall(k=1), target=["cat"], text=text, input="and there?", metadata=DOCUMENTS)
    assert isinstance(case.result, Score)
    assert case.result.value == found
    assert case.result.detail == {"raw": 0.0, "gain": gain}


def test_a_rewrite_that_loses_what_the_question_found_has_a_negative_gain() -> None:
    case = Case(why="", scorer=RewriteRecall(k=1), target="dog", text="cat", input="dog", metadata=DOCUMENTS)
    assert isinstance(case.result, Score)
    assert (case.result.value, case.result.detail["gain"]) == (0.0, -1.0)


@pytest.mark.parametrize(
    "case",
    [
        Case(why="no documents", scorer=RewriteRecall(), target="cat", text="cat"),
        Case(why="no target", scorer=RewriteRecall(), target=None, text="cat", metadata=DOCUMENTS),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


def test_a_rewrite_scores_one_where_it_finds_all() -> None:
    assert judged(RewriteRecall(k=2), ["cat", "dog"], "sat", DOCUMENTS).value == 1.0
