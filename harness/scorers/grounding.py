"""Scorers of answers that cite their passages: are the right ones cited, and do they say what is claimed?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import ClassVar

from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.bm25 import terms
from harness.scorers.retrieval import grades, texts
from harness.scorers.text import TextScorer, fold

_MARKER = re.compile(r"[\[【]([^\[\]【】\n]{1,200})[\]】]")
_SEPARATOR = re.compile(r"[\s,，;；、]+")
_CLAIM_END = re.compile(r"\n+|(?<=[。！？])(?!\s*+[\[【])|(?<=[.!?])\s++(?![\[【])")
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_STOP_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """
    i you he she it we they me him her us them my your his its our their this that these those is are was were be been
    being am do does did have has had can could will would shall should may might must and or but if then than so as at
    by for from in into of on onto out over to up with about not no yes there here what which who when where how all any
    each more most other some such only own same too very just also
        """,
    )
)
MAX_CLAIMS = 1_000
"""More are no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citations(TextScorer):
    """F1 of the passages that the output cites against those that it should.

    A citation is a passage's id in brackets, `[p1]` or `[p1, p2]`; what else stands in brackets is a citation of
    something that there is not. The right ones are `metadata.citations` where it is there, else the target. Detail:
    `precision` (0 where nothing is cited), `recall`, `cited`.
    """

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        right = grades(sample.metadata.get("citations", sample.target))
        if right is None:
            return Unscored(reason="no right citations: give them as metadata.citations, a list of ids")
        cited = set(citations(text))
        hits = len(cited & right.keys())
        precision, recall = hits / len(cited) if cited else 0.0, hits / len(right)
        return Score(
            value=2 * hits / (len(cited) + len(right)),
            reason=f"{hits} of {len(cited)} citations are right, {len(right)} were to be cited",
            detail={"precision": precision, "recall": recall, "cited": float(len(cited))},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Faithfulness(TextScorer):
    """Share of the output's claims that the passages which they cite support.

    A claim is a sentence that holds a number or a content word (a word that is no stop word; of Chinese, a pair of
    characters). It is supported where it cites at least one of `metadata.documents` (id → text), every number in it
    stands in those passages, and so does at least a share `overlap` of its content words. A rule of words: it does not
    see a negation, a swapped subject or a paraphrase in other words. An output without claims scores 0, and so does one
    of more than a thousand. Detail: `supported`, `claims`.
    """

    needs_target: ClassVar[bool] = False

    overlap: float = 0.6

    def __post_init__(self) -> None:
        if not 0 < self.overlap <= 1:
            raise ValueError(f"faithfulness needs an overlap in (0, 1], not {self.overlap}")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        documents = texts(sample)
        if documents is None:
            return Unscored(reason="no passages: give them as metadata.documents, id → text")
        said = {document: _Content.of(passage) for document, passage in documents.items()}
        claims = list(islice(_claims(text), MAX_CLAIMS + 1))
        if len(claims) > MAX_CLAIMS:
            return Score(value=0.0, reason=f"more than {MAX_CLAIMS:,} claims")
        supported = sum(self._is_supported(claim, said) for claim in claims)
        return Score(
            value=supported / len(claims) if claims else 0.0,
            reason=f"{supported} of {len(claims)} claims are supported",
            detail={"supported": float(supported), "claims": float(len(claims))},
        )

    def _is_supported(self, claim: "_Claim", said: "dict[str, _Content]") -> bool:
        cited = [said[document] for document in claim.cited if document in said]
        if not cited or any(all(number not in one.numbers for one in cited) for number in claim.content.numbers):
            return False
        found = sum(any(word in one.words for one in cited) for word in claim.content.words)
        return found >= self.overlap * len(claim.content.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What a text says, as far as a rule can tell."""

    words: frozenset[str]
    numbers: frozenset[Decimal]

    @classmethod
    def of(cls, text: str) -> "_Content":
        plain = fold(text)
        return cls(
            words=frozenset(term for term in terms(_NUMBER.sub(" ", plain)) if term not in _STOP_WORDS),
            # a longer run of digits is no number that anybody cites
            numbers=frozenset(Decimal(number.replace(",", "")[:50]) for number in _NUMBER.findall(plain)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    content: _Content
    cited: tuple[str, ...]


def citations(text: str) -> Iterator[str]:
    """Yield what stands in brackets, id by id."""
    for inside in _MARKER.findall(text):
        yield from filter(None, _SEPARATOR.split(inside))


def _claims(text: str) -> Iterator[_Claim]:
    for sentence in _CLAIM_END.split(text):
        if not re.search(r"\w", sentence):  # nothing is quicker to say of a sentence
            continue
        content = _Content.of(_MARKER.sub(" ", sentence))
        if content.words or content.numbers:
            yield _Claim(content=content, cited=tuple(dict.fromkeys(citations(sentence))))
