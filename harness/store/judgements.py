"""Scores as a table: a column where all of them are counted, a score where one is looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from harness.store import rows
from harness.store.operations import ScoreRow

_score = rows.made_of(ScoreRow)
Scorers = Mapping[int, Sequence[str]]
"""Number of a scorer → its name and signature."""


class Judgements(Sequence[ScoreRow]):
    """Scores in the order of the answers' numbers; each is made when it is asked for."""

    def __init__(self, found: Sequence[rows.Row], scorers: Scorers) -> None:
        """`found`: rows of the answer's number and key, the scorer's number, value, reason and detail.

        Of one answer a scorer has said one thing: `Ledger.replace_scores` puts all in the place of all.
        """
        self._rows, self._scorers = found, scorers

    @classmethod
    def of(cls, scores: Iterable[ScoreRow], numbers: Mapping[str, int]) -> "Judgements":
        """Make the table of scores that no store holds; `numbers`: key of an answer → its number."""
        scorers: dict[Sequence[str], int] = {}
        found = [
            (numbers[it.key], it.key, scorers.setdefault((it.scorer, it.signature), len(scorers)), it.value, it.reason,
             rows.numbers_text(it.detail))
            for it in scores if it.key in numbers
        ]  # fmt: skip
        return cls(sorted(found, key=lambda row: row[0]), {number: of for of, number in scorers.items()})

    @cached_property
    def calls(self) -> NDArray[np.int64]:
        """Number of the answer that each is about."""
        return np.array([row[0] for row in self._rows], dtype=np.int64)

    @cached_property
    def _by(self) -> NDArray[np.int64]:
        return np.array([row[2] for row in self._rows], dtype=np.int64)

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        return np.array([row[3] for row in self._rows], dtype=np.float64)

    @cached_property
    def _first(self) -> Mapping[str, int]:
        """Key of an answer → where its scores begin."""
        return {row[1]: at for at, row in zip(range(len(self) - 1, -1, -1), reversed(self._rows), strict=True)}

    @property
    def scorers(self) -> set[str]:
        """The names of all that have judged something."""
        return {self._scorers[number][0] for number in np.unique(self._by).tolist()}

    def of_answer(self, key: str) -> dict[str, ScoreRow]:
        """Return scorer → what it said of one answer."""
        at, found = self._first.get(key, len(self)), list[ScoreRow]()
        while at < len(self) and self._rows[at][1] == key:
            found.append(self[at])
            at += 1
        return {judgement.scorer: judgement for judgement in found}

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

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[ScoreRow]:
        return map(self._made, self._rows)

    @overload
    def __getitem__(self, at: int) -> ScoreRow: ...
    @overload
    def __getitem__(self, at: slice) -> "Judgements": ...
    def __getitem__(self, at: int | slice) -> "ScoreRow | Judgements":
        if isinstance(at, slice):
            return Judgements(self._rows[at], self._scorers)
        return self._made(self._rows[at])

    def _made(self, row: rows.Row) -> ScoreRow:
        _, key, number, value, reason, detail = row
        return _score((key, *self._scorers[number], value, reason, rows.numbers_of(detail)))
