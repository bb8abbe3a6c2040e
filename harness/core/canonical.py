"""One JSON spelling for every noun, there and back, so that equal values have equal digests."""

import hashlib
import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""What JSON can say."""

T = TypeVar("T")


def to_json(value: Any) -> Json:
    """Return `value` (dataclasses, enums, decimals, mappings, sequences) as plain JSON; None fields are left out.

    Infinity has no JSON form: it becomes the string `"inf"`, which `from_json` reads back.
    """
    return _writer(type(value))(value)  # type: ignore[arg-type]  # a type is hashable


def canonical(value: Any) -> bytes:
    """Return the one UTF-8 JSON spelling of `value`: sorted keys, no spaces, no NaN."""
    try:
        return _SPELLING.encode(value).encode()
    except ValueError:  # infinity, which the encoder knows and will not spell
        return _SPELLING.encode(to_json(value)).encode()


def digest(value: Any) -> str:
    """Return the sha256 of `canonical(value)`, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def from_json(kind: type[T], data: Any) -> T:
    """Build a noun of type `kind` from what `to_json` made of it; TypeError where the shapes differ."""
    return typing.cast(T, _reader(kind)(data))  # type: ignore[arg-type]


# What is done with a type is found once for each type: every sample and every call of a run passes here.


@cache
def _writer(kind: Any) -> Callable[[Any], Json]:
    """Return what turns values of `kind` into JSON, and all that they hold."""
    if issubclass(kind, float):
        return lambda value: ("inf" if value > 0 else "-inf") if math.isinf(value) else value
    if kind is type(None) or (issubclass(kind, bool | int | str) and not issubclass(kind, Enum)):
        return _same
    if issubclass(kind, list | tuple):
        return lambda value: [to_json(item) for item in value]
    if issubclass(kind, dict):
        return lambda value: {str(key): to_json(item) for key, item in value.items()}
    open_ = _opener(kind)
    return lambda value: to_json(open_(value))


@cache
def _opener(kind: Any) -> Callable[[Any], Any]:
    """Return what opens values of `kind`, which JSON does not know, by one level: what they hold may need it too."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, Decimal):
        return lambda value: format(value, "f")
    if is_dataclass(kind):
        names = tuple(f.name for f in fields(kind))
        return lambda value: {n: item for n in names if (item := getattr(value, n)) is not None}
    if issubclass(kind, Mapping):
        return dict
    if issubclass(kind, set | frozenset):
        return lambda value: sorted((to_json(item) for item in value), key=repr)
    raise TypeError(f"{kind.__name__} has no JSON form")


# the C encoder walks what JSON knows by itself and asks only for the rest: a third of the time of `to_json` and it
_SPELLING = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,
    default=lambda value: _opener(type(value))(value),  # type: ignore[arg-type]  # a type is hashable
)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what builds a `kind` from JSON."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _union_reader(args)
    if is_dataclass(kind) and isinstance(kind, type):
        return _noun_reader(kind)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        each = _reader(args[0])
        return lambda data: tuple(map(each, data))
    if origin is tuple:
        readers = tuple(map(_reader, args))
        return lambda data: tuple(read(item) for read, item in zip(readers, data, strict=True))
    if origin is frozenset:
        each = _reader(args[0])
        return lambda data: frozenset(map(each, data))
    if origin is not None and issubclass(origin, Mapping):
        each = _reader(args[1])
        return lambda data: {key: each(item) for key, item in data.items()}
    if isinstance(kind, type) and issubclass(kind, Enum | Decimal):
        return kind
    if kind is float:
        return lambda data: None if data is None else float(data)
    return _same


def _noun_reader(noun: type) -> Callable[[Any], Any]:
    readers: dict[str, Callable[[Any], Any]] = {}
    absent = dict.fromkeys(_nullable(noun))  # `to_json` leaves out what is None

    def read(data: Any) -> Any:
        if not readers:  # only now: a noun may hold another of its own kind
            readers.update({name: _reader(hint) for name, hint in _hints(noun).items()})
        if unknown := set(data) - readers.keys():
            raise TypeError(f"{noun.__name__} has no field {sorted(unknown)}")
        return noun(**{**absent, **{name: readers[name](item) for name, item in data.items()}})

    return read


def _union_reader(options: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Take the narrowest option whose fields fit; JSON scalars and containers of `Json` stay as they are."""
    nouns = [option for option in options if is_dataclass(option) and isinstance(option, type)]
    narrowest_first = [
        (_required(noun), frozenset(_hints(noun)), _reader(noun))
        for noun in sorted(nouns, key=lambda noun: len(_hints(noun)))
    ]
    others = [option for option in options if option is not type(None)]
    other = _reader(others[0]) if len(others) == 1 else _same

    def read(data: Any) -> Any:
        if data is None:
            return None
        if nouns and isinstance(data, dict):
            for required, known, build in narrowest_first:
                if required <= data.keys() <= known:
                    return build(data)
            raise TypeError(f"none of {[noun.__name__ for noun in nouns]} has the fields {sorted(data)}")
        return other(data)

    return read


def _same(value: Any) -> Any:
    return value


def _hints(noun: type) -> dict[str, Any]:
    hints = typing.get_type_hints(noun)
    return {f.name: hints[f.name] for f in fields(noun)}


def _without_default(noun: type) -> frozenset[str]:
    return frozenset(f.name for f in fields(noun) if f.default is MISSING and f.default_factory is MISSING)


def _nullable(noun: type) -> frozenset[str]:
    hints = _hints(noun)
    return frozenset(name for name in _without_default(noun) if type(None) in typing.get_args(hints[name]))


def _required(noun: type) -> frozenset[str]:
    return _without_default(noun) - _nullable(noun)
