"""Suites that are written in bakeoff.yaml: a data file, a prompt, a scorer by name."""

import json
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from harness.config.models import InlineSuite
from harness.config.secrets import shown
from harness.config.source import Source, Where
from harness.config.suites import complete
from harness.core.canonical import Json
from harness.core.scores import Scorer
from harness.core.suggest import did_you_mean, nearest
from harness.core.suites import Suite, Task
from harness.core.wording import foreign, worded
from harness.errors import Problem, UsageError


def inline_suite(
    given: InlineSuite, source: Source, where: Where, problems: list[Problem], notices: list[str]
) -> Suite:
    """Return the suite of one task that `given`, at `where` of `source`, describes; every problem is added, and what
    is right is returned all the same.

    Data and media paths are relative to the folder of `source`.
    """
    scorers = list(_scorers(given, source, where, problems))
    task = Task(
        name=given.name,
        modality=given.modality,
        samples=given.data,
        scorers=[scorer for scorer in scorers if scorer is not None],
        primary=given.primary or next((scorer.name for scorer in scorers if scorer is not None), ""),
        prompt=given.prompt,
        system=given.system,
        max_tokens=given.max_tokens,
        language=given.language,
    )

    def report(code: str, message: str, field: str, hint: str | None) -> None:
        if code in ("E203", "E211") and (len(task.scorers) < len(scorers) or "scorer" in lost(source, where)):
            return  # scorers were named, but wrong ones: that has been reported
        if code == "E203":
            message = worded("suite '{name}' has no scorer, so every output would count as passing", name=given.name)
        problems.append(source.problem(code, message, (*where, field), hint=hint))

    read = complete(task, source.folder, report, problems, notices)
    return Suite(name=given.name, version=1, tasks=[read], slot=given.slot, folder=str(source.folder))


def lost(source: Source, where: Where) -> frozenset[str]:
    """Return what was meant by the keys of the suite at `where` that are wrong, and so were taken out of it."""
    keys = [str(wrong[-1]) for wrong in source.dropped if wrong[:-1] == where]
    return frozenset(nearest(key, InlineSuite.model_fields) or key for key in keys)


def _scorers(given: InlineSuite, source: Source, where: Where, problems: list[Problem]) -> Iterator[Scorer | None]:
    """Yield each scorer, None for one that is wrong."""
    for name, params, place in _named(given.scorer, (*where, "scorer")):
        yield _scorer(name, params, source, place, problems)


def _named(written: object, where: Where) -> Iterator[tuple[str, Mapping[str, Json], Where]]:
    match written:
        case str():
            yield written, {}, where
        case dict():
            for name, params in written.items():
                yield name, params or {}, (*where, name)
        case list():
            for index, item in enumerate(written):
                yield from _named(item, (*where, index))


def _scorer(
    name: str, params: Mapping[str, Json], source: Source, where: Where, problems: list[Problem]
) -> Scorer | None:
    from harness.scorers.registry import by_name

    on_key = where[-1] == name
    try:
        kind = by_name(name)
    except UsageError as error:
        problems.append(source.problem("E210", error.args[0], where, key=on_key, hint=error.hint))
        return None
    assert is_dataclass(kind)
    known = {field.name: field for field in fields(kind) if field.init}
    hints = typing.get_type_hints(kind, localns={"Json": JsonValue})  # pydantic's own, as Json is recursive
    found = len(problems)
    values: dict[str, Any] = {}
    for key, value in params.items():
        if key not in known:
            hint = did_you_mean(key, known) if known else worded("'{name}' has no parameters", name=name)
            message = worded("the scorer '{name}' has no parameter {key}", name=name, key=shown(key))
            problems.append(source.problem("E210", message, (*where, key), key=True, hint=hint))
        else:
            values[key] = _value(name, key, value, hints[key], source, (*where, key), problems)
    for key, field in known.items():
        if key not in params and field.default is MISSING and field.default_factory is MISSING:
            message = worded("the scorer '{name}' needs the parameter '{key}'", name=name, key=key)
            problems.append(source.problem("E210", message, where, key=on_key))
    if len(problems) > found:
        return None
    try:
        return kind(**values)
    except ValueError as error:
        problems.append(
            source.problem("E210", worded("the scorer '{name}': {error}", name=name, error=error), where, key=on_key)
        )
        return None


def _value(name: str, key: str, value: Json, hint: Any, source: Source, where: Where, problems: list[Problem]) -> Any:
    try:
        # JSON's strict mode: a list may fill a tuple, but nothing is coerced
        return TypeAdapter(hint).validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"]
        message = worded(
            "the parameter '{key}' of '{name}': {fault}, came {came}",
            key=key,
            name=name,
            fault=foreign(f"{said[:1].lower()}{said[1:]}"),
            came=shown(value),
        )
        problems.append(source.problem("E210", message, where))
        return None
