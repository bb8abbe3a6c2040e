"""Records as a table: a column where all of them are counted, a record where one is looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from harness.core.calls import Failure, Output, Record
from harness.store import rows

NUMBERS = ("number", "home", "tries", "epoch", "measures", "part_of", "ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms",
           "marks_valid")  # fmt: skip
"""Numbers of the call, of its sample, and of the calls that it measures or is a part of; the rest as a record says."""
LABELS = ("role", "candidate", "instrument", "cost_usd", "cost_source", "fault", "kind", "finish_reason", "model",
          *(rows.RENAMED.get(name, name) for name in rows.USAGE))  # fmt: skip
"""Columns in which many rows hold the same."""
MANY = 1000
"""Records that are made at once."""

Home = tuple[str, str, str]
"""Suite, task and sample."""
Column = tuple[NDArray[np.int32], Sequence[Any]]
"""The place of each row's value among the values of a column, and these; the first of them is None."""


class RecordSource(Protocol):
    """Whoever has the records, by the numbers of their calls."""

    def keys(self) -> Mapping[int, str]: ...
    def records(self, numbers: Sequence[int]) -> Sequence[Record]: ...
    def outcomes(self, numbers: Sequence[int]) -> Sequence[Output | Failure]: ...


class Labels(dict[Any, int]):
    """Value of a column → its place among those that it holds; that of None is 0."""

    def __init__(self) -> None:
        super().__init__({None: 0})

    def __missing__(self, value: Any) -> int:
        self[value] = place = len(self)
        return place

    def places(self, cells: Sequence[Any]) -> NDArray[np.int32]:
        """Return the place of each cell's value, a new one for a new value."""
        if cells.count(None) == len(cells):
            return np.zeros(len(cells), dtype=np.int32)
        return np.fromiter(map(self.__getitem__, cells), np.int32, len(cells))


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is counted of a run's records; what else they say is read of those that are looked at."""

    numbers: Mapping[str, NDArray[np.float64]]
    """`NUMBERS`, NaN for what is not known; `home` is a place in `homes`."""
    labels: Mapping[str, Column]
    """`LABELS`."""
    finished: Sequence[str]
    plain: Sequence[str | None]
    """The text of an answer that is nothing but text."""
    homes: Sequence[Home]
    source: RecordSource

    def __len__(self) -> int:
        return len(self.finished)


class Records(Sequence[Record]):
    """Records in the order of their rows; each is made when it is asked for.

    Of a large run a page counts hundreds of thousands and shows some: to make them all takes longer than all the rest.
    """

    def __init__(self, table: Table, places: NDArray[np.int64]) -> None:
        """`places`: the rows of `table` that are meant."""
        self._table, self._places = table, places

    @classmethod
    def all(cls, table: Table) -> "Records":
        return cls(table, np.arange(len(table)))

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Records":
        """Make the table of records that no store holds."""
        return cls.all(_Nouns(records).table())

    @classmethod
    def joined(cls, parts: Iterable["Records"]) -> "Records":
        """Put parts of one table one after the other."""
        found = [part for part in parts if part]
        return cls(found[0]._table, np.concatenate([part._places for part in found])) if found else cls.of(())

    @property
    def homes(self) -> Sequence[Home]:
        """Suite, task and sample of what is at a place among `homes`."""
        return self._table.homes

    def ints(self, name: str) -> NDArray[np.int64]:
        """Return a column of whole numbers, all of them known; `home`: where each one's sample is in `homes`."""
        found: NDArray[np.int64] = self.floats(name).astype(np.int64)
        return found

    def floats(self, name: str) -> NDArray[np.float64]:
        """Return a column of `NUMBERS`; NaN is not known."""
        found: NDArray[np.float64] = self._table.numbers[name][self._places]
        return found

    def column(self, name: str) -> list[Any]:
        """Return a column of `LABELS` as the store holds it."""
        places, values = self._table.labels[name]
        return [values[place] for place in places[self._places].tolist()]

    def finished(self) -> list[str]:
        """Return when each of them ended."""
        return [self._table.finished[place] for place in self._places.tolist()]

    def plain(self) -> list[str | None]:
        """Return the text of each answer that is nothing but text; None for all others."""
        return [self._table.plain[place] for place in self._places.tolist()]

    def call_keys(self) -> list[str]:
        """Return the keys of the calls."""
        keys = self._table.source.keys()
        return [keys[number] for number in self._numbers()]

    def told(self, name: str) -> list[Any]:
        """Return what a column of `LABELS` holds, without what is not known."""
        return [] if len(self._table.labels[name][1]) == 1 else [it for it in self.column(name) if it is not None]

    def counts(self, name: str) -> dict[Any, int]:
        """Return each value of a column of `LABELS`, None among them → how many have it."""
        places, values = self._table.labels[name]
        counts = np.bincount(places[self._places], minlength=len(values)).tolist()
        return {value: n for value, n in zip(values, counts, strict=True) if n}

    def has(self, name: str, value: Any) -> NDArray[np.bool_]:
        """Return which have a value in a column of `LABELS`."""
        places, values = self._table.labels[name]
        found: NDArray[np.bool_] = places[self._places] == (values.index(value) if value in values else -1)
        return found

    def known(self, name: str) -> NDArray[np.bool_]:
        """Return which have anything in a column of `LABELS`."""
        return ~self.has(name, None)

    @cached_property
    def spent(self) -> Decimal:
        """What all of them have cost, as far as that is known."""
        costs = self.counts("cost_usd").items()
        return sum([n * Decimal(cost) for cost, n in costs if cost is not None], Decimal(0))

    def pick(self, places: NDArray[np.int64]) -> "Records":
        """Return the records at `places`, in that order."""
        return Records(self._table, self._places[places])

    def where(self, keep: NDArray[np.bool_]) -> "Records":
        """Return those of which `keep` is true."""
        return Records(self._table, self._places[keep])

    def by(self, name: str) -> dict[Any, "Records"]:
        """Return value of a column of `LABELS` → the records that have it."""
        return {value: self.where(self.has(name, value)) for value in self.counts(name)}

    def places_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where the calls with these numbers are among the records, -1 for nowhere."""
        own = self.ints("number")
        order = np.argsort(own)
        at = np.append(order, -1)[np.searchsorted(own[order], numbers)]
        return np.where(np.append(own, -1)[at] == numbers, at, -1)

    def outcomes(self, places: Sequence[int]) -> Sequence[Output | Failure]:
        """Return what came of the calls at `places`, without all the rest of their records."""
        numbers = self.ints("number")
        return self._table.source.outcomes([int(numbers[place]) for place in places])

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Record]:
        numbers = self._numbers()
        for start in range(0, len(numbers), MANY):
            yield from self._table.source.records(numbers[start : start + MANY])

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> "Records": ...
    def __getitem__(self, place: int | slice) -> "Record | Records":
        if isinstance(place, slice):
            return Records(self._table, self._places[place])
        return self._table.source.records([int(self._table.numbers["number"][self._places[place]])])[0]

    def _numbers(self) -> list[int]:
        found: list[int] = self.ints("number").tolist()
        return found


class _Nouns:
    """Records that no store holds, in the place of one: they are numbered in their order."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.found = list(records)
        self._numbers = {noun.call.key: number for number, noun in enumerate(self.found)}

    def table(self) -> Table:
        """Return the table of all of them."""
        homes: dict[Home, int] = {}
        found = [self._row(number, homes) for number in range(len(self.found))]
        labels = {name: Labels() for name in LABELS}
        places = {name: of.places([row[name] for row in found]) for name, of in labels.items()}
        return Table(
            numbers={name: np.array([row[name] for row in found], dtype=np.float64) for name in NUMBERS},
            labels={name: (places[name], list(of)) for name, of in labels.items()},
            finished=[row["finished"] for row in found],
            plain=[None if any(row[it] is not None for it in rows.BESIDE_TEXT) else row["text"] for row in found],
            homes=list(homes),
            source=self,
        )

    def _row(self, number: int, homes: dict[Home, int]) -> dict[str, Any]:
        noun = self.found[number]
        call = noun.call
        return {
            **dict(zip(rows.RESULT_COLUMNS, rows.result_row(noun), strict=True)),
            "role": call.role.value, "candidate": call.candidate, "instrument": call.instrument,
            "number": number, "tries": len(noun.attempts), "epoch": call.epoch,
            "home": homes.setdefault((call.suite, call.task, call.sample), len(homes)),
            "measures": self._numbers.get(call.measures or ""), "part_of": self._numbers.get(call.part_of or ""),
        }  # fmt: skip

    def keys(self) -> Mapping[int, str]:
        return {number: key for key, number in self._numbers.items()}

    def records(self, numbers: Sequence[int]) -> Sequence[Record]:
        return [self.found[number] for number in numbers]

    def outcomes(self, numbers: Sequence[int]) -> Sequence[Output | Failure]:
        return [self.found[number].outcome for number in numbers]
