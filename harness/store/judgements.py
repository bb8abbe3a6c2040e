"""Scores as a table: a column where all of them are counted, a score where one is looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harness.store.operations import ScoreRow

Floats = NDArray[np.float64]
Scorers = Mapping[int, tuple[str, str]]
"""Number of a scorer → its name and signature."""


class ScoreSource(Protocol):
    """Whoever has the scores, by the numbers of the answers."""

    def scores(self, calls: Sequence[int] | None) -> Iterable[tuple[int, ScoreRow]]:
        """Yield the number of an answer and what was said of it, in the order of the numbers; None: of all answers."""


class Judgements(Iterable[ScoreRow]):
    """Scores in the order of the answers' numbers; each is made when it is asked for.

    Of one answer a scorer has said one thing: `Ledger.replace_scores` puts all in the place of all.
    """

    def __init__(self, calls: Floats, by: Floats, values: Floats, scorers: Scorers, source: ScoreSource) -> None:
        """Of each score the number of the answer, that of the scorer, and the value, NaN for none."""
        self.calls: NDArray[np.int64] = calls.astype(np.int64)
        self._by: NDArray[np.int64] = by.astype(np.int64)
        self._values, self._scorers, self._source = values, scorers, source

    @classmethod
    def of(cls, scores: Iterable[ScoreRow], numbers: Mapping[str, int]) -> "Judgements":
        """Make the table of scores that no store holds; `numbers`: key of an answer → its number."""
        said = _Said(sorted(((numbers[it.key], it) for it in scores if it.key in numbers), key=lambda pair: pair[0]))
        scorers = {of: number for number, of in enumerate({(it.scorer, it.signature): None for _, it in said.all})}
        calls, by, values = (
            np.array(column, dtype=np.float64)
            for column in (
                [call for call, _ in said.all],
                [scorers[it.scorer, it.signature] for _, it in said.all],
                [it.value for _, it in said.all],
            )
        )
        return cls(calls, by, values, {number: of for of, number in scorers.items()}, said)

    @property
    def scorers(self) -> set[str]:
        """The names of all that have judged something."""
        return {self._scorers[number][0] for number in np.unique(self._by).tolist()}

    def of_answers(self, calls: Sequence[int]) -> list[dict[str, ScoreRow]]:
        """Return for each of the answers with the numbers `calls`: scorer → what it said."""
        found: dict[int, dict[str, ScoreRow]] = {}
        for call, said in self._source.scores(calls):
            found.setdefault(call, {})[said.scorer] = said
        return [found.get(call, {}) for call in calls]

    def values(self, scorer: str, calls: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what a scorer gave each of the answers with the numbers `calls`, NaN for nothing."""
        own = np.isin(self._by, [number for number, (name, _) in self._scorers.items() if name == scorer])
        judged, values = np.append(self.calls[own], np.iinfo(np.int64).max), np.append(self._values[own], np.nan)
        at = np.searchsorted(judged, calls)
        return np.where(judged[at] == calls, values[at], np.nan)

    def signatures(self, homes: NDArray[np.int64]) -> dict[tuple[int, str], str]:
        """Return home and scorer → signature of those that have judged there; `homes`: that of each, -1 for nowhere."""
        span = int(self._by.max(initial=0)) + 1
        pairs = (divmod(pair, span) for pair in np.unique(homes * span + self._by).tolist())
        return {(home, self._scorers[number][0]): self._scorers[number][1] for home, number in pairs if home >= 0}

    def __iter__(self) -> Iterator[ScoreRow]:
        return (said for _, said in self._source.scores(None))


class _Said:
    """Scores that no store holds, in the place of one."""

    def __init__(self, found: Sequence[tuple[int, ScoreRow]]) -> None:
        self.all = found
        self._of: dict[int, list[ScoreRow]] = {}
        for call, said in found:
            self._of.setdefault(call, []).append(said)

    def scores(self, calls: Sequence[int] | None) -> Iterable[tuple[int, ScoreRow]]:
        if calls is None:
            return self.all
        return ((call, said) for call in calls for said in self._of.get(call, ()))
