"""Records as a table: a column where all of them are counted, a record where one is looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from harness.core.calls import Failure, Output, Record
from harness.store import rows

PLACE = ("suite", "task", "sample")
"""What a row says by the number of its sample."""
CALL_NAMES = tuple(name for name in rows.CALL_FIELDS if name not in (*PLACE, "request"))
NAMES = (*CALL_NAMES, *rows.RESULT_COLUMNS)
"""What a record is made of, but for its sample's place and what `Aside` holds."""
LABELS = ("finish_reason", "model")
"""What is told of an answer beside all that a person reads, sees or hears."""

Columns = Mapping[str, Sequence[Any]]
Home = tuple[str, str, str]
"""Suite, task and sample."""
Aside = tuple[str, Sequence[rows.Row]]
"""What only a look at one record shows: its request as text, and its attempts as `rows.attempt_of` takes them."""
Asides = Callable[[Sequence[int]], Mapping[int, Aside]]
"""Numbers of calls → the aside of each."""


class Table:
    """The columns of a run's records as the store holds them; one that is not among them is all None.

    Beside `NAMES` it holds the `number` of each call, how many `tries` it took, and where its sample is in `homes`.
    """

    def __init__(self, stored: Columns, homes: Sequence[Home], asides: Asides, nouns: Sequence[Record] = ()) -> None:
        """`nouns`: the records of all rows, where they are there already."""
        self.stored, self.homes, self.asides, self.nouns = stored, homes, asides, nouns
        self.known = rows.Known()
        self._floats: dict[str, NDArray[np.float64]] = {}
        self._codes: dict[str, tuple[NDArray[np.int32], list[Any]]] = {}

    def __len__(self) -> int:
        return len(self.stored["number"])

    def column(self, name: str) -> Sequence[Any]:
        if name in PLACE:
            at = PLACE.index(name)
            return [self.homes[place][at] for place in self.stored["home"]]
        return self.stored.get(name) or (None,) * len(self)

    def floats(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN for None; made once."""
        if name not in self._floats:
            self._floats[name] = np.array(self.column(name), dtype=np.float64)
        return self._floats[name]

    def codes(self, name: str) -> tuple[NDArray[np.int32], list[Any]]:
        """Return a column of few values as their places among those that it holds; made once."""
        if name not in self._codes:
            column = self.column(name)
            values = list(dict.fromkeys(column))
            places = {value: place for place, value in enumerate(values)}
            self._codes[name] = np.fromiter(map(places.__getitem__, column), np.int32, len(column)), values
        return self._codes[name]

    def row(self, names: Sequence[str], at: int) -> rows.Row:
        stored = self.stored
        return tuple([stored[name][at] if name in stored else None for name in names])


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
        nouns = list(records)
        names = (*rows.CALL_FIELDS, *rows.RESULT_COLUMNS)
        found = [(*rows.call_row(noun.call), *rows.result_row(noun)) for noun in nouns]
        homes: dict[Home, int] = {}
        stored: dict[str, Sequence[Any]] = {
            **(dict(zip(names, zip(*found, strict=True), strict=True)) if found else {}),
            "home": [homes.setdefault((n.call.suite, n.call.task, n.call.sample), len(homes)) for n in nouns],
            "number": range(len(nouns)),
            "tries": [len(noun.attempts) for noun in nouns],
        }
        return cls.all(Table(stored, list(homes), lambda _: {}, nouns))

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
        """Return a column of whole numbers, none of which is None; `home`: where each one's sample is in `homes`."""
        found: NDArray[np.int64] = self.floats(name).astype(np.int64)
        return found

    def floats(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers; NaN is not known."""
        return self._table.floats(name)[self._places]

    def column(self, name: str) -> list[Any]:
        """Return a column as the store holds it."""
        column = self._table.column(name)
        return [column[place] for place in self._places.tolist()]

    def told(self, name: str) -> list[Any]:
        """Return what a column holds, without what is not known."""
        return [value for value in self.column(name) if value is not None] if name in self._table.stored else []

    def counts(self, name: str) -> dict[Any, int]:
        """Return each value of a column of few values, None among them → how many have it."""
        codes, values = self._table.codes(name)
        counts = np.bincount(codes[self._places], minlength=len(values)).tolist()
        return {value: n for value, n in zip(values, counts, strict=True) if n}

    def has(self, name: str, value: Any) -> NDArray[np.bool_]:
        """Return which have a value in a column of few values."""
        codes, values = self._table.codes(name)
        found: NDArray[np.bool_] = codes[self._places] == (values.index(value) if value in values else -1)
        return found

    def known(self, name: str) -> NDArray[np.bool_]:
        """Return which have anything in a column of few values."""
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
        """Return value of a column of few values → the records that have it."""
        return {value: self.where(self.has(name, value)) for value in self.counts(name)}

    def places_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where the calls with these numbers are among the records, -1 for nowhere."""
        own = self.ints("number")
        order = np.argsort(own)
        at = np.append(order, -1)[np.searchsorted(own[order], numbers)]
        return np.where(np.append(own, -1)[at] == numbers, at, -1)

    def texts(self) -> list[str | None]:
        """Return the text of each answer that is nothing but text; None for all others."""
        stored = self._table.stored
        beside = [stored[it] for it in rows.OUTCOME_COLUMNS if it not in (*LABELS, "text") and it in stored]
        texts = self._table.column("text")
        more = [any(values) for values in zip(*beside, strict=True)] if beside else [False] * len(texts)
        return [None if more[place] else texts[place] for place in self._places.tolist()]

    def outcome(self, place: int) -> Output | Failure:
        """Return what came of one call, without all the rest of its record."""
        at = int(self._places[place])
        if self._table.nouns:
            return self._table.nouns[at].outcome
        return rows.outcome_of(self._table.row(rows.OUTCOME_COLUMNS, at))

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Record]:
        return self._made(self._places.tolist())

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> "Records": ...
    def __getitem__(self, place: int | slice) -> "Record | Records":
        if isinstance(place, slice):
            return Records(self._table, self._places[place])
        return next(self._made([int(self._places[place])]))

    def _made(self, places: Sequence[int]) -> Iterator[Record]:
        table = self._table
        if table.nouns:
            yield from (table.nouns[at] for at in places)
            return
        numbers = [table.stored["number"][at] for at in places]
        asides = table.asides(numbers)
        for at, number in zip(places, numbers, strict=True):
            key, role, candidate, *rest = table.row(CALL_NAMES, at)
            request, attempts = asides[number]
            call = rows.call_of((key, role, candidate, request, *table.homes[table.stored["home"][at]], *rest),
                                table.known)  # fmt: skip
            yield rows.record_of(
                call, table.row(rows.RESULT_COLUMNS, at), tuple(map(rows.attempt_of, attempts)), table.known
            )
