"""Records as a table: a column where all of them are counted, a record where one is looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain, compress
from typing import Any, overload

from harness.core.calls import Failure, Output, Record
from harness.store import rows

NAMES = (*rows.CALL_FIELDS, *rows.RESULT_COLUMNS)
"""Every column that a record is made of."""
Columns = Mapping[str, Sequence[Any]]
Attempts = Mapping[str, Sequence[rows.Row]]
"""Key of a call → its attempts: the call's number, then what `rows.attempt_of` takes."""


class Records(Sequence[Record]):
    """Records in the order of their rows; each is made when it is asked for.

    Of a large run a page counts hundreds of thousands and shows some: to make them all takes longer than all the rest.
    """

    def __init__(
        self, columns: Columns, places: Sequence[int], attempts: Attempts, nouns: Sequence[Record] = ()
    ) -> None:
        """`places`: the rows of `columns` that are meant; a column of `NAMES` that is not among them is all None.

        `nouns`: the records of all rows, where they are there already.
        """
        self._stored, self._places, self._attempts, self._nouns = columns, places, attempts, nouns
        self._read: dict[str, Sequence[Any]] = {}
        self._known = rows.Known()

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Records":
        """Make the table of records that no store holds."""
        nouns = list(records)
        found = [(*rows.call_row(noun.call), *rows.result_row(noun)) for noun in nouns]
        attempts = {noun.call.key: [(i, *rows.attempt_row(it)) for it in noun.attempts] for i, noun in enumerate(nouns)}
        return cls(columns(NAMES, found), range(len(found)), attempts, nouns)

    @classmethod
    def joined(cls, tables: Iterable["Records"]) -> "Records":
        """Put parts of one table one after the other."""
        first, *rest = [table for table in tables if table] or [cls.of(())]
        return first._at([*first._places, *chain.from_iterable(table._places for table in rest)])

    def column(self, name: str) -> Sequence[Any]:
        """Return a column of `NAMES`, as the store holds it."""
        if name not in self._stored:
            return (None,) * len(self)
        if name not in self._read:
            self._read[name] = tuple(map(self._stored[name].__getitem__, self._places))
        return self._read[name]

    @property
    def costs(self) -> list[Decimal | None]:
        """What each call has cost in dollars, None where that is not known."""
        return [None if cost is None else Decimal(cost) for cost in self.column("cost_usd")]

    @cached_property
    def spent(self) -> Decimal:
        """What all of them have cost, as far as that is known."""
        return sum([Decimal(cost) for cost in self.column("cost_usd") if cost is not None], Decimal(0))

    @property
    def tries(self) -> list[int]:
        """How many attempts each call took."""
        return [len(self._attempts.get(key, ())) for key in self.column("key")]

    def total(self, meter: str) -> Any:
        """Return the sum of a column of numbers, 0 where it holds none."""
        return sum([value for value in self.column(meter) if value is not None]) if meter in self._stored else 0

    def pick(self, places: Iterable[int]) -> "Records":
        """Return the records at `places`, in that order."""
        return self._at([self._places[i] for i in places])

    def where(self, keep: Iterable[bool]) -> "Records":
        """Return those of which `keep` is true."""
        return self._at(list(compress(self._places, keep)))

    def by(self, name: str) -> dict[Any, "Records"]:
        """Return value of a column → the records that have it."""
        found: dict[Any, list[int]] = {}
        for place, value in zip(self._places, self.column(name), strict=True):
            found.setdefault(value, []).append(place)
        return {value: self._at(of) for value, of in found.items()}

    def outcome(self, place: int) -> Output | Failure:
        """Return what came of one call, without all the rest of its record."""
        at = self._places[place]
        if self._nouns:
            return self._nouns[at].outcome
        return rows.outcome_of(self._row(rows.OUTCOME_COLUMNS, at))

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Record]:
        return map(self._made, self._places)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> "Records": ...
    def __getitem__(self, place: int | slice) -> "Record | Records":
        return self.pick(range(len(self))[place]) if isinstance(place, slice) else self._made(self._places[place])

    def _at(self, places: Sequence[int]) -> "Records":
        return Records(self._stored, places, self._attempts, self._nouns)

    def _made(self, at: int) -> Record:
        if self._nouns:
            return self._nouns[at]
        call = rows.call_of(self._row(rows.CALL_FIELDS, at), self._known)
        attempts = tuple([rows.attempt_of(row[1:]) for row in self._attempts.get(call.key, ())])
        return rows.record_of(call, self._row(rows.RESULT_COLUMNS, at), attempts, self._known)

    def _row(self, names: Sequence[str], at: int) -> rows.Row:
        stored = self._stored
        return tuple([stored[name][at] if name in stored else None for name in names])


def columns(names: Sequence[str], found: Sequence[rows.Row]) -> Columns:
    """Return name → column of rows."""
    return dict(zip(names, zip(*found, strict=True), strict=True)) if found else {}
