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
from harness.core.wording import Wording, foreign, worded
from harness.errors import Problem

M = TypeVar("M", bound=BaseModel)

TEXT, NAME_OR_MAPPING = worded("text"), worded("a name or a mapping")

EXPECTED = {
    "string_type": TEXT,
    "int_type": worded("a whole number"),
    "int_from_float": worded("a whole number"),
    "float_type": worded("a number"),
    "decimal_type": worded("a number"),
    "is_instance_of": worded("a number"),
    "bool_type": worded("true or false"),
    "list_type": worded("a list"),
    "dict_type": worded("a mapping"),
    "model_type": worded("a mapping"),
    "model_attributes_type": worded("a mapping"),
    "union_tag_not_found": NAME_OR_MAPPING,
    "union_tag_invalid": NAME_OR_MAPPING,
    "finite_number": worded("a finite number"),
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
        message = worded("unknown key {key}", key=shown(loc[-1]))
        return source.problem("E202", message, where, key=True, hint=did_you_mean(str(loc[-1]), _fields(model, loc)))
    if kind == "missing":
        return source.problem("E206", worded("the key '{key}' is missing", key=loc[-1]), where)
    named = (part for part in reversed(loc) if isinstance(part, str) and not part.startswith(("<", "[")))
    name = next((worded("'{key}': ", key=part) for part in named), "")
    if any(isinstance(step, str) and holds_key(step) for step in where):
        return source.problem("E204", worded("{name}expected os.environ/NAME", name=name), where)
    if kind in EXPECTED:
        return source.problem("E204", *_wrong_type(source, where, name, EXPECTED[kind], detail["input"]))
    if kind == "literal_error":
        options = [option.strip("' ") for option in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
        message = worded(
            "{name}{came} is none of {options}", name=name, came=shown(detail["input"]), options=[*options]
        )
        hint = did_you_mean(str(detail["input"]), options)
        return source.problem("E204", message, where, hint=None if hint and hint.startswith("known:") else hint)
    if kind == "string_pattern_mismatch":
        message = worded("{name}expected a name on one line, came {came}", name=name, came=shown(detail["input"]))
        return source.problem("E204", message, where, key=on_key)
    said = {"name": name, "fault": _fault(kind, detail)}
    if isinstance(detail["input"], dict | list):
        return source.problem("E204", worded("{name}{fault}", **said), where, key=on_key)
    message = worded("{name}{fault}, came {came}", came=shown(detail["input"]), **said)
    return source.problem("E204", message, where, key=on_key)


def _fault(kind: str, detail: Mapping[str, Any]) -> Wording:
    """Return what pydantic says, in its words."""
    limits = detail.get("ctx", {})
    match kind:
        case "greater_than":
            return worded("input should be greater than {limit}", limit=_round(limits["gt"]))
        case "greater_than_equal":
            return worded("input should be greater than or equal to {limit}", limit=_round(limits["ge"]))
        case "less_than":
            return worded("input should be less than {limit}", limit=_round(limits["lt"]))
        case "less_than_equal":
            return worded("input should be less than or equal to {limit}", limit=_round(limits["le"]))
    said = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return foreign(f"{said[:1].lower()}{said[1:]}")


def _round(limit: Any) -> Any:
    """Return a limit without decimals that are none."""
    return int(limit) if limit == int(limit) else limit


def _wrong_type(source: Source, where: Where, name: str, expected: str, value: Any) -> tuple[Wording, Where]:
    raw = source.raw(where)
    if expected in (TEXT, NAME_OR_MAPPING) and raw and isinstance(value, bool | int | float):
        came = worded("the number {number}", number=raw)
        if raw != str(value):
            read_as = str(value).lower() if isinstance(value, bool) else worded("the number {number}", number=value)
            came = worded("{text}, which YAML reads as {read_as}", text=shown(raw), read_as=read_as)
        return (
            worded(
                '{name}expected {expected}, came {came}; write it in quotes: "{raw}"',
                name=name,
                expected=expected,
                came=came,
                raw=raw,
            ),
            where,
        )
    kinds: dict[type, str] = {
        type(None): worded("nothing"), bool: str(value).lower(), dict: worded("a mapping"), list: worded("a list"),
        str: worded("the text {text}", text=shown(value)),
    }  # fmt: skip
    came_as = kinds.get(type(value), shown(value))
    return worded("{name}expected {expected}, came {came}", name=name, expected=expected, came=came_as), where


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
