"""Plain data against a pydantic model, each fault as a problem with its line, its column and a way to mend it."""

import types
import typing
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, Tag, ValidationError

from harness.config.secrets import holds_key, shown
from harness.config.source import Source, Where
from harness.core.canonical import Json
from harness.core.suggest import did_you_mean, nearest
from harness.errors import Problem

M = TypeVar("M", bound=BaseModel)

NAME_OR_MAPPING = "a name or a mapping"

EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "decimal_type": "a number",
    "is_instance_of": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "union_tag_not_found": NAME_OR_MAPPING,
    "union_tag_invalid": NAME_OR_MAPPING,
    "finite_number": "a finite number",
}
"""pydantic's error type → what was expected, in the user's words."""


def validate(model: type[M], source: Source, data: Json, where: Where, problems: list[Problem]) -> M | None:
    """Return `data`, which stands at `where` of `source`, as a `model`; None after adding every problem found."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
        meant = {(*loc[:-1], nearest(str(loc[-1]), _fields(model, loc))) for loc in unknown}
        kept = [it for it in details if it["type"] != "missing" or it["loc"] not in meant]
        found = [_problem(model, source, where, dict(detail)) for detail in kept]
        problems.extend(sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0)))
        return None


def validate_parts(
    model: type[M],
    source: Source,
    problems: list[Problem],
    *,
    part: Callable[[Where], Where] = lambda where: where,
    instead: Mapping[str, Json] = MappingProxyType({}),
) -> tuple[M, Source] | None:
    """Return a whole file as a `model`, with the source of that; None where nothing of it is right.

    Problems that are found are added, and what is wrong is taken out, so that the rest can be looked at too. `part`
    says how much that is for a fault at a place; a wrong value whose key is in `instead` becomes what stands there.
    """
    found = validate(model, source, source.data, (), problems)
    while found is None:
        try:
            found = model.model_validate(source.data)
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
            wrong = {part(_place(source, (), tuple(detail["loc"]))[0]) for detail in details}
            if () in wrong:
                return None
            source = source.without(wrong, instead=instead)
    return found, source


def _problem(model: type[BaseModel], source: Source, root: Where, detail: Mapping[str, Any]) -> Problem:
    kind, loc = detail["type"], tuple(detail["loc"])
    where, on_key = _place(source, root, loc)
    if kind == "extra_forbidden":
        message = f"unknown key {shown(loc[-1])}"
        return source.problem("E202", message, where, key=True, hint=did_you_mean(str(loc[-1]), _fields(model, loc)))
    if kind == "missing":
        return source.problem("E206", f"the key '{loc[-1]}' is missing", where)
    name = next(
        (f"'{part}': " for part in reversed(loc) if isinstance(part, str) and not part.startswith(("<", "["))), ""
    )
    if any(isinstance(step, str) and holds_key(step) for step in where):
        return source.problem("E204", f"{name}expected os.environ/NAME", where)
    if kind in EXPECTED:
        return source.problem("E204", *_wrong_type(source, where, name, EXPECTED[kind], detail["input"]))
    if kind == "literal_error":
        options = [option.strip("' ") for option in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
        message = f"{name}{shown(detail['input'])} is none of {', '.join(options)}"
        hint = did_you_mean(str(detail["input"]), options)
        return source.problem("E204", message, where, hint=None if hint and hint.startswith("known:") else hint)
    if kind == "string_pattern_mismatch":
        message = f"{name}expected a name on one line, came {shown(detail['input'])}"
        return source.problem("E204", message, where, key=on_key)
    said = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    came = "" if isinstance(detail["input"], dict | list) else f", came {shown(detail['input'])}"
    return source.problem("E204", f"{name}{said[:1].lower()}{said[1:]}{came}", where, key=on_key)


def _wrong_type(source: Source, where: Where, name: str, expected: str, value: Any) -> tuple[str, Where]:
    raw = source.raw(where)
    if expected in ("text", NAME_OR_MAPPING) and raw and isinstance(value, bool | int | float):
        read_as = str(value).lower() if isinstance(value, bool) else f"the number {value}"
        came = f"the number {raw}" if raw == str(value) else f"{shown(raw)}, which YAML reads as {read_as}"
        return f'{name}expected {expected}, came {came}; write it in quotes: "{raw}"', where
    came = {
        type(None): "nothing", bool: str(value).lower(), dict: "a mapping", list: "a list",
        str: f"the text {shown(value)}",
    }.get(type(value), shown(value))  # fmt: skip
    return f"{name}expected {expected}, came {came}", where


def _place(source: Source, root: Where, loc: tuple[str | int, ...]) -> tuple[Where, bool]:
    """Walk pydantic's `loc` through the data: tags of unions are no steps, `[key]` means the key itself."""
    where, on_key = root, False
    for part in loc:
        if (*where, part) in source.values:
            where = (*where, part)
        elif part == "[key]":
            on_key = True
    return where, on_key


def _fields(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys that are known where the unknown key `loc[-1]` stands."""
    kind: Any = model
    for part in loc[:-1]:
        kind = _step(kind, part)
    kind = _plain(kind)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _step(kind: Any, part: str | int) -> Any:
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields[str(part)].annotation
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        tagged = (arg for arg in args if Tag(str(part)) in getattr(arg, "__metadata__", ()))
        return next(tagged, None)
    return args[-1] if args else None


def _plain(kind: Any) -> Any:
    """Strip `Annotated` and `| None`."""
    while True:
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            kind = args[0]
            continue
        some = [arg for arg in args if arg is not type(None)]
        if origin in (typing.Union, types.UnionType) and len(some) == 1:
            kind = some[0]
            continue
        return kind
