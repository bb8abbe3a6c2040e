"""BM25 as a reranker: the baseline that an embedding has to beat."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.scorers.bm25 import index


class Ranker:
    """Ranks what it is given by the words that it shares with the query; it knows no other document."""

    def rank(self, query: str, documents: Sequence[str]) -> list[float]:
        """Return the relevance of each document, 0 and above, in their order."""
        numbered = {str(at): text for at, text in enumerate(documents)}
        return list(index(numbered).scores(query).values())


def load(files: Mapping[str, Path], *, threads: int) -> Ranker:
    """Load nothing: it has no weights."""
    del files, threads
    return Ranker()
