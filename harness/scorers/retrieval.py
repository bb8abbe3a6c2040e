"""Scorers of rankings: what was to be found, and how near the top it stands."""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers.bm25 import index, ranked
from harness.scorers.text import TextScorer


class RankingScorer(Scorer):
    """Judges the ranking of an output; one without a ranking found nothing.

    The target says what is relevant: the id of a document, a list of ids, or id → grade (a whole number; 0 is not
    relevant). The values equal trec_eval's (through ir-measures) for one query.
    """

    needs_target = True

    def score(
        self,
        sample: Sample,
        output: Output,
        readings: Mapping[str, Reading],  # noqa: ARG002  # the signature of every scorer; a ranking needs no instrument
    ) -> Score | Unscored:
        gains = grades(sample.target)
        if gains is None:
            return Unscored(reason="the target names no relevant document")
        ranking = list(dict.fromkeys(place.document for place in output.ranking))
        value = self.judge(gains, ranking)
        first = next((f"first relevant at {n}" for n, document in enumerate(ranking, 1) if document in gains), "")
        return Score(value=min(1.0, value), reason=first or ("no relevant document" if ranking else "no ranking"))

    @abstractmethod
    def judge(self, gains: Mapping[str, int], ranking: Sequence[str]) -> float:
        """Judge a ranking without repetitions, best first; `gains` holds the relevant documents, grade 1 and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallAt(RankingScorer):
    """Share of the relevant documents that stand among the first `k`."""

    k: int = 5

    def __post_init__(self) -> None:
        _positive(self)

    def judge(self, gains: Mapping[str, int], ranking: Sequence[str]) -> float:
        return recall(gains, ranking[: self.k])


@dataclass(frozen=True, slots=True, kw_only=True)
class HitAt(RankingScorer):
    """1 where any relevant document stands among the first `k` (trec_eval's success)."""

    k: int = 5

    def __post_init__(self) -> None:
        _positive(self)

    def judge(self, gains: Mapping[str, int], ranking: Sequence[str]) -> float:
        return float(any(document in gains for document in ranking[: self.k]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciprocalRank(RankingScorer):
    """1 / place of the first relevant document; its mean is MRR."""

    def judge(self, gains: Mapping[str, int], ranking: Sequence[str]) -> float:
        return next((1 / place for place, document in enumerate(ranking, start=1) if document in gains), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePrecision(RankingScorer):
    """Mean, over the relevant documents, of the precision at the place of each; its mean is MAP."""

    def judge(self, gains: Mapping[str, int], ranking: Sequence[str]) -> float:
        places = [place for place, document in enumerate(ranking, start=1) if document in gains]
        return math.fsum(found / place for found, place in enumerate(places, start=1)) / len(gains)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ndcg(RankingScorer):
    """Discounted gain of the first `k` over that of the best ranking; gain = grade, discount = log2(1 + place).

    Järvelin and Kekäläinen 2002 with trec_eval's gain, the grade itself, not 2^grade − 1.
    """

    k: int = 10

    def __post_init__(self) -> None:
        _positive(self)

    def judge(self, gains: Mapping[str, int], ranking: Sequence[str]) -> float:
        found = [gains.get(document, 0) for document in ranking[: self.k]]
        return _discounted(found) / _discounted(sorted(gains.values(), reverse=True)[: self.k])


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteRecall(TextScorer):
    """Recall among the first `k` that BM25 finds with the output as its query, in `metadata.documents` (id → text).

    Detail: `raw`, the recall of the sample's own input, and `gain`, the difference to it. The raw recall is the same
    for every candidate, so that differences of the value are differences of the gain; the target is that of a ranking.
    """

    k: int = 5

    def __post_init__(self) -> None:
        _positive(self)

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        gains, documents = grades(sample.target), texts(sample)
        if gains is None or documents is None:
            return Unscored(reason="it needs a target that names relevant documents, and metadata.documents")
        corpus = index(documents)
        raw, value = (recall(gains, ranked(corpus.scores(query))[: self.k]) for query in (str(sample.input), text))
        return Score(value=value, reason=f"recall {value:.2f}, raw {raw:.2f}", detail={"raw": raw, "gain": value - raw})


def grades(target: Json) -> dict[str, int] | None:
    """Return the relevant documents with their grades; None where a target names none, or is no such thing."""
    if isinstance(target, str):
        target = [target]
    if isinstance(target, list):
        target = {str(document): 1 for document in target if isinstance(document, str)}
    if not isinstance(target, dict):
        return None
    whole = {document: grade for document, grade in target.items() if type(grade) is int and grade > 0}
    return whole or None


def texts(sample: Sample) -> dict[str, str] | None:
    """Return the documents of a sample, id → text, in the order of their ids; None where it has none."""
    documents = sample.metadata.get("documents")
    if not isinstance(documents, dict) or not documents:
        return None
    return {document: str(text) for document, text in sorted(documents.items())}


def recall(gains: Mapping[str, int], found: Sequence[str]) -> float:
    """Return the share of the relevant documents that were found."""
    return len(gains.keys() & set(found)) / len(gains)


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(1 + place) for place, gain in enumerate(gains, start=1))


def _positive(scorer: RecallAt | HitAt | Ndcg | RewriteRecall) -> None:
    if scorer.k < 1:
        raise ValueError(f"{scorer.name} needs k of at least 1, not {scorer.k}")
