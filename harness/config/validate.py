"""Plain data against a pydantic model, each fault as a problem with its line, its column and a way to mend it."""

import types
import typing
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, Tag, ValidationError

from harness.config.secrets import holds_key, shown
from harness.config.source import Source
from harness.config.where import Where
from harness.core.canonical import Json
from harness.core.suggest import did_you_mean, meant, nearest
from harness.core.wording import Wording, foreign, worded
from harness.errors import Problem

M = TypeVar("M", bound=BaseModel)

TEXT, NAME_OR_MAPPING = worded("text"), worded("a name or a mapping")

NUMBER, WHOLE = worded("a number"), worded("a whole number")
LIST, MAPPING = worded("a list"), worded("a mapping")

EXPECTED = {
    "string_type": TEXT,
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "decimal_type": NUMBER,
    "is_instance_of": NUMBER,
    "bool_type": worded("true or false"),
    "list_type": LIST,
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "union_tag_not_found": NAME_OR_MAPPING,
    "union_tag_invalid": NAME_OR_MAPPING,
    "finite_number": worded("a finite number"),
}
"""pydantic's error type → what was expected, in the user's words."""

HOW = {
    NUMBER: worded("digits alone, without quotes or a unit, such as 5 or 0.95"),
    WHOLE: worded("digits alone, without quotes, such as 5"),
    LIST: worded("[a, b], or a line `- a` for each"),
    MAPPING: worded("lines `key: value` below it, or {{key: value}}"),
}
"""What was expected → how it is written."""

EXAMPLES = {
    "suites": "suites: [text_core]",
    "name": "name: faq",
    "modality": "modality: text",
    "data": "data: faq.csv",
    "suite": "suite: text_core",
    "metric": "metric: coverage",
    "model_list": "model_list: [{model_name: mini, litellm_params: {model: openai/gpt-4o-mini}}]",
    "model_name": "model_name: mini",
    "litellm_params": "litellm_params: {model: openai/gpt-4o-mini}",
    "model": "model: openai/gpt-4o-mini",
    "candidate": "candidate: mini",
    "date": "date: '2026-11-27'",
}
"""A key that is needed → what may be written."""


def validate(model: type[M], source: Source, data: Json, where: Where, problems: list[Problem]) -> M | None:
    """Return `data`, which stands at `where` of `source`, as a `model`; None after adding every problem found."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
        near = {(*loc[:-1], nearest(str(loc[-1]), _fields(model, loc))) for loc in unknown}
        kept = [it for it in details if it["type"] != "missing" or it["loc"] not in near]
        kept = [it for it in kept if not _is_consequence(source, where, it)]
        found = [_problem(model, source, where, dict(detail)) for detail in kept]
        problems.extend(sorted(found, key=_order))
        return None


def _order(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0


def validate_parts(
    model: type[M],
    source: Source,
    problems: list[Problem],
    *,
    instead: Mapping[str, Json] = MappingProxyType({}),
) -> tuple[M, Source] | None:
    """Return a whole file as a `model`, with the source of that; None where nothing of it is right.

    Problems that are found are added. A misspelt key or choice is read as what was meant; anything else that is wrong
    is taken out, so that the rest can be looked at too. Where a key that is in `instead` is missing or its value is
    wrong, that stands there, and counts as lost.
    """
    told: list[Problem] = []
    source = _with_keys_meant(model, source, told)
    found = validate(model, source, source.data, (), told)
    problems.extend(sorted(told, key=_order))
    stood_in: set[Where] = set()
    while found is None:
        try:
            found = model.model_validate(source.data)
        except ValidationError as error:
            wrong: set[Where] = set()
            stand_ins, mended = dict[Where, Json](), dict[Where, Json]()
            for detail in error.errors(include_url=False):
                where, kind = _place(source, (), tuple(detail["loc"]))[0], detail["type"]
                value = _missing(source, (), detail) if kind == "missing" else where
                where = value[:-1] if kind == "missing" else where
                best = meant(str(detail["input"]), _options(detail)) if kind == "literal_error" else None
                if best is not None:
                    mended[where] = best
                elif value and value[-1] in instead and value not in stood_in:
                    stand_ins[value] = instead[str(value[-1])]
                else:
                    wrong.add(where)
            if () in wrong:
                return None
            stood_in |= stand_ins.keys()
            source = source.without(wrong, instead=stand_ins, meant=mended)
    return found, source


def _is_consequence(source: Source, root: Where, detail: Mapping[str, Any]) -> bool:
    """Whether something is missing for the only reason that it could not be read, which has been said."""
    if detail["type"] == "missing":
        return source.lacks_some(_missing(source, root, detail))
    where, _ = _place(source, root, tuple(detail["loc"]))
    return (detail["type"] == "too_short" or detail["input"] is None) and source.lacks_some(where)


def _missing(source: Source, root: Where, detail: Mapping[str, Any]) -> Where:
    """Return where a key that is missing would stand; one without a value is missing too."""
    *before, key = detail["loc"]
    return (*_place(source, root, tuple(before))[0], key)


def _with_keys_meant(model: type[BaseModel], source: Source, problems: list[Problem]) -> Source:
    """Return the source with every misspelt key as it was meant, so that what stands below it is looked at; each is a
    problem."""
    while True:
        try:
            model.model_validate(source.data)
            return source
        except ValidationError as error:
            details = error.errors(include_url=False)
        missing = {_missing(source, (), detail) for detail in details if detail["type"] == "missing"}
        names: dict[Where, str] = {}
        for detail in (it for it in details if it["type"] == "extra_forbidden"):
            where, _ = _place(source, (), tuple(detail["loc"]))
            key, fields = str(where[-1]), _fields(model, tuple(detail["loc"]))
            best = meant(key, fields) or nearest(key, [str(it[-1]) for it in missing if it[:-1] == where[:-1]])
            beside = source.at(where[:-1])
            taken = [
                *(beside if isinstance(beside, dict) else ()),
                *(names[at] for at in names if at[:-1] == where[:-1]),
            ]
            if best is not None and best not in taken and not source.lacks_some((*where[:-1], best)):
                names[where] = best
                problems.append(_problem(model, source, (), dict(detail)))
        if not names:
            return source
        source = source.renamed(names)


def _options(detail: Mapping[str, Any]) -> list[str]:
    """Return the choices of which a value is none."""
    return [option.strip("' ") for option in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]


def _problem(model: type[BaseModel], source: Source, root: Where, detail: Mapping[str, Any]) -> Problem:
    kind, loc = detail["type"], tuple(detail["loc"])
    where, on_key = _place(source, root, loc)
    hint: Wording | None
    if kind == "extra_forbidden":
        message = worded("unknown key {key}", key=shown(loc[-1]))
        hint = did_you_mean(str(loc[-1]), _fields(model, loc)) or worded("take it out")
        return source.problem("E202", message, where, key=True, hint=hint)
    if kind == "missing":
        example = EXAMPLES.get(str(loc[-1]), f"{loc[-1]}: ...")
        hint = worded("add it, for example {example}", example=example)
        return source.problem("E206", worded("the key '{key}' is missing", key=loc[-1]), where, hint=hint)
    named = (part for part in reversed(loc) if isinstance(part, str) and not part.startswith(("<", "[")))
    name = next((worded("'{key}': ", key=part) for part in named), "")
    if any(isinstance(step, str) and holds_key(step) for step in where):
        hint = worded("os.environ/ and the name of the variable that holds it")
        return source.problem("E204", worded("{name}expected os.environ/NAME", name=name), where, hint=hint)
    if kind in EXPECTED:
        message = _wrong_type(source, where, name, EXPECTED[kind], detail["input"])
        return source.problem("E204", message, where, hint=HOW.get(EXPECTED[kind]))
    if kind == "literal_error":
        options = _options(detail)
        message = worded("{name}{came} is no choice", name=name, came=shown(detail["input"]))
        hint = did_you_mean(str(detail["input"]), options)
        return source.problem("E204", message, where, hint=hint)
    if kind == "string_pattern_mismatch":
        message = worded("{name}expected a name on one line, came {came}", name=name, came=shown(detail["input"]))
        hint = worded("letters, digits and signs on one line")
        if "d{4}" in detail["ctx"]["pattern"]:
            message = worded("{name}expected a date, came {came}", name=name, came=shown(detail["input"]))
            hint = worded("such as {example}", example="2026-11-27")
        return source.problem("E204", message, where, key=on_key, hint=hint)
    hint = _bound(kind, detail.get("ctx", {}))
    if kind.startswith(("greater_than", "less_than")):
        is_small = worded("{name}{came} is too small", name=name, came=shown(detail["input"]))
        is_large = worded("{name}{came} is too large", name=name, came=shown(detail["input"]))
        message = is_small if kind.startswith("greater_than") else is_large
        return source.problem("E204", message, where, key=on_key, hint=hint)
    said = {"name": name, "fault": _fault(detail)}
    if isinstance(detail["input"], dict | list):
        return source.problem("E204", worded("{name}{fault}", **said), where, key=on_key, hint=hint)
    message = worded("{name}{fault}, came {came}", came=shown(detail["input"]), **said)
    return source.problem("E204", message, where, key=on_key, hint=hint)


def _bound(kind: str, limits: Mapping[str, Any]) -> Wording | None:
    """Return what may be written where a value is beyond a limit."""
    match kind:
        case "greater_than":
            return worded("a number above {limit}", limit=_round(limits["gt"]))
        case "greater_than_equal":
            return worded("{limit} or more", limit=_round(limits["ge"]))
        case "less_than":
            return worded("a number below {limit}", limit=_round(limits["lt"]))
        case "less_than_equal":
            return worded("{limit} or less", limit=_round(limits["le"]))
        case "too_short" | "string_too_short":
            return worded("fill it in, or take the key out")
        case "too_long" | "string_too_long":
            return worded("at most {limit}", limit=limits.get("max_length"))
    return None


def _fault(detail: Mapping[str, Any]) -> Wording:
    """Return what pydantic says, in its words."""
    said = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return foreign(f"{said[:1].lower()}{said[1:]}")


def _round(limit: Any) -> Any:
    """Return a limit without decimals that are none."""
    return int(limit) if limit == int(limit) else limit


def _wrong_type(source: Source, where: Where, name: str, expected: str, value: Any) -> Wording:
    raw = source.raw(where)
    if expected in (TEXT, NAME_OR_MAPPING) and raw and isinstance(value, bool | int | float):
        came = worded("the number {number}", number=raw)
        if raw != str(value):
            read_as = str(value).lower() if isinstance(value, bool) else worded("the number {number}", number=value)
            came = worded("{text}, which YAML reads as {read_as}", text=shown(raw), read_as=read_as)
        return worded(
            '{name}expected {expected}, came {came}; write it in quotes: "{raw}"',
            name=name,
            expected=expected,
            came=came,
            raw=raw,
        )
    kinds: dict[type, str] = {
        type(None): worded("nothing"), bool: str(value).lower(), dict: MAPPING, list: LIST,
        str: worded("the text {text}", text=shown(value)),
    }  # fmt: skip
    came_as = kinds.get(type(value), shown(value))
    return worded("{name}expected {expected}, came {came}", name=name, expected=expected, came=came_as)


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
