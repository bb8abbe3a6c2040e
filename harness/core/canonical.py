"""One JSON spelling for every noun, there and back, so that equal values have equal digests."""

import hashlib
import json
import types
import typing
from collections.abc import Mapping
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
    if isinstance(value, Enum):
        return to_json(value.value)
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: to_json(item) for name, item in pairs if item is not None}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((to_json(item) for item in value), key=repr)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def canonical(value: Any) -> bytes:
    """Return the one UTF-8 JSON spelling of `value`: sorted keys, no spaces, no NaN."""
    text = json.dumps(to_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(value: Any) -> str:
    """Return the sha256 of `canonical(value)`, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def from_json(kind: type[T], data: Any) -> T:
    """Build a noun of type `kind` from what `to_json` made of it; TypeError where the shapes differ."""
    return typing.cast(T, _build(kind, data))


def _build(kind: Any, data: Any) -> Any:
    origin, args = _parts(kind)
    if origin in (typing.Union, types.UnionType):
        return _build_union(args, data)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        unknown = set(data) - set(hints)
        if unknown:
            raise TypeError(f"{kind.__name__} has no field {sorted(unknown)}")
        # `to_json` leaves out what is None
        absent = {name: None for name in _nullable(kind) if name not in data}
        return kind(**absent, **{name: _build(hints[name], item) for name, item in data.items()})
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_build(args[0], item) for item in data)
        return tuple(_build(a, item) for a, item in zip(args, data, strict=True))
    if origin is frozenset:
        return frozenset(_build(args[0], item) for item in data)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _build(args[1], item) for key, item in data.items()}
    if isinstance(kind, type) and issubclass(kind, Enum | Decimal):
        return kind(data)
    if kind is float and data is not None:
        return float(data)
    return data


def _build_union(options: tuple[Any, ...], data: Any) -> Any:
    """Take the narrowest option whose fields fit; JSON scalars and containers of `Json` stay as they are."""
    if data is None:
        return None
    nouns = [option for option in options if is_dataclass(option) and isinstance(option, type)]
    if nouns and isinstance(data, dict):
        fitting = [noun for noun in nouns if _required(noun) <= set(data) <= set(_hints(noun))]
        if not fitting:
            raise TypeError(f"none of {[noun.__name__ for noun in nouns]} has the fields {sorted(data)}")
        return _build(min(fitting, key=lambda noun: len(_hints(noun))), data)
    others = [option for option in options if option is not type(None)]
    return _build(others[0], data) if len(others) == 1 else data


@cache
def _parts(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(kind), typing.get_args(kind)


@cache
def _hints(noun: type) -> dict[str, Any]:
    return {f.name: typing.get_type_hints(noun)[f.name] for f in fields(noun)}


@cache
def _without_default(noun: type) -> frozenset[str]:
    return frozenset(f.name for f in fields(noun) if f.default is MISSING and f.default_factory is MISSING)


@cache
def _nullable(noun: type) -> frozenset[str]:
    hints = _hints(noun)
    return frozenset(name for name in _without_default(noun) if type(None) in typing.get_args(hints[name]))


@cache
def _required(noun: type) -> frozenset[str]:
    return _without_default(noun) - _nullable(noun)
