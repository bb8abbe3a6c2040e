"""BM25: the terms of a text, and which documents they rank first (Robertson and Zaragoza 2009)."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.scorers.text import CJK, normalise

K1 = 1.2
B = 0.75
_RUN = rf"[{CJK}]+|[^\s{CJK}]+"


def terms(text: str) -> list[str]:
    """Return the terms of `text` in SQuAD's normal form: words, and of a run of Chinese its pairs of characters.

    Pairs stand in for words, which Chinese does not separate; a run of one character is its own term.
    """
    found: list[str] = []
    for run in re.findall(_RUN, normalise(text)):
        if len(run) > 1 and re.match(rf"[{CJK}]", run):
            found.extend(run[at : at + 2] for at in range(len(run) - 1))
        else:
            found.append(run)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Documents, ready to be ranked."""

    lengths: Mapping[str, int]
    """Document → number of terms, in the order in which ties are broken."""
    postings: Mapping[str, Mapping[str, int]]
    """Term → document → how often."""
    average: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "average", sum(self.lengths.values()) / max(1, len(self.lengths)))

    def scores(self, query: str) -> dict[str, float]:
        """Return every document's score, 0 where it shares no term with `query`.

        idf = ln(1 + (N − n + 0.5) / (n + 0.5)), which is never negative; k1 = 1.2, b = 0.75. A term counts as often as
        the query holds it.
        """
        scores = dict.fromkeys(self.lengths, 0.0)
        for term, times in Counter(terms(query)).items():
            holders = self.postings.get(term, {})
            idf = math.log(1 + (len(self.lengths) - len(holders) + 0.5) / (len(holders) + 0.5))
            for document, count in holders.items():
                length = self.lengths[document] / self.average
                scores[document] += times * idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length))
        return scores


def index(documents: Mapping[str, str]) -> Index:
    """Index documents, id → text."""
    postings: dict[str, dict[str, int]] = {}
    lengths = {}
    for document, text in documents.items():
        counts = Counter(terms(text))
        lengths[document] = counts.total()
        for term, count in counts.items():
            postings.setdefault(term, {})[document] = count
    return Index(lengths=lengths, postings=postings)


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Return the documents that score above 0, best first; of equals the one that was given first."""
    return sorted((document for document, score in scores.items() if score > 0), key=lambda document: -scores[document])
